// Package glua makes gopher-lua's values in ways that neither its API nor Go's promises.
// The test beside each file pins what it assumes.
//
// It imports nothing of this module.
package glua
