package glua

import (
	"maps"

	lua "github.com/yuin/gopher-lua"
)

// Shape makes tables that have the same string keys, in about half the time that
// gopher-lua takes (BenchmarkShape). gopher-lua does three operations on hash maps
// for each new key of a table. A Shape copies the maps of a table that has all keys;
// then one operation a key remains.
//
// It assumes what tableLayout says, and that gopher-lua only ever appends to the
// keys of a table. One goroutine may use a Shape.
type Shape struct {
	strdict map[string]lua.LValue
	keys    []lua.LValue // without spare room: a table that appends to it copies it first
	k2i     map[lua.LValue]int
}

// NewShape makes the Shape of tables that have some keys. next returns the keys of
// these tables in this order.
func NewShape(keys ...string) *Shape {
	s := &Shape{
		strdict: make(map[string]lua.LValue, len(keys)),
		keys:    make([]lua.LValue, len(keys)),
		k2i:     make(map[lua.LValue]int, len(keys)),
	}
	for i, key := range keys {
		s.strdict[key] = lua.LTrue
		s.keys[i] = lua.LString(key)
		s.k2i[s.keys[i]] = i
	}
	return s
}

// NewTable makes a table. fields holds the values of its keys: the caller sets
// each key of the Shape there, adds no other, and does so before a script sees the
// table.
func (s *Shape) NewTable(metatable lua.LValue) (t *lua.LTable, fields map[string]lua.LValue) {
	t = &lua.LTable{}
	l := layoutOf(t)
	l.metatable, l.strdict, l.keys, l.k2i = metatable, maps.Clone(s.strdict), s.keys, maps.Clone(s.k2i)
	return t, l.strdict
}
