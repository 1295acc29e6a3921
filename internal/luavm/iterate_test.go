package luavm

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// TestForOverANative: a generic for calls a Native with state and control, gives nil to
// variables without a value, and ends with the first nil. An error has the line of the for.
func TestForOverANative(t *testing.T) {
	s := NewState()
	OpenBase(s, io.Discard)
	s.Globals.SetFunctions(map[string]Native{
		"upTo": func(c *Call) { // state is the last number
			next := c.OptInt(2, 0) + 1
			switch {
			case c.NumArgs() != 2:
				c.Errorf("%d arguments", c.NumArgs())
			case next == 13:
				c.Errorf("thirteen")
			case next > c.Int(1):
				c.Return()
			default:
				c.Return(Int(next), Int(-next), Int(next*next))
			}
		},
		"nothing": func(c *Call) { c.Return(Nil, True) },
	})
	for _, c := range []struct{ code, want string }{
		{`for i in upTo, 3 do add(i) end`, "1 2 3 "},
		{`for i, n, q, none in upTo, 3 do add(i, n, q, none) end`, "1 -1 1 nil 2 -2 4 nil 3 -3 9 nil "},
		{`for i in upTo, 4, 2 do add(i) end`, "3 4 "},
		{`for i in upTo, 9 do if i == 3 then break end add(i) end`, "1 2 "},
		{`for i, n in nothing do add(i, n) end`, ""},
		{`for i in upTo, 2 do for j in upTo, i do add(i, j) end end`, "1 1 2 1 2 2 "},
		{`for i in upTo, 3 do local f = function() return i end i = 0 add(f()) end`, "0 0 0 "},
		{`for w in coroutine.wrap(function() for i in upTo, 3 do coroutine.yield(i) end end) do add(w) end`, "1 2 3 "},
		{"add(pcall(function()\nfor i in upTo, 20 do\n\n\nend end))", "false x.lua:2: thirteen "},
	} {
		var text strings.Builder
		s.Globals.SetFunctions(map[string]Native{"add": func(c *Call) {
			for i := 1; i <= c.NumArgs(); i++ {
				text.WriteString(PlainString(c.Arg(i)) + " ")
			}
			c.Return()
		}})
		chunk, err := s.Load([]byte(c.code), "@x.lua", s.Globals)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Call(chunk.Value()); err != nil {
			t.Errorf("%s: %v", c.code, err)
			continue
		}
		if got := text.String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.code, got, c.want)
		}
	}
}

// TestStopEndsAForOverANative: also one with an empty body.
func TestStopEndsAForOverANative(t *testing.T) {
	s := NewState()
	stop := errors.New("stop")
	n := 0
	s.Globals.SetFunctions(map[string]Native{"endless": func(c *Call) {
		if n++; n == 1000 {
			s.Stop(stop)
		}
		c.Return(True)
	}})
	chunk, err := s.Load([]byte(`for _ in endless do end`), "=x", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(chunk.Value()); !errors.Is(err, stop) || n != 1000 {
		t.Errorf("%v after %d calls", err, n)
	}
}
