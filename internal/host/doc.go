// Package host is the Lua in which scripts run: gopher-lua with the module
// micro_ts, with an output that is buffered and keeps its order, and with what
// differs from the Lua of the original's scripts mended.
//
// [New] makes a state. Each state is for one goroutine; any number of them may
// share one [Output] and, through micro_ts, the same databases.
//
// host knows no command line. It may import luabind, store, gopher-lua and
// golang.org/x/term.
package host
