// Package packformat reads the formats of string.pack (Lua 5.3, section 6.4.2) and of
// the library struct, and converts their integers to bytes and back. It knows nothing of
// a Lua state: package lib packs and unpacks.
//
// It imports nothing of this module.
package packformat
