// Command bench measures microts against the LuaJIT original. It measures each row
// several times, both sides in turn, prints a table of the medians and their
// ratios, and writes all values as JSON.
//
// The original is bench/original: a C shim and an FFI module that we wrote after
// the specification, and repaired only where it could not run. Both sides run the
// same Lua scripts.
//
// Of this module it imports internal/series, internal/tick and store.
package main
