// Package doctor reads scripts, without running them, and finds what in them will
// not run in microts: modules, functions of libraries and of C, C types and
// literals that are missing here. It says what to write instead.
//
// It asks a Lua state of package host for the libraries and modules that are there.
// It does not follow values: it knows a module by the variable that require's
// result goes into, and tells no variables of one name apart.
//
// Of this module it imports internal/compat, internal/compat/ffi, internal/host,
// internal/luasyntax and internal/suggest.
package doctor
