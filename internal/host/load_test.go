package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"microts/internal/luavm"
)

// newStateFrom returns a state whose standard input is a text.
func newStateFrom(t *testing.T, input string, chunks *Chunks) *State {
	t.Helper()
	s := New(Options{
		Out: NewOutput(new(bytes.Buffer), nil), In: strings.NewReader(input), Chunks: chunks,
		Exit: func(code int) { panic(fmt.Sprintf("exit %d", code)) },
	})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestStandardInputIsLoaded: loadfile and dofile without a name share the input of
// the state with io.read.
func TestStandardInputIsLoaded(t *testing.T) {
	for name, c := range map[string]struct{ input, code string }{
		"loadfile":             {"return 1, ...", `assert(select("#", loadfile()(2, 3)) == 3)`},
		"dofile":               {"return 1, 2", `local a, b = dofile() assert(a == 1 and b == 2)`},
		"nothing":              {"", `assert(loadfile()() == nil and select("#", dofile()) == 0)`},
		"the rest of read":     {"a\nb\nreturn 7", `assert(io.read() == "a" and io.stdin:read("*l") == "b" and dofile() == 7 and io.read() == nil)`},
		"the rest of a number": {" 12 return 8", `assert(io.read("*n") == 12 and dofile() == 8)`},
		"the rest of lines":    {"a\nreturn 9", `for line in io.lines() do assert(line == "a") break end assert(dofile() == 9)`},
		"read after it":        {"return 1\n", `dofile() assert(io.read("*a") == "" and io.read() == nil and loadfile()() == nil)`},
		"a shell's first line": {"#!/usr/bin/env microts\nreturn 5", `assert(dofile() == 5)`},
		"its errors":           {"\nx = = 1", `local f, e = loadfile() assert(not f and e == "stdin:2: unexpected symbol near '='", e)`},
		"errors of dofile":     {"x = = 1", `local ok, e = pcall(dofile) assert(not ok and e == "stdin:1: unexpected symbol near '='", e)`},
		"in coroutines":        {"return 4", `assert(coroutine.wrap(function() return dofile() end)() == 4)`},
		"mode and environment": {"return x", `assert(loadfile(nil, "t", {x = 6})() == 6)`},
		"whatever io.input is": {"return 3", `io.input("/dev/null") io.stdin = nil assert(dofile() == 3)`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStateFrom(t, c.input, nil)
			if err := runString(s, c.code); err != nil {
				t.Error(err)
			}
			if len(s.Files()) != 0 {
				t.Errorf("files: %v", s.Files())
			}
		})
	}
}

// TestFilesListsWhatIsLoaded: each file once, in order, those that are missing too.
func TestFilesListsWhatIsLoaded(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, "a.lua", "return ...")
	writeFile(t, "b.lua", "return 2")
	writeFile(t, "c.lua", "return 3")
	s := newStateFrom(t, "", nil)
	if err := runString(s, `
		assert(loadfile("a.lua")(1) == 1)
		for i = 1, 3 do assert(dofile("b.lua") == 2) end
		assert(require "c" == 3)
		local f, e = loadfile("none.lua")
		assert(f == nil and e == "cannot open none.lua: No such file or directory", e)
		local ok, e = pcall(function() dofile("none.lua") end)
		assert(not ok and e == "t.lua:7: cannot open none.lua: No such file or directory", e)
		assert(select(2, loadfile("")):find("cannot open ", 1, true))`); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range s.Files() {
		got = append(got, f.Path)
		if (f.Sum == "") != (f.Path == "none.lua" || f.Path == "") || f.Sum != NewChunks().Sum(f.Path) {
			t.Errorf("%q has the sum %q", f.Path, f.Sum)
		}
	}
	if !slices.Equal(got, []string{"a.lua", "b.lua", "./c.lua", "none.lua", ""}) {
		t.Errorf("files: %q", got)
	}
}

func TestLoadArguments(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "x.lua", "return x")
	s := newStateFrom(t, "", nil)
	if err := runString(s, `
		x = 1
		assert(loadfile("x.lua")() == 1 and loadfile("x.lua", "bt", {x = 2})() == 2)
		local f, e = loadfile("x.lua", "b") assert(not f and e == "attempt to load chunk with wrong mode")
		local f, e = load("return x", "n", "b") assert(not f and e == "attempt to load chunk with wrong mode")
		local f, e = load("x = = 1", "=n") assert(not f and e == "n:1: unexpected symbol near '='", e)
		local f, e = loadstring("x = = 1") assert(e == "[string \"x = = 1\"]:1: unexpected symbol near '='", e)
		local f, e = load(function() return {} end) assert(not f and e == "t.lua:8: reader function must return a string")
		local pieces = {"return ", "x", " + 1"}
		assert(load(function() return table.remove(pieces, 1) end)() == 2)
		assert(not pcall(load) and not pcall(load, {}))`); err != nil {
		t.Error(err)
	}
}

