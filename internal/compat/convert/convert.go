// Package convert converts values as LuaJIT does: arguments to strings and
// numbers, values to text, numbers to bits. Packages compat, ffi and host share it.
//
// Of this module it imports internal/luasyntax and internal/luavm/syntax.
package convert

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luasyntax"
	"microts/internal/luavm/syntax"
)

// Text returns argument i, which must be a string or a number. A number becomes
// what print shows.
func Text(L *lua.LState, i int) string {
	if text, ok := AsText(L.Get(i)); ok {
		return text
	}
	return L.CheckString(i) // raises the error
}

// AsText returns a value that is a string or a number as a string. ok is false if it is
// neither.
func AsText(v lua.LValue) (text string, ok bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return string(luasyntax.AppendNumber(nil, float64(v))), true
	}
	return "", false
}

// OptText is Text for an argument that may be missing or nil.
func OptText(L *lua.LState, i int, preset string) string {
	if L.Get(i) == lua.LNil {
		return preset
	}
	return Text(L, i)
}

// Number returns argument i, which must be a number or a string that tonumber
// reads.
func Number(L *lua.LState, i int) float64 {
	if f, ok := AsNumber(L.Get(i)); ok {
		return f
	}
	return float64(L.CheckNumber(i)) // raises the error
}

// AsNumber returns a value that is a number, or a string that tonumber reads, as a
// number. ok is false if it is neither.
func AsNumber(v lua.LValue) (f float64, ok bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return syntax.ParseNumber(string(v))
	}
	return 0, false
}

// OptNumber is Number for an argument that may be missing or nil.
func OptNumber(L *lua.LState, i int, preset float64) float64 {
	if L.Get(i) == lua.LNil {
		return preset
	}
	return Number(L, i)
}

// ToString returns what tostring returns for a value. It may call the script's
// __tostring.
func ToString(L *lua.LState, v lua.LValue) string {
	if text, ok := AsText(v); ok {
		return text
	}
	return lua.LVAsString(L.ToStringMeta(v))
}

// Bits converts a number as LuaBitOp does: rounded to the nearest integer, ties
// to the even one, modulo 2^32.
func Bits(f float64) uint32 {
	const magic = 1<<52 + 1<<51 // after the addition the integer stands in the low bits
	return uint32(math.Float64bits(f + magic))
}

// Unsigned converts a number to 64 bits as C compiled for x86-64 does: towards
// zero, a negative number in two's complement. NaN becomes 2^63; 2^64 and above
// become 0.
func Unsigned(f float64) uint64 {
	switch {
	case f != f:
		return 1 << 63
	case f < 0:
		return uint64(int64(f))
	case f < 1<<64:
		return uint64(f)
	}
	return 0
}
