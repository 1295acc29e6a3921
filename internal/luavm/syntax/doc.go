// Package syntax is the front end of the engine: from Lua source to tokens and to a
// syntax tree with resolved names. It reads what LuaJIT 2.1 reads, and its messages,
// their lines and its limits are LuaJIT's.
//
// Source passes through these, each of which knows only the one before it:
//
//	scanner  scan.go                where tokens and comments begin and end; never fails
//	lexer    lexer.go               tokens with the values of numbers and strings
//	parser   statement.go           the grammar, a method for each rule
//	         expression.go
//	         scope.go, jump.go      which variable a name is, where break and goto go
//	tree     tree.go                what Parse returns
//
// All functions may be called by any number of goroutines at once. A tree may be read
// by any number of them.
//
// It imports nothing of this module.
package syntax
