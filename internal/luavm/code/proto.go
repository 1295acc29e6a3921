package code

import "sync"

// Proto is a compiled function. Apart from Loops, it does not change once it is made, so
// states and goroutines may share it; each state links it to values of its own.
type Proto struct {
	Source    string // the name of the source, as load got it
	Chunk     string // the name of the source in messages
	Line      int32  // of the word "function"; 0 of a Lua chunk
	EndLine   int32
	NumParams uint8
	IsVararg  bool
	Registers uint8 // how many it uses

	Code   []Instr
	Lines  []int32 // the lines of Code
	Consts []Const
	Protos []*Proto // of the functions in it
	Upvals []Upval
	Tables []Table
	Locals []LocalVar // in the order of their Start

	IsDump bool // it was loaded from what Dump returned

	chunk *Proto // the Lua chunk that the function is in
	text  string // of a Lua chunk: its source, for Dump; "" if it is not kept

	Loops *sync.Map // what the machine has made of hot loops, by their first instruction
}

// Upval says where a closure finds an upvalue when it is made: in a register of the
// function around it, or in the upvalues of that function.
type Upval struct {
	Name         string
	FromRegister bool
	Index        uint8
}

// LocalVar says which register a local variable has, from which instruction on and up
// to which one. Hidden variables have names in parentheses.
type LocalVar struct {
	Name       string
	Start, End int32
	Register   uint8
}

// Table is the shape of a table that a constructor makes.
type Table struct {
	Array int     // how many values it lists
	Hash  int     // how many other keys it has
	Keys  []int32 // its keys that are constant strings, as constants, each once
}

// Kind is the type of a constant.
type Kind uint8

// The types of constants.
const (
	Nil Kind = iota
	False
	True
	Number
	String
)

// Const is a constant.
type Const struct {
	Kind   Kind
	Number float64
	String string
}
