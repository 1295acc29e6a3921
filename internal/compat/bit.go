package compat

import (
	"math/bits"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// openBit makes the module bit, as LuaBitOp has it: arguments are cut to 32 bits,
// results are signed.
func openBit(L *lua.LState) int {
	L.Push(functions(L, map[string]lua.LGFunction{
		"tobit":   func(L *lua.LState) int { return pushBits(L, bitArg(L, 1)) },
		"bnot":    func(L *lua.LState) int { return pushBits(L, ^bitArg(L, 1)) },
		"bswap":   func(L *lua.LState) int { return pushBits(L, bits.ReverseBytes32(bitArg(L, 1))) },
		"band":    fold(func(a, b uint32) uint32 { return a & b }),
		"bor":     fold(func(a, b uint32) uint32 { return a | b }),
		"bxor":    fold(func(a, b uint32) uint32 { return a ^ b }),
		"lshift":  shift(func(a uint32, n int) uint32 { return a << n }),
		"rshift":  shift(func(a uint32, n int) uint32 { return a >> n }),
		"arshift": shift(func(a uint32, n int) uint32 { return uint32(int32(a) >> n) }),
		"rol":     shift(bits.RotateLeft32),
		"ror":     shift(func(a uint32, n int) uint32 { return bits.RotateLeft32(a, -n) }),
		"tohex":   toHex,
	}))
	return 1
}

func bitArg(L *lua.LState, i int) uint32 { return convert.Bits(convert.Number(L, i)) }

// pushBits pushes 32 bits as a signed integer.
func pushBits(L *lua.LState, n uint32) int {
	L.Push(lua.LNumber(int32(n)))
	return 1
}

// fold returns a function that combines all its arguments by op.
func fold(op func(a, b uint32) uint32) lua.LGFunction {
	return func(L *lua.LState) int {
		n := bitArg(L, 1)
		for i := 2; i <= L.GetTop(); i++ {
			n = op(n, bitArg(L, i))
		}
		return pushBits(L, n)
	}
}

// shift returns a function that shifts a number by a distance. Only the low 5 bits
// of the distance count.
func shift(op func(a uint32, n int) uint32) lua.LGFunction {
	return func(L *lua.LState) int { return pushBits(L, op(bitArg(L, 1), int(bitArg(L, 2)&31))) }
}

// toHex is bit.tohex(x [, n]): the low n digits of x. Negative n makes them
// capital letters.
func toHex(L *lua.LState) int {
	n := bitArg(L, 1)
	digits, hex := 8, "0123456789abcdef"
	if L.Get(2) != lua.LNil {
		if digits = int(int32(bitArg(L, 2))); digits < 0 {
			digits, hex = -digits, strings.ToUpper(hex)
		}
	}
	const most = 254 // as in LuaJIT
	digits = min(max(digits, 0), most)
	b := make([]byte, digits)
	for i := digits - 1; i >= 0; i-- {
		b[i] = hex[n&15]
		n >>= 4
	}
	L.Push(lua.LString(b))
	return 1
}
