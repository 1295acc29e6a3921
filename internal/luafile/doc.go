// Package luafile is Lua's library io, and the files that it makes. Results, their
// number and their messages are those of LuaJIT.
//
// The files are Streams of package stdio, which knows how files behave; luafile checks
// arguments, and turns errors into what scripts see.
//
// Of this module it imports internal/compat, internal/luavm and internal/stdio.
package luafile
