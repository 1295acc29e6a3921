package luavm

import "math/bits"

// rehash makes room for one more key, when all nodes are in use or array is full. It
// drops removed keys, and moves integers between nodes and array: array gets the
// largest power of two as size, more than half of which is in use.
func (t *Table) rehash(key Value) {
	t.credit += uint32(len(t.nodes))
	if int(t.credit) < len(t.array) {
		t.rehashNodes()
		return
	}
	t.credit = 0
	size, inArray, total := t.bestArraySize(key)
	old, nodes := t.array, t.nodes[:t.used]
	t.makeNodes(roomFor(total - inArray))
	t.resizeArray(size, old)
	for i := len(t.array); i < len(old); i++ {
		if !old[i].isNil() {
			t.place(Int(i+1), old[i])
		}
	}
	for i := range nodes {
		if n := &nodes[i]; !n.val.isNil() {
			t.placeNode(n)
		}
	}
}

// rehashNodes drops removed keys and makes room for one more key.
func (t *Table) rehashNodes() {
	nodes := t.nodes[:t.used]
	live := 0
	for i := range nodes {
		if !nodes[i].val.isNil() {
			live++
		}
	}
	integers := t.integers
	t.makeNodes(roomFor(live + 1))
	t.integers = integers
	for i := range nodes {
		if n := &nodes[i]; !n.val.isNil() {
			t.add(n.key, n.hash(), n.val)
		}
	}
}

// roomFor returns how many nodes a table gets that holds n keys: a quarter more, so
// that the work of a rehash is paid by the insertions that follow.
func roomFor(n int) int {
	if n <= 4 {
		return n
	}
	return 1 << bits.Len(uint(n+n/4-1))
}

// resizeArray gives array room for size keys, and the values of old that fit.
func (t *Table) resizeArray(size int, old []Value) {
	if len(old) <= size && size <= cap(old) || len(old) == 0 && size == 0 {
		return // also keeps the room that NewTable made
	}
	n := min(len(old), size)
	for n > 0 && old[n-1].isNil() {
		n--
	}
	t.array = nil
	if size > 0 {
		t.array = make([]Value, n, size)
		copy(t.array, old)
	}
}

func (t *Table) placeNode(n *node) {
	if _, ok := arrayKey(n.key); ok {
		t.place(n.key, n.val)
		return
	}
	t.add(n.key, n.hash(), n.val)
}

// place puts an integer key into array if there is room, else into a node.
func (t *Table) place(key, v Value) {
	if i, _ := arrayKey(key); t.putInArray(i, v) {
		return
	}
	t.integers = true
	t.add(key, hashOf(key), v)
}

// bestArraySize returns the size of array after a rehash, how many keys it will hold,
// and how many keys with a value there are, all of them with the key to insert.
func (t *Table) bestArraySize(key Value) (size, inArray, total int) {
	var counts [33]int // counts[b] is the number of keys k with 1<<(b-1) < k <= 1<<b
	integers := 0
	count := func(k Value) {
		total++
		if i, ok := arrayKey(k); ok {
			counts[bits.Len(uint(i-1))]++
			integers++
		}
	}
	count(key)
	for i := range t.array {
		if !t.array[i].isNil() {
			count(Int(i + 1))
		}
	}
	for i := range t.nodes[:t.used] {
		if n := &t.nodes[i]; !n.val.isNil() {
			count(n.key)
		}
	}
	upTo := 0
	for b, n := range counts {
		if integers <= 1<<b/2 {
			break
		}
		if upTo += n; upTo > 1<<b/2 {
			size, inArray = 1<<b, upTo
		}
	}
	return size, inArray, total
}
