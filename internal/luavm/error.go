package luavm

import (
	"fmt"
	"runtime/debug"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/code"
)

// Error is a Lua error: what a script raises with error, or a native function with
// Call.Errorf.
type Error struct {
	Value     Value  // what pcall returns
	Traceback string // where it was raised; of an error that no pcall caught
	cause     error  // what ended the script, if that was no error of the script: no pcall catches it
	handled   bool   // no error handler gets it
}

// Error returns the message.
func (e *Error) Error() string {
	switch {
	case e.Value.isString():
		return e.Value.text()
	case e.Value.isNumber():
		return FormatNumber(e.Value.float())
	}
	return fmt.Sprintf("(error object is a %s value)", e.Value.Type())
}

// Unwrap returns the error that ended the script, or nil.
func (e *Error) Unwrap() error { return e.cause }

func errorInErrorHandling() *Error {
	return &Error{Value: Intern("error in error handling").Value(), handled: true}
}

// asError returns what a panic carries as an Error. Any other panic goes on.
func asError(r any) *Error {
	switch r := r.(type) {
	case *Error:
		return r
	case *lua.ApiError:
		if e, ok := r.Cause.(*Error); ok {
			return e
		}
		return &Error{Value: FromLValue(r.Object)}
	}
	p := &PanicError{Value: r, Stack: debug.Stack()}
	return &Error{Value: NewString(p.Error()).Value(), cause: p}
}

// PanicError is the cause of the error that ends a script when Go code panics.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine, as debug.Stack returns it
}

func (e *PanicError) Error() string { return fmt.Sprintf("internal error: %v", e.Value) }

// Errorf raises an error with the position of the Lua function that runs, or that called
// the native function that runs.
func (th *Thread) Errorf(format string, args ...any) {
	th.Raise(NewString(th.position() + fmt.Sprintf(format, args...)).Value())
}

// position returns where the Lua function that runs is, or that called the native function
// that runs; see Where.
func (th *Thread) position() string {
	if th.isLua(th.depth) {
		return th.Where(0)
	}
	return th.Where(1)
}

// Raise raises any value as an error.
func (th *Thread) Raise(v Value) { panic(&Error{Value: v}) }

