package glua

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// StringOf returns a Lua string of bytes, which it does not copy: the caller must not
// change them afterwards.
func StringOf(b []byte) lua.LString {
	return lua.LString(unsafe.String(unsafe.SliceData(b), len(b)))
}
