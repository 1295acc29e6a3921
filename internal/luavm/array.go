package luavm

import "slices"

const (
	maxKey   = 1 << 31 // no larger key stands in array
	minArray = 4       // what the first append makes room for
)

// arrayKey returns a key as an integer if it could stand in array.
func arrayKey(key Value) (i int, ok bool) {
	if !key.isNumber() {
		return 0, false
	}
	i = int(key.float())
	return i, float64(i) == key.float() && uint(i-1) < maxKey
}

// setIntBeyond sets the value of an integer key that is not in array.
func (t *Table) setIntBeyond(i int, v Value) {
	n := len(t.array)
	if i == n+1 && n < cap(t.array) && !t.integers && !v.isNil() {
		t.admit(v)
		t.array = append(t.array, v)
		return
	}
	key := Int(i)
	if uint(i-1) >= maxKey || t.weak != nil {
		t.setNode(key, v)
		return
	}
	if t.integers {
		// A key that has a value keeps its node: a traversal may stand at it.
		if at := t.find(key); at != noNode && (i > cap(t.array) && i != n+1 || !t.node(at).val.isNil()) {
			t.node(at).val = v
			return
		}
	}
	if v.isNil() {
		return
	}
	if i == n+1 && n == cap(t.array) {
		t.growArray()
	}
	if !t.putInArray(i, v) {
		t.insert(key, v)
	}
}

// putInArray sets the value of an integer key from 1 on if array has room for it.
func (t *Table) putInArray(i int, v Value) (ok bool) {
	switch {
	case i <= len(t.array):
		t.admit(v)
		t.array[i-1] = v
	case i <= cap(t.array):
		t.admit(v)
		t.extend(i, v)
	default:
		return false
	}
	return true
}

// extend makes i, at most cap(array), the length of array, and then moves the integers that
// follow from the nodes to array.
func (t *Table) extend(i int, v Value) {
	for t.integers && len(t.array) < i-1 {
		next := t.take(len(t.array) + 1)
		t.admit(next)
		t.array = append(t.array, next)
	}
	t.array = t.array[:i]
	t.array[i-1] = v
	for t.integers && len(t.array) < cap(t.array) {
		next := t.take(len(t.array) + 1)
		if next.isNil() {
			return
		}
		t.admit(next)
		t.array = append(t.array, next)
	}
}

// take removes an integer key from the nodes and returns its value.
func (t *Table) take(i int) (v Value) {
	if at := t.find(Int(i)); at != noNode {
		n := t.node(at)
		v, n.val = n.val, Nil
	}
	return v
}

// growArray makes room for an append to array, which is full, if at least half of array
// has values. Otherwise it puts all keys where they belong.
func (t *Table) growArray() {
	values := 0
	for i := range t.array {
		if !t.array[i].isNil() {
			values++
		}
	}
	if 2*values < len(t.array) {
		t.rehash(Int(len(t.array) + 1))
		return
	}
	t.makeArray(max(minArray, 2*len(t.array)), t.array)
}

// SetList sets the values of the keys from at on, as a constructor does that lists them.
// Where there are nils among them, the length is the one that LuaJIT gives.
func (t *Table) SetList(at int, values []Value) {
	last := at - 1 + len(values)
	if at != len(t.array)+1 || t.integers || t.weak != nil || last > maxKey {
		for i, v := range values {
			t.SetInt(at+i, v)
		}
		return
	}
	if last > cap(t.array) {
		t.makeArray(last, t.array)
	}
	for _, v := range values {
		t.admit(v)
	}
	t.array = append(t.array, values...)
}

// SetOpenList is SetList for the results of a call, or "...", at the end of a constructor.
// LuaJIT makes array larger by one then, unless it has room for them from the start.
func (t *Table) SetOpenList(at int, values []Value) {
	t.SetList(at, values)
	if last := at - 1 + len(values); last > 2 && last == len(t.array) && slices.Contains(values, Nil) {
		t.array = append(t.array, Nil)
	}
}

// Insert moves the values of the keys from i to n, the length, up by one and sets the
// value of i.
func (t *Table) Insert(i, n int, v Value) {
	if 1 <= i && i <= n {
		t.SetInt(n+1, t.GetInt(n))
		if n <= len(t.array) {
			copy(t.array[i:n], t.array[i-1:n-1])
		} else {
			for k := n; k > i; k-- {
				t.SetInt(k, t.GetInt(k-1))
			}
		}
	}
	t.SetInt(i, v)
}

// Remove returns the value of the key i, moves the values of the keys from i + 1 to n,
// the length, down by one and removes n.
func (t *Table) Remove(i, n int) (removed Value) {
	removed = t.GetInt(i)
	if 1 <= i && n <= len(t.array) && i <= n {
		copy(t.array[i-1:n-1], t.array[i:n])
		t.array[n-1] = Nil
		return removed
	}
	for k := i; k < n; k++ {
		t.SetInt(k, t.GetInt(k+1))
	}
	t.SetInt(n, Nil)
	return removed
}
