// Package cli is the command line of microts. Each command has a file: it parses
// flags and calls host, repl, batch, doctor or store. process.go holds what the commands
// share: the output, signals and the way out.
//
// Of this module it imports internal/archive, internal/batch, internal/doctor,
// internal/help, internal/host, internal/human, internal/importer, internal/luavm,
// internal/machine, internal/objects, internal/repl, internal/source, internal/suggest,
// internal/tick, luabind and store.
package cli
