package host

import (
	"bytes"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// AppendNumber appends a number as tostring and print show it: integers up to
// 2^63 in full, others with 14 significant digits, as C's "%.14g" does.
func AppendNumber(b []byte, f float64) []byte {
	if i := int64(f); float64(i) == f && math.Abs(f) < 1<<63 {
		if i == 0 && math.Signbit(f) {
			return append(b, "-0"...)
		}
		return strconv.AppendInt(b, i, 10)
	}
	switch {
	case math.IsNaN(f):
		if math.Signbit(f) {
			return append(b, "-nan"...)
		}
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	const digits = 14
	// The exponent after rounding to 14 digits decides on the form.
	var scratch [32]byte
	e := strconv.AppendFloat(scratch[:0], f, 'e', digits-1, 64)
	mark := len(e) - 1
	for e[mark] != 'e' {
		mark--
	}
	exponent, _ := strconv.Atoi(string(e[mark+1:])) // AppendFloat made it
	if exponent < -4 || exponent >= digits {
		mantissa := trimZeros(e[:mark])
		return append(append(b, mantissa...), e[mark:]...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', digits-1-exponent, 64)
	return b[:start+len(trimZeros(b[start:]))]
}

// trimZeros removes the zeros at the end of a decimal fraction.
func trimZeros(digits []byte) []byte {
	if bytes.IndexByte(digits, '.') < 0 {
		return digits
	}
	end := len(digits)
	for digits[end-1] == '0' {
		end--
	}
	if digits[end-1] == '.' {
		end--
	}
	return digits[:end]
}

// smallNumbers are the strings of the integers 0..1023, which tostring returns
// without an allocation.
var smallNumbers = func() (all [1024]lua.LValue) {
	for i := range all {
		all[i] = lua.LString(strconv.Itoa(i))
	}
	return all
}()

func tostring(L *lua.LState) int {
	switch v := L.Get(1).(type) {
	case lua.LNumber:
		if i := uint(v); i < uint(len(smallNumbers)) && lua.LNumber(i) == v && (i > 0 || !math.Signbit(float64(v))) {
			L.Push(smallNumbers[i])
			return 1
		}
		var b [32]byte
		L.Push(lua.LString(AppendNumber(b[:0], float64(v))))
	case lua.LString:
		L.Push(L.Get(1))
	default:
		L.Push(L.ToStringMeta(L.CheckAny(1)))
	}
	return 1
}
