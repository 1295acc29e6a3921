// Package host is the Lua in which scripts run: the engine of internal/luavm with its
// library, the modules of internal/compat, files, programs and micro_ts, an output that is
// buffered and keeps its order, and limits.
//
// [New] makes a [State]. A State belongs to one goroutine. Any number of States may
// share one [Output], one [Chunks], one [Sandbox] and, through micro_ts, the same
// databases.
//
// host knows no command line.
//
// Of this module it imports internal/compat, internal/human, internal/luafile,
// internal/luavm, internal/luavm/code, internal/luavm/lib, internal/luavm/syntax,
// internal/source, internal/stdio and luabind.
package host
