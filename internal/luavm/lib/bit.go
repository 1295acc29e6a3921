package lib

import (
	"math"
	"math/bits"

	"microts/internal/luavm"
)

var bitFunctions = []function{
	{"tobit", func(c *luavm.Call) { returnBits(c, bitsOf(c, 1)) }},
	{"bnot", func(c *luavm.Call) { returnBits(c, ^bitsOf(c, 1)) }},
	{"bswap", func(c *luavm.Call) { returnBits(c, bits.ReverseBytes32(bitsOf(c, 1))) }},
	{"band", combine(func(a, b uint32) uint32 { return a & b })},
	{"bor", combine(func(a, b uint32) uint32 { return a | b })},
	{"bxor", combine(func(a, b uint32) uint32 { return a ^ b })},
	{"lshift", shift(func(a uint32, n int) uint32 { return a << n })},
	{"rshift", shift(func(a uint32, n int) uint32 { return a >> n })},
	{"arshift", shift(func(a uint32, n int) uint32 { return uint32(int32(a) >> n) })},
	{"rol", shift(bits.RotateLeft32)},
	{"ror", shift(func(a uint32, n int) uint32 { return bits.RotateLeft32(a, -n) })},
	{"tohex", toHex},
}

// bitsOf converts an argument as LuaBitOp does: rounded to the nearest integer, ties to
// the even one, modulo 2^32.
func bitsOf(c *luavm.Call, i int) uint32 {
	const magic = 1<<52 + 1<<51 // after the addition the integer stands in the low bits
	return uint32(math.Float64bits(c.Number(i) + magic))
}

// returnBits returns 32 bits as a signed integer.
func returnBits(c *luavm.Call, n uint32) { c.Return(luavm.Int(int(int32(n)))) }

// combine makes a function that combines all its arguments by op.
func combine(op func(a, b uint32) uint32) luavm.Native {
	return func(c *luavm.Call) {
		n := bitsOf(c, 1)
		for i := 2; i <= c.NumArgs(); i++ {
			n = op(n, bitsOf(c, i))
		}
		returnBits(c, n)
	}
}

// shift makes a function that shifts a number by a distance. Only the low 5 bits of the
// distance count.
func shift(op func(a uint32, n int) uint32) luavm.Native {
	return func(c *luavm.Call) { returnBits(c, op(bitsOf(c, 1), int(bitsOf(c, 2)&31))) }
}

// toHex is bit.tohex(x [, n]): the low n digits of x. Negative n makes them
// capital letters. Like LuaJIT, it keeps n + 1 in a byte, where 0 stands for as many
// digits as x has.
func toHex(c *luavm.Call) {
	n := bitsOf(c, 1)
	count, digits := 8, "0123456789abcdef"
	if c.NumArgs() > 1 {
		if count = int(int32(bitsOf(c, 2))); count < 0 {
			count, digits = -count, "0123456789ABCDEF"
		}
	}
	if count = int(uint8(count+1)) - 1; count < 0 {
		count = max(1, (bits.Len32(n)+3)/4)
	}
	b := make([]byte, count)
	for i := count - 1; i >= 0; i-- {
		b[i] = digits[n&15]
		n >>= 4
	}
	c.Return(luavm.OwnText(b))
}
