package lib

import (
	"math"
	"strconv"
)

// appendFloat appends a number in the notation of the verb: e, f, g or a.
func (s *spec) appendFloat(b []byte, f float64) []byte {
	sign := s.sign(math.Signbit(f) && f == f)
	upper := s.verb < 'a'
	if f != f || math.IsInf(f, 0) {
		return s.pad(b, sign, infinite(f, upper), false)
	}
	f = math.Abs(f)
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	if s.width == 0 && s.verb == 'f' && !s.alternate {
		return strconv.AppendFloat(append(b, sign...), awayFromTie(f, precision), 'f', precision, 64)
	}
	var room [128]byte
	digits := room[:0]
	switch s.verb | 0x20 {
	case 'f':
		digits = strconv.AppendFloat(digits, awayFromTie(f, precision), 'f', precision, 64)
		if s.alternate && precision == 0 {
			digits = append(digits, '.')
		}
	case 'e':
		digits = appendE(digits, f, precision, s.alternate)
	case 'g':
		digits = appendG(digits, f, max(precision, 1), s.alternate)
	case 'a':
		digits = appendHex(digits, f, s.precision, s.alternate)
	}
	if upper {
		upperBytes(digits)
	}
	if s.zero && !s.minus && s.verb|0x20 == 'a' {
		return s.padHex(b, sign, digits)
	}
	return s.pad(b, sign, digits, s.zero && !s.minus)
}

// infinite returns the word for a number that is not finite.
func infinite(f float64, upper bool) []byte {
	word := []byte("inf")
	if f != f {
		word = []byte("nan")
	}
	if upper {
		upperBytes(word)
	}
	return word
}

// awayFromTie returns f; but if f lies exactly between two numbers of so many
// decimals, it returns the next greater float64. LuaJIT rounds such a tie up, and
// strconv to the even digit.
func awayFromTie(f float64, decimals int) float64 {
	if decimals > 22 { // a float64 does not hold 10^23 exactly
		return f
	}
	double := 2 * powersOf10[decimals]
	if half := f * double; half < 1<<53 && half == math.Floor(half) && int64(half)&1 == 1 && math.FMA(f, double, -half) == 0 {
		return math.Nextafter(f, math.Inf(1))
	}
	return f
}

// powersOf10 are those that a float64 holds exactly.
var powersOf10 = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// exactDigits are as many significant digits as any float64 has.
const exactDigits = 770

// appendDigits appends a number as strconv does with the format 'e', but rounds ties
// away from zero.
func appendDigits(b []byte, f float64, precision int) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, f, 'e', precision, 64)
	if last := b[start+exponentMark(b[start:])-1]; (last-'0')&1 == 1 || precision > 30 {
		return b // a tie would have gone to an even digit
	}
	var room [exactDigits + 16]byte
	exact := strconv.AppendFloat(room[:0], f, 'e', exactDigits, 64)
	at := precision + 2 // of the first digit that is cut off
	if precision == 0 {
		at = 2
	}
	mark := exponentMark(exact)
	if exact[at] != '5' {
		return b
	}
	for _, c := range exact[at+1 : mark] {
		if c != '0' {
			return b
		}
	}
	return strconv.AppendFloat(b[:start], math.Nextafter(f, math.Inf(1)), 'e', precision, 64)
}

// exponentMark returns where the 'e' stands.
func exponentMark(b []byte) int {
	i := len(b) - 1
	for b[i] != 'e' {
		i--
	}
	return i
}

func appendE(b []byte, f float64, precision int, keepPoint bool) []byte {
	start := len(b)
	b = appendDigits(b, f, precision)
	if keepPoint && precision == 0 {
		b = append(b, 0)
		copy(b[start+2:], b[start+1:])
		b[start+1] = '.'
	}
	return b
}

// appendG appends a number with up to digits significant digits, as C's %g does. Zeros
// at the end of the fraction are dropped unless keepZeros is true, as with the flag '#'.
func appendG(b []byte, f float64, digits int, keepZeros bool) []byte {
	var room [128]byte
	e := appendDigits(room[:0], f, digits-1)
	mark := exponentMark(e)
	exponent, _ := strconv.Atoi(string(e[mark+1:])) // AppendFloat made it
	mantissa := e[:mark]
	if !keepZeros {
		mantissa = trimZeros(mantissa)
	} else if digits == 1 {
		mantissa = append(append([]byte{}, mantissa...), '.')
	}
	if exponent < -4 || exponent >= digits {
		return append(append(b, mantissa...), e[mark:]...)
	}
	return appendShifted(b, mantissa, exponent)
}

// appendShifted appends a mantissa such as "1.25" multiplied by a power of 10.
func appendShifted(b, mantissa []byte, exponent int) []byte {
	point := false
	if exponent < 0 {
		b = append(b, "0."...)
		b = fill(b, '0', -exponent-1)
		point = true
	}
	places := exponent + 1 // digits before the point that are still to come
	for _, c := range mantissa {
		switch {
		case c == '.':
			if len(mantissa) == 2 && exponent == 0 {
				b = append(b, '.') // of "%#.1g"
			}
			continue
		case places == 0 && !point:
			b = append(b, '.')
			point = true
		}
		b = append(b, c)
		places--
	}
	return fill(b, '0', places)
}

// trimZeros removes the zeros at the end of a decimal fraction.
func trimZeros(digits []byte) []byte {
	end := len(digits)
	if end == 1 {
		return digits
	}
	for digits[end-1] == '0' {
		end--
	}
	if digits[end-1] == '.' {
		end--
	}
	return digits[:end]
}

// appendHex appends a number as C's %a does. Like LuaJIT, it rounds a mantissa without
// carrying into the exponent: 1.5 with no digits is 0x2p+0.
func appendHex(b []byte, f float64, precision int, keepPoint bool) []byte {
	bits := math.Float64bits(f)
	exponent := int(bits>>52) - 1023
	mantissa := bits & (1<<52 - 1)
	switch {
	case f == 0:
		exponent = 0
	case exponent == -1023:
		for exponent++; mantissa>>52 == 0; exponent-- {
			mantissa <<= 1
		}
	default:
		mantissa |= 1 << 52
	}
	digits := 13
	if precision >= 0 && precision < digits {
		drop := uint(4 * (digits - precision))
		mantissa = (mantissa + 1<<(drop-1)) >> drop << drop
		digits = precision
	} else if precision < 0 {
		for digits > 0 && mantissa>>(52-4*digits)&15 == 0 && mantissa&(1<<(56-4*digits)-1) == 0 {
			digits--
		}
	}
	b = append(b, '0', 'x', '0'+byte(mantissa>>52))
	if digits > 0 || keepPoint || precision > 0 {
		b = append(b, '.')
	}
	for i := range digits {
		b = append(b, "0123456789abcdef"[mantissa>>(48-4*i)&15])
	}
	b = fill(b, '0', precision-digits)
	b = append(b, 'p')
	if exponent >= 0 {
		b = append(b, '+')
	}
	return strconv.AppendInt(b, int64(exponent), 10)
}

// padHex pads a hexadecimal number with zeros behind its 0x.
func (s *spec) padHex(b []byte, sign string, digits []byte) []byte {
	b = append(append(b, sign...), digits[:2]...)
	b = fill(b, '0', s.width-len(sign)-len(digits))
	return append(b, digits[2:]...)
}