// Where returns the position of the function at a level, such as "x.lua:3: ", or "" if it
// is none of Lua. Level 0 is the function that runs, 1 its caller.
func (th *Thread) Where(level int) string {
	d := th.depth - level
	if d < 1 || !th.isLua(d) {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", th.closureAt(d).fn.proto.Chunk, th.line(d))
}

// isLua reports whether frame d is that of a Lua function.
func (th *Thread) isLua(d int) bool {
	return d > 0 && th.stack[th.frames[d].base-1].isClosure()
}

func (th *Thread) closureAt(d int) *Closure { return th.stack[th.frames[d].base-1].closure() }

// line returns the line that frame d is at.
func (th *Thread) line(d int) int {
	return int(th.closureAt(d).fn.proto.Lines[max(th.frames[d].pc-1, 0)])
}

// Errors of instructions. They name the variable that a register was loaded from.

// arithError raises the error of an arithmetic operation.
func (th *Thread) arithError(l, r Value) {
	if _, ok := toNumber(l); ok {
		l = r
	}
	th.operandError("perform arithmetic on", l)
}

func (th *Thread) concatError(l, r Value) {
	if isText(l) {
		l = r
	}
	th.operandError("concatenate", l)
}

func (th *Thread) compareError(l, r Value) {
	if a, b := typeName(l), typeName(r); a == b {
		th.Errorf("attempt to compare two %s values", a)
	} else {
		th.Errorf("attempt to compare %s with %s", a, b)
	}
}

// callError raises the error of a call of what stands in a slot.
func (th *Thread) callError(at int) {
	kind, name := "", ""
	if !th.isLua(th.depth) {
		th.Raise(NewString(fmt.Sprintf("attempt to call a %s value", typeName(th.stack[at]))).Value())
	} else {
		f := th.frame()
		fn := th.closureAt(th.depth).fn
		if i := fn.code[f.pc-1]; i.Op() >= code.Call && i.Op() <= code.TailCallM && int(f.base)+int(i.A()) == at {
			kind, name = slotName(fn.proto, int(f.pc-1), int(i.A()))
		}
	}
	th.typeError("call", th.stack[at], kind, name)
}

// operandError raises the error of an operation on v, which is an operand of the
// instruction that the frame is at.
func (th *Thread) operandError(what string, v Value) {
	kind, name := "", ""
	if th.isLua(th.depth) {
		f := th.frame()
		fn := th.closureAt(th.depth).fn
		pc := int(f.pc - 1)
		for _, r := range operands(fn.code[pc], f.concat) {
			if th.stack[int(f.base)+r] == v {
				kind, name = slotName(fn.proto, pc, r)
				break
			}
		}
	}
	th.typeError(what, v, kind, name)
}

// operands returns the registers that an instruction operates on.
func operands(i code.Instr, concat int32) []int {
	switch op := i.Op(); {
	case op == code.Concat:
		return []int{int(concat) - 1, int(concat)}
	case op == code.SetField || op == code.SetIndex || op == code.SetInt:
		return []int{int(i.A())}
	case op >= code.Add && op <= code.Pow:
		return []int{int(i.B()), int(i.C())}
	case op == code.GetGlobal || op == code.SetGlobal:
		return nil
	}
	return []int{int(i.B())}
}

func (th *Thread) typeError(what string, v Value, kind, name string) {
	if kind == "" {
		th.Errorf("attempt to %s a %s value", what, typeName(v))
	}
	th.Errorf("attempt to %s %s '%s' (a %s value)", what, kind, name, typeName(v))
}

func typeName(v Value) string {
	if v.isCData() {
		return "cdata"
	}
	return v.Type().String()
}

// slotName says which variable a register holds at an instruction: its kind (local,
// global, field, method, upvalue) and name, or "" if it holds none. Like LuaJIT, it looks
// for the instruction before that wrote the register, whatever jumps lie between.
func slotName(p *code.Proto, pc, register int) (kind, name string) {
	if name := p.LocalName(pc, register); name != "" {
		return "local", name
	}
	for pc--; pc >= 0; pc-- {
		i := p.Code[pc]
		first, last := i.Writes()
		if register < first || register > last {
			continue
		}
		switch i.Op() {
		case code.Move:
			return slotName(p, pc, int(i.B()))
		case code.GetGlobal:
			return "global", p.Consts[i.D()].String
		case code.GetUpval:
			return "upvalue", p.Upvals[i.D()].Name
		case code.GetField:
			return "field", p.Consts[i.K()].String
		case code.Self:
			if register == first {
				return "method", p.Consts[i.K()].String
			}
		}
		return "", ""
	}
	return "", ""
}

// metamethods are the names of the metamethods that instructions call.
var metamethods = func() (names [code.NumOps]string) {
	for e, ops := range map[event][2]code.Op{
		eventIndex: {code.GetField, code.GetIndex}, eventNewIndex: {code.SetField, code.SetIndex},
		eventAdd: {code.Add, code.AddK}, eventSub: {code.Sub, code.SubK}, eventMul: {code.Mul, code.MulK},
		eventDiv: {code.Div, code.DivK}, eventMod: {code.Mod, code.ModK}, eventPow: {code.Pow, code.PowK},
		eventUnm: {code.Unm}, eventLen: {code.Len}, eventConcat: {code.Concat}, eventEq: {code.EQ, code.NE},
	} {
		names[ops[0]], names[ops[1]] = eventNames[e].s, eventNames[e].s
	}
	names[code.Move] = ""
	names[code.GetGlobal], names[code.GetInt], names[code.Self] = "__index", "__index", "__index"
	names[code.SetGlobal], names[code.SetInt] = "__newindex", "__newindex"
	names[code.KSub], names[code.KDiv] = "__sub", "__div"
	for op := code.LT; op <= code.NLE; op++ {
		names[op] = eventNames[eventLt+event((op-code.LT)/2)].s
	}
	for op := code.LTK; op <= code.NGEK; op++ {
		names[op] = eventNames[eventLt+event((op-code.LTK)/2%2)].s
	}
	return names
}()

// functionName says how the function of frame d was called: "global", "local", "method",
// "field", "upvalue", "metamethod" or "", and its name.
func (th *Thread) functionName(d int) (kind, name string) {
	f := th.frames[d]
	if d < 2 || f.flags&tailCalled != 0 || !th.isLua(d-1) {
		return "", ""
	}
	caller := th.frames[d-1]
	p := th.closureAt(d - 1).fn.proto
	pc := int(caller.pc - 1)
	i := p.Code[pc]
	switch f.then {
	case toInstr, toInstrNot:
		return "metamethod", metamethods[i.Op()]
	case toRegisters, toReturn:
		if i.Op() == code.TForLoop {
			return "local", "(for generator)" // as LuaJIT calls it
		}
		if i.Op() >= code.Call && i.Op() <= code.TailCallM {
			return slotName(p, pc, int(i.A()))
		}
	}
	return "", ""
}

// Tracebacks

const (
	tracebackFirst = 12 // a long traceback has the levels below it,
	tracebackLast  = 10 // and so many frames at the bottom
)

// traceback lists the calls of th from a level on, as LuaJIT does. Level 0 is the
// function that runs.
func (th *Thread) traceback(level int) string {
	var b strings.Builder
	b.WriteString("stack traceback:")
	first := true
	for d := th.depth - level; d > 0; d-- {
		if first && th.depth-d >= tracebackFirst {
			first = false
			if d > tracebackLast+1 {
				b.WriteString("\n\t...")
				d = tracebackLast
			}
		}
		b.WriteString("\n\t")
		b.WriteString(th.describe(d))
	}
	return b.String()
}

// describe returns the line of a traceback for frame d.
func (th *Thread) describe(d int) string {
	kind, name := th.functionName(d)
	where := "[C]:"
	if th.isLua(d) {
		where = fmt.Sprintf("%s:%d:", th.closureAt(d).fn.proto.Chunk, th.line(d))
	}
	switch {
	case kind != "":
		return fmt.Sprintf("%s in function '%s'", where, name)
	case !th.isLua(d):
		return fmt.Sprintf("%s at %p", where, th.stack[th.frames[d].base-1].p)
	}
	p := th.closureAt(d).fn.proto
	if p.Line == 0 {
		return where + " in main chunk"
	}
	return fmt.Sprintf("%s in function <%s:%d>", where, p.Chunk, p.Line)
}
