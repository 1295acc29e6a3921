// Package luavm runs Lua: its own values, strings and tables, compiler and main
// loop. Towards Go functions it keeps gopher-lua's types: each [Value] has a
// [lua.LValue] and back, and a [Table] is a *lua.LTable.
//
// Unless a comment says otherwise, only the goroutine that runs a Lua state may
// use its values.
//
// Of this module it imports internal/glua.
package luavm
