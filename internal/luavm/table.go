package luavm

import (
	"math/bits"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Table is a Lua table. Its content has two parts:
//
//   - array holds the values of the keys 1 to len(array), some of which may be nil.
//   - nodes holds all other keys, in the order of their insertion. A node belongs to
//     the chain of the bucket that the hash of its key chooses. There are as many
//     buckets as fit; bucket i keeps the head of its chain in nodes[i].
//
// Removing a key leaves its node, with the value nil, until all nodes are in use:
// so traversals go on after the key, and the number of a node stays the same until then.
//
// The order of a traversal is that of array, then that of insertion. It depends on
// no hash and no address, and is the same in every run.
type Table struct {
	// LTable makes a *Table a *lua.LTable for Go code. It has no content, and its
	// Metatable is ownTable, which tells it from a plain one. Its methods must not be used.
	lua.LTable

	array []Value
	nodes []node
	used  uint32 // the nodes in use are nodes[:used]
	mask  uint32 // the number of buckets - 1
	meta  *lua.LTable

	absent uint32 // as a metatable: bit e is set if it is known to lack the event e
	border uint32 // a border that lies in array, found by the last search; 0 is none
	credit uint32 // nodes that rehashes have looked at since one looked at array

	integers bool // nodes may hold positive integers
}

type node struct {
	key  Value // as keyOf makes it; nil if the node was never in use
	val  Value // nil if the key is removed
	next uint32
	head uint32 // of the chain of the bucket with the number of this node
	// next and head are 0 for none, or the number of a node + 1.
}

// ownTable marks the lua.LTable of a Table. To code of gopher-lua it is a metatable
// without metamethods.
var ownTable = &lua.LTable{Metatable: lua.LNil}

const (
	maxKey   = 1 << 31 // no larger key stands in array
	minArray = 4       // what a first append makes room for
)

// NewTable makes a table with room for the keys 1 to narray and for nhash others.
func NewTable(narray, nhash int) *Table {
	t := &Table{}
	t.Metatable = ownTable
	if narray > 0 {
		t.array = make([]Value, 0, narray)
	}
	if nhash > 0 {
		t.makeNodes(nhash)
	}
	return t
}

// LTable returns the table for Go code.
func (t *Table) lvalue() *lua.LTable { return &t.LTable }

// asTable returns t as a Table if it is one.
func asTable(t *lua.LTable) (*Table, bool) {
	if mark, _ := t.Metatable.(*lua.LTable); mark == ownTable {
		return (*Table)(unsafe.Pointer(t)), true
	}
	return nil, false
}

// makeNodes replaces the nodes by n unused ones.
func (t *Table) makeNodes(n int) {
	t.used, t.mask, t.nodes, t.integers = 0, 0, nil, false
	if n > 0 {
		t.nodes = make([]node, n)
		t.mask = 1<<(bits.Len(uint(n))-1) - 1
	}
}

// Get returns the value of any key: nil if there is none.
func (t *Table) Get(key Value) Value {
	switch {
	case key.isString():
		return t.GetStr(key.string())
	case key.isNumber():
		return t.getNumber(key.float())
	}
	return t.valueAt(t.find(key, hashOf(key)))
}

// GetInt returns the value of an integer key.
func (t *Table) GetInt(i int) Value {
	if uint(i-1) < uint(len(t.array)) {
		return t.array[i-1]
	}
	return t.getIntNode(i)
}

func (t *Table) getIntNode(i int) Value {
	if !t.integers && uint(i-1) < maxKey {
		return Nil
	}
	key := Int(i)
	return t.valueAt(t.find(key, hashOf(key)))
}

func (t *Table) getNumber(f float64) Value {
	if i := int(f); float64(i) == f {
		return t.GetInt(i)
	}
	key := num(f)
	return t.valueAt(t.find(key, hashOf(key)))
}

// GetStr returns the value of a string key.
func (t *Table) GetStr(key *String) Value { return t.valueAt(t.findStr(key)) }

// getStrAt returns the value of a string key if it stands in the node that the caller
// guesses. The value is nil if the key is removed.
func (t *Table) getStrAt(key *String, guess uint32) (v Value, ok bool) {
	if uint(guess) < uint(len(t.nodes)) {
		if n := &t.nodes[guess]; n.key.p == unsafe.Pointer(key) {
			return n.val, true
		}
	}
	return Nil, false
}

// setStrAt changes the value of a string key if it stands in the node that the caller
// guesses and is not removed.
func (t *Table) setStrAt(key *String, guess uint32, v Value) (ok bool) {
	if uint(guess) < uint(len(t.nodes)) {
		if n := &t.nodes[guess]; n.key.p == unsafe.Pointer(key) && !n.val.isNil() {
			n.val = v
			return true
		}
	}
	return false
}

// noNode is what find returns if no node has the key.
const noNode = ^uint32(0)

func (t *Table) valueAt(i uint32) Value {
	if uint(i) < uint(len(t.nodes)) {
		return t.nodes[i].val
	}
	return Nil
}

// findStr returns the number of the node of a string key.
func (t *Table) findStr(key *String) uint32 {
	if len(t.nodes) == 0 {
		return noNode
	}
	hash := key.hashed()
	tag := stringKeyTag(hash)
	for i := t.nodes[hash&t.mask].head; i != 0; {
		n := &t.nodes[i-1]
		if n.key.p == unsafe.Pointer(key) {
			return i - 1
		}
		if n.key.n == tag && n.key.text() == key.s {
			n.key.p = unsafe.Pointer(key) // the next search finds it by its address
			return i - 1
		}
		i = n.next
	}
	return noNode
}

// find returns the number of the node of a key that is no string.
func (t *Table) find(key Value, hash uint32) uint32 {
	if len(t.nodes) == 0 {
		return noNode
	}
	for i := t.nodes[hash&t.mask].head; i != 0; {
		n := &t.nodes[i-1]
		if n.key == key {
			return i - 1
		}
		i = n.next
	}
	return noNode
}

// findAny returns the number of the node of a key.
func (t *Table) findAny(key Value) uint32 {
	if key.isString() {
		return t.findStr(key.string())
	}
	if key.isNumber() && key.float() == 0 {
		key = Int(0) // and not -0
	}
	return t.find(key, hashOf(key))
}

// stringKeyTag is the tag of a string key in a node: it holds the hash too.
func stringKeyTag(hash uint32) uint64 { return tagString | uint64(hash)<<8 }

// keyOf returns a key as a node holds it, and its hash.
func keyOf(key Value) (Value, uint32) {
	if key.isString() {
		hash := key.string().hashed()
		return Value{key.p, stringKeyTag(hash)}, hash
	}
	return key, hashOf(key)
}

// keyAt returns the key of a node as scripts see it, and its hash.
func (n *node) visibleKey() Value {
	if n.key.n&^(0xFFFFFFFF<<8) == tagString {
		return Value{n.key.p, tagString}
	}
	return n.key
}

// hash returns the hash of the key of a node.
func (n *node) hash() uint32 {
	if n.key.n&^(0xFFFFFFFF<<8) == tagString {
		return uint32(n.key.n >> 8)
	}
	return hashOf(n.key)
}

// hashOf returns the hash of a key that is no string.
func hashOf(key Value) uint32 {
	const golden = 0x9E3779B97F4A7C15
	x := key.n ^ key.n>>32
	if !key.isNumber() {
		x ^= uint64(uintptr(key.p))
	}
	return uint32(x * golden >> 32)
}

// Set sets the value of a key, which must be neither nil nor NaN. nil removes it.
func (t *Table) Set(key, v Value) {
	switch {
	case key.isString():
		t.SetStr(key.string(), v)
	case key.isNumber():
		f := key.float()
		if i := int(f); float64(i) == f {
			t.SetInt(i, v)
			return
		}
		t.setNode(key, v)
	default:
		t.setNode(key, v)
	}
}

// SetStr sets the value of a string key.
func (t *Table) SetStr(key *String, v Value) {
	if i := t.findStr(key); i != noNode {
		t.revive(i, v)
		return
	}
	if !v.isNil() {
		k, hash := keyOf(key.Value())
		t.insert(k, hash, v)
	}
}

// revive sets the value of a node that has a key, removed or not.
func (t *Table) revive(i uint32, v Value) {
	t.absent = 0
	t.nodes[i].val = v
}

func (t *Table) setNode(key, v Value) {
	hash := hashOf(key)
	if i := t.find(key, hash); i != noNode {
		t.revive(i, v)
		return
	}
	if !v.isNil() {
		t.insert(key, hash, v)
	}
}

// SetInt sets the value of an integer key.
func (t *Table) SetInt(i int, v Value) {
	if uint(i-1) < uint(len(t.array)) {
		t.array[i-1] = v
		return
	}
	t.setIntSlow(i, v)
}

// setIntSlow sets the value of an integer key that is not in array.
func (t *Table) setIntSlow(i int, v Value) {
	if i < 1 || i > maxKey {
		t.setNode(Int(i), v)
		return
	}
	if t.integers {
		// A key that has a value must keep its place: a traversal may be at it.
		key := Int(i)
		if at := t.find(key, hashOf(key)); at != noNode && !t.nodes[at].val.isNil() {
			t.nodes[at].val = v
			return
		}
	}
	if v.isNil() {
		return
	}
	if i == len(t.array)+1 && i > cap(t.array) {
		t.growArray()
	}
	if !t.putInArray(i, v) {
		t.setNode(Int(i), v)
	}
}

// putInArray sets the value of a key from 1 on if array has room for it.
func (t *Table) putInArray(i int, v Value) (ok bool) {
	switch {
	case i <= len(t.array):
		t.array[i-1] = v
	case i <= cap(t.array):
		t.extend(i, v)
	default:
		return false
	}
	return true
}

// extend makes i, at most cap(array), the length of array, and then moves the integers
// that follow from nodes to array.
func (t *Table) extend(i int, v Value) {
	for t.integers && len(t.array) < i-1 {
		t.array = append(t.array, t.take(len(t.array)+1))
	}
	t.array = t.array[:i]
	t.array[i-1] = v
	for t.integers && len(t.array) < cap(t.array) {
		next := t.take(i + 1)
		if next.isNil() {
			return
		}
		i++
		t.array = append(t.array, next)
	}
}

// take removes an integer key from the nodes.
func (t *Table) take(i int) (v Value) {
	key := Int(i)
	if at := t.find(key, hashOf(key)); at != noNode {
		v, t.nodes[at].val = t.nodes[at].val, Nil
	}
	return v
}

// growArray makes room for an append to array, which is full, if array is at least
// half in use. Otherwise it moves integers to where they belong.
func (t *Table) growArray() {
	inUse := 0
	for i := range t.array {
		if !t.array[i].isNil() {
			inUse++
		}
	}
	if 2*inUse < len(t.array) {
		t.rehash(Int(len(t.array) + 1))
		return
	}
	grown := make([]Value, len(t.array), max(minArray, 2*len(t.array)))
	copy(grown, t.array)
	t.array = grown
}

// insert adds a key that no node has.
func (t *Table) insert(key Value, hash uint32, v Value) {
	if int(t.used) == len(t.nodes) {
		t.rehash(key)
		if i, ok := arrayKey(key); ok && t.putInArray(i, v) {
			return
		}
	}
	t.absent = 0
	if _, ok := arrayKey(key); ok {
		t.integers = true
	}
	t.add(key, hash, v)
}

// add adds a key to a free node.
func (t *Table) add(key Value, hash uint32, v Value) {
	n := &t.nodes[t.used]
	t.used++
	bucket := &t.nodes[hash&t.mask]
	n.key, n.val, n.next, bucket.head = key, v, bucket.head, t.used
}

// arrayKey returns a key as an integer if it could stand in array.
func arrayKey(key Value) (int, bool) {
	if !key.isNumber() {
		return 0, false
	}
	f := key.float()
	i := int(f)
	return i, float64(i) == f && i >= 1 && i <= maxKey
}

// Len returns a border: 0 or an integer key with a value, whose successor has none.
func (t *Table) Len() int {
	n := len(t.array)
	if n > 0 && t.array[n-1].isNil() {
		return t.borderInArray()
	}
	if !t.integers {
		return n
	}
	return t.borderBeyond(n)
}

// borderInArray searches array, whose last value is nil.
func (t *Table) borderInArray() int {
	if b := int(t.border); b > 0 {
		for _, b := range [...]int{b, b - 1, b + 1} {
			if b > 0 && b < len(t.array) && !t.array[b-1].isNil() && t.array[b].isNil() {
				t.border = uint32(b)
				return b
			}
		}
	}
	low, high := 0, len(t.array)
	for high-low > 1 {
		middle := (low + high) / 2
		if t.array[middle-1].isNil() {
			high = middle
		} else {
			low = middle
		}
	}
	t.border = uint32(low)
	return low
}

// borderBeyond searches from n on, where n is 0 or has a value.
func (t *Table) borderBeyond(n int) int {
	low, high := n, n+1
	for !t.GetInt(high).isNil() {
		low = high
		high *= 2
	}
	for high-low > 1 {
		middle := (low + high) / 2
		if t.GetInt(middle).isNil() {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

// Append sets the value of the key after the border.
func (t *Table) Append(v Value) { t.SetInt(t.Len()+1, v) }
