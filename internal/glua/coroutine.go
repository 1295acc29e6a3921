package glua

import (
	"context"

	lua "github.com/yuin/gopher-lua"
)

// NewCoroutine calls create, which is gopher-lua's coroutine.create or
// coroutine.wrap, with the arguments of the current function, and gives ctx to
// the coroutine that it makes. It returns the number of results, as create does.
//
// When L has a context, gopher-lua derives a context for the coroutine and chooses
// the slower main loop that [SetContext] avoids. So L has none during create.
func NewCoroutine(L *lua.LState, create lua.LGFunction, ctx context.Context) int {
	defer SetContext(L, SetContext(L, nil)) // also when create raises an error
	n := create(L)
	if co := coroutineOf(L.Get(-1)); co != nil {
		SetContext(co, ctx)
	}
	return n
}

// coroutineOf returns the coroutine that v is, or that v resumes when v is a
// function that coroutine.wrap made: the coroutine is its first upvalue. It returns
// nil for any other value.
func coroutineOf(v lua.LValue) *lua.LState {
	switch v := v.(type) {
	case *lua.LState:
		return v
	case *lua.LFunction:
		if v.IsG && len(v.Upvalues) > 0 {
			co, _ := v.Upvalues[0].Value().(*lua.LState)
			return co
		}
	}
	return nil
}
