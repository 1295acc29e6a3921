// Package ffi is the part of LuaJIT's module ffi that tick scripts use: buffers
// of bytes and numbers, and the functions of the original's C library (see
// clibrary.go). No other C is called: anything else raises an error that says
// what to use.
//
// Buffers are Go memory. An access outside of a buffer is an error, never a
// crash, and the collector frees what no script can reach.
//
// Of this module it imports internal/luavm, internal/tick and luabind.
package ffi
