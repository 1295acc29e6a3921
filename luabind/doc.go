// Package luabind is the Lua module micro_ts: it takes a script's arguments in,
// calls store, and gives results or Lua errors out.
//
// [Open] readies one Lua state; [Module.Close] closes what its script left open.
// [Functions] lists what the module offers; help texts and the tables of the
// README are made from it. put, get and scan are plain LGFunctions that allocate
// nothing beyond their results; stats goes through gopher-luar.
//
// luabind knows no command line. It may import store, glua, gopher-lua, gopher-luar
// and the standard library.
package luabind
