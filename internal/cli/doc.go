// Package cli is the command line of microts. Each command has a file: it parses
// flags and calls host, repl, batch or doctor. process.go holds what the commands
// share: the output, signals and the way out.
//
// Of this module it imports internal/batch, internal/compat, internal/doctor,
// internal/host, internal/human, internal/repl, internal/suggest, luabind and
// store.
package cli
