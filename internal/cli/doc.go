// Package cli is the command line of microts: it parses flags, builds a plan
// and calls host. One file a command.
//
// It may import every other package of this module; none may import it.
package cli
