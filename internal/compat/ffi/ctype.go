package ffi

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// ctype is a C type: a number, a pointer, or an array of either. Types are the same if their
// names are. One with elements is for one goroutine.
type ctype struct {
	name  string // see String; of a type with elements it is "" until it is needed
	kind  ctypeKind
	size  int    // bytes; 0 for void and for an array of unknown length
	elem  *ctype // of a pointer or an array; else nil
	n     int    // elements of an array; -1 if each object has its own: char[?]
	depth int    // of pointers and arrays in each other

	pointer *ctype // of an array: to its elements; nil until it is needed
}

type ctypeKind int

const (
	cVoid ctypeKind = iota
	cBool
	cInt
	cUint
	cFloat
	cPointer
	cArray
)

// isScalar says whether values of the type are numbers or booleans.
func (t *ctype) isScalar() bool { return t.kind != cPointer && t.kind != cArray }

// isNumber says whether values of the type are numbers.
func (t *ctype) isNumber() bool { return t.kind >= cInt && t.kind <= cFloat }

const (
	pointerSize = 8       // bytes
	maxBytes    = 1 << 31 // of one buffer
	maxDepth    = 64      // of pointers and arrays in each other
)

var (
	charType   = &ctype{name: "char", kind: cInt, size: 1}
	voidType   = &ctype{name: "void", kind: cVoid}
	int64Type  = &ctype{name: "int64_t", kind: cInt, size: 8}
	uint64Type = &ctype{name: "uint64_t", kind: cUint, size: 8}
	uintType   = &ctype{name: "unsigned int", kind: cUint, size: 4}

	charPointer = &ctype{name: "char *", kind: cPointer, size: pointerSize, elem: charType, depth: 1}
)

// baseTypes are the types of C that have no parts, by all their names of one
// word and by the names that LuaJIT gives them, with the sizes of 64-bit Linux.
var baseTypes = func() map[string]*ctype {
	all := map[string]*ctype{}
	for _, t := range []struct {
		*ctype
		names string
	}{
		{voidType, ""},
		{&ctype{name: "bool", kind: cBool, size: 1}, "_Bool"},
		{&ctype{name: "float", kind: cFloat, size: 4}, ""},
		{&ctype{name: "double", kind: cFloat, size: 8}, ""},
		{charType, "int8_t"},
		{&ctype{name: "short", kind: cInt, size: 2}, "int16_t"},
		{&ctype{name: "int", kind: cInt, size: 4}, "int32_t wchar_t"},
		{int64Type, "ssize_t intptr_t ptrdiff_t time_t off_t"},
		{&ctype{name: "unsigned char", kind: cUint, size: 1}, "uint8_t"},
		{&ctype{name: "unsigned short", kind: cUint, size: 2}, "uint16_t"},
		{uintType, "uint32_t"},
		{uint64Type, "size_t uintptr_t"},
	} {
		all[t.name] = t.ctype
		for name := range strings.FieldsSeq(t.names) {
			all[name] = t.ctype
		}
	}
	return all
}()

// pointerTo returns the type of a pointer to elem.
func pointerTo(elem *ctype) *ctype {
	return &ctype{kind: cPointer, size: pointerSize, elem: elem, depth: elem.depth + 1}
}

// decayed returns the type of a pointer to the elements of t, an array or a pointer.
func (t *ctype) decayed() *ctype {
	if t.kind == cPointer {
		return t
	}
	if t.pointer == nil {
		t.pointer = pointerTo(t.elem)
	}
	return t.pointer
}

// arrayOf returns the type of an array of n elements; -1 is an unknown length.
func arrayOf(elem *ctype, n int) *ctype {
	return &ctype{kind: cArray, elem: elem, n: n, size: max(n, 0) * elem.size, depth: elem.depth + 1}
}

// String returns the name as LuaJIT writes it, such as "char *" or "int [2][3]".
func (t *ctype) String() string {
	if t.name == "" {
		t.name = t.declare("")
	}
	return t.name
}

// declare returns C's declaration of something of type t: of inner.
func (t *ctype) declare(inner string) string {
	switch t.kind {
	case cPointer:
		inner = "*" + inner
		if t.elem.kind == cArray {
			inner = "(" + inner + ")"
		}
		return t.elem.declare(inner)
	case cArray:
		if t.n < 0 {
			return t.elem.declare(inner + "[?]")
		}
		return t.elem.declare(fmt.Sprintf("%s[%d]", inner, t.n))
	}
	if inner == "" {
		return t.name
	}
	return t.name + " " + inner
}

// bits returns the bits of a number or boolean that lies in b, an integer extended to
// 64 bits by its sign.
func (t *ctype) bits(b []byte) uint64 {
	var n uint64
	switch t.size {
	case 1:
		n = uint64(b[0])
	case 2:
		n = uint64(binary.LittleEndian.Uint16(b))
	case 4:
		n = uint64(binary.LittleEndian.Uint32(b))
	default:
		return binary.LittleEndian.Uint64(b)
	}
	if t.kind == cInt {
		shift := 64 - 8*t.size
		n = uint64(int64(n<<shift) >> shift)
	}
	return n
}

// setBits puts the low bits of n into b.
func (t *ctype) setBits(b []byte, n uint64) {
	switch t.size {
	case 1:
		b[0] = byte(n)
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(n))
	case 4:
		binary.LittleEndian.PutUint32(b, uint32(n))
	default:
		binary.LittleEndian.PutUint64(b, n)
	}
}

const exactInt = 1 << 53 // up to here a Lua number holds every integer

// float returns the number or boolean that lies in b. exact is false for an integer above
// 2^53, which a float64 may not hold.
func (t *ctype) float(b []byte) (f float64, exact bool) {
	switch n := t.bits(b); {
	case t.kind == cFloat && t.size == 4:
		return float64(math.Float32frombits(uint32(n))), true
	case t.kind == cFloat:
		return math.Float64frombits(n), true
	case t.kind == cInt:
		i := int64(n)
		return float64(i), -exactInt <= i && i <= exactInt
	default:
		return float64(n), n <= exactInt
	}
}

// setFloat puts a number into b, converted as C does.
func (t *ctype) setFloat(b []byte, f float64) {
	switch {
	case t.kind == cFloat && t.size == 4:
		t.setBits(b, uint64(math.Float32bits(float32(f))))
	case t.kind == cFloat:
		t.setBits(b, math.Float64bits(f))
	case t.kind == cBool:
		b[0] = 0
		if f != 0 {
			b[0] = 1
		}
	case t.size == 8 || t == uintType:
		t.setBits(b, unsigned(f))
	default:
		t.setBits(b, uint64(toInt32(f)))
	}
}
