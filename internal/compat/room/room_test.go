package room

import (
	"context"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// limited is the context of a state with a memory limit.
type limited struct {
	context.Context
	limit int64
}

func (l limited) HasRoom(_ *lua.LState, n int64) bool { return l.limit == 0 || n <= l.limit }

func (l limited) Left() int64 { return l.limit }

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
		{limited{t.Context(), 100_000}, func(L *lua.LState) { fill(L, 100_000, 1) }, true},
		{limited{t.Context(), 100_000}, func(L *lua.LState) { fill(L, 100_001, 1) }, false},
		{limited{t.Context(), 100_000}, func(L *lua.LState) { fill(L, 100_000, 300) }, true},
		{limited{t.Context(), 100_000}, func(L *lua.LState) { fill(L, 100_001, 300) }, false},
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

// fill builds a Text of size bytes, n bytes at a time.
func fill(L *lua.LState, size, n int) {
	text := Text{L: L}
	for part := strings.Repeat("x", n); text.Len() < size; {
		text.Add(part[:min(n, size-text.Len())])
	}
	if len(text.Value()) != size {
		L.RaiseError("a text of %d bytes has %d", size, text.Len())
	}
}
