package luavm

import (
	"errors"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// newTestState returns a state with the base functions, which prints to out.
func newTestState(t *testing.T, out *strings.Builder) (*State, *lua.LState) {
	t.Helper()
	s := NewState()
	t.Cleanup(s.Close)
	OpenBase(s, out)
	return s, s.GoState()
}

// runSource runs a Lua chunk and returns what it printed.
func runSource(t *testing.T, source string, set func(s *State, L *lua.LState)) (string, error) {
	t.Helper()
	var out strings.Builder
	s, L := newTestState(t, &out)
	if set != nil {
		set(s, L)
	}
	f, err := s.Load([]byte(source), "@x.lua", s.Globals)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Call(f.Value())
	return out.String(), err
}

func setGo(s *State, L *lua.LState, name string, f lua.LGFunction) {
	s.Globals.SetStr(Intern(name), FromLValue(L.NewFunction(f)))
}

func TestGoFunctionsOfGopherLuaAreCalledWithValuesOfTheEngine(t *testing.T) {
	out, err := runSource(t, `
local t = {}
print(same(1, 2.5, "s", true, nil, t) == 6)
print(select(6, back(1, 2.5, "s", true, nil, t)) == t, back(1, "s"))
`, func(s *State, L *lua.LState) {
		setGo(s, L, "same", func(L *lua.LState) int { L.Push(lua.LNumber(L.GetTop())); return 1 })
		setGo(s, L, "back", func(L *lua.LState) int { return L.GetTop() })
	})
	if want := "true\ntrue\t1\ts\n"; err != nil || out != want {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
}

func TestErrorsOfGoFunctionsHaveThePositionAndNameOfTheCall(t *testing.T) {
	out, err := runSource(t, `
print(pcall(function() raise() end))
print(pcall(function() check("x") end))
print(pcall(function() m.check({}) end))
print(pcall(function() object() end))
`, func(s *State, L *lua.LState) {
		setGo(s, L, "raise", func(L *lua.LState) int { L.RaiseError("no %s", "luck"); return 0 })
		check := func(L *lua.LState) int { L.CheckTable(1); L.CheckNumber(1); return 0 }
		setGo(s, L, "check", check)
		m := NewTable(0, 1)
		m.SetStr(Intern("check"), FromLValue(L.NewFunction(check)))
		s.Globals.SetStr(Intern("m"), m.Value())
		setGo(s, L, "object", func(L *lua.LState) int { L.Error(lua.LString("as it is"), 0); return 0 })
	})
	want := `false	x.lua:2: no luck
false	x.lua:3: bad argument #1 to 'check' (table expected, got string)
false	x.lua:4: bad argument #1 to 'check' (number expected, got table)
false	as it is
`
	if err != nil || out != want {
		t.Errorf("got\n%s%v; want\n%s", out, err, want)
	}
}

func TestGoFunctionsCallLuaAndErrorsPassThrough(t *testing.T) {
	boom := errors.New("boom")
	out, err := runSource(t, `
print(call(function(a, b) return a + b, "x" end, 1, 2))
local e = {}
print(select(2, pcall(call, function() error(e) end)) == e)
print(pcall(call, function() local x = nil + 1 end))
print(pcall(call, function() coroutine.yield() end))
print(pcall(call, function() stop() while true do end end))
`, func(s *State, L *lua.LState) {
		setGo(s, L, "call", func(L *lua.LState) int {
			n := L.GetTop()
			L.Call(n-1, lua.MultRet)
			return L.GetTop()
		})
		setGo(s, L, "stop", func(L *lua.LState) int { s.Stop(boom); return 0 })
	})
	want := "3\tx\ntrue\nfalse\tx.lua:5: attempt to perform arithmetic on a nil value\nfalse\tx.lua:6: attempt to yield across C-call boundary\n"
	if out != want {
		t.Errorf("got\n%s; want\n%s", out, want)
	}
	if !errors.Is(err, boom) {
		t.Errorf("a stopped script ends with %v", err)
	}
}
