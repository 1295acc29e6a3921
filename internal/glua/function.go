package glua

import lua "github.com/yuin/gopher-lua"

// Kind marks Go functions of one state, so that they can be told from all others.
//
// The mark is the function's environment. gopher-lua reads the environment of a Go
// function only for L.NewFunction, for lookups of globals and for getfenv: functions
// of a Kind must not do the first two. setfenv refuses Go functions; a script can only
// give the mark to a Lua function, which does not count.
type Kind struct{ mark *lua.LTable }

// NewKind makes a Kind for the functions of one state.
func NewKind(L *lua.LState) Kind { return Kind{L.NewTable()} }

// NewFunction makes a Lua function of fn, marked with the Kind. [Memory] counts what
// holds says that fn holds.
func (k Kind) NewFunction(fn lua.LGFunction, holds MemorySizer) *lua.LFunction {
	up := &lua.Upvalue{}
	up.Close()
	up.SetValue(&lua.LUserData{Value: holds, Metatable: lua.LNil})
	return &lua.LFunction{IsG: true, Env: k.mark, GFunction: fn, Upvalues: []*lua.Upvalue{up}}
}

// Has says whether v is a function that NewFunction of this Kind made.
func (k Kind) Has(v lua.LValue) bool {
	fn, ok := v.(*lua.LFunction)
	return ok && fn.IsG && fn.Env == k.mark
}
