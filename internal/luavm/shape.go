package luavm

// Shape makes tables that have the same string keys: a copy of nodes takes the place of
// an insertion for each key. Goroutines may share a Shape.
type Shape struct{ template *Table }

// NewShape makes the Shape of tables with some keys, which must differ. A traversal
// returns them in this order.
func NewShape(keys ...*String) *Shape {
	t := NewTable(0, len(keys))
	for _, key := range keys {
		t.SetStr(key, True)
	}
	for i := range t.nodes() {
		t.node(uint32(i)).val = Nil
	}
	return &Shape{t}
}

// NewTable makes a table, with room for the keys 1 to narray too. All its keys have the
// value nil: SetField sets them.
func (s *Shape) NewTable(narray int) *Table {
	t := NewTable(narray, int(s.template.used))
	t.used = s.template.used
	copy(t.nodes(), s.template.nodes())
	return t
}

// SetField sets the value of the key number i of the table's Shape, from 0 on, before
// other code sees the table.
func (t *Table) SetField(i int, v Value) { t.nodes()[i].val = v }
