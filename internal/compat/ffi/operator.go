package ffi

import (
	"fmt"
	"math/big"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// cdataMetamethods are the operators of cdata: those of C for pointers, and
// arithmetic of 64 bits for integers.
func cdataMetamethods() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"__index": index, "__newindex": newIndex, "__len": noLength, "__tostring": show,
		"__add": add, "__sub": subtract, "__unm": negate,
		"__mul": arithmetic((*big.Int).Mul), "__div": division((*big.Int).Quo), "__mod": division((*big.Int).Rem),
		"__eq": equal, "__lt": compare(func(c int) bool { return c < 0 }), "__le": compare(func(c int) bool { return c <= 0 }),
	}
}

// indexArg returns argument 2, an index: a number, or a 64-bit integer.
func indexArg(L *lua.LState) int {
	v := L.Get(2)
	if n, ok := v.(lua.LNumber); ok {
		return int(n)
	}
	f, ok := Number(v)
	if !ok {
		L.RaiseError("cdata is indexed by numbers, got %s: microts has no C structs, use a Lua table", convert.ToString(L, v))
	}
	return int(f)
}

// elementArg returns the element of argument 1 that argument 2 is the index of.
func elementArg(L *lua.LState) *cdata {
	c := L.CheckUserData(1).Value.(*cdata)
	e, err := c.element(indexArg(L))
	if err != nil {
		L.RaiseError("%v", err)
	}
	return e
}

func index(L *lua.LState) int {
	L.Push(elementArg(L).value(L))
	return 1
}

func newIndex(L *lua.LState) int {
	if err := elementArg(L).store(L.Get(3)); err != nil {
		L.RaiseError("%v", err)
	}
	return 0
}

func noLength(L *lua.LState) int {
	L.RaiseError("attempt to get length of cdata: use ffi.sizeof")
	return 0
}

func show(L *lua.LState) int {
	c := L.CheckUserData(1).Value.(*cdata)
	text := fmt.Sprintf("cdata<%s>: %p", c.t.name, &c.mem.bytes)
	switch c.t.kind {
	case cInt:
		text = strconv.FormatInt(int64(c.bits()), 10) + "LL"
	case cUint:
		text = strconv.FormatUint(c.bits(), 10) + "ULL"
	}
	L.Push(lua.LString(text))
	return 1
}

// pushOffset pushes a pointer to the element n after the one that p points to.
func pushOffset(L *lua.LState, p *cdata, n float64) int {
	elem := p.t.elem
	L.Push(wrap(L, &cdata{pointerTo(elem), p.mem, p.off + int(n)*max(elem.size, 1)}))
	return 1
}

func add(L *lua.LState) int {
	if p, ok := address(L.Get(1)); ok {
		return pushOffset(L, p, convert.Number(L, 2))
	}
	if p, ok := address(L.Get(2)); ok {
		return pushOffset(L, p, convert.Number(L, 1))
	}
	return arithmetic((*big.Int).Add)(L)
}

func subtract(L *lua.LState) int {
	a, ok := address(L.Get(1))
	if !ok {
		return arithmetic((*big.Int).Sub)(L)
	}
	b, ok := address(L.Get(2))
	if !ok {
		return pushOffset(L, a, -convert.Number(L, 2))
	}
	if a.mem != b.mem {
		L.RaiseError("the difference of pointers into two buffers has no meaning")
	}
	L.Push(lua.LNumber((a.off - b.off) / max(a.t.elem.size, 1)))
	return 1
}

func negate(L *lua.LState) int {
	L.Replace(2, L.Get(1))
	L.Replace(1, lua.LNumber(0))
	return subtract(L)
}

// integerArg returns argument i, an integer: a cdata, or a number, which is cut.
// isUnsigned is true for a uint64_t and for a number from 2^63 on.
func integerArg(L *lua.LState, i int) (n *big.Int, isUnsigned bool) {
	if c, ok := unwrap(L.Get(i)); ok && c.t.isScalar() {
		if c.t.kind == cUint {
			return new(big.Int).SetUint64(c.bits()), true
		}
		return big.NewInt(int64(c.bits())), false
	}
	f := convert.Number(L, i)
	if f >= 1<<63 {
		return new(big.Int).SetUint64(convert.Unsigned(f)), true
	}
	return big.NewInt(int64(f)), false
}

// arithmetic returns a function that computes modulo 2^64. The result is
// unsigned if one of the operands is.
func arithmetic(op func(z, x, y *big.Int) *big.Int) lua.LGFunction {
	return func(L *lua.LState) int {
		x, xUnsigned := integerArg(L, 1)
		y, yUnsigned := integerArg(L, 2)
		t := baseTypes["int64_t"]
		if xUnsigned || yUnsigned {
			t = baseTypes["uint64_t"]
		}
		L.Push(newInteger(t, low64(op(new(big.Int), x, y))).value(L))
		return 1
	}
}

// division is arithmetic for an operator that cannot divide by zero.
func division(op func(z, x, y *big.Int) *big.Int) lua.LGFunction {
	divide := arithmetic(op)
	return func(L *lua.LState) int {
		if y, _ := integerArg(L, 2); y.Sign() == 0 {
			L.RaiseError("attempt to divide a 64-bit integer by zero")
		}
		return divide(L)
	}
}

// low64 returns the low 64 bits of an integer in two's complement.
func low64(n *big.Int) uint64 {
	mask := new(big.Int).SetUint64(1<<64 - 1)
	return mask.And(n, mask).Uint64()
}

// equal compares pointers by their place and numbers by their value.
func equal(L *lua.LState) int {
	a, aPointer := pointer(L.Get(1))
	b, bPointer := pointer(L.Get(2))
	if aPointer || bPointer {
		L.Push(lua.LBool(aPointer && bPointer && a.mem == b.mem && a.off == b.off))
		return 1
	}
	return compare(func(c int) bool { return c == 0 })(L)
}

// compare returns a function that orders two values; holds gets a negative
// number, zero or a positive number. Pointers into two buffers have no order:
// the result is false.
func compare(holds func(int) bool) lua.LGFunction {
	return func(L *lua.LState) int {
		a, aPointer := pointer(L.Get(1))
		b, bPointer := pointer(L.Get(2))
		if aPointer && bPointer {
			L.Push(lua.LBool(a.mem == b.mem && holds(a.off-b.off)))
			return 1
		}
		x, _ := integerArg(L, 1)
		y, _ := integerArg(L, 2)
		L.Push(lua.LBool(holds(x.Cmp(y))))
		return 1
	}
}
