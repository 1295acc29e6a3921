package ffi

import (
	"cmp"
	"fmt"
	"strconv"

	"microts/internal/luavm"
)

// cdataMetamethods are the operators of cdata: those of C for pointers, and
// arithmetic of 64 bits for integers.
func (m *module) cdataMetamethods() map[string]luavm.Native {
	return map[string]luavm.Native{
		"__index": m.index, "__newindex": newIndex, "__len": noLength, "__tostring": show,
		"__add": m.add, "__sub": m.subtract, "__unm": m.negate,
		"__mul": m.arithmetic(multiply), "__div": m.arithmetic(divide), "__mod": m.arithmetic(remainder), "__pow": m.arithmetic(power),
		"__eq": equal, "__lt": compare(func(c int) bool { return c < 0 }), "__le": compare(func(c int) bool { return c <= 0 }),
	}
}

// cdataArg returns argument i, a cdata.
func cdataArg(c *luavm.Call, i int) *cdata {
	p, ok := unwrap(c.Arg(i))
	if !ok {
		c.TypeError(i, "cdata")
	}
	return p
}

// elementArg returns the element of argument 1 that argument 2, a number or a 64-bit
// integer, is the index of.
func elementArg(c *luavm.Call) cdata {
	p, key := cdataArg(c, 1), c.Arg(2)
	n, ok := offsetOf(key)
	if !ok {
		c.Errorf("cdata is indexed by numbers, got %s: microts has no C structs, use a Lua table", shown(c, key))
	}
	e, err := p.element(n)
	if err != nil {
		c.Errorf("%v", err)
	}
	return e
}

func (m *module) index(c *luavm.Call) { c.Return(m.value(c, elementArg(c))) }

func newIndex(c *luavm.Call) {
	if err := elementArg(c).store(c, c.Arg(3)); err != nil {
		c.Errorf("%v", err)
	}
	c.Return()
}

func noLength(c *luavm.Call) { c.Errorf("attempt to get length of cdata: use ffi.sizeof") }

func show(c *luavm.Call) {
	p := cdataArg(c, 1)
	text := ""
	switch p.t.kind {
	case cInt:
		text = strconv.FormatInt(int64(p.t.bits(p.here())), 10) + "LL"
	case cUint:
		text = strconv.FormatUint(p.t.bits(p.here()), 10) + "ULL"
	default:
		text = fmt.Sprintf("cdata<%s>: %#x", p.t, p.mem.address()+uintptr(p.off))
	}
	c.Return(luavm.NewString(text).Value())
}

// offsetOf returns a value as a number of elements.
func offsetOf(v luavm.Value) (n int, ok bool) {
	if v.IsNumber() {
		return int(v.Float()), true
	}
	i, ok := integerOf(v)
	return int(i.bits), ok
}

// moved returns a pointer to the element n after the one that p points to.
func (m *module) moved(c *luavm.Call, p *cdata, n int) luavm.Value {
	if n < -maxBytes || n > maxBytes {
		c.Errorf("a pointer cannot be moved by %d elements", n)
	}
	return m.wrap(c, &cdata{p.t.decayed(), p.mem, p.off + n*max(p.t.elem.size, 1)})
}

func (m *module) add(c *luavm.Call) {
	for i := 1; i <= 2; i++ {
		p, isPointer := address(c.Arg(i))
		if n, ok := offsetOf(c.Arg(3 - i)); ok && isPointer {
			c.Return(m.moved(c, p, n))
			return
		}
	}
	m.arithmetic(plus)(c)
}

func (m *module) subtract(c *luavm.Call) {
	a, ok := address(c.Arg(1))
	if !ok {
		m.arithmetic(minus)(c)
		return
	}
	if n, ok := offsetOf(c.Arg(2)); ok {
		c.Return(m.moved(c, a, -n))
		return
	}
	b, ok := address(c.Arg(2))
	if !ok {
		noArithmetic(c, c.Arg(1), c.Arg(2))
	}
	if a.mem != b.mem {
		c.Errorf("the difference of pointers into two buffers has no meaning")
	}
	c.Return(luavm.Int((a.off - b.off) / max(a.t.elem.size, 1)))
}

func (m *module) negate(c *luavm.Call) {
	x, ok := integerOf(c.Arg(1))
	if !ok {
		noArithmetic(c, c.Arg(1), c.Arg(1))
	}
	c.Return(m.integer(c, x.ctype(), -x.bits))
}

func noArithmetic(c *luavm.Call, x, y luavm.Value) {
	c.Errorf("attempt to perform arithmetic on '%s' and '%s'", typeName(x), typeName(y))
}

