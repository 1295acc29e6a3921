package luavm

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/code"
)

// Closure is a Lua function with its upvalues.
type Closure struct {
	lua.LFunction // makes a *Closure a *lua.LFunction, which Go code may call
	fn            *function
	upvals        []*upvalue
	env           *Table
}

// Native is a function of the engine written in Go.
//
// It reads its arguments with the methods of Call and gives its results to
// Call.Return. It may call Lua functions with Call.Call; these run inside it, so a
// coroutine cannot yield across it. It raises an error with Call.Errorf or Call.Raise.
type Native func(c *Call)

// Function is a Native as a value.
type Function struct {
	lua.LFunction // makes a *Function a *lua.LFunction, which Go code may call
	name          string
	native        Native
	special       special
	number        func(float64) float64      // or nil: what native does with one number
	numbers       func(x, y float64) float64 // or nil: what it does with two
	wrapped       *Thread                    // what a specialWrap resumes
	data          any                        // see NewFunctionWith
}

// special says which native functions the machine runs itself, because they change
// what runs.
type special uint8

const (
	ordinary special = iota
	specialPcall
	specialXpcall
	specialResume
	specialWrap // a function that coroutine.wrap made
	specialYield
	specialNext
	specialIpairs // the iterator that ipairs returns

	// Functions of two numbers that machine code does without a call.
	specialMax
	specialMin

	// Functions of one number that run does without a call.
	specialSqrt
	specialAbs
	specialFloor
)

// nativeMark is the Proto of the LFunction that is the first field of a Function.
var nativeMark = &lua.FunctionProto{}

// NewFunction makes a function of f. Messages and tracebacks find its name where it is
// called; name is for those that find none.
func NewFunction(name string, f Native) *Function {
	return newSpecial(name, f, ordinary)
}

// NewFunctionWith is NewFunction of a function that data belongs to: Call.Data and
// Value.Data return it. Of a MemorySizer, a MemorySharer and a []Value, Memory counts what
// it holds.
func NewFunctionWith(name string, data any, f Native) *Function {
	fn := NewFunction(name, f)
	fn.data = data
	return fn
}

// NewNumberFunction makes a function of one number, which f computes. Calls with a
// number go to f directly. f does nothing but compute: it may be called twice instead of once.
func NewNumberFunction(name string, f func(float64) float64) *Function {
	fn := NewFunction(name, func(c *Call) { c.Return(Number(f(c.Number(1)))) })
	fn.number = f
	return fn
}

// NewNumbersFunction makes a function whose calls with two numbers go to f directly, and all
// others to native. f does nothing but compute: it may be called twice instead of once.
func NewNumbersFunction(name string, native Native, f func(x, y float64) float64) *Function {
	fn := NewFunction(name, native)
	fn.numbers = f
	return fn
}

// The functions sqrt, abs and floor of math.
func NewSqrt() *Function  { return newNumberSpecial("sqrt", math.Sqrt, specialSqrt) }
func NewAbs() *Function   { return newNumberSpecial("abs", math.Abs, specialAbs) }
func NewFloor() *Function { return newNumberSpecial("floor", math.Floor, specialFloor) }

// The functions max and min of math.
func NewMax() *Function { return newNumbersSpecial("max", maximum, larger, specialMax) }
func NewMin() *Function { return newNumbersSpecial("min", minimum, smaller, specialMin) }

func newNumbersSpecial(name string, native Native, f func(x, y float64) float64, s special) *Function {
	fn := NewNumbersFunction(name, native, f)
	fn.special = s
	return fn
}

func newNumberSpecial(name string, f func(float64) float64, s special) *Function {
	fn := NewNumberFunction(name, f)
	fn.special = s
	return fn
}

// maximum is math.max(x, ...). Like LuaJIT, it compares from the first on: a NaN there
// gives way to the next number, and a NaN behind it does not count unless it is the last.
func maximum(c *Call) {
	x := c.Number(1)
	for i := 2; i <= c.NumArgs(); i++ {
		x = larger(x, c.Number(i))
	}
	c.Return(Number(x))
}

func larger(x, y float64) float64 {
	if x > y {
		return x
	}
	return y
}

// minimum is math.min(x, ...), which treats NaN as maximum does.
func minimum(c *Call) {
	x := c.Number(1)
	for i := 2; i <= c.NumArgs(); i++ {
		x = smaller(x, c.Number(i))
	}
	c.Return(Number(x))
}

func smaller(x, y float64) float64 {
	if x < y {
		return x
	}
	return y
}

func newSpecial(name string, f Native, s special) *Function {
	return &Function{
		LFunction: lua.LFunction{IsG: true, Proto: nativeMark, GFunction: callFromGo},
		name:      name,
		native:    f,
		special:   s,
	}
}

// Value returns f as a value.
func (f *Function) Value() Value { return Value{unsafe.Pointer(f), tagNative} }

