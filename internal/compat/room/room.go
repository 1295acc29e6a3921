// Package room keeps Go functions from making values that are larger than the
// memory limit of the Lua state that calls them. A state measures its memory
// between two instructions, which is too late for one large allocation.
//
// The context of a state that has a limit has the method MemoryLimit() int64,
// which returns bytes; 0 is no limit. Without that method all checks pass.
//
// It imports nothing of this module.
package room

import (
	"errors"

	lua "github.com/yuin/gopher-lua"
)

// errNoRoom is the error of a value that is larger than the limit.
var errNoRoom = errors.New("not enough memory")

// For returns errNoRoom if n bytes are more than the limit of the state, else nil.
func For(L *lua.LState, n int64) error {
	if c, ok := L.Context().(interface{ MemoryLimit() int64 }); ok {
		if limit := c.MemoryLimit(); limit > 0 && n > limit {
			return errNoRoom
		}
	}
	return nil
}

// Check raises a Lua error if n bytes are more than the limit of the state.
func Check(L *lua.LState, n int64) {
	if err := For(L, n); err != nil {
		L.RaiseError("%v", err)
	}
}

// CheckGrowth is Check for a value of size bytes that grows by n bytes. It is
// for loops: it skips the check if n is small.
func CheckGrowth(L *lua.LState, size, n int) {
	const small = 256
	if n > small {
		Check(L, int64(size)+int64(n))
	}
}
