package compat

import (
	"math"
	"slices"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
)

// packString is string.pack(format, ...).
func packString(L *lua.LState) int { return pack(L, newPackFormat(L, convert.Text(L, 1), false)) }

// pack appends the arguments after the first as the format says.
func pack(L *lua.LState, f *packFormat) int {
	text := &room.Text{L: L}
	arg := 1
	for f.more() {
		o := f.next(text.Len())
		text.Fill(0, o.align)
		switch o.kind {
		case packInt, packUint:
			arg++
			text.AddBytes(f.appendInteger(text.Spare(), arg, o))
		case packFloat:
			arg++
			var buf [4]byte
			f.order().PutUint32(buf[:], math.Float32bits(float32(convert.Number(L, arg))))
			text.AddBytes(buf[:])
		case packDouble:
			arg++
			var buf [8]byte
			f.order().PutUint64(buf[:], math.Float64bits(convert.Number(L, arg)))
			text.AddBytes(buf[:])
		case packFixed:
			arg++
			s := convert.Text(L, arg)
			if len(s) > o.size {
				L.ArgError(arg, "string longer than given size")
			}
			text.Add(s)
			text.Fill(0, o.size-len(s))
		case packTruncated:
			arg++
			s := convert.Text(L, arg)
			if o.size == 0 {
				o.size = len(s)
			}
			if len(s) < o.size {
				L.ArgError(arg, "string too short")
			}
			text.Add(s[:o.size])
		case packCounted:
			arg++
			s := convert.Text(L, arg)
			if o.size < 8 && uint64(len(s)) >= 1<<(8*o.size) {
				L.ArgError(arg, "string length does not fit in given size")
			}
			text.AddBytes(f.appendUint(text.Spare(), uint64(len(s)), o.size, 0))
			text.Add(s)
		case packZero:
			arg++
			s := convert.Text(L, arg)
			for i := range len(s) {
				if s[i] == 0 && !f.isStruct {
					L.ArgError(arg, "string contains zeros")
				}
			}
			text.Add(s)
			text.AddByte(0)
		case packPad:
			text.AddByte(0)
		}
	}
	L.Push(text.Value())
	return 1
}

// appendInteger appends argument arg: a number, or a decimal string for an integer
// of 64 bits that no number holds exactly.
func (f *packFormat) appendInteger(b []byte, arg int, o packOption) []byte {
	L := f.L
	if s, ok := L.Get(arg).(lua.LString); ok {
		if n, err := strconv.ParseUint(string(s), 10, 64); err == nil && o.size >= 8 {
			return f.appendUint(b, n, o.size, 0)
		}
	}
	v := convert.Number(L, arg)
	if f.isStruct {
		v = math.Trunc(v)
	}
	if v != math.Trunc(v) || math.IsInf(v, 0) {
		L.ArgError(arg, "number has no integer representation")
	}
	negative := v < 0
	bits := float64(8 * o.size)
	switch {
	case f.isStruct:
	case o.kind == packInt && o.size < 8 && (v < -math.Exp2(bits-1) || v >= math.Exp2(bits-1)):
		L.ArgError(arg, "integer overflow")
	case o.kind == packUint && o.size < 8 && (negative || v >= math.Exp2(bits)):
		L.ArgError(arg, "unsigned overflow")
	}
	n, sign := convert.Unsigned(v), byte(0)
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
		c := sign
		if i < 8 {
			c = byte(n >> (8 * i))
		}
		b = append(b, c)
	}
	if !f.little {
		slices.Reverse(b[start:])
	}
	return b
}

// unpackString is string.unpack(format, s [, position]).
func unpackString(L *lua.LState) int {
	return unpack(L, newPackFormat(L, convert.Text(L, 1), false), "data string too short")
}

// unpack pushes the values in a string, and the position after them. It raises the
// error short if the string ends too early.
func unpack(L *lua.LState, f *packFormat, short string) int {
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
	for f.more() {
		o := f.next(at)
		take(o.align)
		switch o.kind {
		case packInt, packUint:
			v := f.integer(take(o.size), o)
			if i, ok := v.(lua.LNumber); ok {
				last = int(i)
			}
			push(v)
		case packFloat:
			push(lua.LNumber(math.Float32frombits(f.order().Uint32([]byte(take(4))))))
		case packDouble:
			push(lua.LNumber(math.Float64frombits(f.order().Uint64([]byte(take(8))))))
		case packFixed:
			push(lua.LString(take(o.size)))
		case packTruncated:
			if o.size == 0 {
				if n == 0 {
					L.ArgError(1, "format 'c0' needs a previous size")
				}
				L.Pop(1) // the length
				n--
				o.size = max(last, 0)
			}
			push(lua.LString(take(o.size)))
		case packCounted:
			length, ok := f.integer(take(o.size), packOption{kind: packUint, size: o.size}).(lua.LNumber)
			if !ok || int(length) > len(s)-at {
				L.ArgError(2, short)
			}
			push(lua.LString(take(int(length))))
		case packZero:
			end := at
			for end < len(s) && s[end] != 0 {
				end++
			}
			if end == len(s) {
				L.ArgError(2, "unfinished string for format 'z'")
			}
			push(lua.LString(s[at:end]))
			at = end + 1
		case packPad:
			take(1)
		}
	}
	push(lua.LNumber(at + 1))
	return n
}

// integer returns the integer that stands in part: a number, or a decimal string
// if it is above 2^53.
func (f *packFormat) integer(part string, o packOption) lua.LValue {
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
			f.L.RaiseError("%d-byte integer does not fit into a Lua number", len(b))
		}
	}
	const exact = 1 << 53
	if negative {
		i := int64(n)
		if len(b) < 8 {
			i -= 1 << (8 * len(b))
		}
		if i < -exact {
			return lua.LString(strconv.FormatInt(i, 10))
		}
		return lua.LNumber(i)
	}
	if n > exact {
		return lua.LString(strconv.FormatUint(n, 10))
	}
	return lua.LNumber(n)
}

// packSize is string.packsize(format) in bytes.
func packSize(L *lua.LState) int { return size(L, newPackFormat(L, convert.Text(L, 1), false)) }

func size(L *lua.LState, f *packFormat) int {
	total := 0
	for f.more() {
		o := f.next(total)
		switch {
		case o.kind == packCounted || o.kind == packZero:
			L.ArgError(1, "variable-length format")
		case o.kind == packTruncated && o.size == 0:
			L.ArgError(1, "variable-size format in sizeof")
		case o.kind == packAlign:
			o.size = 0
		}
		total += o.align + o.size
		if total > math.MaxInt32 {
			L.ArgError(1, "format result too large")
		}
	}
	L.Push(lua.LNumber(total))
	return 1
}

// openStruct makes the module struct: string.pack with the formats of the library
// struct. There, s is a string before a zero, cn a string of n bytes, and c0 a
// string whose length is the integer before it.
func openStruct(L *lua.LState) int {
	L.Push(functions(L, map[string]lua.LGFunction{
		"pack": func(L *lua.LState) int { return pack(L, newPackFormat(L, convert.Text(L, 1), true)) },
		"unpack": func(L *lua.LState) int {
			return unpack(L, newPackFormat(L, convert.Text(L, 1), true), "data string too short")
		},
		"size": func(L *lua.LState) int { return size(L, newPackFormat(L, convert.Text(L, 1), true)) },
	}))
	return 1
}
