package lib

import (
	"math"

	"microts/internal/luavm"
	"microts/internal/packformat"
)

// packString is string.pack(format, ...).
func packString(c *luavm.Call) { pack(c, packformat.New(c, c.String(1), false)) }

// pack appends the arguments after the first as the format says.
func pack(c *luavm.Call, f *packformat.Format) {
	var b []byte
	arg := 1
	for f.More() {
		o := f.Next(len(b))
		for range o.Align {
			b = append(b, 0)
		}
		switch o.Kind {
		case packformat.Int, packformat.Uint:
			arg++
			b = appendInteger(c, f, b, arg, o)
		case packformat.Float:
			arg++
			var buf [4]byte
			f.Order().PutUint32(buf[:], math.Float32bits(float32(c.Number(arg))))
			b = append(b, buf[:]...)
		case packformat.Double:
			arg++
			var buf [8]byte
			f.Order().PutUint64(buf[:], math.Float64bits(c.Number(arg)))
			b = append(b, buf[:]...)
		case packformat.Fixed:
			arg++
			s := c.String(arg)
			if len(s) > o.Size {
				c.ArgError(arg, "string longer than given size")
			}
			c.Room(len(b) + o.Size)
			b = append(b, s...)
			for range o.Size - len(s) {
				b = append(b, 0)
			}
		case packformat.Truncated:
			arg++
			s := c.String(arg)
			if o.Size == 0 {
				o.Size = len(s)
			}
			if len(s) < o.Size {
				c.ArgError(arg, "string too short")
			}
			b = append(b, s[:o.Size]...)
		case packformat.Counted:
			arg++
			s := c.String(arg)
			if o.Size < 8 && uint64(len(s)) >= 1<<(8*o.Size) {
				c.ArgError(arg, "string length does not fit in given size")
			}
			b = f.AppendUint(b, uint64(len(s)), o.Size)
			b = append(b, s...)
		case packformat.Zero:
			arg++
			s := c.String(arg)
			for i := range len(s) {
				if s[i] == 0 && !f.IsStruct() {
					c.ArgError(arg, "string contains zeros")
				}
			}
			b = append(append(b, s...), 0)
		case packformat.Pad:
			b = append(b, 0)
		}
	}
	c.Return(luavm.OwnText(b))
}

// appendInteger appends argument arg: a number, or a decimal string.
func appendInteger(c *luavm.Call, f *packformat.Format, b []byte, arg int, o packformat.Option) []byte {
	if v := c.Arg(arg); v.IsString() {
		if b, ok := f.AppendDecimal(b, v.Text(), o); ok {
			return b
		}
	}
	return f.AppendInteger(b, arg, c.Number(arg), o)
}

// packSize is string.packsize(format) in bytes.
func packSize(c *luavm.Call) { size(c, packformat.New(c, c.String(1), false)) }

func size(c *luavm.Call, f *packformat.Format) { c.Return(luavm.Int(f.TotalSize())) }
