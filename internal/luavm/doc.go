// Package luavm runs Lua: its own values, strings and tables, compiler and main
// loop. Towards Go functions it keeps gopher-lua's types: each [Value] has a
// [lua.LValue] and back, and a [Table] is a *lua.LTable.
//
// Unless a comment says otherwise, only the goroutine that runs a Lua state may
// use its values.
//
// The way of a script: [State.Load] parses it (package syntax), compiles it (package
// code) and links it (function.go): constants become values. [State.Call] pushes a frame
// and runs the machine (execute.go, loop.go). The loop does the common case of each
// instruction; step (step.go) does all cases. A call of a Lua function pushes another
// frame (call.go), and so do metamethods, iterators, pcall and error handlers: a frame
// says what becomes of its results, so Go's stack does not grow and coroutines
// (coroutine.go) yield across all of them. An error is a panic with an [Error] that execute
// catches; it ends frames up to the next pcall.
//
// Hot loops over numbers run as machine code (hot.go, package numeric).
//
// Functions in Go are of two kinds. A [Native] reads and returns values of the engine
// (native.go). A lua.LGFunction runs in a lua.LState beside the engine (foreign.go), where it
// finds its arguments as gopher-lua's values.
//
// Of this module it imports internal/glua, internal/luavm/code, internal/luavm/numeric and
// internal/luavm/syntax.
package luavm
