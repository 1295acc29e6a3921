// Package help knows what a script can use: modules, functions, methods, fields of the
// global job, options. .help of the console, "microts help" and the documents are made
// from its tables.
//
// topic.go makes the list of all topics, find.go finds some of them by name, and text.go
// shows them to people. The tables: modules.go and library.go hold the functions of the
// modules and of Lua's library, options.go the options, arguments.go the arguments of
// micro_ts and of the storage engines, examples.go an example for each function of these.
//
// Of this module it imports internal/batch, internal/compat, internal/suggest, luabind and
// store.
package help
