package luavm

import (
	"math"
	"os"
	"unsafe"

	"microts/internal/luavm/code"
	"microts/internal/luavm/numeric"
)

// Hot loops run as machine code, if package numeric can compile them. link replaces each
// jump back to the header of a loop by WarmLoop, which counts. After a while the loop is
// compiled: the instruction becomes NativeLoop, or what it was.

const (
	hotAfter = 40_000 // instructions a loop runs, roughly, before it is compiled
	minHot   = 100    // and iterations
	trial    = 100    // entries after which a loop has to have paid
	minRun   = 60     // instructions an entry must run to pay
)

// hotLoop is a compiled loop in a function of a state.
type hotLoop struct {
	entry   *numeric.Entry
	objects []unsafe.Pointer // for runLoop
	entries int
	ran     int
}

// interpretAll is what the environment variable MICROTS_JIT=off sets.
var interpretAll = os.Getenv("MICROTS_JIT") == "off"

// UseMachineCode says whether hot loops may run as machine code. They may at first, unless the
// environment variable MICROTS_JIT is "off".
func (s *State) UseMachineCode(use bool) { s.interpreted = !use || interpretAll }

// UsesMachineCode reports whether hot loops may run as machine code.
func (s *State) UsesMachineCode() bool { return !s.interpreted }

// countLoops makes the machine count how often loops run.
func (fn *function) countLoops() {
	for pc, i := range fn.code {
		if op := i.Op(); op == code.Loop || op == code.ForLoop || op == code.ForLoop1 {
			fn.code[pc] = code.Make(code.WarmLoop, i.A(), 0, 0, int32(i.D()))
		}
	}
}

// warmLoop does a WarmLoop.
func (th *Thread) warmLoop(fn *function, i code.Instr) {
	pc := int(th.frame().pc) - 1
	if !th.jumpBack(fn, i) || th.state.interpreted {
		return
	}
	if n := i.BC() + 1; n < max(minHot, hotAfter/-i.D()) {
		fn.code[pc] = i.WithBC(n)
		return
	}
	fn.code[pc] = fn.proto.Code[pc]
	if l := th.compileLoop(fn, pc+1+i.D()); l != nil {
		fn.code[pc] = code.Make(code.NativeLoop, i.A(), 0, 0, int32(i.D())).WithBC(len(fn.loops))
		fn.loops = append(fn.loops, l)
	}
}

// jumpBack does what the instruction of a loop did, and reports whether it jumped.
func (th *Thread) jumpBack(fn *function, i code.Instr) bool {
	th.checkStop()
	f := th.frame()
	if fn.proto.Code[f.pc-1].Op() != code.Loop {
		a := th.stack[f.base+int32(i.A()):]
		limit, step := a[1].float(), a[2].float()
		x := a[0].float() + step
		if step >= 0 && !(x <= limit) || !(step >= 0) && !(x >= limit) {
			return false
		}
		a[0].setFloat(x)
		a[3].setFloat(x)
	}
	f.pc += int32(i.D())
	return true
}

// nativeLoop does a NativeLoop.
func (th *Thread) nativeLoop(fn *function, i code.Instr) {
	at := th.frame().pc - 1
	if th.jumpBack(fn, i) && !th.state.interpreted {
		th.enterLoop(fn, int(at))
	}
}

// beginLoop goes on in machine code where a numeric for has begun, if its last instruction
// is a NativeLoop.
func (th *Thread) beginLoop(fn *function, prep code.Instr) {
	if last := int(th.frame().pc) + prep.D() - 1; fn.code[last].Op() == code.NativeLoop && !th.state.interpreted {
		th.enterLoop(fn, last)
	}
}

// enterLoop runs the loop that ends with the NativeLoop at an instruction. A loop that does
// not pay goes back to the interpreter.
func (th *Thread) enterLoop(fn *function, at int) {
	l := fn.loops[fn.code[at].BC()]
	l.ran += th.runLoop(l)
	if l.entries++; l.entries == trial {
		if l.ran < trial*minRun {
			fn.code[at] = fn.proto.Code[at]
		}
		l.entries, l.ran = 0, 0
	}
}

