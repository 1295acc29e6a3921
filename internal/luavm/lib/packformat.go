package lib

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"microts/internal/luavm"
)

// packOption is one option of a format of string.pack (Lua 5.3, section 6.4.2) or
// of struct.pack.
type packOption struct {
	kind  packKind
	size  int // bytes of the value, or of the length before it
	align int // bytes of padding before it
}

type packKind int

const (
	packInt packKind = iota
	packUint
	packFloat
	packDouble
	packFixed     // a string of size bytes, filled with zeros
	packCounted   // a string after its length
	packZero      // a string before a zero
	packPad       // a byte of padding
	packAlign     // only padding, up to the alignment of the next option
	packNone      // a change of byte order or alignment
	packTruncated // cn of struct: size bytes of a string; size 0 packs all, and unpacks as many as the integer before says
)

const maxPackedInteger = 16 // bytes

// packFormat reads the options of a format one after the other.
type packFormat struct {
	call     *luavm.Call // raises the errors
	text     string
	at       int  // of the next option
	little   bool // the byte order
	maxAlign int  // bytes
	isStruct bool // the format is one of the library struct
}

func newPackFormat(c *luavm.Call, text string, isStruct bool) *packFormat {
	return &packFormat{call: c, text: text, little: true, maxAlign: 1, isStruct: isStruct}
}

func (f *packFormat) more() bool { return f.at < len(f.text) }

// digits reads a number. It returns preset if there is none.
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
		f.call.ArgError(1, "size in the format is too large")
	}
	return n
}

// size reads the size of an integer in bytes.
func (f *packFormat) size(preset int) int {
	n := f.digits(preset)
	if n < 1 || n > maxPackedInteger {
		f.call.ArgError(1, fmt.Sprintf("integral size (%d) out of limits [1,%d]", n, maxPackedInteger))
	}
	return n
}

// next reads an option; total is how many bytes the options before it take.
func (f *packFormat) next(total int) packOption {
	o := f.option()
	align := o.size
	switch o.kind {
	case packAlign:
		if !f.more() {
			f.call.ArgError(1, "invalid next option for option 'X'")
		}
		next := f.option()
		if align = next.size; next.kind == packFixed || align == 0 {
			f.call.ArgError(1, "invalid next option for option 'X'")
		}
	case packInt, packUint, packFloat, packDouble:
	default:
		return o
	}
	if align = min(align, f.maxAlign); align > 1 {
		if align&(align-1) != 0 {
			f.call.ArgError(1, "format asks for alignment not power of 2")
		}
		o.align = (align - total&(align-1)) & (align - 1)
	}
	return o
}

// option reads an option without its alignment. It carries out an option that
// changes the byte order or the alignment.
func (f *packFormat) option() packOption {
	letter := f.text[f.at]
	f.at++
	switch letter {
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
		return packOption{kind: packCounted, size: f.size(8)}
	case 'c':
		if f.isStruct {
			return packOption{kind: packTruncated, size: f.digits(1)}
		}
		n := f.digits(-1)
		if n < 0 {
			f.call.ArgError(1, "missing size for format option 'c'")
		}
		return packOption{kind: packFixed, size: n}
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
		f.call.ArgError(1, fmt.Sprintf("invalid format option '%c'", letter))
	}
	return packOption{kind: packNone}
}

func (f *packFormat) order() binary.ByteOrder {
	if f.little {
		return binary.LittleEndian
	}
	return binary.BigEndian
}
