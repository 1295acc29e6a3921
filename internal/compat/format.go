package compat

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
	"microts/internal/luasyntax"
)

// spec is one conversion of string.format, such as "%-5.2f".
type spec struct {
	minus, plus, space, alternate, zero bool // the flags "-+ #0"

	width, precision int  // precision is -1 if none is given
	verb             byte // 0 if the conversion is not valid
}

// longestSpec is how many bytes of a bad conversion an error shows.
const longestSpec = 20

// format is string.format(format, ...), as in LuaJIT.
func format(L *lua.LState) int {
	f := convert.Text(L, 1)
	text := &room.Text{L: L}
	text.Grow(len(f) + 32)
	arg, top := 1, L.GetTop()
	for i := 0; i < len(f); {
		if f[i] != '%' {
			next := strings.IndexByte(f[i:], '%')
			if next < 0 {
				next = len(f) - i
			}
			text.Add(f[i : i+next])
			i += next
			continue
		}
		if i++; i < len(f) && f[i] == '%' {
			text.AddByte('%')
			i++
			continue
		}
		s, n := parseSpec(f[i:])
		i += n
		if s.verb == 0 || strings.IndexByte("diucxXoeEfFgGaAqs", s.verb) < 0 {
			L.RaiseError("invalid option '%%%s' to 'format'", f[i-n:min(i, i-n+longestSpec)])
		}
		if arg++; arg > top {
			L.ArgError(arg, "got no value")
		}
		s.append(text, arg)
	}
	L.Push(text.Value())
	return 1
}

// parseSpec reads the conversion that f begins with, after its %; n is how many
// bytes it takes.
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
	digits := func() (v int) {
		for ; n < len(f) && '0' <= f[n] && f[n] <= '9'; n++ {
			v = min(v*10+int(f[n]-'0'), 1000)
		}
		return v
	}
	s.width = digits()
	if n < len(f) && f[n] == '.' {
		n++
		s.precision = digits()
	}
	if n < len(f) && s.width < 100 && s.precision < 100 {
		s.verb = f[n]
		n++
	}
	return s, n
}

// append appends argument arg as the conversion says.
func (s *spec) append(text *room.Text, arg int) {
	L := text.L
	switch s.verb {
	case 'q':
		v := convert.Text(L, arg)
		const longest = 4 // bytes of an escape
		text.Grow(longest * len(v))
		text.AddBytes(appendQuoted(text.Spare(), v))
	case 's':
		switch L.Get(arg).Type() {
		case lua.LTTable, lua.LTUserData:
			text.Keep() // __tostring may be any function
		}
		v := convert.ToString(L, L.Get(arg))
		if s.precision >= 0 && s.precision < len(v) {
			v = v[:s.precision]
		}
		if len(v) >= s.width {
			text.Add(v)
			return
		}
		text.AddBytes(s.pad(text.Spare(), "", v, false))
	default:
		text.AddBytes(s.number(L, text.Spare(), arg))
	}
}

