// Package compat makes gopher-lua the Lua that scripts written for LuaJIT
// expect: it mends what differs in the standard library, and adds the modules
// that such scripts require (bit, cjson, ffi, ...). Each is own code where the
// libraries that exist differ from the originals in what they return.
//
// compat knows nothing of the command line. It may import luabind, store and
// gopher-lua.
package compat
