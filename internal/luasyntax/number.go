package luasyntax

import (
	"bytes"
	"math"
	"strconv"
)

// AppendNumber appends a number as tostring and print show it: an integer below
// 2^63 in full, any other number with 14 significant digits, as C's "%.14g" does.
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
	return AppendG(b, f, 14, false)
}

// AppendG appends a finite number as C's %g does, with up to digits significant
// digits. Zeros at the end of the fraction are dropped unless keepZeros is true,
// as with C's flag '#'.
func AppendG(b []byte, f float64, digits int, keepZeros bool) []byte {
	// C chooses the notation by the exponent after rounding.
	var scratch [128]byte
	e := strconv.AppendFloat(scratch[:0], f, 'e', digits-1, 64)
	mark := len(e) - 1
	for e[mark] != 'e' {
		mark--
	}
	exponent, _ := strconv.Atoi(string(e[mark+1:])) // AppendFloat made it
	if exponent < -4 || exponent >= digits {
		mantissa := e[:mark]
		if !keepZeros {
			mantissa = trimZeros(mantissa)
		}
		return append(append(b, mantissa...), e[mark:]...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', digits-1-exponent, 64)
	if keepZeros {
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
