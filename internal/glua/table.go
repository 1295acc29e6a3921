package glua

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// tableLayout is how gopher-lua lays out a [lua.LTable].
type tableLayout struct {
	metatable lua.LValue
	array     []lua.LValue              // values of the keys 1, 2, ...
	dict      map[lua.LValue]lua.LValue // values of the keys that stand in neither of the others
	strdict   map[string]lua.LValue     // values of the string keys
	keys      []lua.LValue              // of dict and strdict, in the order of next
	k2i       map[lua.LValue]int        // where a key stands in keys
}

// layoutOf returns the parts of a table. They stay the table's own.
func layoutOf(t *lua.LTable) *tableLayout { return (*tableLayout)(unsafe.Pointer(t)) }
