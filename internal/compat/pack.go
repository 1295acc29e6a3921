package compat

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// packOption is one option of a format of string.pack (Lua 5.3, 6.4.2) or of
// struct.pack.
type packOption struct {
	kind  packKind
	size  int // bytes
	align int // bytes of padding before it
}

type packKind int

const (
	packInt packKind = iota
	packUint
	packFloat
	packDouble
	packChar       // fixed-size string
	packStringKind // string after its length
	packZero       // string before a zero
	packPad        // a byte of padding
	packAlign      // padding only
	packNone       // a change of order or alignment
	packChars      // struct: string of a given size, 0 for the whole rest
	maxPackInteger = 16
)

// packFormat reads the options of a format one after the other.
type packFormat struct {
	L        *lua.LState
	text     string
	at       int
	little   bool
	maxAlign int
	isStruct bool // of the library struct, whose formats differ a little
}

func newPackFormat(L *lua.LState, text string, isStruct bool) *packFormat {
	return &packFormat{L: L, text: text, little: true, maxAlign: 1, isStruct: isStruct}
}

func (f *packFormat) more() bool { return f.at < len(f.text) }

// digits reads a size, or returns preset where there is none.
func (f *packFormat) digits(preset int) int {
	start := f.at
	for f.more() && '0' <= f.text[f.at] && f.text[f.at] <= '9' {
		f.at++
	}
	if start == f.at {
		return preset
	}
	n, err := strconv.Atoi(f.text[start:f.at])
	if err != nil || n > math.MaxInt32 {
		f.L.ArgError(1, "size in the format is too large")
	}
	return n
}

// size reads the size of an integer.
func (f *packFormat) size(preset int) int {
	n := f.digits(preset)
	if n < 1 || n > maxPackInteger {
		f.L.ArgError(1, fmt.Sprintf("integral size (%d) out of limits [1,%d]", n, maxPackInteger))
	}
	return n
}

// next reads an option; total is how many bytes stand before it.
func (f *packFormat) next(total int) packOption {
	o := f.option()
	align := o.size
	switch o.kind {
	case packAlign:
		if !f.more() {
			f.L.ArgError(1, "invalid next option for option 'X'")
		}
		next := f.option()
		if align = next.size; next.kind == packChar || align == 0 {
			f.L.ArgError(1, "invalid next option for option 'X'")
		}
	case packInt, packUint, packFloat, packDouble:
	default:
		return o
	}
	if align = min(align, f.maxAlign); align > 1 {
		if align&(align-1) != 0 {
			f.L.ArgError(1, "format asks for alignment not power of 2")
		}
		o.align = (align - total&(align-1)) & (align - 1)
	}
	return o
}

func (f *packFormat) option() packOption {
	c := f.text[f.at]
	f.at++
	switch c {
	case 'b':
		return packOption{kind: packInt, size: 1}
	case 'B':
		return packOption{kind: packUint, size: 1}
	case 'h':
		return packOption{kind: packInt, size: 2}
	case 'H':
		return packOption{kind: packUint, size: 2}
	case 'i':
		return packOption{kind: packInt, size: f.size(4)}
	case 'I':
		return packOption{kind: packUint, size: f.size(4)}
	case 'l', 'j':
		return packOption{kind: packInt, size: 8}
	case 'L', 'J', 'T':
		return packOption{kind: packUint, size: 8}
	case 'f':
		return packOption{kind: packFloat, size: 4}
	case 'd', 'n':
		return packOption{kind: packDouble, size: 8}
	case 's':
		if f.isStruct {
			return packOption{kind: packZero}
		}
		return packOption{kind: packStringKind, size: f.size(8)}
	case 'c':
		if f.isStruct {
			return packOption{kind: packChars, size: f.digits(1)}
		}
		n := f.digits(-1)
		if n < 0 {
			f.L.ArgError(1, "missing size for format option 'c'")
		}
		return packOption{kind: packChar, size: n}
	case 'z':
		return packOption{kind: packZero}
	case 'x':
		return packOption{kind: packPad, size: 1}
	case 'X':
		return packOption{kind: packAlign}
	case ' ':
	case '<', '=':
		f.little = true
	case '>':
		f.little = false
	case '!':
		f.maxAlign = f.size(8)
	default:
		f.L.ArgError(1, fmt.Sprintf("invalid format option '%c'", c))
	}
	return packOption{kind: packNone}
}

func packString(L *lua.LState) int { return pack(L, newPackFormat(L, text(L, 1), false)) }

