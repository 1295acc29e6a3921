// Package compat turns gopher-lua into the Lua that scripts written for LuaJIT
// expect. It corrects the standard library where gopher-lua differs from LuaJIT,
// and adds the modules that such scripts require: bit, cjson, ffi and others (see
// Modules). The modules are written here because the Go libraries that exist
// return other values than the originals.
//
// It imports luabind, tick, luasyntax and its own subpackages. The functions that
// load Lua (load, loadstring, loadfile, dofile, require) and those that touch the
// process (os.exit, io.popen) belong to package host.
package compat
