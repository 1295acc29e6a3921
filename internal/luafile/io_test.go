package luafile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPrints runs sources whose answers are not those of LuaJIT, or not to be had from it.
func TestPrints(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{
			"a line keeps its NUL bytes; LuaJIT loses what follows one",
			`local f = io.tmpfile() f:write("a\0b\n\0\nc\0") f:seek("set")
			 print((("%q %q %q"):format(f:read("*l", "*L", "*l")):gsub("\\\n", "\\n")))`,
			`"a\0b" "\0\n" "c\0"` + "\n",
		},
		{
			"what was written can be read without a seek; LuaJIT loses it",
			`local f = io.tmpfile() f:write("abc") print(f:read("*a"), f:seek("set", 1), f:read("*a"))`,
			"\t1\tbc\n",
		},
		{
			"no number can be read from a file for writing; LuaJIT returns nil alone",
			`print(io.open("f", "w"):read("*n"))`,
			"nil\tBad file descriptor\t9\n",
		},
		{
			"the error of a line that cannot be written is returned; LuaJIT loses it",
			`local f = io.open("/dev/full", "w") f:setvbuf("line") print(f:write("x")) print(f:write("x\n"))`,
			"true\nnil\tNo space left on device\t28\n",
		},
		{
			"numbers have all digits",
			`local f = io.tmpfile() f:write(1700000000123456, " ", 2^53) f:seek("set") print(f:read("*a"))`,
			"1700000000123456 9007199254740992\n",
		},
		{
			"seek takes the text of a number, as Lua 5.1",
			`local f = io.tmpfile() print(f:seek("set", "10"))`,
			"10\n",
		},
		{
			"a number of bytes is not negative",
			`local f = io.tmpfile()
			 print(pcall(function() local x = f:read(-1) end))
			 print(pcall(function() local x = f:read(0/0) end))
			 print(f:read(-0.5))`,
			"false\tx:2: bad argument #1 to 'read' (number of bytes expected, got -1)\n" +
				"false\tx:3: bad argument #1 to 'read' (number of bytes expected, got nan)\nnil\n",
		},
		{
			"a file that may not be written can be read",
			`print(io.open("forbidden", "w")) print(io.open("forbidden", "r+"))
			 print(pcall(function() local x = io.output("forbidden") end)) print(io.open("forbidden"))`,
			"nil\tpermission denied\t13\nnil\tpermission denied\t13\n" +
				"false\tx:2: bad argument #1 to 'output' (permission denied)\nnil\tforbidden: No such file or directory\t2\n",
		},
		{
			"a function is no file, even if it iterates over one",
			`local it = io.stdin:lines() print(io.type(it), pcall(io.close, it))`,
			"nil\tfalse\tbad argument #1 to '?' (FILE* expected, got function)\n",
		},
		{
			"more results than fit on the spare stack",
			`local f = io.tmpfile() f:write(("x"):rep(500)) f:seek("set")
			 local formats = {} for i = 1, 500 do formats[i] = 1 end
			 print(select("#", f:read(unpack(formats))))`,
			"500\n",
		},
		{
			"the module is a global, and loaded",
			`print(type(io), io == require "io")`,
			"table\ttrue\n",
		},
		{
			"programs get what was written before, and write after it",
			`local f = io.open("f", "w") f:write("before ") io.popen("echo after >>f"):close()
			 print(io.open("f"):read("*a"))`,
			"before after\n\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := run(t, c.source, "=x", ""); got != c.want {
				t.Errorf("printed\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestStdinIsWhatTheScriptLeft reads on after io.read.
func TestStdinIsWhatTheScriptLeft(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newScript(t, "first\nsecond\nthird\n")
	if _, err := s.do(`print(io.read("*l", 3)) io.input("in")`, "=x"); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(s.io.Stdin())
	if err != nil || s.out.String() != "first\tsec\n" || string(rest) != "ond\nthird\n" {
		t.Errorf("the script read %q, %q is left (%v)", s.out.String(), rest, err)
	}
}

// TestFlushWritesWhatTheScriptWrote flushes from another goroutine while the script runs.
func TestFlushWritesWhatTheScriptWrote(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newScript(t, "")
	done := make(chan error)
	go func() {
		_, err := s.do(`local f = io.open("f", "w") f:write("started") while true do f:write("") end`, "=x")
		done <- err
	}()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		s.io.Flush()
		if text, err := os.ReadFile("f"); err == nil && string(text) == "started" {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("the file holds %q (%v)", text, err)
		}
	}
	s.Stop(errStop)
	if err := <-done; !errors.Is(err, errStop) {
		t.Error(err)
	}
}

// TestForgottenFilesAreWrittenAndClosed drops files: the collector closes them.
func TestForgottenFilesAreWrittenAndClosed(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newScript(t, "")
	if _, err := s.do(`do local f = io.open("f", "w") f:write("forgotten") end`, "=x"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.do(`for i = 1, 100 do local a, b, c, d, e, f = i, i, i, i, i, i end`, "=x"); err != nil {
		t.Fatal(err) // it takes the place of the file on the stack
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		runtime.GC()
		if text, err := os.ReadFile("f"); err != nil {
			t.Fatal(err)
		} else if string(text) == "forgotten" {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("the file holds %q", text)
		}
	}
}

// TestCloseReturnsWhatCouldNotBeWritten leaves a full file open.
func TestCloseReturnsWhatCouldNotBeWritten(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newScript(t, "")
	if _, err := s.do(`f = io.open("/dev/full", "w") f:write("x") g = io.open("g", "w") g:write("y")`, "=x"); err != nil {
		t.Fatal(err)
	}
	err := s.io.Close(0)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "/dev/full") {
		t.Error(err)
	}
	if text, err := os.ReadFile("g"); err != nil || string(text) != "y" {
		t.Errorf("the other file holds %q (%v)", text, err)
	}
}

// TestIteratorsCloseTheirFilesAtTheEnd looks which files are open when the loop is over. The
// collector, which would close them too, is off.
func TestIteratorsCloseTheirFilesAtTheEnd(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, c := range []struct {
		source string
		open   int
	}{
		{`for line in io.lines("data") do end`, 0},
		{`for line in io.lines("data", "*L") do end`, 0},
		{`for n in io.lines("data", "*n") do end`, 1}, // something is left, which is no number
		{`for line in io.lines("data") do break end`, 1},
		{`f = io.open("data") for line in f:lines() do end assert(io.type(f) == "file")`, 1},
	} {
		t.Chdir(t.TempDir())
		s := newScript(t, "")
		if err := os.WriteFile("data", []byte("1\n2\nx\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.do(c.source, "=x"); err != nil {
			t.Fatal(err)
		}
		if n := timesOpen(t, "data"); n != c.open {
			t.Errorf("%s: the file is open %d times, not %d", c.source, n, c.open)
		}
		if err := s.io.Close(0); err != nil {
			t.Error(err)
		}
		if n := timesOpen(t, "data"); n != 0 {
			t.Errorf("%s: after Close, the file is open %d times", c.source, n)
		}
	}
}

// timesOpen returns how often this process has a file open.
func timesOpen(t *testing.T, path string) (n int) {
	t.Helper()
	want, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	descriptors, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(descriptors) == 0 {
		t.Skip("no /proc")
	}
	for _, d := range descriptors {
		if info, err := os.Stat(d); err == nil && os.SameFile(info, want) {
			n++
		}
	}
	return n
}
