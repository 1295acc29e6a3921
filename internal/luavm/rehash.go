package luavm

import "math/bits"

// rehash makes room for one more key, as a node holds it, when all nodes are in use or
// array is full. It drops removed keys, and puts integers where they belong: array gets the
// largest power of two as its size of which more than half is in use. Memory that is no
// longer needed is given back.
func (t *Table) rehash(key Value) {
	old, inNodes := t.array, 0
	if t.credit += t.size; int(t.credit) < len(t.array) {
		inNodes = t.liveNodes() + 1 // to look at array too would take longer than the insertions did
	} else {
		var size int
		size, inNodes = t.bestSizes(key)
		t.resizeArray(size)
		t.credit = 0
	}
	if room := roomFor(inNodes); room == int(t.size) && len(old) <= len(t.array) {
		t.compact()
	} else {
		t.replaceNodes(room, old)
	}
}

// replaceNodes makes room for n nodes and puts all keys where they belong: those of the
// old array that array has no room for, and those of the nodes.
func (t *Table) replaceNodes(n int, old []Value) {
	nodes := t.nodes()
	t.makeNodes(n)
	for i := len(t.array); i < len(old); i++ {
		if !old[i].isNil() {
			t.place(Int(i+1), old[i])
		}
	}
	for i := range nodes {
		if n := &nodes[i]; !n.val.isNil() {
			t.place(n.key, n.val)
		}
	}
}

// compact drops the removed keys of the nodes and puts the others where they belong.
func (t *Table) compact() {
	for i := range t.size {
		t.node(i).head = 0
	}
	nodes := t.nodes()
	t.used, t.integers = 0, false
	for i := range nodes {
		if n := &nodes[i]; !n.val.isNil() {
			t.place(n.key, n.val) // into this node or one before it
		}
	}
	for i := range nodes[t.used:] {
		n := &nodes[int(t.used)+i]
		n.key, n.val, n.next = Nil, Nil, 0
	}
}

// liveNodes returns how many nodes have a value.
func (t *Table) liveNodes() (live int) {
	nodes := t.nodes()
	for i := range nodes {
		if !nodes[i].val.isNil() {
			live++
		}
	}
	return live
}

// roomFor returns how many nodes a table with n keys in nodes gets: half as many
// more, so that enough insertions follow before the next rehash.
func roomFor(n int) int {
	switch {
	case n == 0:
		return 0
	case n <= minNodes:
		return minNodes
	default:
		return 1 << bits.Len(uint(n+n/2-1))
	}
}

// resizeArray gives array room for size keys and drops the values that do not fit.
func (t *Table) resizeArray(size int) {
	if len(t.array) <= size && size <= cap(t.array) {
		return // this keeps room that NewTable made
	}
	kept := t.array[:min(len(t.array), size)]
	for len(kept) > 0 && kept[len(kept)-1].isNil() {
		kept = kept[:len(kept)-1]
	}
	t.array, t.scalars = nil, false
	if size > 0 {
		t.makeArray(size, kept)
	}
}

// place puts a key where it belongs.
func (t *Table) place(key, v Value) {
	if i, ok := arrayKey(key); ok {
		if t.putInArray(i, v) {
			return
		}
		t.integers = true
	}
	t.add(key, v)
}

// bestSizes returns the size that array should have, and how many keys with a value the
// nodes have then. It counts key.
func (t *Table) bestSizes(key Value) (size, inNodes int) {
	var c keyCounts
	c.add(key)
	for i := range t.array {
		if !t.array[i].isNil() {
			c.addInt(i + 1)
		}
	}
	nodes := t.nodes()
	for i := range nodes {
		if n := &nodes[i]; !n.val.isNil() {
			c.add(n.key)
		}
	}
	size, inArray := c.arraySize()
	return size, c.integers + c.others - inArray
}

// keyCounts counts keys.
type keyCounts struct {
	upTo             [33]int // upTo[b] is the number of integers above 1<<(b-1), up to 1<<b
	integers, others int
}

func (c *keyCounts) add(key Value) {
	if i, ok := arrayKey(key); ok {
		c.addInt(i)
	} else {
		c.others++
	}
}

func (c *keyCounts) addInt(i int) {
	c.upTo[bits.Len(uint(i-1))]++
	c.integers++
}

// arraySize returns the largest power of two such that more than half of the integers up to
// it are keys, and how many are.
func (c *keyCounts) arraySize() (size, inArray int) {
	sum := 0
	for b, n := range c.upTo {
		if sum += n; sum > 1<<b/2 {
			size, inArray = 1<<b, sum
		}
	}
	return size, inArray
}
