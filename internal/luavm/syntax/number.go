package syntax

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// number is the value of a number.
type number struct {
	value float64
	cdata bool // it is no Lua number to LuaJIT: 42LL, 42ULL, 3i
}

// ParseNumber reads a number as LuaJIT's tonumber does: decimal, hexadecimal (0xff,
// 0x1.8p-3) or binary (0b101), or inf, infinity or nan, with an optional sign before it
// and space around it. A number beyond the range of a float64 is infinite.
func ParseNumber(s string) (f float64, ok bool) {
	s = strings.TrimLeft(s, space)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	s = strings.TrimRight(s, space)
	switch {
	case strings.EqualFold(s, "inf"), strings.EqualFold(s, "infinity"):
		f = math.Inf(1)
	case strings.EqualFold(s, "nan"):
		return math.NaN(), true
	default:
		n, ok := readNumber([]byte(s))
		if !ok || n.cdata {
			return 0, false
		}
		f = n.value
	}
	if negative {
		f = -f
	}
	return f, true
}

const space = " \t\n\v\f\r"

// digits are the parts of a number as it is written.
type digits struct {
	base     int
	mantissa []byte // digits with at most one point
	whole    uint64 // the mantissa's digits as an integer, if exact is true
	exact    bool
	fraction int  // how many digits stand behind the point
	point    bool // there is a point
	exponent int  // of 10 or 2
	power    bool // there is an exponent
}

// readNumber returns the value of a number without a sign.
func readNumber(text []byte) (n number, ok bool) {
	var d digits
	rest, ok := d.read(text)
	if !ok {
		return n, false
	}
	switch suffix := strings.ToLower(string(rest)); {
	case suffix == "":
		n.value = d.float()
		return n, true
	case suffix == "i":
		n.value = d.float()
	case (suffix == "ll" || suffix == "ull" || suffix == "llu") && !d.point && !d.power && d.exact:
		n.value = float64(d.whole)
		if suffix == "ll" {
			n.value = float64(int64(d.whole))
		}
	default:
		return n, false
	}
	n.cdata = true
	return n, true
}

// read reads the digits that a text begins with and returns what follows them.
func (d *digits) read(text []byte) (rest []byte, ok bool) {
	d.base, d.exact = 10, true
	rest = text
	if len(rest) > 1 && rest[0] == '0' {
		switch rest[1] | 0x20 {
		case 'x':
			d.base, rest = 16, rest[2:]
		case 'b':
			d.base, rest = 2, rest[2:]
		}
	}
	length := d.readMantissa(rest)
	if length < 0 {
		return nil, false
	}
	d.mantissa, rest = rest[:length], rest[length:]
	if len(rest) > 0 && (d.base == 10 && rest[0]|0x20 == 'e' || d.base == 16 && rest[0]|0x20 == 'p') {
		return d.readExponent(rest[1:])
	}
	return rest, true
}

// readMantissa returns the length of the mantissa that text begins with, or -1.
func (d *digits) readMantissa(text []byte) int {
	read, i := 0, 0
	for ; i < len(text); i++ {
		c := text[i]
		if c == '.' {
			if d.point || d.base == 2 {
				return -1
			}
			d.point = true
			continue
		}
		if !isDigit(c) && !(d.base == 16 && isHex(c)) {
			break
		}
		value := uint64(hexValue(c))
		if value >= uint64(d.base) {
			return -1
		}
		read++
		if d.point {
			d.fraction++
		}
		high, low := bits.Mul64(d.whole, uint64(d.base))
		low, carry := bits.Add64(low, value, 0)
		d.whole, d.exact = low, d.exact && high == 0 && carry == 0
	}
	if read == 0 || d.base == 2 && !d.exact {
		return -1
	}
	return i
}

// readExponent reads what follows the letter of an exponent.
func (d *digits) readExponent(text []byte) (rest []byte, ok bool) {
	const limit = 1 << 20
	d.power = true
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative, text = text[0] == '-', text[1:]
	}
	if len(text) == 0 || !isDigit(text[0]) {
		return nil, false
	}
	for len(text) > 0 && isDigit(text[0]) {
		if d.exponent = d.exponent*10 + int(text[0]-'0'); d.exponent >= limit {
			return nil, false
		}
		text = text[1:]
	}
	if negative {
		d.exponent = -d.exponent
	}
	return text, true
}

// powersOf10 are the powers of 10 that a float64 holds exactly.
var powersOf10 = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// float returns the float64 that is nearest to the number.
func (d *digits) float() float64 {
	const exactIntegers = 1 << 53
	scale := d.exponent - d.fraction
	switch {
	case d.exact && (scale == 0 || d.base != 10 && !d.point && !d.power):
		return float64(d.whole)
	case d.exact && d.base == 10 && d.whole < exactIntegers && -len(powersOf10) < scale && scale < len(powersOf10):
		// One rounding of two exact numbers.
		if scale < 0 {
			return float64(d.whole) / powersOf10[-scale]
		}
		return float64(d.whole) * powersOf10[scale]
	}
	text := string(d.mantissa) + "e" + strconv.Itoa(d.exponent)
	if d.base == 16 {
		text = "0x" + string(d.mantissa) + "p" + strconv.Itoa(d.exponent)
	}
	f, _ := strconv.ParseFloat(text, 64) // its only error is that f is infinite
	return f
}
