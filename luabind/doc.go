// Package luabind lets Lua scripts use databases: it provides the modules micro_ts
// and libmicro_ts, and the classes storage_engine and storage_engine_v2.
//
// A function here checks the arguments of a script, calls store, and returns
// results to the script, or a Lua error that names file, line and argument.
//
// [Open] prepares a Lua state. [Module.Close] closes the databases that the script
// left open. What belongs to a state is for the goroutine that runs the state.
//
// [Functions], [CFunctions], [EngineMethods] and [CalendarMethods] list what a script can
// call, and [StatFields] what it can read of a database. Help texts, completion and tables of
// the documentation are made from these lists.
//
// gopher-luar serves stats: it makes the Go value readable as stats(db).disk_bytes,
// and by tostring. It uses reflection. The functions that a script calls once a tick
// do without it and allocate nothing but their results.
//
// luabind knows no command line.
//
// Of this module it imports internal/archive, internal/bars, internal/calendar,
// internal/frame, internal/human, internal/importer, internal/luavm, internal/series,
// internal/source, internal/suggest, internal/ta, internal/tick and store.
package luabind
