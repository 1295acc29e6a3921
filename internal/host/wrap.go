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

// callThrough calls fn with the arguments of the current function. It returns how
// many results there are; they are on top of the stack.
func callThrough(L *lua.LState, fn lua.LValue) int {
	n := L.GetTop()
	L.Push(fn)
	for i := 1; i <= n; i++ {
		L.Push(L.Get(i))
	}
	L.Call(n, lua.MultRet)
	return L.GetTop() - n
}
