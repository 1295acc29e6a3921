package ffi

import (
	"encoding/binary"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// memory is a buffer, which the cdata that point into it share.
type memory struct {
	bytes []byte

	// pointers are the pointers stored in the buffer, by their offset. They are
	// kept apart from bytes: Go pointers must not be hidden in bytes.
	pointers map[int]*cdata
}

// cdata is a value of C: a number or an array that lies in memory, or a pointer
// into memory.
type cdata struct {
	t   *ctype
	mem *memory
	off int // bytes from the start of mem; a pointer may lead outside of it
}

// newValue returns a value of type t in zeroed memory of its own.
func newValue(t *ctype) *cdata { return &cdata{t, &memory{bytes: make([]byte, t.size)}, 0} }

// newInteger returns a 64-bit integer in memory of its own.
func newInteger(t *ctype, bits uint64) *cdata {
	c := newValue(t)
	binary.LittleEndian.PutUint64(c.mem.bytes, bits)
	return c
}

// wrap returns a cdata as a value of the script.
func wrap(L *lua.LState, c *cdata) *lua.LUserData {
	return &lua.LUserData{Value: c, Env: L.Env, Metatable: moduleOf(L).cdataMeta}
}

// unwrap returns the cdata that a value of the script is.
func unwrap(v lua.LValue) (*cdata, bool) {
	if ud, ok := v.(*lua.LUserData); ok {
		c, ok := ud.Value.(*cdata)
		return c, ok
	}
	return nil, false
}

// Memory returns the bytes that c keeps alive. The host counts them, and only
// reads their address and capacity.
func (c *cdata) Memory() []byte { return c.mem.bytes }

// room returns the n bytes that begin off bytes after the place of c. They are
// those of the buffer.
func (c *cdata) room(off, n int) ([]byte, error) {
	start := c.off + off
	if n < 0 || start < 0 || start > len(c.mem.bytes) || n > len(c.mem.bytes)-start {
		return nil, fmt.Errorf("%d bytes at offset %d are outside of %s, which has %d", n, off, c.t.name, max(len(c.mem.bytes)-c.off, 0))
	}
	return c.mem.bytes[start : start+n], nil
}

// element returns element i of an array, or of the array that a pointer points
// to.
func (c *cdata) element(i int) (*cdata, error) {
	elem := c.t.elem
	if elem == nil || elem.size == 0 {
		return nil, fmt.Errorf("%s cannot be indexed", c.t.name)
	}
	if _, err := c.room(i*elem.size, elem.size); err != nil {
		return nil, err
	}
	return &cdata{elem, c.mem, c.off + i*elem.size}, nil
}

// value returns what c is to the script: a boolean, a number, nil for NULL, or a
// cdata. A 64-bit integer above 2^53 is a cdata with memory of its own.
func (c *cdata) value(L *lua.LState) lua.LValue {
	if c.t.kind == cPointer {
		if p := c.mem.pointers[c.off]; p != nil {
			return wrap(L, &cdata{c.t, p.mem, p.off})
		}
		return lua.LNil
	}
	n := c.bits()
	switch c.t.kind {
	case cBool:
		return lua.LBool(n != 0)
	case cFloat:
		return lua.LNumber(c.float())
	case cInt:
		if i := int64(n); -exactInt <= i && i <= exactInt {
			return lua.LNumber(i)
		}
		return wrap(L, newInteger(c.t, n))
	case cUint:
		if n <= exactInt {
			return lua.LNumber(n)
		}
		return wrap(L, newInteger(c.t, n))
	}
	return wrap(L, c)
}

const exactInt = 1 << 53 // up to here a Lua number holds every integer

// bits returns the bits of a number, an integer extended to 64 bits by its sign.
func (c *cdata) bits() uint64 {
	var buf [8]byte
	copy(buf[:], c.mem.bytes[c.off:c.off+c.t.size])
	n := binary.LittleEndian.Uint64(buf[:])
	if shift := 64 - 8*c.t.size; c.t.kind == cInt && shift > 0 {
		n = uint64(int64(n<<shift) >> shift)
	}
	return n
}

// float returns a number as a float64.
func (c *cdata) float() float64 {
	switch b := c.mem.bytes[c.off:]; {
	case c.t.kind == cFloat && c.t.size == 4:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case c.t.kind == cFloat:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case c.t.kind == cInt:
		return float64(int64(c.bits()))
	}
	return float64(c.bits())
}

// Number returns a value as tonumber does if it is a number of C.
func Number(v lua.LValue) (f float64, ok bool) {
	c, ok := unwrap(v)
	if !ok || !c.t.isScalar() {
		return 0, false
	}
	return c.float(), true
}

// store puts a value of the script into a number or pointer, converted as C does.
func (c *cdata) store(v lua.LValue) error {
	if c.t.kind == cPointer {
		return c.storePointer(v)
	}
	n, f, ok := scalar(v, c.t)
	if !ok {
		if s, isString := v.(lua.LString); isString {
			return fmt.Errorf("cannot convert a string of %d bytes to %s", len(s), c.t.name)
		}
		return cannotConvert(v, c.t)
	}
	b := c.mem.bytes[c.off : c.off+c.t.size]
	switch {
	case c.t.kind == cFloat && c.t.size == 4:
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(f)))
		return nil
	case c.t.kind == cFloat:
		n = math.Float64bits(f)
	case c.t.kind == cBool && n != 0:
		n = 1
	}
	var buf [8]byte
	binary.LittleEndian.PutUint64(buf[:], n)
	copy(b, buf[:])
	return nil
}

