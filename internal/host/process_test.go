package host

import (
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestExit(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"os.exit()", "exit 0"},
		{"os.exit(7)", "exit 7"},
		{"os.exit(true)", "exit 0"},
		{"os.exit(false)", "exit 1"},
	} {
		s, _ := newTestState(t)
		if err := runString(s, c.code); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.code, err)
		}
	}
}

func TestExitWithinCalls(t *testing.T) {
	code, after := -1, false
	var out strings.Builder
	done := make(chan struct{})
	go func() {
		defer close(done)
		s := New(Options{Out: NewOutput(&out, nil), Exit: func(c int) { code = c; runtime.Goexit() }})
		defer s.Close()
		chunk, _ := s.LoadString(`pcall(function() coroutine.wrap(function() os.exit(7) end)() end) print("after")`, "t.lua")
		_, _ = s.Call(chunk)
		after = true
	}()
	<-done
	if code != 7 || after || strings.Contains(out.String(), "after") {
		t.Errorf("code %d, after %v, %q", code, after, out.String())
	}
}

// TestProgramsOutliveALine reads in one line of a console from a program that an
// earlier one started; the end of the state ends it.
func TestProgramsOutliveALine(t *testing.T) {
	var out strings.Builder
	s := New(Options{Out: NewOutput(&out, nil), Exit: func(int) {}})
	for _, code := range []string{
		`f = io.popen("echo $$; echo second; exec sleep 100")`,
		`pid = assert(f:read("*n"))`, `assert(f:read() == "" and f:read() == "second")`,
	} {
		chunk, err := s.LoadString(code, "t.lua")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.CallContext(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
	}
	pid := int(s.Lua.Globals.GetString("pid").Float())
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("before the end of the state, the program: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("after the end of the state, the program: %v", err)
	}
}