func pack(L *lua.LState, f *packFormat) int {
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
			f.order().PutUint32(buf[:], math.Float32bits(float32(number(L, arg))))
			b = append(b, buf[:]...)
		case packDouble:
			arg++
			var buf [8]byte
			f.order().PutUint64(buf[:], math.Float64bits(number(L, arg)))
			b = append(b, buf[:]...)
		case packChar:
			arg++
			s := text(L, arg)
			if len(s) > o.size {
				L.ArgError(arg, "string longer than given size")
			}
			b = append(b, s...)
			for range o.size - len(s) {
				b = append(b, 0)
			}
		case packChars:
			arg++
			s := text(L, arg)
			if o.size == 0 {
				o.size = len(s)
			}
			if len(s) < o.size {
				L.ArgError(arg, "string too short")
			}
			b = append(b, s[:o.size]...)
		case packStringKind:
			arg++
			s := text(L, arg)
			if o.size < 8 && uint64(len(s)) >= 1<<(8*o.size) {
				L.ArgError(arg, "string length does not fit in given size")
			}
			b = f.appendUint(b, uint64(len(s)), o.size, 0)
			b = append(b, s...)
		case packZero:
			arg++
			s := text(L, arg)
			for i := range len(s) {
				if s[i] == 0 && !f.isStruct {
					L.ArgError(arg, "string contains zeros")
				}
			}
			b = append(append(b, s...), 0)
		case packPad:
			b = append(b, 0)
		}
	}
	L.Push(lua.LString(b))
	return 1
}

func (f *packFormat) order() binary.ByteOrder {
	if f.little {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// appendInteger appends argument arg: a number, or a decimal string where a
// number is not exact.
func (f *packFormat) appendInteger(b []byte, arg int, o packOption) []byte {
	L := f.L
	if s, ok := L.Get(arg).(lua.LString); ok {
		if n, err := strconv.ParseUint(string(s), 10, 64); err == nil && o.size >= 8 {
			return f.appendUint(b, n, o.size, 0)
		}
	}
	v := number(L, arg)
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
	n, sign := unsignedOf(v), byte(0)
	if negative {
		n, sign = uint64(int64(v)), 0xff
	}
	return f.appendUint(b, n, o.size, sign)
}

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
		reverse(b[start:])
	}
	return b
}

func reverse(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

func unpackString(L *lua.LState) int {
	return unpack(L, newPackFormat(L, text(L, 1), false), "data string too short")
}

func unpack(L *lua.LState, f *packFormat, short string) int {
	s := text(L, 2)
	at := 0
	if L.Get(3) != lua.LNil {
		if at = place(L, 3, len(s)); at > len(s) {
			L.ArgError(3, "initial position out of string")
		}
	}
	n := 0
	push := func(v lua.LValue) {
		L.Push(v)
		n++
	}
	last := 0 // the integer before, which is the size of struct's c0
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
		case packChar:
			push(lua.LString(take(o.size)))
		case packChars:
			if o.size == 0 {
				if n == 0 {
					L.ArgError(1, "format 'c0' needs a previous size")
				}
				L.Pop(1) // the size
				n--
				o.size = max(last, 0)
			}
			push(lua.LString(take(o.size)))
		case packStringKind:
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

// integer reads an integer: a number, or, above 2^53, a decimal string.
func (f *packFormat) integer(part string, o packOption) lua.LValue {
	b := []byte(part)
	if !f.little {
		reverse(b)
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

func packSize(L *lua.LState) int { return size(L, newPackFormat(L, text(L, 1), false)) }

func size(L *lua.LState, f *packFormat) int {
	total := 0
	for f.more() {
		o := f.next(total)
		switch {
		case o.kind == packStringKind || o.kind == packZero:
			L.ArgError(1, "variable-length format")
		case o.kind == packChars && o.size == 0:
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

// openStruct makes the module struct: string.pack with the formats of the struct
// library (s is a string before a zero, cn a string of n bytes, c0 one of the
// size before it).
func openStruct(L *lua.LState) int {
	L.Push(functions(L, map[string]lua.LGFunction{
		"pack":   func(L *lua.LState) int { return pack(L, newPackFormat(L, text(L, 1), true)) },
		"unpack": func(L *lua.LState) int { return unpack(L, newPackFormat(L, text(L, 1), true), "data string too short") },
		"size":   func(L *lua.LState) int { return size(L, newPackFormat(L, text(L, 1), true)) },
	}))
	return 1
}
