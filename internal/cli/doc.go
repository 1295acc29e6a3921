// Package cli is the command line of microts. Each command has a file: it parses
// flags and calls host, repl, batch or doctor. process.go holds what the commands
// share: the output, signals and the way out.
//
// It may import every other package of this module. Only main imports it.
package cli
