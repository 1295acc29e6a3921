package host

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"
)

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

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		n    float64
		want string
	}{
		{0, "0"},
		{math.Copysign(0, -1), "-0"},
		{1, "1"},
		{-1, "-1"},
		{1023, "1023"},
		{1024, "1024"},
		{1_700_000_000_000_100, "1700000000000100"},
		{1 << 53, "9007199254740992"},
		{-(1 << 53), "-9007199254740992"},
		{0.1, "0.1"},
		{0.1 + 0.2, "0.3"},
		{1.0 / 3, "0.33333333333333"},
		{100.10, "100.1"},
		{-2.5, "-2.5"},
		{1e100, "1e+100"},
		{1e-5, "1e-05"},
		{10995174440960.04, "10995174440960"},
		{0.0001, "0.0001"},
		{123456789.123456789, "123456789.12346"},
		{99999999999999.9, "1e+14"},
		{math.MaxFloat64, "1.7976931348623e+308"},
		{5e-324, "4.9406564584125e-324"},
		{math.Inf(1), "inf"},
		{math.Inf(-1), "-inf"},
	} {
		if got := string(AppendNumber(nil, c.n)); got != c.want {
			t.Errorf("%v is shown as %s, not %s", c.n, got, c.want)
		}
	}
}

// TestNumbersAreFormattedAsCDoes compares with printf of the shell, whose %.14g
// is that of C.
func TestNumbersAreFormattedAsCDoes(t *testing.T) {
	printf, err := exec.LookPath("printf")
	if err != nil {
		t.Skip("no printf")
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Filter(func(f float64) bool { return f != math.Trunc(f) }).Draw(t, "f")
		// printf reads long doubles: give it the exact digits.
		want, err := exec.Command(printf, "%.14g", fmt.Sprintf("%.*f", 1100, f)).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := string(AppendNumber(nil, f)); got != string(want) {
			t.Fatalf("%v is shown as %s, by C as %s", f, got, want)
		}
	})
}

func TestTostring(t *testing.T) {
	s, _ := newTestState(t)
	if err := runString(s, `
		for _, n in ipairs{0, 1, 9, 10, 99, 1023, 1024, -1, 123456} do assert(tostring(n) == string.format("%d", n), n) end
		assert(tostring(0.5) == "0.5" and tostring(1023.5) == "1023.5")
		assert(tostring("x") == "x" and tostring(nil) == "nil" and tostring(true) == "true")
		assert(tostring(setmetatable({}, {__tostring = function() return "t" end})) == "t")
		assert(not pcall(tostring))`); err != nil {
		t.Error(err)
	}
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
	io := s.Lua.GetGlobal("io").(*lua.LTable)
	if w := *writerOf(io.RawGetString("stderr")); w == nil {
		t.Error("io.stderr has no writer")
	}
	if r := *readerOf(io.RawGetString("stdin")); r == nil {
		t.Error("io.stdin has no reader")
	}
	if !fieldOf(io.RawGetString("stdin"), "pp").IsNil() {
		t.Error("io.stdin is taken for a process")
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
