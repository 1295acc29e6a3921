package code

import (
	"fmt"
	"math"
	"sync"

	"microts/internal/luavm/syntax"
)

// MaxRegisters is how many registers a function may use.
const MaxRegisters = 250

// maxK is the number of constants that fit into the bits K and BC.
const maxK = 1 << 16

// Error says why a function cannot be compiled.
type Error struct {
	Chunk   string // the name of the source in messages
	Line    int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.Chunk, e.Line, e.Message) }

// Compile returns the code of a Lua chunk. The error is an *Error: a function needs too
// many registers or jumps too far.
func Compile(chunk *syntax.Function, name Name) (proto *Proto, err error) {
	defer func() {
		r := recover()
		if e, ok := r.(*Error); ok {
			err = e
		} else if r != nil {
			panic(r)
		}
	}()
	return compileFunction(chunk, name, nil), nil
}

// compiler compiles one function.
//
// A local variable is in the register that its slot says. Temporary values stand above
// the locals: free is the first register that holds nothing. Each method that compiles
// an expression leaves free as it was, apart from those that say otherwise.
type compiler struct {
	proto    *Proto
	src      *syntax.Function
	free     int
	locals   int // the registers of the locals in scope
	captures bool
	line     syntax.Line // of the next instruction
	consts   map[Const]int
	numbers  map[uint64]int // by their bits: 0 and -0 are two constants
	strings  map[string]int
	folded   map[*syntax.BinaryExpr]fold
	labels   map[*syntax.LabelStmt]int
	gotos    map[*syntax.LabelStmt][]int // jumps to labels that are not yet compiled
	breaks   map[syntax.Stmt][]int
}

// compileFunction compiles a function in a chunk; nil is the chunk itself.
func compileFunction(f *syntax.Function, name Name, chunk *Proto) *Proto {
	c := &compiler{
		proto: &Proto{
			Loops:     new(sync.Map),
			Source:    name.Source,
			Chunk:     name.Chunk,
			Line:      int32(f.Line),
			EndLine:   int32(f.EndLine),
			NumParams: uint8(len(f.Params)),
			IsVararg:  f.IsVararg,
			Registers: 2,
		},
		src: f,
	}
	if c.proto.chunk = chunk; chunk == nil {
		c.proto.chunk = c.proto
	}
	for _, l := range f.Locals {
		c.captures = c.captures || l.Captured
	}
	for _, u := range f.Upvalues {
		up := Upval{Name: u.Local.Name, FromRegister: u.FromLocal, Index: uint8(u.Index)}
		if u.FromLocal {
			up.Index = uint8(u.Local.Slot)
		}
		c.proto.Upvals = append(c.proto.Upvals, up)
	}
	c.line = f.Line
	c.declare(f.Params)
	first := len(c.proto.Locals) - len(f.Params)
	c.statements(f.Body)
	c.line = f.EndLine
	c.emitReturn(Make(Return0, 0, 0, 0, 0))
	c.endScope(first, 0)
	return c.proto
}

// fail ends the compilation.
func (c *compiler) fail(format string, args ...any) {
	panic(&Error{Chunk: c.proto.Chunk, Line: int(c.line), Message: fmt.Sprintf(format, args...)})
}

// Instructions

// emit appends an instruction and returns its place.
func (c *compiler) emit(i Instr) int {
	c.proto.Code = append(c.proto.Code, i)
	c.proto.Lines = append(c.proto.Lines, int32(c.line))
	return len(c.proto.Code) - 1
}

func (c *compiler) here() int { return len(c.proto.Code) }

// jumpTo makes the jump at place from go to place to.
func (c *compiler) jumpTo(from, to int) {
	c.proto.Code[from] = c.proto.Code[from].WithD(to - from - 1)
}

// land makes the jumps go to the next instruction.
func (c *compiler) land(jumps []int) {
	for _, j := range jumps {
		c.jumpTo(j, c.here())
	}
}

// back emits a jump to an earlier place.
func (c *compiler) back(to int) { c.jumpTo(c.emit(Make(Loop, 0, 0, 0, 0)), to) }

// emitReturn emits an instruction that leaves the function.
func (c *compiler) emitReturn(i Instr) {
	if c.captures {
		c.emit(Make(Close, 0, 0, 0, 0))
	}
	c.emit(i)
}

// Registers

// take takes n registers and returns the first.
func (c *compiler) take(n int) uint8 {
	first := c.free
	c.free += n
	if c.free > MaxRegisters {
		c.fail("function or expression too complex")
	}
	if c.free > int(c.proto.Registers) {
		c.proto.Registers = uint8(c.free)
	}
	return uint8(first)
}

// isTemp reports whether a register holds no local, so that no expression reads it.
func (c *compiler) isTemp(r uint8) bool { return int(r) >= c.locals }

// declare brings locals into scope: their values are in the registers from c.locals on.
func (c *compiler) declare(locals []*syntax.Local) {
	for _, l := range locals {
		c.declareName(l.Name)
	}
}

func (c *compiler) declareName(name string) {
	c.proto.Locals = append(c.proto.Locals, LocalVar{Name: name, Start: int32(c.here()), End: math.MaxInt32, Register: uint8(c.locals)})
	c.locals++
	if c.free < c.locals {
		c.take(c.locals - c.free)
	}
}

// endScope ends the scope of the locals that were declared since there were first of
// them, and of all registers from slot on.
func (c *compiler) endScope(first, slot int) {
	for i := first; i < len(c.proto.Locals); i++ {
		if l := &c.proto.Locals[i]; l.End == math.MaxInt32 {
			l.End = int32(c.here())
		}
	}
	c.locals, c.free = slot, slot
}

// Constants

func (c *compiler) addConst(k Const) int {
	c.proto.Consts = append(c.proto.Consts, k)
	return len(c.proto.Consts) - 1
}

func (c *compiler) numberConst(x float64) int {
	if c.numbers == nil {
		c.numbers = map[uint64]int{}
	}
	bits := math.Float64bits(x)
	i, ok := c.numbers[bits]
	if !ok {
		i = c.addConst(Const{Kind: Number, Number: x})
		c.numbers[bits] = i
	}
	return i
}

func (c *compiler) stringConst(s string) int {
	if c.strings == nil {
		c.strings = map[string]int{}
	}
	i, ok := c.strings[s]
	if !ok {
		i = c.addConst(Const{Kind: String, String: s})
		c.strings[s] = i
	}
	return i
}

// constant returns the place of a constant.
func (c *compiler) constant(k Const) int {
	switch k.Kind {
	case Number:
		return c.numberConst(k.Number)
	case String:
		return c.stringConst(k.String)
	}
	if c.consts == nil {
		c.consts = map[Const]int{}
	}
	i, ok := c.consts[k]
	if !ok {
		i = c.addConst(k)
		c.consts[k] = i
	}
	return i
}
