package ffi

import (
	"bytes"
	"fmt"

	"microts/internal/luavm"
)

// bufferArg returns argument i, a pointer or an array. In place of one to read from, a
// script may give a string.
func bufferArg(c *luavm.Call, i int, wanted string) *cdata {
	p, ok := address(c.Arg(i))
	if !ok {
		c.TypeError(i, wanted)
	}
	return p
}

// writableArg returns argument i, a pointer or an array.
func writableArg(c *luavm.Call, i int) *cdata { return bufferArg(c, i, "pointer or array") }

// readable is what a function reads from: a buffer, or a string with a zero behind it.
type readable struct {
	buffer *cdata // nil is the string
	string luavm.Value
	text   string
}

// readableArg returns argument i: a pointer, an array or a string.
func readableArg(c *luavm.Call, i int) readable {
	if v := c.Arg(i); v.IsString() {
		return readable{string: v, text: v.Text()}
	}
	return readable{buffer: bufferArg(c, i, "pointer, array or string")}
}

// copyTo copies the first len(b) bytes.
func (r readable) copyTo(b []byte) error {
	if r.buffer != nil {
		source, err := r.buffer.room(0, len(b))
		copy(b, source)
		return err
	}
	if len(b) > len(r.text)+1 {
		return r.outside(len(b))
	}
	if copy(b, r.text) < len(b) {
		b[len(r.text)] = 0
	}
	return nil
}

// outside returns the error of a string that has no n bytes.
func (r readable) outside(n int) error {
	return fmt.Errorf("%d bytes at offset 0 are outside of a string, which has %d and a zero", n, len(r.text))
}

// value returns the first n bytes as a string of the script.
func (r readable) value(c *luavm.Call, n int) (luavm.Value, error) {
	if r.buffer != nil {
		b, err := r.buffer.room(0, n)
		if err != nil {
			return luavm.Nil, err
		}
		return text(c, b), nil
	}
	switch {
	case n < 0 || n > len(r.text)+1:
		return luavm.Nil, r.outside(n)
	case n < len(r.text):
		return luavm.Part(r.text[:n]), nil
	case n == len(r.text):
		return r.string, nil
	}
	c.Room(n)
	return luavm.NewString(r.text + "\x00").Value(), nil
}

// text returns bytes as a string of the script.
func text(c *luavm.Call, b []byte) luavm.Value {
	const short = 256 // Return counts these
	if len(b) > short {
		c.Room(len(b))
	}
	return luavm.Text(b)
}

// toString is ffi.string(buffer [, n]): n bytes, or those before the first zero.
func toString(c *luavm.Call) {
	from := readableArg(c, 1)
	if !c.Arg(2).IsNil() {
		v, err := from.value(c, int(c.Number(2)))
		if err != nil {
			raise(c, "string", err)
		}
		c.Return(v)
		return
	}
	p := from.buffer
	if p == nil {
		c.Return(c.Arg(1))
		return
	}
	b, err := p.room(0, max(len(p.mem.bytes)-p.off, 0))
	if err != nil {
		raise(c, "string", err)
	}
	if p.t.kind == cArray {
		b = b[:min(p.t.size, len(b))]
	}
	b, _, _ = bytes.Cut(b, []byte{0})
	c.Return(text(c, b))
}

// copyBytes is ffi.copy(to, from, n), or ffi.copy(to, string), which copies a
// zero after the string too.
func copyBytes(c *luavm.Call) {
	to, from := writableArg(c, 1), readableArg(c, 2)
	n := len(from.text) + 1
	if from.buffer != nil || !c.Arg(3).IsNil() {
		n = int(c.Number(3))
	}
	target, err := to.room(0, n)
	if err == nil {
		err = from.copyTo(target)
	}
	if err != nil {
		raise(c, "copy", err)
	}
	source := from.buffer
	if source == nil {
		source = &cdata{mem: &memory{}}
	}
	to.mem.copyPointers(c, to.off, source.mem, source.off, n)
	c.Return()
}

// fillBytes is ffi.fill(buffer, n [, byte]); the byte is 0 by default.
func fillBytes(c *luavm.Call) {
	to, n := writableArg(c, 1), int(c.Number(2))
	b, err := to.room(0, n)
	if err != nil {
		raise(c, "fill", err)
	}
	fill := byte(int64(c.OptNumber(3, 0)))
	for i := range b {
		b[i] = fill
	}
	to.mem.dropPointers(to.off, n)
	c.Return()
}
