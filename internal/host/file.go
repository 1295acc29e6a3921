package host

import (
	"os"

	"microts/internal/compat"
	"microts/internal/luafile"
	"microts/internal/luavm"
)

// openFiles gives the script print, the library io, and the functions of os that make,
// remove and rename files.
func (s *State) openFiles() {
	s.Lua.Globals.SetFunctions(map[string]luavm.Native{"print": s.newPrint()})
	o := luafile.Options{
		Stdin:   newInput(s.in, s.out),
		Stdout:  outputDevice{s.out},
		Stderr:  errorDevice{s.out, s.err},
		Program: s.program,
		Start:   s.start,
	}
	if s.sandbox != nil {
		o.Writable = s.sandbox.writable
	}
	s.io = luafile.Open(s.Lua, o)
	s.library("os").SetFunctions(map[string]luavm.Native{"remove": remove, "rename": rename, "tmpname": tmpname})
}

// library returns a table of functions that a new state has as a global.
func (s *State) library(name string) *luavm.Table {
	t, _ := s.Lua.Globals.GetString(name).AsTable()
	return t
}

// remove is os.remove.
func remove(c *luavm.Call) {
	path := c.String(1)
	returnResult(c, path, os.Remove(path))
}

// rename is os.rename.
func rename(c *luavm.Call) {
	from, to := c.String(1), c.String(2)
	returnResult(c, from, os.Rename(from, to))
}

// tmpname is os.tmpname. It makes the file, so that nobody else can.
func tmpname(c *luavm.Call) {
	f, err := os.CreateTemp("", "lua_")
	if err != nil {
		c.Errorf("unable to generate a unique filename")
	}
	f.Close()
	c.Return(luavm.Part(f.Name()))
}

// returnResult returns true; or, for an error, nil, a message and the error's number.
func returnResult(c *luavm.Call, path string, err error) {
	if err == nil {
		c.Return(luavm.True)
		return
	}
	message, number := compat.CError(err)
	c.Return(luavm.Nil, luavm.Part(path+": "+message), luavm.Int(number))
}

// returnFailure returns nil and the message of an error.
func returnFailure(c *luavm.Call, err error) { c.Return(luavm.Nil, luavm.Part(err.Error())) }
