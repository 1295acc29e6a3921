package host

import lua "github.com/yuin/gopher-lua"

// wrap replaces a Go function of a library. The replacement gets the original, which
// it may call with the current arguments, and has the original's upvalues. When the
// library has no such function, wrap does nothing.
func wrap(lib *lua.LTable, name string, replacement func(L *lua.LState, original lua.LGFunction) int) {
	fn, ok := lib.RawGetString(name).(*lua.LFunction)
	if !ok || !fn.IsG {
		return
	}
	wrapper := *fn
	wrapper.GFunction = func(L *lua.LState) int { return replacement(L, fn.GFunction) }
	lib.RawSetString(name, &wrapper)
}