// TestLoadedFilesAreCurrent: loadfile and dofile load what a file holds at the time,
// which may be data that another job has just written; require and scripts load what
// it held at first.
func TestLoadedFilesAreCurrent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lua")
	chunks := NewChunks()
	load := func(code string) error { return runString(newStateFrom(t, "", chunks), fmt.Sprintf(code, path)) }
	missing := `assert(select(2, loadfile(%q)):find("cannot open", 1, true))`
	if err := load(missing); err != nil {
		t.Error(err)
	}
	if sum := chunks.Sum(path); sum != "" {
		t.Errorf("a missing file has the sum %q", sum)
	}
	writeFile(t, path, "return 1")
	sum := chunks.Sum(path)
	for _, code := range []string{`assert(dofile(%q) == 1)`, `assert(loadfile(%q)() == 2)`, `assert(dofile(%q) == 3)`} {
		if err := load(code); err != nil {
			t.Error(err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, fmt.Sprintf("return %d", content[len(content)-1]-'0'+1))
	}
	s := newStateFrom(t, "", chunks)
	script, err := s.LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if results, err := s.Call(script); err != nil || results[0] != luavm.Int(1) || chunks.Sum(path) != sum {
		t.Errorf("a script that changed returns %v, %v, and has the sum %q", results, err, chunks.Sum(path))
	}
}

// TestChunksKnowTheFolder: a relative path is another file in another folder.
func TestChunksKnowTheFolder(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(one, "x.lua"), "return 1")
	writeFile(t, filepath.Join(two, "x.lua"), "return 2")
	t.Chdir(one)
	if err := runString(newStateFrom(t, "", NewChunks()), fmt.Sprintf(`
		assert(dofile("x.lua") == 1)
		assert(require("lfs").chdir(%q))
		assert(dofile("x.lua") == 2)`, two)); err != nil {
		t.Error(err)
	}
}

// TestEndlessPiecesEnd: an interrupt and the memory limit end load with a function
// that never stops.
func TestEndlessPiecesEnd(t *testing.T) {
	endless := `load(function() return (" "):rep(1000) end)`
	s := newStateFrom(t, "", nil)
	chunk, err := s.LoadString(endless, "t.lua")
	if err != nil {
		t.Fatal(err)
	}
	because := errors.New("because of the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer time.AfterFunc(20*time.Millisecond, func() { cancel(because) }).Stop()
	e := (*ScriptError)(nil)
	if _, err := s.CallContext(ctx, chunk); !errors.As(err, &e) || e.Cause != because {
		t.Errorf("interrupted: %v", err)
	}

	s = New(Options{Out: NewOutput(new(bytes.Buffer), nil), Exit: func(int) {}, Memory: 1 << 20})
	defer s.Close()
	if chunk, err = s.LoadString(endless, "t.lua"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CallContext(t.Context(), chunk); err == nil || !strings.Contains(err.Error(), "not enough memory") {
		t.Errorf("above the limit: %v", err)
	}
}

// TestEndlessSourceHasNoRoom: a device that never ends fills no memory beyond the
// limit of the state.
func TestEndlessSourceHasNoRoom(t *testing.T) {
	s := New(Options{Out: NewOutput(new(bytes.Buffer), nil), In: zeros{}, Memory: 8 << 20, Chunks: NewChunks(), Exit: func(int) {}})
	defer s.Close()
	chunk, err := s.LoadString(`
		local function check(ok, message) assert(not ok and message:find("not enough memory", 1, true), message) end
		check(loadfile("/dev/zero"))
		check(loadfile())
		check(pcall(dofile, "/dev/zero"))
		check(pcall(dofile))
		package.path = "/dev/?"
		check(pcall(require, "zero"))
	`, "t.lua")
	if err == nil {
		_, err = s.CallContext(t.Context(), chunk)
	}
	if err != nil {
		t.Error(err)
	}
}

// TestInterruptEndsLoading: a state without a memory limit stops reading when its
// context is done.
func TestInterruptEndsLoading(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read := 0
	in := readerFunc(func(p []byte) (int, error) {
		if read++; read > 1 {
			cancel()
		}
		return copy(p, "-- no end\n"), nil
	})
	s := New(Options{Out: NewOutput(new(bytes.Buffer), nil), In: in, Exit: func(int) {}})
	defer s.Close()
	chunk, err := s.LoadString("dofile()", "t.lua")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CallContext(ctx, chunk); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("error is %v", err)
	}
}

// zeros is an input that never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