// number appends argument arg, a number.
func (s *spec) number(L *lua.LState, b []byte, arg int) []byte {
	switch s.verb {
	case 'd', 'i', 'u':
		f := convert.Number(L, arg)
		negative, digits := integerDigits(f, 10)
		return s.integer(b, s.sign(negative), digits)
	case 'x', 'X', 'o':
		base := 16
		prefix := "0x"
		if s.verb == 'o' {
			base, prefix = 8, "0"
		}
		n := convert.Number(L, arg)
		digits := strconv.FormatUint(convert.Unsigned(n), base)
		if !s.alternate || n == 0 {
			prefix = ""
		}
		if s.verb == 'X' {
			digits, prefix = strings.ToUpper(digits), strings.ToUpper(prefix)
		}
		return s.integer(b, prefix, digits)
	case 'c':
		return s.pad(b, "", string([]byte{byte(int64(convert.Number(L, arg)))}), false)
	}
	return s.float(b, convert.Number(L, arg))
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

// integerDigits returns the digits of a number cut to a signed 64-bit integer. NaN
// and numbers out of range become -2^63, as on x86-64.
func integerDigits(f float64, base int) (negative bool, digits string) {
	switch {
	case f != f || f < -(1<<63):
		return true, strconv.FormatUint(1<<63, base)
	case f < 0:
		return int64(f) != 0, strconv.FormatUint(uint64(-int64(f)), base)
	case f < 1<<63:
		return false, strconv.FormatInt(int64(f), base)
	}
	return true, strconv.FormatUint(1<<63, base)
}

// integer appends digits, with zeros before them up to the precision.
func (s *spec) integer(b []byte, sign, digits string) []byte {
	if s.precision >= 0 {
		if s.precision == 0 && digits == "0" {
			digits = ""
		}
		digits = strings.Repeat("0", max(s.precision-len(digits), 0)) + digits
	}
	return s.pad(b, sign, digits, s.zero && s.precision < 0)
}

// pad appends a sign and a text, filled up to the width with spaces, or with
// zeros after the sign if zero is true.
func (s *spec) pad(b []byte, sign, text string, zero bool) []byte {
	fill := max(s.width-len(sign)-len(text), 0)
	switch {
	case s.minus:
		b = append(append(b, sign...), text...)
		return append(b, strings.Repeat(" ", fill)...)
	case zero:
		b = append(append(b, sign...), strings.Repeat("0", fill)...)
		return append(b, text...)
	}
	b = append(append(b, strings.Repeat(" ", fill)...), sign...)
	return append(b, text...)
}

// float appends a number in the notation of the verb: e, f, g or a.
func (s *spec) float(b []byte, f float64) []byte {
	sign := s.sign(math.Signbit(f) && f == f)
	upper := s.verb < 'a'
	if math.IsNaN(f) || math.IsInf(f, 0) {
		word := "inf"
		if f != f {
			word = "nan"
			if sign = s.sign(false); math.Signbit(f) {
				sign = "-"
			}
		}
		if upper {
			word = strings.ToUpper(word)
		}
		return s.pad(b, sign, word, false)
	}
	f = math.Abs(f)
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	var digits string
	switch s.verb | 0x20 {
	case 'f':
		digits = strconv.FormatFloat(awayFromTie(f, precision), 'f', precision, 64)
		if s.alternate && precision == 0 {
			digits += "."
		}
	case 'e':
		digits = strconv.FormatFloat(f, 'e', precision, 64)
	case 'g':
		digits = string(luasyntax.AppendG(nil, f, max(precision, 1), s.alternate))
	case 'a':
		digits = hexFloat(f, s.precision)
	}
	if upper {
		digits = strings.ToUpper(digits)
	}
	return s.pad(b, sign, digits, s.zero && !s.minus)
}

// awayFromTie returns f; but if f lies exactly between two numbers of so many
// decimals, it returns the next greater float64. LuaJIT rounds such a tie up, and
// strconv to the even digit.
func awayFromTie(f float64, decimals int) float64 {
	if decimals > 22 { // a float64 does not hold 10^23 exactly
		return f
	}
	double := 2 * math.Pow10(decimals)
	if half := f * double; half < 1<<53 && math.Mod(half, 2) == 1 && math.FMA(f, double, -half) == 0 {
		return math.Nextafter(f, math.Inf(1))
	}
	return f
}

// hexFloat formats a number that is not negative as C's %a does.
func hexFloat(f float64, precision int) string {
	if f == 0 {
		if precision > 0 {
			return "0x0." + strings.Repeat("0", precision) + "p+0"
		}
		return "0x0p+0"
	}
	text := strconv.FormatFloat(f, 'x', precision, 64)
	mantissa, exponent, _ := strings.Cut(text, "p")
	n, _ := strconv.Atoi(exponent) // FormatFloat made it
	return fmt.Sprintf("%sp%+d", mantissa, n)
}

// appendQuoted appends a string for %q: in quotes, so that Lua reads the same
// string.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\', '\n':
			b = append(b, '\\', c)
		case 0:
			b = append(b, `\0`...)
			if i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9' {
				b = append(b[:len(b)-1], "000"...)
			}
		default:
			if c < ' ' || c == 0x7f {
				b = append(b, '\\')
				if i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9' {
					b = fmt.Appendf(b, "%03d", c)
				} else {
					b = strconv.AppendUint(b, uint64(c), 10)
				}
				continue
			}
			b = append(b, c)
		}
	}
	return append(b, '"')
}
