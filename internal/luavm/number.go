package luavm

import (
	"math"
	"strconv"
	"strings"
)

// FormatNumber returns a number as tostring shows it: as LuaJIT does, with C's %.14g, apart
// from halves, which it rounds away from zero. But an integer between -2^63 and 2^63 has all
// its digits: LuaJIT would cut a time in µs.
func FormatNumber(f float64) string {
	var b [32]byte
	return string(AppendNumber(b[:0], f))
}

// AppendNumber appends what FormatNumber returns.
func AppendNumber(b []byte, f float64) []byte {
	const limit = 1 << 63
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
	if isHalf(f) {
		f = math.Nextafter(f, math.Copysign(math.Inf(1), f))
	}
	return strconv.AppendFloat(b, f, 'g', 14, 64)
}

// isHalf reports whether the 15th digit of f is a 5 that only zeros follow.
func isHalf(f float64) bool {
	const digits = len("1.2345678901234") + 1
	var exact [80]byte
	e := strconv.AppendFloat(exact[:0], math.Abs(f), 'e', 60, 64)
	return e[digits-1] == '5' && strings.Trim(string(e[digits:62]), "0") == ""
}

// smallStrings are the strings of the integers from 0 on.
var smallStrings = func() (all [1024]Value) {
	strings := new([len(all)]String)
	for i := range all {
		strings[i] = shared(strconv.Itoa(i))
		all[i] = strings[i].Value()
	}
	return all
}()

// numberString returns a number as a string value.
func numberString(f float64) Value {
	if i := uint(f); i < uint(len(smallStrings)) && float64(i) == f && !(i == 0 && math.Signbit(f)) {
		return smallStrings[i]
	}
	return NewString(FormatNumber(f)).Value()
}
