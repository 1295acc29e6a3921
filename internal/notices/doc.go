// Command notices writes NOTICES: the licences of the software that the binary of
// microts contains.
//
//	notices ROOT
//
// ROOT is the root folder of the project, which gets the file NOTICES. The software
// is Go, and each module of which the binary links a package, at the version that
// go.mod chooses. A module without a licence is an error, and so is a licence that
// license.go does not know: a person has to read it first.
//
// It imports nothing of this module.
package main
