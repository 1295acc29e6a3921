// Package luasyntax reads Lua source: it splits source into code, strings and
// comments, parses it, walks its syntax tree and compiles it. A Lua chunk is
// changed in two places before it runs: in its source, where escapes of LuaJIT
// become those of Lua 5.1, and in its syntax tree, where repair works around
// mistakes of gopher-lua's compiler.
//
// All functions may be called by any number of goroutines at once.
//
// It imports nothing of this module.
package luasyntax
