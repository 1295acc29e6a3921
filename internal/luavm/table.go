package luavm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Table is a Lua table. Its content has two parts:
//
//   - array holds the values of the keys 1 to len(array), some of which may be nil.
//   - The nodes hold all other keys, in the order of their insertion (node.go).
//
// A traversal goes through array, then through the nodes. Its order depends on no hash
// and no address: it is the same in every run.
//
// The methods know no metamethods.
type Table struct {
	// LTable makes a *Table a *lua.LTable for Go code. It has no content, and its
	// Metatable is ownTable, which tells it from a plain one. Its methods must not be used.
	lua.LTable

	array []Value
	first *node // of size nodes
	meta  *lua.LTable
	weak  *weakContent // if the table is weak: its content; array and nodes are empty

	size uint32
	used uint32 // the first used nodes are in use
	mask uint32 // the number of buckets - 1

	border uint32 // a border that lies in array, found by the last search; 0 is none
	credit uint32 // nodes that rehashes have looked at since one looked at array

	absent   uint16 // as a metatable: bit e is set if it is known to lack the event e
	integers bool   // the nodes, or weak, may hold integers from 1 on
	scalars  bool   // the garbage collector does not look into array, which holds scalars only
}

// ownTable is the Metatable of the lua.LTable of every Table. To code of gopher-lua it is a
// metatable whose __index and __newindex know the Table: see foreign.go.
var ownTable = lua.LTable{Metatable: lua.LNil}

// asTable returns t as a Table if it is one.
func asTable(t *lua.LTable) (*Table, bool) {
	type layout struct{ methods, value unsafe.Pointer } // of an interface
	if (*layout)(unsafe.Pointer(&t.Metatable)).value == unsafe.Pointer(&ownTable) {
		return (*Table)(unsafe.Pointer(t)), true
	}
	return nil, false
}

// Get returns the value of a key, nil if it has none.
func (t *Table) Get(key Value) Value {
	if key.isString() {
		return t.GetStr(key.string())
	}
	if key.isNumber() {
		return t.getNumber(key.float())
	}
	return t.valueAt(t.find(key), key)
}

func (t *Table) getNumber(f float64) Value {
	if i := int(f); float64(i) == f {
		return t.GetInt(i)
	}
	key := num(f)
	return t.valueAt(t.find(key), key)
}

// GetStr returns the value of a string key.
func (t *Table) GetStr(key *String) Value {
	hash := key.hashed()
	for i := t.node(hash & t.mask).head; i != 0; { // as findStr
		n := t.node(i - 1)
		if n.key.p == unsafe.Pointer(key) || n.holds(key, hash) {
			return n.val
		}
		i = n.next
	}
	return t.valueAt(noNode, key.Value())
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
	return t.valueAt(t.find(key), key)
}

// valueAt returns the value of a key whose node was found, or not.
func (t *Table) valueAt(i uint32, key Value) Value {
	if i != noNode {
		return t.node(i).val
	}
	if t.weak != nil {
		return t.weak.get(key)
	}
	return Nil
}

// Set sets the value of a key, which must be neither nil nor NaN. The value nil removes it.
func (t *Table) Set(key, v Value) {
	if key.isString() {
		t.SetStr(key.string(), v)
		return
	}
	if key.isNumber() {
		if i := int(key.float()); float64(i) == key.float() {
			t.SetInt(i, v)
			return
		}
	}
	t.setNode(key, v)
}

// SetStr sets the value of a string key.
func (t *Table) SetStr(key *String, v Value) {
	if i := t.findStr(key); i != noNode {
		t.change(i, v)
	} else if !v.isNil() || t.weak != nil {
		t.insert(nodeKey(key), v)
	}
}

// SetInt sets the value of an integer key.
func (t *Table) SetInt(i int, v Value) {
	if uint(i-1) < uint(len(t.array)) {
		t.admit(v)
		t.array[i-1] = v
		return
	}
	t.setIntBeyond(i, v)
}

// setNode sets the value of a key that is no string and does not belong into array.
func (t *Table) setNode(key, v Value) {
	if i := t.find(key); i != noNode {
		t.change(i, v)
	} else if !v.isNil() || t.weak != nil {
		t.insert(key, v)
	}
}

// MemorySize returns how many bytes the table takes, without what its keys and values
// refer to.
func (t *Table) MemorySize() int64 {
	n := int64(unsafe.Sizeof(*t)) + int64(cap(t.array))*int64(unsafe.Sizeof(Value{})) +
		int64(t.size)*int64(unsafe.Sizeof(node{}))
	if t.weak != nil {
		n += t.weak.memorySize()
	}
	return n
}