// runLoop enters a loop at its header, where the frame is, and returns how many instructions
// it has run: none if a value is not what the loop was compiled for.
func (th *Thread) runLoop(l *hotLoop) int {
	f := th.frame()
	regs := th.stack[f.base:]
	cl := th.stack[f.base-1].closure()
	if cl.fn.joined { // two upvalues may be one variable
		return 0
	}
	block := l.entry.Block
	for i := range l.entry.Reads {
		p := &l.entry.Reads[i]
		v := place(regs, cl, p)
		if kindOf(*v) != p.Kind {
			return 0
		}
		switch p.Kind {
		case numeric.Number, numeric.Truth:
			block[p.Slot] = v.n
		default:
			at, ok := numeric.InWindow(uintptr(v.p))
			if !ok {
				return 0
			}
			block[p.Slot] = at
		}
	}
	env, ok := numeric.InWindow(uintptr(unsafe.Pointer(cl.env)))
	if !ok {
		return 0
	}
	exit, ran := l.entry.Run(env)
	// The collector must see all objects before the first register changes: the way to
	// one of them may begin there.
	objects := l.objects[:0]
	for i := range exit.Wrote {
		if p := &exit.Wrote[i]; p.Kind >= numeric.Table {
			objects = append(objects, objectAt(numeric.Window+uint64(uint32(block[p.Slot]))))
		}
	}
	l.objects = objects
	for i := range exit.Wrote {
		p := &exit.Wrote[i]
		v, n := place(regs, cl, p), block[p.Slot]
		switch p.Kind {
		case numeric.Number:
			v.setFloat(math.Float64frombits(n))
		case numeric.Truth:
			*v = Value{n: uint64(uint32(n))}
		case numeric.Table:
			*v = Value{objects[0], tagTable}
			objects = objects[1:]
		case numeric.Function:
			*v = Value{objects[0], tagNative}
			objects = objects[1:]
		case numeric.Closure:
			*v = Value{objects[0], tagClosure}
			objects = objects[1:]
		}
	}
	clear(l.objects)
	f.pc = int32(exit.PC)
	return ran
}

// place returns where the value of a place is in a frame.
func place(regs []Value, cl *Closure, p *numeric.Place) *Value {
	if p.Upvalue {
		return cl.upvals[p.Register].v
	}
	return &regs[p.Register]
}

// objectAt returns the object at an address that compiled code found in memory. What held
// it there still does.
func objectAt(address uint64) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// kindOf returns what compiled code can do with a value.
func kindOf(v Value) numeric.Kind {
	switch {
	case v.isNumber():
		return numeric.Number
	case v.p == nil:
		return numeric.Truth
	case v.n == tagTable:
		return numeric.Table
	case v.n == tagNative:
		return numeric.Function
	case v.n == tagClosure:
		return numeric.Closure
	}
	return numeric.None
}

// compileLoop compiles the loop whose header is an instruction, or finds it in the cache of
// the Proto. It returns nil if the loop cannot be compiled.
func (th *Thread) compileLoop(fn *function, header int) *hotLoop {
	cached, ok := fn.proto.Loops.Load(header)
	if !ok {
		f := th.frame()
		s := &samples{fn, th.stack[f.base-1].closure(), th.stack[f.base:]}
		loop, err := numeric.Compile(fn.proto, header, &layout, s)
		if err != nil {
			loop = nil
		}
		cached, _ = fn.proto.Loops.LoadOrStore(header, loop)
	}
	loop := cached.(*numeric.Loop)
	if loop == nil {
		return nil
	}
	entry, ok := loop.NewEntry()
	if !ok {
		return nil
	}
	return &hotLoop{entry: entry}
}

// samples are the values that a function has now.
type samples struct {
	fn   *function
	cl   *Closure
	regs []Value
}

