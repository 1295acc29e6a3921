package luavm

import (
	"math"
	"strconv"
)

// FormatNumber returns a number as tostring shows it: C's %.14g.
func FormatNumber(f float64) string {
	var b [32]byte
	return string(AppendNumber(b[:0], f))
}

// AppendNumber appends what FormatNumber returns.
func AppendNumber(b []byte, f float64) []byte {
	const limit = 1e14 // %.14g writes whole numbers below it with all digits
	if i := int64(f); float64(i) == f && -limit < f && f < limit {
		if i == 0 && math.Signbit(f) {
			return append(b, "-0"...)
		}
		return strconv.AppendInt(b, i, 10)
	}
	switch {
	case f != f:
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	return strconv.AppendFloat(b, f, 'g', 14, 64)
}
