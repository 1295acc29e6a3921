package lib

import (
	"strconv"
	"strings"

	"microts/internal/luavm"
)

// format is string.format(format, ...).
func format(c *luavm.Call) {
	var room [128]byte
	c.Return(luavm.Text(AppendFormat(c, room[:0], 1))) // and not OwnText, with which room would have to be allocated
}

// AppendFormat appends what string.format returns of the arguments from number arg on, of
// which the first is the format.
func AppendFormat(c *luavm.Call, b []byte, arg int) []byte {
	f := c.String(arg)
	const few = 1 << 10
	counted := few // bytes that need no look at the room
	for {
		i := strings.IndexByte(f, '%')
		if i < 0 {
			b = append(b, f...)
			break
		}
		b = append(b, f[:i]...)
		f = f[i+1:]
		if len(f) > 0 && f[0] == '%' {
			b = append(b, '%')
			f = f[1:]
			continue
		}
		s, n := parseSpec(f)
		if s.verb == 0 || strings.IndexByte("diucxXoeEfFgGaAqsp", s.verb) < 0 {
			c.Errorf("invalid option '%%%s' to 'format'", f[:n])
		}
		f = f[n:]
		arg++
		if b = s.append(c, b, arg); len(b) > counted {
			c.Room(len(b))
			counted = 2 * len(b)
		}
	}
	if len(b) > few {
		c.Room(len(b))
	}
	return b
}

// append appends argument arg as the conversion says.
func (s *spec) append(c *luavm.Call, b []byte, arg int) []byte {
	c.CheckAny(arg)
	switch s.verb {
	case 'd', 'i':
		return s.appendSigned(b, c.Number(arg))
	case 'u':
		return s.appendUnsigned(b, c.Number(arg), 10)
	case 'x', 'X':
		return s.appendUnsigned(b, c.Number(arg), 16)
	case 'o':
		return s.appendUnsigned(b, c.Number(arg), 8)
	case 'c':
		return s.pad(b, "", []byte{byte(c.Int(arg))}, false)
	case 's', 'q':
		text := textOf(c, c.Arg(arg), len(b))
		if s.verb == 'q' {
			return appendQuoted(b, text)
		}
		return s.appendText(b, text)
	case 'p':
		return s.pad(b, "", []byte(pointer(c.Arg(arg))), false)
	}
	return s.appendFloat(b, c.Number(arg))
}

// textOf returns what tostring shows. If that is no string, because a __tostring returned
// something else, it shows that. held is how many bytes the caller holds meanwhile.
func textOf(c *luavm.Call, v luavm.Value, held int) string {
	if !v.IsString() && !v.IsNumber() {
		c.Hold(held)
		v = c.Thread().ToString(v)
		c.Hold(0)
	}
	switch {
	case v.IsString():
		return v.Text()
	case v.IsNumber():
		return luavm.FormatNumber(v.Float())
	}
	return luavm.PlainString(v)
}

// pointer returns the address of a value that is an object.
func pointer(v luavm.Value) string {
	if v.IsString() || v.IsNumber() || v.IsNil() || v == luavm.True || v == luavm.False {
		return "NULL"
	}
	text := luavm.PlainString(v)
	return text[strings.LastIndexByte(text, ' ')+1:]
}

// appendQuoted appends a string for %q: in quotes, so that Lua reads the same
// string.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n':
			b = append(b, '\\', c)
		case c < ' ' || c == 0x7f:
			b = append(b, '\\')
			if i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9' {
				b = append(b, '0'+c/100, '0'+c/10%10, '0'+c%10)
			} else {
				b = strconv.AppendUint(b, uint64(c), 10)
			}
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
