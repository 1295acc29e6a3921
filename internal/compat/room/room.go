// Package room is what a Go function that a script calls needs to know of the script's
// limits: whether there is room for a large value, and whether it is time to end.
// Between two instructions a state looks at its limits itself; while a Go function
// runs, only this function can.
//
//   - Before a function makes a value whose size the script chooses, it calls [Check],
//     or it builds the value as a [Text].
//   - A loop that a script can make long calls [Pace.Step].
//
// A state has its limits from its context, a *glua.Control. With another context there
// is room for all, and with none nothing ends a function early.
//
// Of this module it imports internal/glua.
package room

import (
	"errors"

	lua "github.com/yuin/gopher-lua"
)

// None is the message of the error of a value for which there is no room, in the words
// of Lua.
const None = "not enough memory"

var errNone = errors.New(None)

// limits is what this package needs of a *glua.Control.
type limits interface {
	HasRoom(L *lua.LState, n int64) bool
	Left() int64
}

// For returns an error if the state has no room for n bytes more, else nil.
func For(L *lua.LState, n int64) error {
	if c, ok := L.Context().(limits); ok && !c.HasRoom(L, n) {
		return errNone
	}
	return nil
}

// Check raises a Lua error if the state has no room for n bytes more.
func Check(L *lua.LState, n int64) {
	if err := For(L, n); err != nil {
		L.RaiseError("%v", err)
	}
}

// left returns about how many bytes the state may use besides those that it uses, if it
// has a limit; else 0.
func left(L *lua.LState) int {
	if c, ok := L.Context().(limits); ok {
		return int(c.Left())
	}
	return 0
}