// arithmetic returns a function that computes with 64 bits. The result is unsigned if one
// of the operands is a uint64_t.
func (m *module) arithmetic(op func(x, y uint64, signed bool) (result uint64, ok bool)) luavm.Native {
	return func(c *luavm.Call) {
		x, okX := operand(c.Arg(1))
		y, okY := operand(c.Arg(2))
		if !okX || !okY {
			noArithmetic(c, c.Arg(1), c.Arg(2))
		}
		t := int64Type
		if x.isUint64 || y.isUint64 {
			t = uint64Type
		}
		n, ok := op(x.bits, y.bits, t == int64Type)
		if !ok {
			c.Errorf("attempt to divide a 64-bit integer by zero")
		}
		c.Return(m.integer(c, t, n))
	}
}

func plus(x, y uint64, _ bool) (uint64, bool)     { return x + y, true }
func minus(x, y uint64, _ bool) (uint64, bool)    { return x - y, true }
func multiply(x, y uint64, _ bool) (uint64, bool) { return x * y, true }

func divide(x, y uint64, signed bool) (uint64, bool) {
	switch {
	case y == 0:
		return 0, false
	case signed:
		return uint64(int64(x) / int64(y)), true
	}
	return x / y, true
}

func remainder(x, y uint64, signed bool) (uint64, bool) {
	switch {
	case y == 0:
		return 0, false
	case signed:
		return uint64(int64(x) % int64(y)), true
	}
	return x % y, true
}

// power returns x^y. Of a negative y it returns what the exact result is cut to.
func power(x, y uint64, signed bool) (uint64, bool) {
	if signed && int64(y) < 0 {
		switch int64(x) {
		case 0:
			return 0, false
		case 1:
			return 1, true
		case -1:
			return 1 - 2*(y&1), true
		}
		return 0, true
	}
	result := uint64(1)
	for ; y > 0; y >>= 1 {
		if y&1 == 1 {
			result *= x
		}
		x *= x
	}
	return result, true
}

// equal compares pointers by their place and numbers by their value. Other values are not
// equal to a cdata.
func equal(c *luavm.Call) {
	a, aPointer := address(c.Arg(1))
	b, bPointer := address(c.Arg(2))
	if aPointer && bPointer {
		c.Return(luavm.Bool(a.mem == b.mem && a.off == b.off))
		return
	}
	x, okX := operand(c.Arg(1))
	y, okY := operand(c.Arg(2))
	c.Return(luavm.Bool(okX && okY && x.compare(y) == 0))
}

// compare returns a function that orders two values; holds gets a negative
// number, zero or a positive number. Pointers into two buffers have no order:
// the result is false.
func compare(holds func(int) bool) luavm.Native {
	return func(c *luavm.Call) {
		a, aPointer := address(c.Arg(1))
		b, bPointer := address(c.Arg(2))
		if aPointer && bPointer {
			c.Return(luavm.Bool(a.mem == b.mem && holds(a.off-b.off)))
			return
		}
		x, okX := operand(c.Arg(1))
		y, okY := operand(c.Arg(2))
		if !okX || !okY {
			c.Errorf("attempt to compare '%s' with '%s'", typeName(c.Arg(1)), typeName(c.Arg(2)))
		}
		c.Return(luavm.Bool(holds(x.compare(y))))
	}
}

// integer is an operand of 64 bits.
type integer struct {
	bits     uint64
	isUint64 bool // its type is uint64_t
	isLarge  bool // it came from a number of 2^63 or more: bits has no sign
	isHuge   bool // it came from a number of 2^64 or more, which bits do not hold
}

// integerOf returns a cdata that is a number.
func integerOf(v luavm.Value) (n integer, ok bool) {
	p, ok := unwrap(v)
	if !ok || !p.t.isScalar() {
		return integer{}, false
	}
	return integer{bits: p.t.bits(p.here()), isUint64: p.t.kind == cUint}, true
}

// integerOfNumber returns a number, which is cut.
func integerOfNumber(f float64) integer {
	return integer{bits: unsigned(f), isLarge: f >= 1<<63, isHuge: f >= 1<<64}
}

// operand returns a number, or a cdata that is one.
func operand(v luavm.Value) (n integer, ok bool) {
	if v.IsNumber() {
		return integerOfNumber(v.Float()), true
	}
	return integerOf(v)
}

// ctype returns the type that C gives the integer.
func (n integer) ctype() *ctype {
	if n.isUint64 {
		return uint64Type
	}
	return int64Type
}

func (n integer) isNegative() bool { return !n.isUint64 && !n.isLarge && int64(n.bits) < 0 }

// compare orders two integers by their values, whatever their types: other than in C, -1
// is less than any unsigned integer.
func (n integer) compare(o integer) int {
	if n.isHuge || o.isHuge {
		return cmp.Compare(b2i(n.isHuge), b2i(o.isHuge))
	}
	if n.isNegative() != o.isNegative() {
		return b2i(o.isNegative()) - b2i(n.isNegative())
	}
	return cmp.Compare(n.bits, o.bits)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
