package host

import (
	"os"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/luafile"
)

// openFiles gives the script print, the library io, and the functions of os that make,
// remove and rename files.
func (s *State) openFiles() {
	s.Lua.SetGlobal("print", s.Lua.NewFunction(s.newPrint()))
	o := luafile.Options{
		Stdin:   newInput(s.in, s.out, s.control),
		Stdout:  outputDevice{s.out},
		Stderr:  errorDevice{s.out, s.err},
		Program: s.program,
		Start:   s.start,
	}
	if s.sandbox != nil {
		o.Writable = s.sandbox.writable
	}
	s.io = luafile.Open(s.Lua, o)
	s.Lua.SetFuncs(s.Lua.GetGlobal("os").(*lua.LTable), map[string]lua.LGFunction{"remove": remove, "rename": rename, "tmpname": tmpname})
}

// remove is os.remove.
func remove(L *lua.LState) int {
	path := L.CheckString(1)
	return pushResult(L, path, os.Remove(path))
}

// rename is os.rename.
func rename(L *lua.LState) int {
	path := L.CheckString(1)
	return pushResult(L, path, os.Rename(path, L.CheckString(2)))
}

// tmpname is os.tmpname. It makes the file, so that nobody else can.
func tmpname(L *lua.LState) int {
	f, err := os.CreateTemp("", "lua_")
	if err != nil {
		L.RaiseError("unable to generate a unique filename")
	}
	f.Close()
	L.Push(lua.LString(f.Name()))
	return 1
}

// pushResult pushes true; or, for an error, nil, a message and the error's number.
// It returns how many values it pushed.
func pushResult(L *lua.LState, path string, err error) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	message, number := compat.CError(err)
	L.Push(lua.LNil)
	L.Push(lua.LString(path + ": " + message))
	L.Push(lua.LNumber(number))
	return 3
}
