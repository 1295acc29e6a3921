// Package numeric compiles loops of Lua over numbers to machine code, through wazero: a
// loop becomes a WebAssembly function, and wazero makes machine code of it.
//
// [Compile] takes a loop of a function: its instructions from a header to the last jump
// back to it. It guesses the types of values from those that the machine has now
// ([Source]), and emits for each instruction what the machine's fast case does, behind
// guards that the guesses hold. Where a guard fails, or an instruction is of another kind, the
// loop exits: it says at which instruction, and where the values of registers are. The
// machine stores them and goes on there, so nothing is done twice and nothing is lost.
//
// The linear memory of the functions is a window of 4 GiB onto the process's memory that
// begins where Go's heap does ([Window]). So compiled code reads and writes tables where they
// are. It relies on this:
//
//   - Go's collector does not move objects, as wazero itself relies on.
//   - Compiled code follows pointers and never removes one: it overwrites a Value only
//     if its pointer is nil or the mark of numbers, which is no object of the heap, and
//     it writes no other pointers. So the collector needs no write barrier, and all objects
//     that a loop has found stay reachable from what held them.
//   - Each address is checked to be in the window, each index against the length in memory.
//   - The collector cannot stop a goroutine in compiled code. So a loop exits after
//     about [Fuel] instructions.
//
// Of this module it imports internal/luavm/code and internal/luavm/libm.
package numeric
