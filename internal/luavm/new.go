package luavm

import "unsafe"

// NewTable makes a table with room for the keys 1 to narray and for nhash others, both
// from 0 on. Small tables take one allocation.
func NewTable(narray, nhash int) *Table {
	t := newSmall(narray, nhash)
	if t == nil {
		t = &Table{}
		t.makeNodes(nhash)
		if narray > 0 {
			t.array = make([]Value, 0, narray)
		}
	}
	t.Metatable = &ownTable
	return t
}

// newSmall makes a table of a common size, else none.
func newSmall(narray, nhash int) *Table {
	switch {
	case nhash == 0:
		switch narray {
		case 1:
			return newWithArray[[1]Value]()
		case 2:
			return newWithArray[[2]Value]()
		case 3:
			return newWithArray[[3]Value]()
		case 4:
			return newWithArray[[4]Value]()
		}
	case narray == 0:
		switch nhash {
		case 1:
			return newWithNodes[[1]node]()
		case 2:
			return newWithNodes[[2]node]()
		case 3:
			return newWithNodes[[3]node]()
		case 4:
			return newWithNodes[[4]node]()
		case 5:
			return newWithNodes[[5]node]()
		case 6:
			return newWithNodes[[6]node]()
		case 7:
			return newWithNodes[[7]node]()
		case 8:
			return newWithNodes[[8]node]()
		case 9:
			return newWithNodes[[9]node]()
		}
	}
	return nil
}

// newWithArray makes a table and room for its array in one allocation. Room is an array
// of Value.
func newWithArray[Room any]() *Table {
	t := &struct {
		Table
		room Room
	}{}
	n := unsafe.Sizeof(t.room) / unsafe.Sizeof(Value{})
	t.first = &noNodes
	t.array = unsafe.Slice((*Value)(unsafe.Pointer(&t.room)), n)[:0]
	return &t.Table
}

// newWithNodes makes a table and its nodes in one allocation. Nodes is an array of node.
func newWithNodes[Nodes any]() *Table {
	t := &struct {
		Table
		nodes Nodes
	}{}
	t.first = (*node)(unsafe.Pointer(&t.nodes))
	t.useNodes(int(unsafe.Sizeof(t.nodes) / unsafe.Sizeof(node{})))
	return &t.Table
}
