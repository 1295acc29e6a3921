package luafile_test

import (
	"errors"
	"os"
	"testing"

	"microts/internal/luavm"
)

// TestDebugRunsLinesOfTheStandardInput: what is written to the standard error is LuaJIT's.
func TestDebugRunsLinesOfTheStandardInput(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newScript(t, "x = 1\nprint(x)\nerror('no')\n?\ncont\nrest\n")
	if _, err := s.do(`debug.debug() print(io.read()) debug.debug() print(io.read())`, "=x"); err != nil {
		t.Fatal(err)
	}
	if got, want := s.out.String(), "1\nrest\nnil\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	const want = "lua_debug> lua_debug> lua_debug> (debug command):1: no\n" +
		"lua_debug> (debug command):1: unexpected symbol near '?'\nlua_debug> lua_debug> "
	if got, err := os.ReadFile("err"); err != nil || string(got) != want {
		t.Errorf("%v, errors %q, want %q", err, got, want)
	}
}

// TestStopEndsDebug: the error of Stop does not end only the line.
func TestStopEndsDebug(t *testing.T) {
	t.Chdir(t.TempDir())
	s := newScript(t, "stop() while true do end\nprint('goes on')\n")
	stopped := errors.New("stopped")
	s.Globals.SetFunctions(map[string]luavm.Native{"stop": func(c *luavm.Call) { s.Stop(stopped); c.Return() }})
	if _, err := s.do(`pcall(debug.debug)`, "=x"); !errors.Is(err, stopped) || s.out.Len() > 0 {
		t.Errorf("%v, printed %q", err, s.out.String())
	}
}
