// Package lib is the library of Lua: string, table, math, os, debug, bit and what
// belongs to the globals. Its functions are natives of the engine and answer as LuaJIT
// 2.1 does: in results, their types and the words of errors.
//
// Of this module it imports internal/luavm, internal/luavm/libm and internal/packformat.
package lib
