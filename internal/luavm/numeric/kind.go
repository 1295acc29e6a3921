package numeric

import "microts/internal/luavm/code"

// Kind is what compiled code knows of a value.
type Kind uint8

// The kinds. A value of the kind None stays where it is: compiled code neither reads nor
// writes it.
const (
	None     Kind = iota
	Number        // a float64
	Truth         // nil, false or true: 0, 1 or 2
	Table         // the offset of a table in the window
	Function      // the offset of a function in Go
	Closure       // the offset of a function in Lua

	// What is known besides of a table whose array is used.
	arrayOf  // the offset of its array
	lengthOf // how long the array is at least

	// And of one whose fields are used.
	nodesOf // the offset of its nodes
	sizeOf  // how many there are
)

func (k Kind) wasmType() byte {
	switch k {
	case Number:
		return typeF64
	case lengthOf:
		return typeI64
	}
	return typeI32
}

// Layout says where the machine keeps what compiled code reads and writes. Names end in
// At for offsets in bytes; tags are the second words of values.
type Layout struct {
	NumberMark                        uint64 // the first word of a number
	TableTag, FunctionTag, ClosureTag uint64

	// Of a table:
	ArrayAt, LenAt, CapAt int // its array of values
	NodesAt, SizeAt       int // its nodes and their number, a uint32
	MetaAt                int // a pointer
	AbsentAt              int // a uint16, which is 0 after a key without a value got one
	IntegersAt            int // a byte, which is 0 if array has all integers from 1 on
	NodeSize, NodeValueAt int // of a node, which begins with the pointer to its key

	// Of a function in Go:
	SpecialAt                  int  // a byte that says which function it is
	NumberAt                   int  // a pointer that is not nil if CallNumber can call it
	NumbersAt                  int  // and CallNumbers
	Sqrt, Abs, Floor, Max, Min byte // values of the byte

	// Of a closure:
	CodeAt, ProtoAt int // a pointer to its code; there, a pointer to its Proto
	JoinedAt        int // in the code, a byte that is not 0 if its upvalues may be any variables
	EnvAt, UpvalsAt int // pointers to its globals and to pointers to its upvalues
	UpvalueAt       int // of an upvalue: the pointer to its value
}

// Sample is a value that the machine has while a loop is compiled, from which Compile
// guesses the types of others.
type Sample any

// Source gives the samples. Each method returns a value like those that the
// instruction is going to read; it may be any value.
type Source interface {
	Register(r int) Sample
	Upvalue(i int) Sample
	Field(object Sample, name string) Sample
	// Node returns which node of a table has a key, or what the hint of the instruction says.
	Node(object Sample, name string, pc int) int
	// Callee returns the code of a closure, with the address of the Proto, and a Source for it.
	Callee(closure Sample) (p *code.Proto, address uint64, s Source)
	// Globals returns the table of the globals.
	Globals() Sample
	// Key returns the address of a constant string, and what keeps it alive.
	Key(constant int) (address uint64, keep any)
	Index(object Sample) Sample // of any integer key
	Kind(s Sample) Kind
	// Special returns the byte of a function, and whether CallNumber and CallNumbers can call it.
	Special(function Sample) (special byte, one, two bool)
}
