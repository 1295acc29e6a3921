// Package compat turns gopher-lua into the Lua that scripts written for LuaJIT
// expect. It corrects the standard library where gopher-lua differs from LuaJIT,
// and adds the modules that such scripts require: bit, cjson, ffi and others (see
// Modules). The modules are written here because the Go libraries that exist
// return other values than the originals.
//
// Package host replaces the functions that load Lua (load, loadstring, loadfile,
// dofile, require), and those that touch files and the process (print, io, os.exit).
//
// Of this module it imports internal/compat/convert, internal/compat/ffi,
// internal/compat/room, internal/glua, internal/luasyntax, internal/luavm/libm,
// internal/luavm/syntax, internal/packformat, internal/tick and luabind.
package compat
