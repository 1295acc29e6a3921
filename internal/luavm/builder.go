package luavm

// Builder builds a string for a script. Whenever it grows, it asks the state for room. The
// zero value is not ready: see NewBuilder.
type Builder struct {
	c *Call
	b []byte
}

// NewBuilder makes an empty Builder for the native function that c calls.
func NewBuilder(c *Call) Builder { return Builder{c: c} }

// Len returns how many bytes the string has.
func (t *Builder) Len() int { return len(t.b) }

// Add appends s.
func (t *Builder) Add(s string) {
	t.Grow(len(s))
	t.b = append(t.b, s...)
}

// AddByte appends a byte.
func (t *Builder) AddByte(c byte) {
	t.Grow(1)
	t.b = append(t.b, c)
}

// AddBytes appends b.
func (t *Builder) AddBytes(b []byte) {
	t.Grow(len(b))
	t.b = append(t.b, b...)
}

// Spare returns an empty slice with the place that Grow made. What is appended to it within
// this place, AddBytes does not copy.
func (t *Builder) Spare() []byte { return t.b[len(t.b):] }

// Grow makes place for n bytes more. It raises a Lua error if the state has no room for
// them.
func (t *Builder) Grow(n int) {
	if need := len(t.b) + n; need > cap(t.b) {
		t.grow(need)
	}
}

// grow makes the capacity at least need. A small string doubles, a large one grows by a
// quarter, or by all that is left if there is no room for so much.
func (t *Builder) grow(need int) {
	const small = 64 << 10
	size := max(need, 2*cap(t.b))
	if size > small {
		size = need + need/4
	}
	s := t.c.th.state
	fits := s.Room(size)
	for tries := 0; tries < 2 && !fits; tries++ { // at first, what is left may be out of date
		size = max(need, min(size, int(s.left())))
		fits = s.Room(size)
	}
	if !fits {
		t.c.Room(need) // raises the error
	}
	b := make([]byte, len(t.b), size)
	copy(b, t.b)
	t.b = b
}

// Bytes returns what was built so far. It is the Builder's own.
func (t *Builder) Bytes() []byte { return t.b }

// Value returns the string. The Builder must not be used afterwards.
func (t *Builder) Value() Value { return OwnText(t.b) }
