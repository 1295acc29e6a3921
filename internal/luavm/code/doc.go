// Package code is what the engine's machine runs: the instructions ([Op]), compiled
// functions ([Proto]) and the compiler from the syntax tree to them.
//
// The machine has registers: a local variable has one, temporary values stand above the
// locals, and a call finds its function and arguments in consecutive registers, which
// become the first registers of the callee. A comparison jumps itself; arithmetic and
// comparisons take a constant as an operand; a numeric constant expression is computed
// here, unless its result is a NaN or a zero.
//
// Of this module it imports internal/luavm/libm and internal/luavm/syntax.
package code
