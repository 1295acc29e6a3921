package luavm

import "unsafe"

// A series of numbers, such as prices, takes most of the memory of many scripts. The
// garbage collector has no need to look into it: a scalar points to no object of the
// heap. So an array of scalars gets memory that the collector does not look into, and
// moves to other memory before it gets a value of another type.

// scalar is a Value to the garbage collector, without a pointer.
type scalar struct{ p, n uint64 }

// isScalar reports whether v is a number, a boolean or nil.
func (v Value) isScalar() bool { return v.p == nil || v.isNumber() }

// minScalars is how many values an array has before it may get memory for scalars. Most
// small arrays get values of other types soon.
const minScalars = 16

// makeArray makes new memory for array, with room for n values, and gives it values,
// which may be those of array.
func (t *Table) makeArray(n int, values []Value) {
	scalars := len(values) >= minScalars
	for i := 0; scalars && i < len(values); i++ {
		scalars = values[i].isScalar()
	}
	if scalars {
		// With one more, the rows of a matrix do not all begin at the same place of a page,
		// where they would compete for the same lines of the processor's cache.
		room := make([]scalar, n+1)
		t.array = copyTo(unsafe.Slice((*Value)(unsafe.Pointer(unsafe.SliceData(room))), n)[:0], values)
	} else {
		t.array = copyTo(make([]Value, 0, n), values)
	}
	t.scalars = scalars
}

// admit prepares array for a value that will stand in it.
func (t *Table) admit(v Value) {
	if t.scalars && !v.isScalar() {
		t.admitAll()
	}
}

// admitAll prepares array for values of any type.
func (t *Table) admitAll() {
	if t.scalars {
		t.array, t.scalars = copyTo(make([]Value, 0, cap(t.array)), t.array), false
	}
}

// copyTo appends values to an empty array with room for them. It copies many values in
// pieces: Go's collector cannot stop a thread while that copies, and sends it signals
// until it stops.
func copyTo(room, values []Value) []Value {
	const piece = 2048
	for len(values) > piece {
		room = append(room, values[:piece]...)
		values = values[piece:]
	}
	return append(room, values...)
}
