package lib

import (
	"math"
	mathbits "math/bits"
	"strconv"
)

// appendFloat appends a number in the notation of the verb: e, f, g or a.
func (s *spec) appendFloat(b []byte, f float64) []byte {
	sign := s.sign(math.Signbit(f))
	upper := s.verb < 'a'
	switch {
	case f != f:
		sign = ""
		if s.space {
			sign = " "
		}
		return s.pad(b, sign, word("nan", upper), false)
	case math.IsInf(f, 0):
		return s.pad(b, sign, word("inf", upper), false)
	}
	f = math.Abs(f)
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	if s.width == 0 && s.verb == 'f' && !s.alternate {
		return appendFixed(append(b, sign...), f, precision)
	}
	var room [128]byte
	digits := room[:0]
	switch s.verb | 0x20 {
	case 'f':
		digits = appendFixed(digits, f, precision)
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

// word returns the word for a number that is not finite.
func word(text string, upper bool) []byte {
	b := []byte(text)
	if upper {
		upperBytes(b)
	}
	return b
}

// appendFixed appends a number with so many decimals. It rounds ties away from zero, as
// LuaJIT does, and not to the even digit, as strconv does.
func appendFixed(b []byte, f float64, decimals int) []byte {
	b = strconv.AppendFloat(b, f, 'f', decimals, 64)
	last := &b[len(b)-1]
	if fractionBits(f) != decimals+1 || (*last-'0')&1 == 1 {
		return b // no tie, or rounded up
	}
	var room [400]byte
	exact := strconv.AppendFloat(room[:0], f, 'f', decimals+1, 64)
	kept := exact[len(exact)-2]
	if kept == '.' {
		kept = exact[len(exact)-3]
	}
	if kept == *last {
		*last++
	}
	return b
}

// fractionBits returns how many binary digits f has behind its point. It has as many
// decimal digits there, and the last of them is a 5.
func fractionBits(f float64) int {
	bits := math.Float64bits(f)
	exponent := int(bits >> 52 & 0x7ff)
	mantissa := bits&(1<<52-1) | 1<<52
	if exponent == 0 {
		mantissa &^= 1 << 52
		exponent = 1
	}
	const bias = 1023 + 52
	return bias - exponent - mathbits.TrailingZeros64(mantissa)
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
	at, last := precision+2, precision+1 // of the first digit that is cut off, and of the one before
	if precision == 0 {
		last = 0
	}
	mark := exponentMark(exact)
	if exact[at] != '5' || exact[last] != b[start+last] {
		return b
	}
	for _, c := range exact[at+1 : mark] {
		if c != '0' {
			return b
		}
	}
	b[start+last]++ // from even to odd
	return b
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
	}
	if exponent < -4 || exponent >= digits {
		b = append(b, mantissa...)
		if keepZeros && digits == 1 {
			b = append(b, '.')
		}
		return append(b, e[mark:]...)
	}
	b = appendShifted(b, mantissa, exponent)
	if keepZeros && exponent == digits-1 {
		b = append(b, '.')
	}
	return b
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
		if c == '.' {
			continue
		}
		if places == 0 && !point {
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
