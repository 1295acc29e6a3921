package lib

import (
	"math"

	"microts/internal/luavm"
	"microts/internal/packformat"
)

// unpackString is string.unpack(format, s [, position]).
func unpackString(c *luavm.Call) {
	unpack(c, packformat.New(c, c.String(1), false), "data string too short")
}

// unpack pushes the values in a string, and the position after them. It raises the
// error short if the string ends too early.
func unpack(c *luavm.Call, f *packformat.Format, short string) {
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
	for f.More() {
		o := f.Next(at)
		take(o.Align)
		switch o.Kind {
		case packformat.Int, packformat.Uint:
			v := integer(c, f, take(o.Size), o.Kind)
			if v.IsNumber() {
				last = int(v.Float())
			}
			push(v)
		case packformat.Float:
			push(luavm.Number(float64(math.Float32frombits(f.Order().Uint32([]byte(take(4)))))))
		case packformat.Double:
			push(luavm.Number(math.Float64frombits(f.Order().Uint64([]byte(take(8))))))
		case packformat.Fixed:
			push(luavm.Part(take(o.Size)))
		case packformat.Truncated:
			if o.Size == 0 {
				if len(results) == 0 {
					c.ArgError(1, "format 'c0' needs a previous size")
				}
				results = results[:len(results)-1] // the length
				o.Size = max(last, 0)
			}
			push(luavm.Part(take(o.Size)))
		case packformat.Counted:
			v := integer(c, f, take(o.Size), packformat.Uint)
			if !v.IsNumber() || v.Float() > float64(len(s)-at) {
				c.ArgError(2, short)
			}
			push(luavm.Part(take(int(v.Float()))))
		case packformat.Zero:
			end := at
			for end < len(s) && s[end] != 0 {
				end++
			}
			if end == len(s) {
				c.ArgError(2, "unfinished string for format 'z'")
			}
			push(luavm.Part(s[at:end]))
			at = end + 1
		case packformat.Pad:
			take(1)
		}
	}
	push(luavm.Int(at + 1))
	c.Return(results...)
}

// integer returns the integer that stands in part: a number, or a decimal string.
func integer(c *luavm.Call, f *packformat.Format, part string, kind packformat.Kind) luavm.Value {
	v, decimal, err := f.Integer(part, kind)
	if err != nil {
		c.Errorf("%v", err)
	}
	if decimal != "" {
		return luavm.Part(decimal)
	}
	return luavm.Number(v)
}
