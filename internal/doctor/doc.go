// Package doctor reads scripts, without running them, and tells what in them
// will not run here, and what to write instead.
//
// It may import host, compat, luabind and gopher-lua's parser.
package doctor
