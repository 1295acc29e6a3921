package glua

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestKind pins that a Go function with an environment of its own works as any
// other, and that no other function has the mark.
func TestKind(t *testing.T) {
	L := newState(t)
	kind, other := NewKind(L), NewKind(L)
	fn := kind.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LNumber(L.CheckNumber(1) + 1))
		return 1
	}, nil)
	L.SetGlobal("fn", fn)
	run(t, L, `
		assert(fn(1) == 2 and select(2, pcall(fn, 2)) == 3 and not pcall(fn, {}))
		for i in function(_, i) return fn(i or 1) < 5 and fn(i or 1) or nil end do assert(i < 5) end`)
	if !kind.Has(fn) || other.Has(fn) {
		t.Error("the function is not of its Kind, or of another")
	}
	for _, v := range []lua.LValue{lua.LNil, lua.LTrue, L.GetGlobal("print"), L.NewFunction(fn.GFunction), kind.mark} {
		if kind.Has(v) {
			t.Errorf("%v has the mark", v)
		}
	}
}
