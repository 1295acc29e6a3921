// Package syntax is the front end of the engine: it turns Lua source into tokens and
// into a syntax tree with resolved names, as LuaJIT 2.1 reads it and with LuaJIT's
// messages.
//
// It imports nothing of this module.
package syntax
