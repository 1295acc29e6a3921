package ffi

import (
	"runtime"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// Instead says what to use in the place of the functions of LuaJIT's ffi that
// are missing here, by their names.
var Instead = map[string]string{
	"metatype": "a Lua table with a metatable", "offsetof": "string.pack and string.unpack", "typeinfo": "ffi.typeof",
}

// module is the module ffi of one Lua state.
type module struct {
	Declarations             // of ffi.cdef
	cdataMeta    *lua.LTable // metatable of cdata
	ctypeMeta    *lua.LTable // metatable of ctypes
	c            *lua.LTable // ffi.C, which every ffi.load returns too
}

const registryKey = "microts.ffi"

// moduleOf returns the module of a state. It makes it at the first call.
func moduleOf(L *lua.LState) *module {
	registry := L.Get(lua.RegistryIndex).(*lua.LTable)
	if ud, ok := registry.RawGetString(registryKey).(*lua.LUserData); ok {
		return ud.Value.(*module)
	}
	m := &module{
		cdataMeta: L.SetFuncs(L.NewTable(), cdataMetamethods()),
		ctypeMeta: L.SetFuncs(L.NewTable(), ctypeMetamethods()),
		c:         newNamespace(L),
	}
	ud := L.NewUserData()
	ud.Value = m
	registry.RawSetString(registryKey, ud)
	return m
}

// Open pushes the module ffi.
func Open(L *lua.LState) int {
	t := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"new": makeNew, "cast": cast, "typeof": typeOf, "sizeof": sizeOf, "alignof": alignOf, "istype": isType,
		"string": toString, "copy": copyBytes, "fill": fillBytes, "cdef": cdef, "load": load,
		"gc": gc, "errno": errno, "abi": abi,
	})
	t.RawSetString("C", moduleOf(L).c)
	t.RawSetString("os", lua.LString("Linux"))
	t.RawSetString("arch", lua.LString(map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]))
	L.SetMetatable(t, L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{"__index": missingFunction}))
	L.Push(t)
	return 1
}

// missingFunction raises the error for a function that the module lacks.
func missingFunction(L *lua.LState) int {
	name := convert.ToString(L, L.Get(2))
	use := Instead[name]
	if use == "" {
		use = "Lua tables, string.pack and string.unpack"
	}
	L.RaiseError("ffi.%s is not available in microts: use %s", name, use)
	return 0
}

// raise raises an error of the function ffi.name.
func raise(L *lua.LState, name string, err error) { L.RaiseError("ffi.%s: %v", name, err) }

// gc is ffi.gc(cdata, finalizer). It never calls the finalizer: Go collects the
// memory, and nothing else is to be freed.
func gc(L *lua.LState) int {
	L.Push(L.Get(1))
	return 1
}

// errno is ffi.errno(). No function sets it.
func errno(L *lua.LState) int {
	L.Push(lua.LNumber(0))
	return 1
}

// abi is ffi.abi(name).
func abi(L *lua.LState) int {
	known := map[string]bool{"64bit": true, "le": true, "fpu": true, "hardfp": true}
	L.Push(lua.LBool(known[convert.Text(L, 1)]))
	return 1
}