// Value returns c as a value.
func (c *Closure) Value() Value { return Value{unsafe.Pointer(c), tagClosure} }

func (v Value) closure() *Closure { return (*Closure)(v.p) }
func (v Value) native() *Function { return (*Function)(v.p) }

// function is a compiled function as a state runs it: with values as constants, and with
// a copy of the code that the machine writes hints into.
type function struct {
	proto     *code.Proto
	ops       *code.Instr // the first of code
	consts    *Value      // the first of values
	registers int32
	numParams int32
	room      int32 // slots from the base of a frame on that Call makes; too many if isVararg
	isVararg  bool

	code   []code.Instr
	values []Value
	inner  []*function
	shapes []*Shape // of Tables, each made when it is first needed
	loops  []*hotLoop
	joined bool // upvaluejoin has given one of its closures another variable
}

// link makes a function of p.
func link(p *code.Proto) *function {
	fn := &function{
		proto:     p,
		registers: int32(p.Registers),
		numParams: int32(p.NumParams),
		isVararg:  p.IsVararg,
		code:      append(make([]code.Instr, 0, len(p.Code)), p.Code...),
		values:    make([]Value, len(p.Consts), len(p.Consts)+1),
		inner:     make([]*function, len(p.Protos)),
		shapes:    make([]*Shape, len(p.Tables)),
	}
	for i, k := range p.Consts {
		fn.values[i] = constant(k)
	}
	fn.countLoops()
	fn.room = fn.registers + spare
	if fn.isVararg {
		fn.room = 2 * maxStack
	}
	fn.ops = unsafe.SliceData(fn.code)
	fn.consts = unsafe.SliceData(fn.values)
	return fn
}

func constant(k code.Const) Value {
	switch k.Kind {
	case code.False:
		return False
	case code.True:
		return True
	case code.Number:
		return Number(k.Number)
	case code.String:
		return Intern(k.String).Value()
	}
	return Nil
}

// innerFunction returns a function in fn, which is linked when it is first needed.
func (fn *function) innerFunction(i int) *function {
	if fn.inner[i] == nil {
		fn.inner[i] = link(fn.proto.Protos[i])
	}
	return fn.inner[i]
}

// newTable makes a table as a constructor of fn wants it.
func (fn *function) newTable(i int) *Table {
	if fn.shapes[i] != nil {
		return fn.shapes[i].NewTable()
	}
	shape := &fn.proto.Tables[i]
	if len(shape.Keys) == 0 {
		return NewTable(shape.Array, shape.Hash)
	}
	keys := make([]*String, len(shape.Keys))
	for n, k := range shape.Keys {
		keys[n] = fn.values[k].string()
	}
	fn.shapes[i] = NewShape(shape.Array, shape.Hash, keys...)
	return fn.shapes[i].NewTable()
}

// upvalue is a variable that closures share. It is open while its function runs and
// its variable stands in a register, else it owns the value.
type upvalue struct {
	v    *Value // the value: a register, or own
	own  Value
	slot int32          // of the stack, if it is open
	next *upvalue       // the next open one of the thread, which has a smaller slot
	id   *lua.LUserData // what debug.upvalueid returns for it, once it has
}

// capture returns the open upvalue of a slot of the stack.
func (th *Thread) capture(slot int32) *upvalue {
	at := &th.open
	for *at != nil && (*at).slot > slot {
		at = &(*at).next
	}
	if u := *at; u != nil && u.slot == slot {
		return u
	}
	u := &upvalue{v: &th.stack[slot], slot: slot, next: *at}
	*at = u
	return u
}

// closeUpvalues gives the open upvalues of slots from slot on their own values.
func (th *Thread) closeUpvalues(slot int32) {
	for u := th.open; u != nil && u.slot >= slot; u = th.open {
		th.open = u.next
		u.own = *u.v
		u.v = &u.own
		u.next = nil
	}
}

// newClosure makes a closure of fn in the frame whose closure is outer.
func (th *Thread) newClosure(fn *function, outer *Closure, base int32) *Closure {
	c := makeClosure(fn, outer.env)
	for i, u := range fn.proto.Upvals {
		if u.FromRegister {
			c.upvals[i] = th.capture(base + int32(u.Index))
		} else {
			c.upvals[i] = outer.upvals[u.Index]
		}
	}
	return c
}

// makeClosure makes a closure whose upvalues are not yet there.
func makeClosure(fn *function, env *Table) *Closure {
	const few = 2
	var c *Closure
	n := len(fn.proto.Upvals)
	if n > 0 && n <= few {
		both := &struct {
			Closure
			upvals [few]*upvalue
		}{}
		c = &both.Closure
		c.upvals = both.upvals[:n]
	} else {
		c = &Closure{upvals: make([]*upvalue, n)}
	}
	c.IsG, c.Proto, c.GFunction = true, closureMark, callFromGo
	c.fn, c.env = fn, env
	return c
}
