package lib

import (
	"math"
	"slices"
	"strconv"

	"microts/internal/luavm"
)

// packString is string.pack(format, ...).
func packString(c *luavm.Call) { pack(c, newPackFormat(c, c.String(1), false)) }

// pack appends the arguments after the first as the format says.
func pack(c *luavm.Call, f *packFormat) {
	var b []byte
	arg := 1
	for f.more() {
		o := f.next(len(b))
		for range o.align {
			b = append(b, 0)
		}
		switch o.kind {
		case packInt, packUint:
			arg++
			b = f.appendInteger(b, arg, o)
		case packFloat:
			arg++
			var buf [4]byte
			f.order().PutUint32(buf[:], math.Float32bits(float32(c.Number(arg))))
			b = append(b, buf[:]...)
		case packDouble:
			arg++
			var buf [8]byte
			f.order().PutUint64(buf[:], math.Float64bits(c.Number(arg)))
			b = append(b, buf[:]...)
		case packFixed:
			arg++
			s := c.String(arg)
			if len(s) > o.size {
				c.ArgError(arg, "string longer than given size")
			}
			c.Room(len(b) + o.size)
			b = append(b, s...)
			for range o.size - len(s) {
				b = append(b, 0)
			}
		case packTruncated:
			arg++
			s := c.String(arg)
			if o.size == 0 {
				o.size = len(s)
			}
			if len(s) < o.size {
				c.ArgError(arg, "string too short")
			}
			b = append(b, s[:o.size]...)
		case packCounted:
			arg++
			s := c.String(arg)
			if o.size < 8 && uint64(len(s)) >= 1<<(8*o.size) {
				c.ArgError(arg, "string length does not fit in given size")
			}
			b = f.appendUint(b, uint64(len(s)), o.size, 0)
			b = append(b, s...)
		case packZero:
			arg++
			s := c.String(arg)
			for i := range len(s) {
				if s[i] == 0 && !f.isStruct {
					c.ArgError(arg, "string contains zeros")
				}
			}
			b = append(append(b, s...), 0)
		case packPad:
			b = append(b, 0)
		}
	}
	c.Return(luavm.OwnText(b))
}

// appendInteger appends argument arg: a number, or a decimal string for an integer
// of 64 bits that no number holds exactly.
func (f *packFormat) appendInteger(b []byte, arg int, o packOption) []byte {
	c := f.call
	if v := c.Arg(arg); v.IsString() {
		if n, err := strconv.ParseUint(v.Text(), 10, 64); err == nil && o.size >= 8 {
			return f.appendUint(b, n, o.size, 0)
		}
	}
	v := c.Number(arg)
	if f.isStruct {
		v = math.Trunc(v)
	}
	if v != math.Trunc(v) || math.IsInf(v, 0) {
		c.ArgError(arg, "number has no integer representation")
	}
	negative := v < 0
	bits := float64(8 * o.size)
	switch {
	case f.isStruct:
	case o.kind == packInt && o.size < 8 && (v < -math.Exp2(bits-1) || v >= math.Exp2(bits-1)):
		c.ArgError(arg, "integer overflow")
	case o.kind == packUint && o.size < 8 && (negative || v >= math.Exp2(bits)):
		c.ArgError(arg, "unsigned overflow")
	}
	n, sign := unsigned(v), byte(0)
	if negative {
		n, sign = uint64(int64(v)), 0xff
	}
	return f.appendUint(b, n, o.size, sign)
}

// appendUint appends an integer of size bytes; sign fills the bytes beyond the
// eighth.
func (f *packFormat) appendUint(b []byte, n uint64, size int, sign byte) []byte {
	start := len(b)
	for i := range size {
		digit := sign
		if i < 8 {
			digit = byte(n >> (8 * i))
		}
		b = append(b, digit)
	}
	if !f.little {
		slices.Reverse(b[start:])
	}
	return b
}

// packSize is string.packsize(format) in bytes.
func packSize(c *luavm.Call) { size(c, newPackFormat(c, c.String(1), false)) }

func size(c *luavm.Call, f *packFormat) {
	total := 0
	for f.more() {
		o := f.next(total)
		switch {
		case o.kind == packCounted || o.kind == packZero:
			c.ArgError(1, "variable-length format")
		case o.kind == packTruncated && o.size == 0:
			c.ArgError(1, "variable-size format in sizeof")
		case o.kind == packAlign:
			o.size = 0
		}
		total += o.align + o.size
		if total > math.MaxInt32 {
			c.ArgError(1, "format result too large")
		}
	}
	c.Return(luavm.Int(total))
}
