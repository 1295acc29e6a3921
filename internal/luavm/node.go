package luavm

import (
	"math/bits"
	"unsafe"
)

// node holds a key that does not stand in array, and its value. The nodes of a table are
// used one after the other, so they stand in the order of insertion. A node belongs to the
// chain of the bucket that the hash of its key chooses; bucket i keeps the head of its
// chain in node i.
//
// A removed key keeps its node, with the value nil, until all nodes are in use. So a
// traversal can go on after the key, and the number of a node stays the same until then.
type node struct {
	key Value // nil if the node is not in use; a string has its hash beside the tag
	val Value // nil if the key is removed

	// 0 for none, or the number of a node + 1:
	next uint32 // in the same chain
	head uint32 // of the chain of the bucket that has the number of this node
}

// noNode is the number of a node that find did not find.
const noNode = ^uint32(0)

// noNodes is what first points to if there are no nodes: a bucket without a chain.
var noNodes node

// minNodes is what the first insertion makes room for.
const minNodes = 4

// node returns the node of a number below size.
func (t *Table) node(i uint32) *node {
	return (*node)(unsafe.Add(unsafe.Pointer(t.first), uintptr(i)*unsafe.Sizeof(node{})))
}

// nodes returns the nodes in use.
func (t *Table) nodes() []node { return unsafe.Slice(t.first, t.used) }

// makeNodes replaces the nodes by n unused ones.
func (t *Table) makeNodes(n int) {
	t.first, t.integers = &noNodes, false
	if n > 0 {
		t.first = unsafe.SliceData(make([]node, n))
	}
	t.useNodes(n)
}

// useNodes makes the table have n unused nodes, from first on.
func (t *Table) useNodes(n int) {
	t.size, t.used, t.mask = uint32(n), 0, 0
	if n > 0 {
		t.mask = 1<<(bits.Len(uint(n))-1) - 1
	}
}

const (
	hashShift = 8 // of the hash of a string in the n of a node's key
	hashMask  = 0xFFFFFFFF << hashShift
)

// nodeKey makes the key of a node of a string.
func nodeKey(s *String) Value {
	return Value{unsafe.Pointer(s), tagString | uint64(s.hashed())<<hashShift}
}

// visible returns the key of a node as scripts see it.
func (n *node) visible() Value {
	if n.key.n&^hashMask == tagString {
		return n.key.string().Value()
	}
	return n.key
}

// hashOf returns the hash of the key of a node.
func hashOf(key Value) uint32 {
	if key.n&^hashMask == tagString {
		return uint32(key.n >> hashShift)
	}
	return hashPlain(key)
}

// hashPlain returns the hash of a key that is no string.
func hashPlain(key Value) uint32 {
	const golden = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio
	x := key.n ^ key.n>>32
	if !key.isNumber() {
		x ^= uint64(uintptr(key.p)) // objects do not move
	}
	return uint32(x * golden >> 32)
}

// find returns the number of the node of a key that is no string.
func (t *Table) find(key Value) uint32 {
	for i := t.node(hashPlain(key) & t.mask).head; i != 0; {
		n := t.node(i - 1)
		if n.key == key {
			return i - 1
		}
		i = n.next
	}
	return noNode
}

// findStr returns the number of the node of a string key.
func (t *Table) findStr(key *String) uint32 {
	hash := key.hashed()
	for i := t.node(hash & t.mask).head; i != 0; {
		n := t.node(i - 1)
		if n.key.p == unsafe.Pointer(key) || n.holds(key, hash) {
			return i - 1
		}
		i = n.next
	}
	return noNode
}

// holds says whether the key of a node is a string that is equal to s. It then makes s
// the key, so that the next search for s needs no comparison of bytes.
func (n *node) holds(s *String, hash uint32) bool {
	if n.key.n != tagString|uint64(hash)<<hashShift || n.key.text() != s.s {
		return false
	}
	n.key.p = unsafe.Pointer(s)
	return true
}

// findAny returns the number of the node of a key.
func (t *Table) findAny(key Value) uint32 {
	switch {
	case key.isString():
		return t.findStr(key.string())
	case key.isNumber() && key.float() == 0:
		return t.find(Int(0)) // also for -0
	default:
		return t.find(key)
	}
}

// getStrAt returns the value of a string key if the node that the caller guesses has it.
// The value is nil if the key is removed.
func (t *Table) getStrAt(key *String, guess uint32) (v Value, ok bool) {
	if guess < t.size {
		if n := t.node(guess); n.key.p == unsafe.Pointer(key) {
			return n.val, true
		}
	}
	return Nil, false
}

// change sets the value of a node, which may have none.
func (t *Table) change(i uint32, v Value) {
	t.absent = 0
	t.node(i).val = v
}

// insert adds a key, as a node holds it, that no node has.
func (t *Table) insert(key, v Value) {
	if t.used == t.size {
		if t.weak != nil {
			t.weak.set(key, v)
			return
		}
		t.rehash(key)
		if i, ok := arrayKey(key); ok && t.putInArray(i, v) {
			return
		}
	}
	t.absent = 0
	if _, ok := arrayKey(key); ok {
		t.integers = true
	}
	t.add(key, v)
}

// add gives a key the next node.
func (t *Table) add(key, v Value) {
	n, bucket := t.node(t.used), t.node(hashOf(key)&t.mask)
	t.used++
	n.key, n.val, n.next, bucket.head = key, v, bucket.head, t.used
}
