package luabind

import (
	"maps"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// shape makes tables that have the same string keys. Each key that is set on a
// table of gopher-lua costs three operations on hash maps; a shape copies the
// maps of a table that has them all, and one operation a key remains.
type shape struct {
	strdict map[string]lua.LValue
	keys    []lua.LValue
	k2i     map[lua.LValue]int
}

// TableLayout is how gopher-lua lays out a table; TestTableLayout pins it.
type TableLayout struct {
	Metatable lua.LValue
	Array     []lua.LValue
	Dict      map[lua.LValue]lua.LValue
	Strdict   map[string]lua.LValue
	Keys      []lua.LValue
	K2i       map[lua.LValue]int
}

// LayoutOf returns what a table is made of.
func LayoutOf(t *lua.LTable) *TableLayout { return (*TableLayout)(unsafe.Pointer(t)) }

// newShape makes a shape. With up to eight keys a map is one group of Go's hash
// map, which is copied as a whole.
func newShape(keys ...string) *shape {
	s := &shape{
		strdict: make(map[string]lua.LValue, len(keys)),
		keys:    make([]lua.LValue, len(keys)), // at its full capacity: what a table appends is its own
		k2i:     make(map[lua.LValue]int, len(keys)),
	}
	for i, key := range keys {
		s.strdict[key] = lua.LTrue
		s.keys[i] = lua.LString(key)
		s.k2i[s.keys[i]] = i
	}
	return s
}

// table makes a table. The caller sets each key of fields, which is the map of
// the table's string keys, and adds none.
func (s *shape) table(metatable lua.LValue) (t *lua.LTable, fields map[string]lua.LValue) {
	t = &lua.LTable{}
	l := LayoutOf(t)
	l.Metatable, l.Strdict, l.Keys, l.K2i = metatable, maps.Clone(s.strdict), s.keys, maps.Clone(s.k2i)
	return t, l.Strdict
}
