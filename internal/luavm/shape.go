package luavm

import "unsafe"

// Shape makes tables that begin with the same string keys: a copy of the nodes takes the
// place of an insertion for each key. Goroutines may share a Shape.
type Shape struct{ template *Table }

// NewShape makes the Shape of tables with some keys, which must differ, and room for the
// keys 1 to narray and for nhash more. A traversal returns the keys in this order.
func NewShape(narray, nhash int, keys ...*String) *Shape {
	t := NewTable(narray, nhash+len(keys))
	for _, key := range keys {
		t.SetStr(key, True)
	}
	for i := range t.nodes() {
		t.SetField(i, Nil)
	}
	return &Shape{t}
}

// SetMetaTable sets the metatable of the tables that the Shape makes from now on. It must
// not be one of weak tables.
func (s *Shape) SetMetaTable(metatable *Table) { s.template.meta = &metatable.LTable }

// NewTable makes a table of the Shape. Its keys have the value nil: SetField sets them.
func (s *Shape) NewTable() *Table {
	t := NewTable(cap(s.template.array), int(s.template.size))
	copy(unsafe.Slice(t.first, t.size), unsafe.Slice(s.template.first, t.size))
	t.used, t.meta = s.template.used, s.template.meta
	return t
}

// SetField sets the value of the key number i, from 0 on, of the Shape of a new table.
func (t *Table) SetField(i int, v Value) { t.nodes()[i].val = v }
