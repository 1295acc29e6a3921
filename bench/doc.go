// Command bench measures microts against the LuaJIT original, side by side in
// one run: each row is run several times on both sides in turn, and the medians
// and their ratio are printed as a table and written as JSON.
//
// The original is bench/original, a C shim and FFI module of our own writing
// after the specification, repaired only where it cannot run. Both sides run
// the same Lua scripts.
package main
