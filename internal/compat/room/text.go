package room

import (
	"io"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
)

// Text is a text that a Go function builds for a script. Whenever it grows, it asks the
// state for room. The zero value is not ready: set L.
type Text struct {
	L *lua.LState
	b []byte
}

// Reuse empties the text and lets it grow in b.
func (t *Text) Reuse(b []byte) { t.b = b[:0] }

// Len returns how many bytes the text has.
func (t *Text) Len() int { return len(t.b) }

// Add appends s.
func (t *Text) Add(s string) {
	t.Grow(len(s))
	t.b = append(t.b, s...)
}

// AddByte appends a byte.
func (t *Text) AddByte(c byte) {
	t.Grow(1)
	t.b = append(t.b, c)
}

// AddBytes appends b.
func (t *Text) AddBytes(b []byte) {
	t.Grow(len(b))
	t.b = append(t.b, b...)
}

// Spare returns an empty slice with the place that Grow made. What is appended to it
// within this place, AddBytes does not copy.
func (t *Text) Spare() []byte { return t.b[len(t.b):] }

// Write is AddBytes for those who need an io.Writer. It never fails.
func (t *Text) Write(b []byte) (int, error) {
	t.AddBytes(b)
	return len(b), nil
}

// Fill appends the byte c n times.
func (t *Text) Fill(c byte, n int) {
	t.Grow(n)
	for range n {
		t.b = append(t.b, c)
	}
}

// Grow makes place for n bytes more. It raises a Lua error if the state has no room
// for them.
func (t *Text) Grow(n int) {
	if need := len(t.b) + n; need > cap(t.b) {
		t.grow(need)
	}
}

// grow makes the capacity at least need. A small text doubles. A large one grows by a
// quarter, or by all that is left if there is no room for so much.
func (t *Text) grow(need int) {
	const small = 64 << 10
	size := max(need, 2*cap(t.b))
	if size > small {
		size = need + need/4
		if For(t.L, int64(size)) != nil {
			size = max(need, min(size, left(t.L)))
			Check(t.L, int64(size))
		}
	}
	b := make([]byte, len(t.b), size)
	copy(b, t.b)
	t.b = b
}

// WriteTo implements io.WriterTo.
func (t *Text) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(t.b)
	return int64(n), err
}

// Value returns the text as a Lua string. The text must not be used afterwards.
func (t *Text) Value() lua.LString { return glua.StringOf(t.b) }

// Memory implements glua.MemoryHolder.
func (t *Text) Memory() []byte { return t.b }

// Keep pushes a value that makes the memory of the state include the text while the
// current Go function runs. A function that calls Lua while it builds a text needs it:
// else the script could build many texts, one within the other.
func (t *Text) Keep() {
	t.L.Push(&lua.LUserData{Value: t, Metatable: lua.LNil})
}
