package packformat

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// Option is one option of a format.
type Option struct {
	Kind  Kind
	Size  int // bytes of the value, or of the length before it
	Align int // bytes of padding before it
}

// Kind says what an Option stands for.
type Kind int

// The kinds of options.
const (
	Int Kind = iota
	Uint
	Float
	Double
	Fixed     // a string of size bytes, filled with zeros
	Counted   // a string after its length
	Zero      // a string before a zero
	Pad       // a byte of padding
	Align     // only padding, up to the alignment of the next option
	None      // a change of byte order or alignment
	Truncated // cn of struct: size bytes of a string; size 0 packs all, and unpacks as many as the integer before says
)

const maxInteger = 16 // bytes

// Caller is the call of a function whose argument 1 is the format. ArgError raises the
// error of an argument, and does not return.
type Caller interface{ ArgError(arg int, message string) }

// Format reads the options of a format one after the other.
type Format struct {
	caller   Caller
	text     string
	at       int  // of the next option
	little   bool // the byte order
	maxAlign int  // bytes
	isStruct bool // the format is one of the library struct
}

// New returns the Format of a text.
func New(caller Caller, text string, isStruct bool) *Format {
	return &Format{caller: caller, text: text, little: true, maxAlign: 1, isStruct: isStruct}
}

// IsStruct says whether the format is one of the library struct.
func (f *Format) IsStruct() bool { return f.isStruct }

// More says whether an option is left.
func (f *Format) More() bool { return f.at < len(f.text) }

// At returns how many bytes of the format are read.
func (f *Format) At() int { return f.at }

// digits reads a number. It returns preset if there is none.
func (f *Format) digits(preset int) int {
	start := f.at
	for f.More() && '0' <= f.text[f.at] && f.text[f.at] <= '9' {
		f.at++
	}
	if start == f.at {
		return preset
	}
	n, err := strconv.Atoi(f.text[start:f.at])
	if err != nil || n > math.MaxInt32 {
		f.caller.ArgError(1, "size in the format is too large")
	}
	return n
}

// size reads the size of an integer in bytes.
func (f *Format) size(preset int) int {
	n := f.digits(preset)
	if n < 1 || n > maxInteger {
		f.caller.ArgError(1, fmt.Sprintf("integral size (%d) out of limits [1,%d]", n, maxInteger))
	}
	return n
}

// Next reads an option; total is how many bytes the options before it take.
func (f *Format) Next(total int) Option {
	o := f.option()
	align := o.Size
	switch o.Kind {
	case Align:
		if !f.More() {
			f.caller.ArgError(1, "invalid next option for option 'X'")
		}
		next := f.option()
		if align = next.Size; next.Kind == Fixed || align == 0 {
			f.caller.ArgError(1, "invalid next option for option 'X'")
		}
	case Int, Uint, Float, Double:
	default:
		return o
	}
	if align = min(align, f.maxAlign); align > 1 {
		if align&(align-1) != 0 {
			f.caller.ArgError(1, "format asks for alignment not power of 2")
		}
		o.Align = (align - total&(align-1)) & (align - 1)
	}
	return o
}

// option reads an option without its alignment. It carries out an option that
// changes the byte order or the alignment.
func (f *Format) option() Option {
	c := f.text[f.at]
	f.at++
	switch c {
	case 'b':
		return Option{Kind: Int, Size: 1}
	case 'B':
		return Option{Kind: Uint, Size: 1}
	case 'h':
		return Option{Kind: Int, Size: 2}
	case 'H':
		return Option{Kind: Uint, Size: 2}
	case 'i':
		return Option{Kind: Int, Size: f.size(4)}
	case 'I':
		return Option{Kind: Uint, Size: f.size(4)}
	case 'l', 'j':
		return Option{Kind: Int, Size: 8}
	case 'L', 'J', 'T':
		return Option{Kind: Uint, Size: 8}
	case 'f':
		return Option{Kind: Float, Size: 4}
	case 'd', 'n':
		return Option{Kind: Double, Size: 8}
	case 's':
		if f.isStruct {
			return Option{Kind: Zero}
		}
		return Option{Kind: Counted, Size: f.size(8)}
	case 'c':
		if f.isStruct {
			return Option{Kind: Truncated, Size: f.digits(1)}
		}
		n := f.digits(-1)
		if n < 0 {
			f.caller.ArgError(1, "missing size for format option 'c'")
		}
		return Option{Kind: Fixed, Size: n}
	case 'z':
		return Option{Kind: Zero}
	case 'x':
		return Option{Kind: Pad, Size: 1}
	case 'X':
		return Option{Kind: Align}
	case ' ':
	case '<', '=':
		f.little = true
	case '>':
		f.little = false
	case '!':
		f.maxAlign = f.size(8)
	default:
		f.caller.ArgError(1, fmt.Sprintf("invalid format option '%c'", c))
	}
	return Option{Kind: None}
}

// Order returns the byte order.
func (f *Format) Order() binary.ByteOrder {
	if f.little {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// TotalSize returns how many bytes the options that are left take.
func (f *Format) TotalSize() int {
	total := 0
	for f.More() {
		o := f.Next(total)
		switch {
		case o.Kind == Counted || o.Kind == Zero:
			f.caller.ArgError(1, "variable-length format")
		case o.Kind == Truncated && o.Size == 0:
			f.caller.ArgError(1, "variable-size format in sizeof")
		case o.Kind == Align:
			o.Size = 0
		}
		total += o.Align + o.Size
		if total > math.MaxInt32 {
			f.caller.ArgError(1, "format result too large")
		}
	}
	return total
}
