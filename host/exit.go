package host

import (
	lua "github.com/yuin/gopher-lua"
)

// openExit replaces os.exit. It takes what the os.exit of Lua 5.1 and 5.2 take:
// a number, or a boolean for success or failure.
func (s *State) openExit(exit func(code int)) {
	lib, ok := s.Lua.GetGlobal("os").(*lua.LTable)
	if !ok {
		return
	}
	lib.RawSetString("exit", s.Lua.NewFunction(func(L *lua.LState) int {
		code := 0
		switch v := L.Get(1).(type) {
		case lua.LBool:
			if !bool(v) {
				code = 1
			}
		default:
			code = L.OptInt(1, 0)
		}
		exit(code)
		return 0
	}))
}
