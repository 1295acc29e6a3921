package glua

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestRequests(t *testing.T) {
	c := NewControl(7, func(*lua.LState) {})
	if c.MemoryLimit() != 7 || c.Err() != nil || c.Requested(^uint32(0)) {
		t.Errorf("a new Control: limit %d, error %v", c.MemoryLimit(), c.Err())
	}
	c.Request(1)
	c.Request(4)
	if !c.Requested(1) || c.Requested(2) || !c.Requested(4|2) {
		t.Error("requests 1 and 4 do not stand")
	}
	c.Clear(1)
	if c.Requested(1) || !c.Requested(4) {
		t.Error("Clear(1) did not remove 1 alone")
	}
}

// TestControlServesRequests makes a request while each kind of Lua code runs that
// can take long; the request is served in its midst.
func TestControlServesRequests(t *testing.T) {
	CheckAtJumps()
	for _, c := range []struct{ name, code string }{
		{"jump", `while true do end`},
		{"numeric for", `for i = 1, math.huge do end`},
		{"generic for", `for _ in function() return 1 end do end`},
		{"call", `local function f() end while true do f() end`},
		{"tail call", `local function f() return f() end f()`},
		{"coroutine", `coroutine.wrap(function() while true do end end)()`},
	} {
		t.Run(c.name, func(t *testing.T) {
			L := newState(t)
			served := 0
			var control *Control
			control = NewControl(0, func(L *lua.LState) {
				control.Clear(1)
				if served++; served == 3 {
					L.RaiseError("served")
				}
				control.Request(1)
			})
			giveControl(L, control)
			control.Request(1)
			if err := L.DoString(c.code); err == nil || !strings.Contains(err.Error(), "served") {
				t.Error(err)
			}
		})
	}
}

// giveControl gives a state and the coroutines that it makes a Control.
func giveControl(L *lua.LState, c *Control) {
	SetContext(L, c)
	lib := L.GetGlobal("coroutine").(*lua.LTable)
	for _, name := range []string{"create", "wrap"} {
		create := lib.RawGetString(name).(*lua.LFunction).GFunction
		lib.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
			n := NewCoroutine(L, create, c)
			if co := coroutineOf(L.Get(-1)); co == nil || co.Context() != c { // nothing would end an endless one
				L.RaiseError("gopher-lua has changed: NewCoroutine does not find the coroutine")
			}
			return n
		}))
	}
}
