package glua

import (
	"context"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// contextOffset is where a state holds its context.
var contextOffset = stateField("ctx", "context.Context")

// SetContext sets what L.Context returns, and returns what it returned before.
// Both may be nil.
//
// [lua.LState.SetContext] also chooses a main loop that asks the context before
// every instruction. BenchmarkMainLoop takes half as long again with it. SetContext
// keeps the main loop: the context alone ends nothing. [Control] is one that does.
func SetContext(L *lua.LState, ctx context.Context) (previous context.Context) {
	at := (*context.Context)(unsafe.Add(unsafe.Pointer(L), contextOffset))
	previous, *at = *at, ctx
	return previous
}
