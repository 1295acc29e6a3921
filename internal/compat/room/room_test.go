package room

import (
	"context"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// limited is the context of a state with a memory limit.
type limited struct {
	context.Context
	limit int64
}

func (l limited) MemoryLimit() int64 { return l.limit }

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		ctx    context.Context // of the state
		check  func(L *lua.LState)
		passes bool
	}{
		{nil, func(L *lua.LState) { Check(L, 1<<60) }, true},
		{t.Context(), func(L *lua.LState) { Check(L, 1<<60) }, true},
		{limited{t.Context(), 0}, func(L *lua.LState) { Check(L, 1<<60) }, true},
		{limited{t.Context(), 1000}, func(L *lua.LState) { Check(L, 1000) }, true},
		{limited{t.Context(), 1000}, func(L *lua.LState) { Check(L, 1001) }, false},
		{limited{t.Context(), 1000}, func(L *lua.LState) { CheckGrowth(L, 700, 300) }, true},
		{limited{t.Context(), 1000}, func(L *lua.LState) { CheckGrowth(L, 701, 300) }, false},
		{limited{t.Context(), 1000}, func(L *lua.LState) { CheckGrowth(L, 5000, 1) }, true}, // too small to look
	} {
		L := lua.NewState()
		if c.ctx != nil {
			L.SetContext(c.ctx)
		}
		err := L.CallByParam(lua.P{Fn: L.NewFunction(func(L *lua.LState) int {
			c.check(L)
			return 0
		}), Protect: true})
		if (err == nil) != c.passes {
			t.Errorf("%+v: %v", c, err)
		}
		L.Close()
	}
}
