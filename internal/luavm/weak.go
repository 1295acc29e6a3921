package luavm

import (
	"unsafe"
	"weak"
)

// weakContent is the content of a weak table. The Table itself has an empty array and no
// nodes, so everything that does not find a key there comes here.
//
// Where the table is weak, the inner table holds a handle in the place of p: what
// [weak.Make] returns for the object. Handles of the same object are equal, so they are
// keys like objects. An entry with a handle of an object that the garbage
// collector has freed has no value.
type weakContent struct {
	inner        *Table
	keys, values bool // which of them are weak
	sets         int  // since the last sweep
}

// setWeak makes a table weak, or strong again.
func (t *Table) setWeak(keys, values bool) {
	if t.weak == nil && !keys && !values || t.weak != nil && t.weak.keys == keys && t.weak.values == values {
		return
	}
	old := *t
	t.array, t.scalars, t.weak = nil, false, nil
	t.makeNodes(0)
	if keys || values {
		t.weak = &weakContent{inner: NewTable(0, 0), keys: keys, values: values}
		t.integers = true // so that integer keys are looked for here
	}
	for key, v, position := old.nextAt(firstPosition); !key.isNil(); key, v, position = old.nextAt(position) {
		t.Set(key, v)
	}
}

func (w *weakContent) get(key Value) Value { return w.strong(w.inner.Get(w.key(key))) }

// set sets the value of a key, which may be in the form of a node.
func (w *weakContent) set(key, v Value) {
	if w.sets++; w.sets > (int(w.inner.size)+cap(w.inner.array))/2 {
		w.sweep()
	}
	if w.values {
		v = toWeak(v)
	}
	w.inner.Set(w.key((&node{key: key}).visible()), v)
}

// sweep removes the entries whose key or value is freed.
func (w *weakContent) sweep() {
	w.sets = 0
	for key, v, position := w.inner.nextAt(firstPosition); !key.isNil(); key, v, position = w.inner.nextAt(position) {
		if w.strongKey(key).isNil() || w.strong(v).isNil() {
			w.inner.Set(key, Nil)
		}
	}
}

func (w *weakContent) nextAt(position int) (key, v Value, after int) {
	for {
		key, v, position = w.inner.nextAt(position)
		if key.isNil() {
			return Nil, Nil, position
		}
		if k, v := w.strongKey(key), w.strong(v); !k.isNil() && !v.isNil() {
			return k, v, position
		}
	}
}

func (w *weakContent) positionAfter(key Value) (position int, ok bool) {
	return w.inner.positionAfter(w.key(key))
}

func (w *weakContent) memorySize() int64 {
	return int64(unsafe.Sizeof(*w)) + w.inner.MemorySize()
}

// key returns a key as the inner table has it.
func (w *weakContent) key(k Value) Value {
	if w.keys {
		return toWeak(k)
	}
	return k
}

// strongKey returns a key of the inner table, nil if it is freed.
func (w *weakContent) strongKey(k Value) Value {
	if w.keys {
		return toStrong(k)
	}
	return k
}

// strong returns a value of the inner table, nil if it is freed.
func (w *weakContent) strong(v Value) Value {
	if w.values {
		return toStrong(v)
	}
	return v
}

// handle is how package weak refers to an object: a pointer to memory of the runtime.
type handle = weak.Pointer[byte]

// toWeak replaces an object by its handle. Strings are values, not objects.
func toWeak(v Value) Value {
	if v.n > tagString {
		h := weak.Make((*byte)(v.p))
		v.p = *(*unsafe.Pointer)(unsafe.Pointer(&h))
	}
	return v
}

// toStrong replaces a handle by its object; it returns nil if the object is freed.
func toStrong(v Value) Value {
	if v.n > tagString {
		if v.p = unsafe.Pointer((*handle)(unsafe.Pointer(&v.p)).Value()); v.p == nil {
			return Nil
		}
	}
	return v
}

// DropLeftovers clears the stack above the arguments, where values of calls and loops that
// are over keep what they refer to from the garbage collector.
func (c *Call) DropLeftovers() { clear(c.th.stack[c.base+c.args:]) }
