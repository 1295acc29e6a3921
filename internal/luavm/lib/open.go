package lib

import (
	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm"
)

// Open gives a state, which has the globals of luavm.OpenBase, all of this package.
func Open(s *luavm.State) {
	g := s.Globals
	openBase(g)
	text := library(g, "string", stringFunctions)
	alias(text, "gfind", "gmatch") // its name in Lua 5.0
	meta := luavm.NewTable(0, 1)
	meta.SetStr(luavm.Intern("__index"), text.Value())
	s.SetTypeMetatable(lua.LTString, &meta.LTable)
	table := library(g, "table", tableFunctions)
	table.SetStr(luavm.Intern("unpack"), g.GetStr(luavm.Intern("unpack")))
	openMath(library(g, "math", mathFunctions))
	library(g, "os", osFunctions)
	library(g, "bit", bitFunctions)
	openRegistry(s, library(g, "debug", debugFunctions))
}

// function is an entry of a library.
type function struct {
	name   string
	native luavm.Native
}

// library makes a global table of functions.
func library(globals *luavm.Table, name string, functions []function) *luavm.Table {
	t := luavm.NewTable(0, len(functions))
	add(t, functions)
	globals.SetStr(luavm.Intern(name), t.Value())
	return t
}

func add(t *luavm.Table, functions []function) {
	for _, f := range functions {
		t.SetStr(luavm.Intern(f.name), luavm.NewFunction(f.name, f.native).Value())
	}
}

// alias gives a function of a table a second name.
func alias(t *luavm.Table, name, of string) {
	t.SetStr(luavm.Intern(name), t.GetStr(luavm.Intern(of)))
}
