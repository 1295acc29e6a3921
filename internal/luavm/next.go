package luavm

// A position is where a traversal of a table stands: from 0 on, the number of values of
// array that it has passed; below 0, the complement of the number of nodes.
//
// During a traversal, keys may be changed and removed; a new key makes the rest of the
// order undefined, but a traversal by positions ends.

// firstPosition is where a traversal begins.
const firstPosition = 0

// nextAt returns the first key with a value from a position on, its value, and the
// position after it. At the end the key is nil.
func (t *Table) nextAt(position int) (key, v Value, after int) {
	if t.weak != nil {
		return t.weak.nextAt(position)
	}
	if position >= 0 {
		for ; position < len(t.array); position++ {
			if v := t.array[position]; !v.isNil() {
				return Int(position + 1), v, position + 1
			}
		}
		position = ^0
	}
	nodes := t.nodes()
	for i := ^position; i < len(nodes); i++ {
		if n := &nodes[i]; !n.val.isNil() {
			return n.visible(), n.val, ^(i + 1)
		}
	}
	return Nil, Nil, ^len(nodes)
}

// positionAfter returns the position after a key. nil stands before the first key. A
// removed key counts until the next rehash. ok is false if the table has no such key.
func (t *Table) positionAfter(key Value) (position int, ok bool) {
	if key.isNil() {
		return firstPosition, true
	}
	if t.weak != nil {
		return t.weak.positionAfter(key)
	}
	if i, ok := arrayKey(key); ok && i <= len(t.array) {
		return i, true
	}
	i := t.findAny(key)
	return ^(int(i) + 1), i != noNode
}

// Next returns the key after another one, and its value. The key before the first and
// after the last is nil. ok is false if the table does not have the key.
func (t *Table) Next(key Value) (next, v Value, ok bool) {
	position, ok := t.positionAfter(key)
	if !ok {
		return Nil, Nil, false
	}
	next, v, _ = t.nextAt(position)
	return next, v, true
}
