// Package doctor reads scripts, without running them, and finds what in them will
// not run in microts: modules, functions of libraries and of C, C types and
// literals that are missing here. It says what to write instead.
//
// It asks a Lua state of package host for the libraries and modules that are there.
// It knows a module by the variable that require's result goes into, and a library by
// its name or a local variable that keeps it. It follows constants: of locals, and of
// fields that get a value once, in other files too. It leaves out what no run comes to,
// such as the body of if not setfenv then, and what pcall protects: walk.go visits the
// rest, truth.go says which conditions are the same in every run, guard.go what a script
// asks for before it uses it.
//
// Of this module it imports internal/compat, internal/compat/ffi, internal/host,
// internal/luavm, internal/luavm/syntax and internal/suggest.
package doctor