// scalar returns a value of the script as an integer and as a float, to be stored
// in a number of type t. A string of one byte is a char.
func scalar(v lua.LValue, t *ctype) (n uint64, f float64, ok bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return convert.Unsigned(float64(v)), float64(v), true
	case lua.LBool:
		if v {
			return 1, 1, true
		}
		return 0, 0, true
	case lua.LString:
		if len(v) == 1 && t.size == 1 {
			return uint64(v[0]), float64(v[0]), true
		}
	case *lua.LUserData:
		from, ok := unwrap(v)
		if !ok || !from.t.isScalar() {
			return 0, 0, false
		}
		if f := from.float(); from.t.kind == cFloat {
			return convert.Unsigned(f), f, true
		}
		return from.bits(), from.float(), true
	}
	return 0, 0, false
}

func (c *cdata) storePointer(v lua.LValue) error {
	if c.mem.pointers == nil {
		c.mem.pointers = map[int]*cdata{}
	}
	if v == lua.LNil {
		delete(c.mem.pointers, c.off)
		return nil
	}
	p, ok := pointer(v)
	if !ok {
		return cannotConvert(v, c.t)
	}
	c.mem.pointers[c.off] = p
	return nil
}

// pointer returns a value of the script that C would take for a pointer: an
// array, a pointer, or a string. Of a string it returns a copy with a zero at its
// end.
func pointer(v lua.LValue) (*cdata, bool) {
	if s, ok := v.(lua.LString); ok {
		return &cdata{arrayOf(charType, len(s)+1), &memory{bytes: append([]byte(s), 0)}, 0}, true
	}
	return address(v)
}

// address is pointer without strings.
func address(v lua.LValue) (*cdata, bool) {
	if c, ok := unwrap(v); ok && !c.t.isScalar() {
		return c, true
	}
	return nil, false
}

func cannotConvert(v lua.LValue, t *ctype) error {
	return fmt.Errorf("cannot convert %s to %s", describe(v), t.name)
}

// describe names the type of a value for messages.
func describe(v lua.LValue) string {
	if c, ok := unwrap(v); ok {
		return "cdata of type " + c.t.name
	}
	return v.Type().String()
}
