// Package luafile is Lua's library io, the files that it makes, and debug.debug. Results, their
// number and their messages are those of LuaJIT.
//
// The files are Streams of package stdio, which knows how files behave; luafile checks
// arguments, and turns errors into what scripts see.
//
// Of this module it imports internal/compat, internal/luavm, internal/luavm/code and internal/stdio.
package luafile
