package luavm

import (
	"io"

	lua "github.com/yuin/gopher-lua"
)

// openTestLibraries gives a state what programs of the tests need besides the base
// functions.
func openTestLibraries(s *State, L *lua.LState, out io.Writer) { OpenDev(s, L, out) }
