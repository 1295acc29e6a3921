package compat

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
	return appendG(b, f, 14, false)
}

// appendG appends a finite number as C's %g does, with up to digits significant
// digits; alternate keeps the zeros at its end.
func appendG(b []byte, f float64, digits int, alternate bool) []byte {
	// The exponent after rounding decides on the form.
	var scratch [128]byte
	e := strconv.AppendFloat(scratch[:0], f, 'e', digits-1, 64)
	mark := len(e) - 1
	for e[mark] != 'e' {
		mark--
	}
	exponent, _ := strconv.Atoi(string(e[mark+1:])) // AppendFloat made it
	if exponent < -4 || exponent >= digits {
		mantissa := e[:mark]
		if !alternate {
			mantissa = trimZeros(mantissa)
		}
		return append(append(b, mantissa...), e[mark:]...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', digits-1-exponent, 64)
	if alternate {
		return b
	}
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
		L.Push(L.ToStringMeta(L.CheckAny(1))) // whatever __tostring returns
	}
	return 1
}

// ToString returns a value as tostring does.
func ToString(L *lua.LState, v lua.LValue) string {
	switch v := v.(type) {
	case lua.LNumber:
		return string(AppendNumber(nil, float64(v)))
	case lua.LString:
		return string(v)
	}
	return lua.LVAsString(L.ToStringMeta(v))
}
