// Package luasyntax compiles Lua source for gopher-lua, and shows numbers as Lua does.
//
// A source is parsed by package syntax, so its errors are those of LuaJIT. translate
// makes gopher-lua's syntax tree of ours; repair works around mistakes of gopher-lua's
// compiler in it; then that compiler runs.
//
// All functions may be called by any number of goroutines at once.
//
// Of this module it imports internal/luavm/syntax.
package luasyntax
