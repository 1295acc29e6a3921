package luavm

// Strings makes strings of parts of a large one, many with one allocation: in return, each
// of them keeps the large one and some others in memory. It is for natives that return the
// parts one by one. The zero value is ready.
type Strings struct{ free []String }

// stringsRoom is how many Strings are allocated together. They take 1536 bytes, a size of
// Go's allocator.
const stringsRoom = 63

// Part makes a string of a part, which it does not copy.
func (a *Strings) Part(s string) Value {
	if len(a.free) == 0 {
		a.free = make([]String, stringsRoom)
	}
	t := &a.free[0]
	a.free = a.free[1:]
	t.s = s
	return t.Value()
}
