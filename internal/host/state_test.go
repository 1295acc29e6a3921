package host

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"microts/internal/glua"
)

func TestMain(m *testing.M) {
	if aside := os.Getenv(asideVariable); aside != "" { // the process of an attack
		if err := attackMain(aside); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	glua.CheckAtJumps() // before tests run side by side
	os.Exit(m.Run())
}

func newTestState(t testing.TB) (*State, *bytes.Buffer) {
	t.Helper()
	var buf bytes.Buffer
	out := NewOutput(&buf, nil)
	s := New(Options{Out: out, Exit: func(code int) { panic(fmt.Sprintf("exit %d", code)) }})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, &buf
}

func runString(s *State, code string) error {
	chunk, err := s.LoadString(code, "t.lua")
	if err == nil {
		_, err = s.Call(chunk)
	}
	return err
}

// TestStandardFiles pins the unexported fields of gopher-lua's files that
// openOutput sets: without them print and io.write would lose their order.
func TestStandardFiles(t *testing.T) {
	s, buf := newTestState(t)
	if err := runString(s, `
		print("a") io.write("b", 1, "\n") io.stdout:write("c\n") print("d", 2)
		assert(io.type(io.stdout) == "file" and io.output() == io.stdout)`); err != nil {
		t.Fatal(err)
	}
	if buf.Len() != 0 {
		t.Errorf("written before the flush: %q", buf.String())
	}
	if err := runString(s, `io.flush() io.stdout:flush()`); err != nil {
		t.Fatal(err)
	}
	if buf.String() != "a\nb1\nc\nd\t2\n" {
		t.Errorf("written: %q", buf.String())
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestOutputSaysOnceThatItIsBroken(t *testing.T) {
	calls := 0
	out := NewOutput(brokenWriter{}, func(err error) {
		if calls++; !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	})
	for range 10 {
		_, _ = out.Write(make([]byte, outputSize))
	}
	if err := out.Flush(); err == nil || calls != 1 {
		t.Errorf("flush: %v, told %d times", err, calls)
	}
}

func TestScriptErrors(t *testing.T) {
	for _, c := range []struct{ code, message, traceback string }{
		{`error("boom")`, "t.lua:1: boom", "t.lua:1: in main chunk"},
		{"\nlocal function f() error('deep') end\nf()", "t.lua:2: deep", "t.lua:3: in main chunk"},
		{`error({})`, "(error object is a table value)", "t.lua"},
		{`error(setmetatable({}, {__tostring = function() return "x" end}))`, "x", "t.lua"},
		{`local x = nil; x.y = 1`, "t.lua:1: attempt to index a non-table object(nil) with key 'y'", "t.lua:1"},
		{`x = = 1`, "t.lua:1: syntax error near '='", ""},
		{"goto nowhere", "t.lua:", ""},
	} {
		s, _ := newTestState(t)
		err := runString(s, c.code)
		e := (*ScriptError)(nil)
		if !errors.As(err, &e) || !strings.HasPrefix(e.Message, c.message) || !strings.Contains(e.Traceback, c.traceback) {
			t.Errorf("%s:\n got %v\nwant %s", c.code, err, c.message)
		}
		if err := runString(s, `return 1`); err != nil {
			t.Errorf("after %s the state is unusable: %v", c.code, err)
		}
	}
}

func TestIncomplete(t *testing.T) {
	s, _ := newTestState(t)
	for code, want := range map[string]bool{
		"for i = 1, 2 do": true, "x =": true, "f(": true, "x = 'a\n": false, "x = = 1": false, "end": false,
	} {
		_, err := s.LoadString(code, "t.lua")
		e := (*ScriptError)(nil)
		if !errors.As(err, &e) || e.Incomplete != want {
			t.Errorf("%q: %v, incomplete %v", code, err, e != nil && e.Incomplete)
		}
	}
}

func TestExit(t *testing.T) {
	for code, want := range map[string]string{
		"os.exit()": "exit 0", "os.exit(7)": "exit 7", "os.exit(true)": "exit 0", "os.exit(false)": "exit 1",
	} {
		s, _ := newTestState(t)
		if err := runString(s, code); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestCoroutinesAreSmall(t *testing.T) {
	s, _ := newTestState(t)
	if err := runString(s, `
		local all = {}
		for i = 1, 10000 do
			local co = coroutine.create(function() coroutine.yield(i) end)
			assert(select(2, coroutine.resume(co)) == i)
			all[i] = co
		end`); err != nil {
		t.Error(err)
	}
}
