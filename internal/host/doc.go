// Package host is the Lua in which scripts run: gopher-lua with the module
// micro_ts, an output that is buffered and keeps its order, and corrections where
// gopher-lua differs from LuaJIT and Lua 5.1.
//
// [New] makes a [State]. A State belongs to one goroutine. Any number of States may
// share one [Output], one [Chunks], one [Sandbox] and, through micro_ts, the same
// databases.
//
// host knows no command line.
//
// Of this module it imports internal/compat, internal/compat/convert,
// internal/compat/room, internal/glua, internal/human, internal/luafile,
// internal/luasyntax, internal/luavm/syntax, internal/stdio, luabind and store.
package host
