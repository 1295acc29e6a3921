package lib

import (
	"math"
	"slices"
	"strconv"

	"microts/internal/luavm"
)

// unpackString is string.unpack(format, s [, position]).
func unpackString(c *luavm.Call) {
	unpack(c, newPackFormat(c, c.String(1), false), "data string too short")
}

// unpack pushes the values in a string, and the position after them. It raises the
// error short if the string ends too early.
func unpack(c *luavm.Call, f *packFormat, short string) {
	s := c.String(2)
	at := 0
	if !c.Arg(3).IsNil() {
		if at = offset(c.Int(3), len(s)); at > len(s) {
			c.ArgError(3, "initial position out of string")
		}
	}
	var results []luavm.Value
	push := func(v luavm.Value) {
		if len(results) == luavm.MaxResults {
			c.Errorf("too many results to unpack")
		}
		results = append(results, v)
	}
	last := 0 // the integer before, which is the length of struct's c0
	take := func(size int) string {
		if size > len(s)-at {
			c.ArgError(2, short)
		}
		part := s[at : at+size]
		at += size
		return part
	}
	for f.more() {
		o := f.next(at)
		take(o.align)
		switch o.kind {
		case packInt, packUint:
			v := f.integer(take(o.size), o)
			if v.IsNumber() {
				last = int(v.Float())
			}
			push(v)
		case packFloat:
			push(luavm.Number(float64(math.Float32frombits(f.order().Uint32([]byte(take(4)))))))
		case packDouble:
			push(luavm.Number(math.Float64frombits(f.order().Uint64([]byte(take(8))))))
		case packFixed:
			push(luavm.Part(take(o.size)))
		case packTruncated:
			if o.size == 0 {
				if len(results) == 0 {
					c.ArgError(1, "format 'c0' needs a previous size")
				}
				results = results[:len(results)-1] // the length
				o.size = max(last, 0)
			}
			push(luavm.Part(take(o.size)))
		case packCounted:
			v := f.integer(take(o.size), packOption{kind: packUint, size: o.size})
			if !v.IsNumber() || v.Float() > float64(len(s)-at) {
				c.ArgError(2, short)
			}
			push(luavm.Part(take(int(v.Float()))))
		case packZero:
			end := at
			for end < len(s) && s[end] != 0 {
				end++
			}
			if end == len(s) {
				c.ArgError(2, "unfinished string for format 'z'")
			}
			push(luavm.Part(s[at:end]))
			at = end + 1
		case packPad:
			take(1)
		}
	}
	push(luavm.Int(at + 1))
	c.Return(results...)
}

// integer returns the integer that stands in part: a number, or a decimal string
// if it is above 2^53.
func (f *packFormat) integer(part string, o packOption) luavm.Value {
	b := []byte(part)
	if !f.little {
		slices.Reverse(b)
	}
	var n uint64
	for i := range min(len(b), 8) {
		n |= uint64(b[i]) << (8 * i)
	}
	negative := o.kind == packInt && b[len(b)-1]&0x80 != 0
	for i := 8; i < len(b); i++ {
		if sign := b[i]; sign != 0 && (!negative || sign != 0xff) {
			f.call.Errorf("%d-byte integer does not fit into a Lua number", len(b))
		}
	}
	const exact = 1 << 53
	if negative {
		i := int64(n)
		if len(b) < 8 {
			i -= 1 << (8 * len(b))
		}
		if i < -exact {
			return luavm.Part(strconv.FormatInt(i, 10))
		}
		return luavm.Int(int(i))
	}
	if n > exact {
		return luavm.Part(strconv.FormatUint(n, 10))
	}
	return luavm.Int(int(n))
}
