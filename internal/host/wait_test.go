package host

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"microts/internal/luavm"
)

// waits are Lua chunks that wait for ever: for the other end of the named pipe PIPE, for
// a program, or for the end of a device.
var waits = []string{
	`io.open(PIPE):read()`,
	`io.open(PIPE):read("*a")`,
	`io.open(PIPE):read("*n")`,
	`for line in io.lines(PIPE) do end`,
	`io.open(PIPE, "w")`,
	`local f = io.open(PIPE, "r+") f:read(1)`,
	`local f = io.open(PIPE, "r+") f:write(("x"):rep(1e6))`,
	`io.popen("exec sleep 100"):read("*a")`,
	`return io.popen("sleep 100"):read("*a")`,
	`io.popen("sleep 100", "w"):write(("x"):rep(1e6))`,
	`io.popen("sleep 100", "w"):close()`,
	`local f = io.open("/dev/zero") while true do f:read(1e6) end`,
	`pcall(io.lines(PIPE)) while true do end`,
}

// TestInterruptEndsWaits ends each wait at once.
func TestInterruptEndsWaits(t *testing.T) {
	for _, code := range waits {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := unix.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			s := New(Options{Out: NewOutput(new(bytes.Buffer), nil), Exit: func(int) {}})
			defer s.Close()
			s.Lua.Globals.SetString("PIPE", luavm.Part(pipe))
			chunk, err := s.LoadString(code, "t.lua")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer time.AfterFunc(50*time.Millisecond, cancel).Stop()
			if _, err := s.CallContext(ctx, chunk); err == nil || !strings.Contains(err.Error(), "interrupted") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestReadsHaveNoMoreThanTheirRoom refuses reads of what never ends.
func TestReadsHaveNoMoreThanTheirRoom(t *testing.T) {
	huge := filepath.Join(t.TempDir(), "huge")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(1 << 40); err != nil {
		t.Skip(err)
	}
	f.Close()
	s := New(Options{Out: NewOutput(new(bytes.Buffer), nil), Exit: func(int) {}, Memory: 4 << 20})
	defer s.Close()
	s.Lua.Globals.SetString("HUGE", luavm.Part(huge))
	for _, code := range []string{
		`io.open("/dev/zero"):read("*a")`,
		`io.open("/dev/zero"):read("*l")`,
		`io.open("/dev/zero"):read(1e11)`,
		`io.open("/dev/zero"):read(1e300)`,
		`for line in io.lines("/dev/zero") do end`,
		`io.open(HUGE):read("*a")`,
		`io.open(HUGE):read(1e11)`,
		`io.popen("yes 1 | tr -d '\\n'"):read("*n")`,
	} {
		chunk, _ := s.LoadString(code, "t.lua")
		if _, err := s.CallContext(t.Context(), chunk); err == nil || !strings.Contains(err.Error(), "not enough memory") {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := runString(s, `local f = io.open("/dev/zero") assert(#f:read(1e6) == 1e6) assert(io.open("/dev/null"):read(1e11) == nil)`); err != nil {
		t.Error(err)
	}
}

// TestForgottenFilesAreWritten: what a script wrote and did not close is in the file
// after the end of the state, and after FlushFiles.
func TestForgottenFilesAreWritten(t *testing.T) {
	dir := t.TempDir()
	s := New(Options{Out: NewOutput(new(bytes.Buffer), nil), Exit: func(int) {}})
	s.Lua.Globals.SetString("DIR", luavm.Part(dir))
	if err := runString(s, `
		kept = io.open(DIR .. "/kept", "w") kept:write("1")
		io.popen("cat > " .. DIR .. "/program", "w"):write("2")
		for i = 1, 3000 do io.open(DIR .. "/" .. i, "w"):write(i) end`); err != nil {
		t.Fatal(err)
	}
	want := func(name, text string) {
		t.Helper()
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	s.FlushFiles()
	want("kept", "1")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	want("program", "2")
	want("3000", "3000")
	want("1", "1")
}

// TestForgottenFilesThatCannotBeWritten: the end of the state says so.
func TestForgottenFilesThatCannotBeWritten(t *testing.T) {
	s := New(Options{Out: NewOutput(new(bytes.Buffer), nil), Exit: func(int) {}})
	if err := runString(s, `io.open("/dev/full", "w"):write("x")`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err == nil || err.Error() != "write /dev/full: no space left on device" {
		t.Errorf("%v", err)
	}
}