func (s *samples) Register(r int) numeric.Sample { return s.regs[r] }
func (s *samples) Upvalue(i int) numeric.Sample  { return *s.cl.upvals[i].v }
func (s *samples) Callee(closure numeric.Sample) (*code.Proto, uint64, numeric.Source) {
	if v, ok := closure.(Value); ok && v.isClosure() {
		cl := v.closure()
		return cl.fn.proto, uint64(uintptr(unsafe.Pointer(cl.fn.proto))), &samples{cl.fn, cl, nil}
	}
	return nil, 0, nil
}

func (s *samples) Globals() numeric.Sample { return s.cl.env.Value() }

func (s *samples) Key(constant int) (address uint64, keep any) {
	key := s.fn.values[constant].string()
	return uint64(uintptr(unsafe.Pointer(key))), key
}

func (s *samples) Node(object numeric.Sample, name string, pc int) int {
	if v, ok := object.(Value); ok && v.isTable() {
		if at := v.table().findStr(Intern(name)); at < 1<<16 {
			return int(at)
		}
	}
	return s.fn.code[pc].H()
}

func (s *samples) Field(object numeric.Sample, name string) numeric.Sample {
	if v, ok := object.(Value); ok && v.isTable() {
		return v.table().GetStr(Intern(name))
	}
	return nil
}

func (s *samples) Index(object numeric.Sample) numeric.Sample {
	if v, ok := object.(Value); ok && v.isTable() && len(v.table().array) > 0 {
		return v.table().array[0]
	}
	return nil
}

func (s *samples) Kind(sample numeric.Sample) numeric.Kind {
	if v, ok := sample.(Value); ok {
		return kindOf(v)
	}
	return numeric.None
}

func (s *samples) Special(function numeric.Sample) (special byte, one, two bool) {
	if v, ok := function.(Value); ok && v.n == tagNative {
		f := v.native()
		return byte(f.special), f.number != nil, f.numbers != nil
	}
	return 0, false, false
}

// layout says where compiled code finds things.
var layout = numeric.Layout{
	NumberMark:  uint64(uintptr(unsafe.Pointer(&numberMark))),
	TableTag:    tagTable,
	FunctionTag: tagNative,
	ClosureTag:  tagClosure,
	ArrayAt:     int(unsafe.Offsetof(Table{}.array)),
	LenAt:       int(unsafe.Offsetof(Table{}.array)) + 8,
	CapAt:       int(unsafe.Offsetof(Table{}.array)) + 16,
	NodesAt:     int(unsafe.Offsetof(Table{}.first)),
	SizeAt:      int(unsafe.Offsetof(Table{}.size)),
	MetaAt:      int(unsafe.Offsetof(Table{}.meta)),
	AbsentAt:    int(unsafe.Offsetof(Table{}.absent)),
	IntegersAt:  int(unsafe.Offsetof(Table{}.integers)),
	NodeSize:    nodeSize,
	NodeValueAt: int(unsafe.Offsetof(node{}.val)),
	SpecialAt:   int(unsafe.Offsetof(Function{}.special)),
	NumberAt:    int(unsafe.Offsetof(Function{}.number)),
	NumbersAt:   int(unsafe.Offsetof(Function{}.numbers)),
	CodeAt:      int(unsafe.Offsetof(Closure{}.fn)),
	JoinedAt:    int(unsafe.Offsetof(function{}.joined)),
	ProtoAt:     int(unsafe.Offsetof(function{}.proto)),
	EnvAt:       int(unsafe.Offsetof(Closure{}.env)),
	UpvalsAt:    int(unsafe.Offsetof(Closure{}.upvals)),
	UpvalueAt:   int(unsafe.Offsetof(upvalue{}.v)),
	Sqrt:        byte(specialSqrt),
	Abs:         byte(specialAbs),
	Floor:       byte(specialFloor),
	Max:         byte(specialMax),
	Min:         byte(specialMin),
}

func init() {
	numeric.CallNumber = func(function uint64, x float64) float64 {
		return Number((*Function)(objectAt(function)).number(x)).float()
	}
	numeric.CallNumbers = func(function uint64, x, y float64) float64 {
		return Number((*Function)(objectAt(function)).numbers(x, y)).float()
	}
}
