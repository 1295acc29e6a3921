package luavm

// List returns the values of the keys 1 to n if the table has no other keys. Some of them
// may be nil, but not the last. They are the table's own until it changes.
func (t *Table) List() (values []Value, ok bool) {
	if t.weak != nil {
		return nil, false
	}
	for i := range t.nodes() {
		if !t.nodes()[i].val.isNil() {
			return nil, false
		}
	}
	n := len(t.array)
	for n > 0 && t.array[n-1].isNil() {
		n--
	}
	return t.array[:n], true
}

// NextAt traverses the table by positions, which is faster than by keys: it returns the
// first key with a value from a position on, its value, and the position after it. The
// first position is 0. At the end the key is nil. Keys may be changed and removed meanwhile.
func (t *Table) NextAt(position int) (key, v Value, after int) { return t.nextAt(position) }
