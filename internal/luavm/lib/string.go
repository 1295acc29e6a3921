package lib

import (
	"strings"

	"microts/internal/luavm"
)

var stringFunctions = []function{
	{"byte", byteOf},
	{"char", char},
	{"dump", dump},
	{"find", find},
	{"format", format},
	{"gmatch", gmatch},
	{"gsub", gsub},
	{"len", length},
	{"lower", lowerOf},
	{"match", match},
	{"rep", rep},
	{"reverse", reverse},
	{"sub", sub},
	{"upper", upperOf},
	// Of Lua 5.3:
	{"pack", packString},
	{"packsize", packSize},
	{"unpack", unpackString},
}

// byteOf is string.byte(s [, i [, j]]).
func byteOf(c *luavm.Call) {
	s := c.String(1)
	first := c.OptInt(2, 1)
	last := first
	if c.NumArgs() > 2 {
		last = c.OptInt(3, first)
	}
	from, to := stretch(first, last, len(s))
	switch n := to - from; {
	case n <= 0:
		c.Return()
	case n == 1:
		c.Return(luavm.Int(int(s[from])))
	default:
		if n > luavm.MaxResults {
			c.Errorf("string slice too long")
		}
		results := make([]luavm.Value, n)
		for i := range results {
			results[i] = luavm.Int(int(s[from+i]))
		}
		c.Return(results...)
	}
}

// stretch turns the places first to last of a string, counted from 1 or, if negative, from
// the end, into offsets: to is behind the last one.
func stretch(first, last, length int) (from, to int) {
	if last < 0 {
		last += length + 1
	}
	return offset(first, length), min(last, length)
}

// sub is string.sub(s, i [, j]).
func sub(c *luavm.Call) {
	s := c.String(1)
	from, to := stretch(c.Int(2), c.OptInt(3, -1), len(s))
	switch {
	case from >= to:
		c.Return(luavm.Part(""))
	case to-from == len(s) && c.Arg(1).IsString():
		c.Return(c.Arg(1))
	default:
		c.Return(luavm.Part(s[from:to]))
	}
}

// char is string.char(...).
func char(c *luavm.Call) {
	n := c.NumArgs()
	var small [64]byte
	b := small[:0]
	for i := 1; i <= n; i++ {
		code := c.Int(i)
		if code < 0 || code > 255 {
			c.ArgError(i, "invalid value")
		}
		b = append(b, byte(code))
	}
	c.Return(luavm.Text(b))
}

func length(c *luavm.Call) {
	notMissing(c, 1, "string")
	c.Return(luavm.Int(len(c.String(1))))
}

// notMissing raises the error that LuaJIT has for a missing argument of a function that it
// has written in Lua: there it is nil.
func notMissing(c *luavm.Call, i int, wanted string) {
	if i > c.NumArgs() {
		c.ArgError(i, wanted+" expected, got nil")
	}
}

func upperOf(c *luavm.Call) { mapBytes(c, 'a', 'z') }

func lowerOf(c *luavm.Call) { mapBytes(c, 'A', 'Z') }

// mapBytes returns the first argument with the case of the letters from first to last
// changed.
func mapBytes(c *luavm.Call, first, last byte) {
	s := c.String(1)
	i := 0
	for i < len(s) && (s[i] < first || s[i] > last) {
		i++
	}
	if i == len(s) {
		c.Return(luavm.Part(s))
		return
	}
	c.Room(len(s))
	b := []byte(s)
	for ; i < len(b); i++ {
		if first <= b[i] && b[i] <= last {
			b[i] ^= 0x20
		}
	}
	c.Return(luavm.OwnText(b))
}

func reverse(c *luavm.Call) {
	s := c.String(1)
	c.Room(len(s))
	b := make([]byte, len(s))
	for i := range b {
		b[i] = s[len(s)-1-i]
	}
	c.Return(luavm.OwnText(b))
}

// rep is string.rep(s, n [, separator]).
func rep(c *luavm.Call) {
	s, n, separator := c.String(1), c.Int(2), c.OptString(3, "")
	if n <= 0 || len(s)+len(separator) == 0 {
		c.Return(luavm.Part(""))
		return
	}
	c.Room((len(s)+len(separator))*n - len(separator))
	switch size := (len(s)+len(separator))*n - len(separator); {
	case size <= 40:
		var room [40]byte
		b := append(room[:0], s...)
		for range n - 1 {
			b = append(append(b, separator...), s...)
		}
		c.Return(luavm.Text(b))
	case separator != "":
		c.Return(luavm.Part(strings.Repeat(s+separator, n-1) + s))
	default:
		c.Return(luavm.Part(strings.Repeat(s, n)))
	}
}

// dump is string.dump(function). load takes the result, and no other Lua does.
func dump(c *luavm.Call) {
	b, ok := luavm.Dump(c.Function(1))
	if !ok {
		c.Errorf("unable to dump given function")
	}
	c.Room(len(b))
	c.Return(luavm.OwnText(b))
}
