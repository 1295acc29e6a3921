// Package compat has the modules that scripts written for LuaJIT require, apart from Lua's
// own library: cjson, csv, ffi, lfs and others (see Modules). They are written here because
// the Go libraries that exist return other values than the originals.
//
// Of this module it imports internal/compat/ffi, internal/luavm, internal/luavm/lib,
// internal/stdio, internal/suggest, internal/tick and luabind.
package compat
