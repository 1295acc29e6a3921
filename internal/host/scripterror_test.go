package host

import (
	"errors"
	"strings"
	"testing"
)

func TestScriptErrors(t *testing.T) {
	for _, c := range []struct{ code, message, traceback string }{
		{`error("boom")`, "t.lua:1: boom", "t.lua:1: in main chunk"},
		{"\nlocal function f() error('deep') end\nf()", "t.lua:2: deep", "t.lua:3: in main chunk"},
		{`error({})`, "(error object is a table value)", "t.lua"},
		{`error(setmetatable({}, {__tostring = function() return "x" end}))`, "x", "t.lua"},
		{`local x = nil; x.y = 1`, "t.lua:1: attempt to index local 'x' (a nil value)", "t.lua:1"},
		{`x = = 1`, "t.lua:1: unexpected symbol near '='", ""},
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

// TestIncomplete tells sources that may go on from those that are wrong.
func TestIncomplete(t *testing.T) {
	s, _ := newTestState(t)
	for _, c := range []struct {
		code string
		want bool
	}{
		{"for i = 1, 2 do", true},
		{"x =", true},
		{"f(", true},
		{"x = 'a\n", false},
		{"x = = 1", false},
		{"end", false},
	} {
		_, err := s.LoadString(c.code, "t.lua")
		e := (*ScriptError)(nil)
		if !errors.As(err, &e) || e.Incomplete != c.want {
			t.Errorf("%q: %v, incomplete %v", c.code, err, e != nil && e.Incomplete)
		}
	}
}
