package ffi

import (
	"fmt"

	"microts/internal/luavm"
)

// cdata is a value of C: a 64-bit integer or an array that lies in memory, or a pointer
// into memory. Other numbers, booleans and NULL are values of Lua.
type cdata struct {
	t   *ctype
	mem *memory
	off int // bytes from the start of mem; a pointer may lead outside of it
}

// wrap returns a cdata as a value of the script.
func (m *module) wrap(c *luavm.Call, p *cdata) luavm.Value {
	room(c, handleSize)
	return luavm.NewUserData(p, m.cdataMeta)
}

// unwrap returns the cdata that a value of the script is.
func unwrap(v luavm.Value) (*cdata, bool) {
	c, ok := v.Data().(*cdata)
	return c, ok
}

// integer returns 64 bits as a value of the script: a number if it holds them, else a
// cdata.
func (m *module) integer(c *luavm.Call, t *ctype, bits uint64) luavm.Value {
	var b [8]byte
	t.setBits(b[:], bits)
	if f, exact := t.float(b[:]); exact {
		return luavm.Number(f)
	}
	v := newValue(t)
	copy(v.mem.bytes, b[:])
	return m.wrap(c, v)
}

// element returns element i of an array, or of the array that a pointer points
// to.
func (c *cdata) element(i int) (cdata, error) {
	elem := c.t.elem
	if elem == nil || elem.size == 0 {
		return cdata{}, fmt.Errorf("%s cannot be indexed", c.t)
	}
	if i < -maxBytes || i > maxBytes { // the offset may be no int
		return cdata{}, fmt.Errorf("element %d is outside of %s", i, c.t)
	}
	if _, err := c.room(i*elem.size, elem.size); err != nil {
		return cdata{}, err
	}
	return cdata{elem, c.mem, c.off + i*elem.size}, nil
}

// value returns what stands at a place to the script: a boolean, a number, nil for NULL, or
// a cdata. A 64-bit integer above 2^53 is a cdata with memory of its own.
func (m *module) value(c *luavm.Call, p cdata) luavm.Value {
	switch p.t.kind {
	case cPointer:
		if to := p.mem.pointers[p.off]; to != nil {
			return m.wrap(c, &cdata{p.t, to.mem, to.off})
		}
		return luavm.Nil
	case cArray:
		return m.wrap(c, &cdata{p.t, p.mem, p.off})
	case cBool:
		return luavm.Bool(p.t.bits(p.here()) != 0)
	}
	if f, exact := p.t.float(p.here()); exact {
		return luavm.Number(f)
	}
	return m.integer(c, p.t, p.t.bits(p.here()))
}

// Element is what makes a cdata a luavm.CData, as the methods below.
func (c *cdata) Element(i float64) (f float64, ok bool) {
	if b := c.numberAt(i); b != nil {
		return c.t.elem.float(b)
	}
	return 0, false
}

// SetElement stores a number in an element of an array of numbers.
func (c *cdata) SetElement(i, f float64) (ok bool) {
	b := c.numberAt(i)
	if b != nil {
		c.t.elem.setFloat(b, f)
	}
	return b != nil
}

// numberAt returns the bytes of element i, or nil if it is no number or outside of the
// buffer.
func (c *cdata) numberAt(i float64) []byte {
	elem := c.t.elem
	if elem == nil || !elem.isNumber() || !(i >= -maxBytes && i <= maxBytes) {
		return nil
	}
	b := c.mem.bytes
	at := c.off + int(i)*elem.size
	if at < 0 || at > len(b)-elem.size {
		return nil
	}
	return b[at : at+elem.size]
}

// ToNumber returns a 64-bit integer as the nearest number.
func (c *cdata) ToNumber() (f float64, ok bool) {
	if !c.t.isScalar() {
		return 0, false
	}
	f, _ = c.t.float(c.here())
	return f, true
}

// store puts a value of the script into the number or pointer at a place, converted as C
// does. A string of one byte is a char.
func (c cdata) store(call *luavm.Call, v luavm.Value) error {
	switch c.t.kind {
	case cPointer:
		p, ok := pointer(call, v)
		if !ok && !v.IsNil() {
			return cannotConvert(v, c.t)
		}
		c.mem.setPointer(call, c.off, p)
		return nil
	case cArray:
		return cannotConvert(v, c.t)
	}
	switch {
	case v.IsNumber():
		c.t.setFloat(c.here(), v.Float())
		return nil
	case v == luavm.True:
		c.t.setFloat(c.here(), 1)
		return nil
	case v == luavm.False:
		c.t.setFloat(c.here(), 0)
		return nil
	case v.IsString():
		if s := v.Text(); len(s) == 1 && c.t.size == 1 {
			c.t.setFloat(c.here(), float64(s[0]))
			return nil
		}
		return cannotConvert(v, c.t)
	}
	from, ok := unwrap(v)
	if !ok || !from.t.isScalar() {
		return cannotConvert(v, c.t)
	}
	if c.t.kind == cInt || c.t.kind == cUint {
		c.t.setBits(c.here(), from.t.bits(from.here()))
		return nil
	}
	f, _ := from.t.float(from.here())
	c.t.setFloat(c.here(), f)
	return nil
}

// pointer returns a value of the script that C would take for a pointer: an
// array, a pointer, or a string. Of a string it returns a copy with a zero at its
// end.
func pointer(c *luavm.Call, v luavm.Value) (*cdata, bool) {
	if !v.IsString() {
		return address(v)
	}
	s := v.Text()
	room(c, memorySize+len(s))
	b := make([]byte, len(s)+1)
	copy(b, s)
	return (&cdata{}).begin(charPointer, &memory{}, b), true
}

// address is pointer without strings.
func address(v luavm.Value) (*cdata, bool) {
	if c, ok := unwrap(v); ok && !c.t.isScalar() {
		return c, true
	}
	return nil, false
}

func cannotConvert(v luavm.Value, t *ctype) error {
	return fmt.Errorf("cannot convert '%s' to '%s'", typeName(v), t)
}

// typeName names the type of a value for messages: that of C, if it has one.
func typeName(v luavm.Value) string {
	if c, ok := unwrap(v); ok {
		return c.t.String()
	}
	return v.TypeName()
}
