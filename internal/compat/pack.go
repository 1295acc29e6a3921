package compat

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
	"microts/internal/packformat"
)

// packString is string.pack(format, ...).
func packString(L *lua.LState) int { return pack(L, packformat.New(L, convert.Text(L, 1), false)) }

// pack appends the arguments after the first as the format says.
func pack(L *lua.LState, f *packformat.Format) int {
	text := &room.Text{L: L}
	arg := 1
	for f.More() {
		o := f.Next(text.Len())
		text.Fill(0, o.Align)
		switch o.Kind {
		case packformat.Int, packformat.Uint:
			arg++
			text.AddBytes(appendInteger(L, f, text.Spare(), arg, o))
		case packformat.Float:
			arg++
			var buf [4]byte
			f.Order().PutUint32(buf[:], math.Float32bits(float32(convert.Number(L, arg))))
			text.AddBytes(buf[:])
		case packformat.Double:
			arg++
			var buf [8]byte
			f.Order().PutUint64(buf[:], math.Float64bits(convert.Number(L, arg)))
			text.AddBytes(buf[:])
		case packformat.Fixed:
			arg++
			s := convert.Text(L, arg)
			if len(s) > o.Size {
				L.ArgError(arg, "string longer than given size")
			}
			text.Add(s)
			text.Fill(0, o.Size-len(s))
		case packformat.Truncated:
			arg++
			s := convert.Text(L, arg)
			if o.Size == 0 {
				o.Size = len(s)
			}
			if len(s) < o.Size {
				L.ArgError(arg, "string too short")
			}
			text.Add(s[:o.Size])
		case packformat.Counted:
			arg++
			s := convert.Text(L, arg)
			if o.Size < 8 && uint64(len(s)) >= 1<<(8*o.Size) {
				L.ArgError(arg, "string length does not fit in given size")
			}
			text.AddBytes(f.AppendUint(text.Spare(), uint64(len(s)), o.Size))
			text.Add(s)
		case packformat.Zero:
			arg++
			s := convert.Text(L, arg)
			for i := range len(s) {
				if s[i] == 0 && !f.IsStruct() {
					L.ArgError(arg, "string contains zeros")
				}
			}
			text.Add(s)
			text.AddByte(0)
		case packformat.Pad:
			text.AddByte(0)
		}
	}
	L.Push(text.Value())
	return 1
}

// appendInteger appends argument arg: a number, or a decimal string.
func appendInteger(L *lua.LState, f *packformat.Format, b []byte, arg int, o packformat.Option) []byte {
	if s, ok := L.Get(arg).(lua.LString); ok {
		if b, ok := f.AppendDecimal(b, string(s), o); ok {
			return b
		}
	}
	return f.AppendInteger(b, arg, convert.Number(L, arg), o)
}

// unpackString is string.unpack(format, s [, position]).
func unpackString(L *lua.LState) int {
	return unpack(L, packformat.New(L, convert.Text(L, 1), false), "data string too short")
}

// unpack pushes the values in a string, and the position after them. It raises the
// error short if the string ends too early.
func unpack(L *lua.LState, f *packformat.Format, short string) int {
	s := convert.Text(L, 2)
	at := 0
	if L.Get(3) != lua.LNil {
		if at = place(L, 3, len(s)); at > len(s) {
			L.ArgError(3, "initial position out of string")
		}
	}
	n := 0
	push := func(v lua.LValue) {
		n++
		checkResults(L, n, "too many results")
		L.Push(v)
	}
	last := 0 // the integer before, which is the length of struct's c0
	take := func(size int) string {
		if size > len(s)-at {
			L.ArgError(2, short)
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
			v := integer(L, f, take(o.Size), o.Kind)
			if i, ok := v.(lua.LNumber); ok {
				last = int(i)
			}
			push(v)
		case packformat.Float:
			push(lua.LNumber(math.Float32frombits(f.Order().Uint32([]byte(take(4))))))
		case packformat.Double:
			push(lua.LNumber(math.Float64frombits(f.Order().Uint64([]byte(take(8))))))
		case packformat.Fixed:
			push(lua.LString(take(o.Size)))
		case packformat.Truncated:
			if o.Size == 0 {
				if n == 0 {
					L.ArgError(1, "format 'c0' needs a previous size")
				}
				L.Pop(1) // the length
				n--
				o.Size = max(last, 0)
			}
			push(lua.LString(take(o.Size)))
		case packformat.Counted:
			length, ok := integer(L, f, take(o.Size), packformat.Uint).(lua.LNumber)
			if !ok || int(length) > len(s)-at {
				L.ArgError(2, short)
			}
			push(lua.LString(take(int(length))))
		case packformat.Zero:
			end := at
			for end < len(s) && s[end] != 0 {
				end++
			}
			if end == len(s) {
				L.ArgError(2, "unfinished string for format 'z'")
			}
			push(lua.LString(s[at:end]))
			at = end + 1
		case packformat.Pad:
			take(1)
		}
	}
	push(lua.LNumber(at + 1))
	return n
}

// integer returns the integer that stands in part: a number, or a decimal string.
func integer(L *lua.LState, f *packformat.Format, part string, kind packformat.Kind) lua.LValue {
	v, decimal, err := f.Integer(part, kind)
	if err != nil {
		L.RaiseError("%v", err)
	}
	if decimal != "" {
		return lua.LString(decimal)
	}
	return lua.LNumber(v)
}

// packSize is string.packsize(format) in bytes.
func packSize(L *lua.LState) int { return size(L, packformat.New(L, convert.Text(L, 1), false)) }

func size(L *lua.LState, f *packformat.Format) int {
	L.Push(lua.LNumber(f.TotalSize()))
	return 1
}

// openStruct makes the module struct: string.pack with the formats of the library
// struct. There, s is a string before a zero, cn a string of n bytes, and c0 a
// string whose length is the integer before it.
func openStruct(L *lua.LState) int {
	L.Push(functions(L, map[string]lua.LGFunction{
		"pack": func(L *lua.LState) int { return pack(L, packformat.New(L, convert.Text(L, 1), true)) },
		"unpack": func(L *lua.LState) int {
			return unpack(L, packformat.New(L, convert.Text(L, 1), true), "data string too short")
		},
		"size": func(L *lua.LState) int { return size(L, packformat.New(L, convert.Text(L, 1), true)) },
	}))
	return 1
}
