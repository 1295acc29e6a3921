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

// TestHasRoom asks for room in a state that holds 100 KB of its 1,000 KB.
func TestHasRoom(t *testing.T) {
	const kb = 1000
	L := newState(t)
	c := NewControl(1000*kb, func(*lua.LState) {})
	run(t, L, `s = ("x"):rep(100000)`)
	L.SetTop(0)
	ask := func(n int64, want bool) {
		t.Helper()
		if got := c.HasRoom(L, n); got != want {
			t.Errorf("room for %d bytes: %v; %d are used", n, got, c.Used())
		}
	}
	ask(1001*kb, false)
	ask(-1, false)
	for range 100 { // what the state drops again it may ask for again
		ask(500*kb, true)
	}
	ask(950*kb, false)
	if used := c.Used(); used < 100*kb || used > 500*kb || c.Left() != 1000*kb-used {
		t.Errorf("%d bytes are used, %d left", used, c.Left())
	}
	run(t, L, `t = {s} for i = 2, 9 do t[i] = ("x"):rep(100000) .. i end`)
	L.SetTop(0)
	ask(500*kb, false)
	none := NewControl(0, func(*lua.LState) {})
	if !none.HasRoom(L, 1<<60) {
		t.Error("no limit, and no room")
	}
}

// TestConcatAsksForRoom concatenates strings that together are too large.
func TestConcatAsksForRoom(t *testing.T) {
	CheckAtJumps()
	L := newState(t)
	giveControl(L, NewControl(1_000_000, func(*lua.LState) {}))
	run(t, L, `local s = ("x"):rep(90000) assert(#(s .. s .. 1 .. "x") == 180002)`)
	if err := L.DoString(`local s = ("x"):rep(90000) s = s .. s .. s .. s .. s s = s .. s .. s`); err == nil || !strings.Contains(err.Error(), "not enough memory") {
		t.Error(err)
	}
}

// TestCallDepth counts calls, those of the coroutines around too.
func TestCallDepth(t *testing.T) {
	L := newState(t)
	depth := 0
	L.SetGlobal("depth", L.NewFunction(func(L *lua.LState) int { depth = CallDepth(L); return 0 }))
	run(t, L, `local function f(n) if n > 0 then f(n - 1) else depth() end return n end f(100)`)
	if depth != 103 { // the main chunk, 101 calls of f, and depth
		t.Errorf("%d calls", depth)
	}
	run(t, L, `local function f(n) if n > 0 then f(n - 1) else depth() end return n end coroutine.wrap(function() f(100) end)()`)
	if depth != 105 {
		t.Errorf("%d calls with those around a coroutine", depth)
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
