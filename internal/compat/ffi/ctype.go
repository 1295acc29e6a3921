package ffi

import (
	"fmt"
	"strings"
)

// ctype is a C type: a number, a pointer, or an array of either.
type ctype struct {
	name string
	kind ctypeKind
	size int    // bytes; 0 for void and for an array of unknown length
	elem *ctype // of a pointer or an array; else nil
	n    int    // elements of an array; -1 if each object has its own: char[?]
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

const pointerSize = 8 // bytes

var (
	charType = &ctype{name: "char", kind: cInt, size: 1}
	voidType = &ctype{name: "void", kind: cVoid}
)

// baseTypes are the types of C that have no parts, by all their names, with the
// sizes of 64-bit Linux.
var baseTypes = func() map[string]*ctype {
	all := map[string]*ctype{"char": charType, "void": voidType}
	for kind, sizes := range map[ctypeKind]map[int]string{
		cInt: {
			1: "int8_t,signed char", 2: "int16_t,short,short int,signed short", 4: "int32_t,int,signed,signed int,wchar_t",
			8: "int64_t,long,long int,long long,long long int,ssize_t,intptr_t,ptrdiff_t,time_t,off_t",
		},
		cUint: {
			1: "uint8_t,unsigned char", 2: "uint16_t,unsigned short,unsigned short int", 4: "uint32_t,unsigned,unsigned int",
			8: "uint64_t,unsigned long,unsigned long int,unsigned long long,unsigned long long int,size_t,uintptr_t",
		},
		cFloat: {4: "float", 8: "double"},
		cBool:  {1: "bool,_Bool"},
	} {
		for size, names := range sizes {
			for name := range strings.SplitSeq(names, ",") {
				all[name] = &ctype{name: name, kind: kind, size: size}
			}
		}
	}
	return all
}()

func pointerTo(elem *ctype) *ctype {
	name := elem.name + " *"
	if strings.HasSuffix(elem.name, "*") {
		name = elem.name + "*"
	}
	return &ctype{name: name, kind: cPointer, size: pointerSize, elem: elem}
}

// arrayOf returns the type of an array of n elements; -1 is an unknown length.
func arrayOf(elem *ctype, n int) *ctype {
	if n < 0 {
		return &ctype{name: elem.name + " [?]", kind: cArray, elem: elem, n: n}
	}
	return &ctype{name: fmt.Sprintf("%s [%d]", elem.name, n), kind: cArray, elem: elem, n: n, size: n * elem.size}
}
