package packformat

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// AppendDecimal appends the integer of a decimal string: one of 64 bits that no number
// holds exactly. ok is false if the option or the text is not for that.
func (f *Format) AppendDecimal(b []byte, text string, o Option) (_ []byte, ok bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || o.Size < 8 {
		return b, false
	}
	return f.AppendUint(b, n, o.Size), true
}

// AppendInteger appends argument arg, which is the number v, as an Int or Uint.
func (f *Format) AppendInteger(b []byte, arg int, v float64, o Option) []byte {
	if f.isStruct {
		v = math.Trunc(v)
	}
	if v != math.Trunc(v) || math.IsInf(v, 0) {
		f.caller.ArgError(arg, "number has no integer representation")
	}
	negative := v < 0
	bits := float64(8 * o.Size)
	switch {
	case f.isStruct:
	case o.Kind == Int && o.Size < 8 && (v < -math.Exp2(bits-1) || v >= math.Exp2(bits-1)):
		f.caller.ArgError(arg, "integer overflow")
	case o.Kind == Uint && o.Size < 8 && (negative || v >= math.Exp2(bits)):
		f.caller.ArgError(arg, "unsigned overflow")
	}
	switch {
	case negative:
		return f.appendInteger(b, uint64(int64(v)), o.Size, 0xff)
	case v < 1<<64:
		return f.appendInteger(b, uint64(v), o.Size, 0)
	}
	return f.appendInteger(b, 0, o.Size, 0) // as C compiled for x86-64 does
}

// AppendUint appends an integer of size bytes.
func (f *Format) AppendUint(b []byte, n uint64, size int) []byte {
	return f.appendInteger(b, n, size, 0)
}

// appendInteger appends an integer of size bytes; sign fills the bytes beyond the
// eighth.
func (f *Format) appendInteger(b []byte, n uint64, size int, sign byte) []byte {
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

// Integer returns the integer that stands in part: as a number, or as a decimal string
// if a number does not hold it for sure, below -2^53 or above 2^53.
func (f *Format) Integer(part string, kind Kind) (v float64, decimal string, err error) {
	b := []byte(part)
	if !f.little {
		slices.Reverse(b)
	}
	var n uint64
	for i := range min(len(b), 8) {
		n |= uint64(b[i]) << (8 * i)
	}
	negative := kind == Int && b[len(b)-1]&0x80 != 0
	for i := 8; i < len(b); i++ {
		if sign := b[i]; sign != 0 && (!negative || sign != 0xff) {
			return 0, "", fmt.Errorf("%d-byte integer does not fit into a Lua number", len(b))
		}
	}
	const exact = 1 << 53
	if negative {
		i := int64(n)
		if len(b) < 8 {
			i -= 1 << (8 * len(b))
		}
		if i < -exact {
			return 0, strconv.FormatInt(i, 10), nil
		}
		return float64(i), "", nil
	}
	if n > exact {
		return 0, strconv.FormatUint(n, 10), nil
	}
	return float64(n), "", nil
}
