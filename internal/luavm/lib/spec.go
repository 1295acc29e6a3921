package lib

import "strconv"

// spec is one conversion of string.format, such as "%-5.2f".
type spec struct {
	minus, plus, space, alternate, zero bool // the flags "-+ #0"

	width, precision int  // precision is -1 if none is given
	verb             byte // 0 if the conversion is not valid
}

// parseSpec reads the conversion that f begins with, after its '%'; n is how many
// bytes it takes, at most the first that is not valid.
func parseSpec(f string) (s spec, n int) {
	s.precision = -1
flags:
	for ; n < len(f); n++ {
		switch f[n] {
		case '-':
			s.minus = true
		case '+':
			s.plus = true
		case ' ':
			s.space = true
		case '#':
			s.alternate = true
		case '0':
			s.zero = true
		default:
			break flags
		}
	}
	var ok bool
	if s.width, n, ok = twoDigits(f, n); ok && n < len(f) && f[n] == '.' {
		s.precision, n, ok = twoDigits(f, n+1)
	}
	if n < len(f) {
		if ok {
			s.verb = f[n]
		}
		n++
	}
	return s, n
}

// twoDigits reads a number of at most two digits at f[n:], 0 if there is none. If a third
// one follows, ok is false.
func twoDigits(f string, n int) (v, after int, ok bool) {
	end := n
	for end < len(f) && end < n+2 && '0' <= f[end] && f[end] <= '9' {
		v = v*10 + int(f[end]-'0')
		end++
	}
	return v, end, end == len(f) || f[end] < '0' || f[end] > '9'
}

// sign returns what stands before a number.
func (s *spec) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case s.plus:
		return "+"
	case s.space:
		return " "
	}
	return ""
}

// appendInteger appends a sign and digits, with zeros before these up to the precision.
func (s *spec) appendInteger(b []byte, sign string, digits []byte) []byte {
	if s.precision < 0 {
		return s.pad(b, sign, digits, s.zero)
	}
	if s.precision == 0 && string(digits) == "0" {
		digits = nil
	}
	var filled [128]byte
	text := fill(filled[:0], '0', s.precision-len(digits))
	return s.pad(b, sign, append(text, digits...), false)
}

// appendSigned appends a number cut to a signed 64-bit integer.
func (s *spec) appendSigned(b []byte, f float64) []byte {
	i := signed(f)
	if s.width == 0 && s.precision < 0 && !s.plus && !s.space {
		return strconv.AppendInt(b, i, 10)
	}
	magnitude := uint64(i)
	if i < 0 {
		magnitude = -magnitude
	}
	var digits [24]byte
	return s.appendInteger(b, s.sign(i < 0), strconv.AppendUint(digits[:0], magnitude, 10))
}

// appendUnsigned appends a number cut to an unsigned 64-bit integer in a base.
func (s *spec) appendUnsigned(b []byte, f float64, base int) []byte {
	n := unsigned(f)
	var room [24]byte
	digits := strconv.AppendUint(room[:0], n, base)
	prefix := ""
	if s.alternate && (n != 0 || s.verb == 'o' && s.precision == 0) {
		switch s.verb {
		case 'x':
			prefix = "0x"
		case 'X':
			prefix = "0X"
		case 'o':
			if s.precision <= len(digits) {
				prefix = "0"
			}
		}
	}
	if s.verb == 'X' {
		upperBytes(digits)
	}
	return s.appendInteger(b, prefix, digits)
}

func upperBytes(b []byte) {
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 0x20
		}
	}
}

// signed cuts a number to 64 bits. NaN and numbers out of range become -2^63, as on
// x86-64.
func signed(f float64) int64 {
	if f >= -(1<<63) && f < 1<<63 {
		return int64(f)
	}
	return -1 << 63
}

// unsigned cuts a number to 64 bits, a negative one in two's complement. 2^64 becomes 0,
// NaN and numbers beyond it 2^63.
func unsigned(f float64) uint64 {
	if f >= 1<<63 {
		f -= 1 << 64
	}
	return uint64(signed(f))
}

// pad appends a sign and a text, filled up to the width with spaces, or with
// zeros after the sign if zero is true.
func (s *spec) pad(b []byte, sign string, text []byte, zero bool) []byte {
	n := s.width - len(sign) - len(text)
	switch {
	case s.minus:
		return fill(append(append(b, sign...), text...), ' ', n)
	case zero:
		return append(fill(append(b, sign...), '0', n), text...)
	}
	return append(append(fill(b, ' ', n), sign...), text...)
}

// appendText appends a text, cut to the precision.
func (s *spec) appendText(b []byte, text string) []byte {
	if s.precision >= 0 && s.precision < len(text) {
		text = text[:s.precision]
	}
	if s.minus {
		return fill(append(b, text...), ' ', s.width-len(text))
	}
	return append(fill(b, ' ', s.width-len(text)), text...)
}

func fill(b []byte, with byte, n int) []byte {
	for range n {
		b = append(b, with)
	}
	return b
}
