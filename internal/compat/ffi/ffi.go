package ffi

import (
	"runtime"

	"microts/internal/luavm"
)

// Instead says what to use in the place of the functions of LuaJIT's ffi that
// are missing here, by their names.
var Instead = map[string]string{
	"metatype": "a Lua table with a metatable", "offsetof": "string.pack and string.unpack", "typeinfo": "ffi.typeof",
}

// module is the module ffi of one Lua state.
type module struct {
	Declarations              // of ffi.cdef
	parsed       types        // of texts that scripts gave
	cdataMeta    *luavm.Table // metatable of cdata
	ctypeMeta    *luavm.Table // metatable of ctypes
	c            *luavm.Table // ffi.C, which every ffi.load returns too
}

// moduleKey is the key of a state's module.
type moduleKey struct{}

// moduleOf returns the module of a state. It makes it at the first call.
func moduleOf(s *luavm.State) *module {
	if m, ok := s.Attached(moduleKey{}).(*module); ok {
		return m
	}
	m := &module{}
	m.cdataMeta = newMetatable(m.cdataMetamethods())
	m.ctypeMeta = newMetatable(m.ctypeMetamethods())
	m.c = m.newNamespace()
	s.Attach(moduleKey{}, m)
	return m
}

// newMetatable makes a metatable that scripts do not get.
func newMetatable(metamethods map[string]luavm.Native) *luavm.Table {
	t := luavm.NewLibrary(metamethods)
	t.SetString("__metatable", luavm.Intern("ffi").Value())
	return t
}

// Open is the native that makes the module ffi and returns it.
func Open(c *luavm.Call) {
	m := moduleOf(c.State())
	t := luavm.NewLibrary(map[string]luavm.Native{
		"new": m.makeNew, "cast": m.cast, "typeof": m.typeOf, "sizeof": m.sizeOf, "alignof": m.alignOf, "istype": m.isType,
		"string": toString, "copy": copyBytes, "fill": fillBytes, "cdef": m.cdef, "load": m.load,
		"gc": gc, "errno": errno, "abi": abi,
	})
	t.SetString("C", m.c.Value())
	t.SetString("os", luavm.Intern("Linux").Value())
	t.SetString("arch", luavm.Intern(map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]).Value())
	for name, use := range Instead {
		t.SetString(name, luavm.NewFunction(name, func(c *luavm.Call) {
			c.Errorf("ffi.%s is not available in microts: use %s", name, use)
		}).Value())
	}
	c.Return(t.Value())
}

// raise raises an error of the function ffi.name.
func raise(c *luavm.Call, name string, err error) { c.Errorf("ffi.%s: %v", name, err) }

// gc is ffi.gc(cdata, finalizer). It never calls the finalizer: Go collects the
// memory, and nothing else is to be freed.
func gc(c *luavm.Call) { c.Return(c.Arg(1)) }

// errno is ffi.errno(). No function sets it.
func errno(c *luavm.Call) { c.Return(luavm.Int(0)) }

// abi is ffi.abi(name).
func abi(c *luavm.Call) {
	known := map[string]bool{"64bit": true, "le": true, "fpu": true, "hardfp": true}
	c.Return(luavm.Bool(known[c.String(1)]))
}
