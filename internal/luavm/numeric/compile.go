package numeric

import (
	"fmt"
	"runtime"
	"slices"

	"microts/internal/luavm/code"
)

// Fuel is how many instructions a loop runs, roughly, before it exits.
const Fuel = 200_000

// The block that compiled code and the machine share: an array of uint64.
const (
	slotBase   = iota // the address of the window
	slotEnv           // the offset of the table of the globals
	slotFuel          // how many instructions may run; then, how many are left
	slotValues        // the values of registers
)

// Place says where a register, or an upvalue, stands in the block.
type Place struct {
	Register int
	Upvalue  bool // Register is the number of an upvalue
	Kind     Kind
	Slot     int
}

// Exit is an instruction at which a loop may exit.
type Exit struct {
	PC    int
	Wrote []Place // the registers that the loop has written, apart from those that nothing reads
}

// Loop is a compiled loop. Goroutines may share it.
type Loop struct {
	Header int // the instruction at which it is entered
	Last   int // the last one that jumps back to Header
	Reads  []Place
	Exits  []Exit
	Slots  int // of the block
	keep   []any
	binary []byte
	code   *loaded
}

// Compile compiles the loop of p whose header is an instruction. The machine code is there
// as long as p. The error says why the loop is not compiled.
func Compile(p *code.Proto, header int, layout *Layout, source Source) (*Loop, error) {
	r, ok := findRegion(p.Code, header)
	if !ok {
		return nil, fmt.Errorf("the jumps of the loop at %d cross", header)
	}
	if most := 2000; r.last-r.first > most {
		return nil, fmt.Errorf("the loop at %d has more than %d instructions", header, most)
	}
	c := &compiler{
		proto:  p,
		region: r,
		layout: layout,
		source: source,
		live:   liveRegisters(p),
		places: map[variable]int{},
		at:     map[int]state{},
		exits:  map[string]int{},
		types:  slices.Clone(fixedLocals),
	}
	c.upvalues = int(p.Registers) + 1
	c.callees = c.upvalues + len(p.Upvals)
	l := &Loop{Header: r.first, Last: r.last}
	c.loop = l
	c.begin()
	c.instructions()
	if !c.repeats {
		return nil, fmt.Errorf("each iteration of the loop at %d leaves it", header)
	}
	l.Slots = slotValues + len(c.types) - len(fixedLocals)
	l.binary = module(c.types, c.finish())
	if err := l.load(); err != nil {
		return nil, err
	}
	runtime.AddCleanup(p, (*loaded).close, l.code)
	return l, nil
}

// Local variables of the function.
const (
	localBlock = iota // the parameter: the offset of the block
	localBase
	localEnv
	localFuel
	localIndex // scratch from here on
	localWide
	localOffset
	localAddress
	localFloat
	firstLocal // of registers
)

var fixedLocals = []byte{typeI64, typeI32, typeI32, typeI64, typeI64, typeI64, typeI32, typeF64}

// state is what is known of the registers before an instruction.
type state struct {
	kinds   []Kind
	samples []Sample
}

func (s state) clone() state { return state{slices.Clone(s.kinds), slices.Clone(s.samples)} }

// variable is a local variable: a register as a value of a kind.
type variable struct {
	register int
	kind     Kind
}

type compiler struct {
	proto  *code.Proto
	region region
	layout *Layout
	source Source
	live   []registers

	w       wasm
	loop    *Loop
	types   []byte // of local variables, without the parameter
	places  map[variable]int
	written registers // by instructions of the region
	arrays  registers // that are indexed with numbers
	fields  registers // that are indexed with constant strings
	open    []span
	at      map[int]state // of targets of jumps that have been emitted
	now     state
	dead    bool // the instruction cannot be reached
	repeats bool // a jump back to the header has been emitted
	exits   map[string]int
	stubs   []wasm

	pc int
	i  code.Instr

	upvalues int // the number of the first upvalue; before it are the registers
	callees  int // and of the first register of a function that is called
	shift    int // what is added to registers: callees in a called function, else 0
	callee   *callee
}

// begin sets the state at the header and emits what loads it.
func (c *compiler) begin() {
	n, all := c.upvalues, c.callees
	c.now = state{make([]Kind, all+maxCallee), make([]Sample, all+maxCallee)}
	var touched registers
	for pc := c.region.first; pc <= c.region.last; pc++ {
		i := c.proto.Code[pc]
		first, last := writes(i)
		for r := first; r <= min(last, n-1); r++ {
			c.written.add(r)
			touched.add(r)
		}
		if op := i.Op(); op == code.ForPrep || op == code.ForLoop || op == code.ForLoop1 {
			c.written.add(int(i.A()) + 3)
			touched.add(int(i.A()) + 3)
		}
		for first, last := reads(i); first <= min(last, n-1); first++ {
			touched.add(first)
		}
		for _, r := range alsoReads(i) {
			touched.add(r)
		}
		c.noteTable(i, 0)
		switch i.Op() {
		case code.GetUpval:
			touched.add(c.upvalue(i.D()))
		case code.SetUpval:
			touched.add(c.upvalue(i.D()))
			c.written.add(c.upvalue(i.D()))
		}
	}
	for k := slotFuel; k >= 0; k-- { // the highest first: one check of bounds is enough then
		c.w.get(localBlock)
		if k == slotBase {
			c.w.memory(opI64Load, 8*k)
		} else {
			c.w.memory(opI32Load, 8*k)
		}
		c.w.set(localBase + k)
	}
	for r := range all {
		if !touched.has(r) || !c.isLive(c.region.first, r) {
			continue
		}
		var s Sample
		if r < n {
			s = c.source.Register(r)
		} else {
			s = c.source.Upvalue(r - n)
		}
		k := c.source.Kind(s)
		if k == None {
			continue
		}
		c.now.kinds[r], c.now.samples[r] = k, s
		c.loop.Reads = append(c.loop.Reads, c.place(r, k))
	}
	for _, place := range slices.Backward(c.loop.Reads) {
		c.w.get(localBlock)
		c.w.memory(loads[place.Kind.wasmType()], 8*place.Slot)
		c.w.set(firstLocal + place.Slot - slotValues)
	}
	for r, k := range c.now.kinds {
		c.locate(r, k)
	}
}

// noteTable notes which parts of a table an instruction uses.
func (c *compiler) noteTable(i code.Instr, shift int) {
	switch i.Op() {
	case code.GetIndex, code.GetInt, code.Len:
		c.arrays.add(int(i.B()) + shift)
	case code.SetIndex, code.SetInt:
		c.arrays.add(int(i.A()) + shift)
	case code.GetField:
		c.fields.add(int(i.B()) + shift)
	case code.SetField:
		c.fields.add(int(i.A()) + shift)
	}
}

var (
	loads  = map[byte]byte{typeF64: opF64Load, typeI32: opI32Load}
	stores = map[byte]byte{typeF64: opF64Store, typeI32: opI32Store}
)

// writes returns the registers that an instruction changes if compiled code does it.
func writes(i code.Instr) (first, last int) {
	a := int(i.A())
	switch i.Op() {
	case code.Call:
		return a, a
	case code.ForPrep, code.ForLoop, code.ForLoop1:
		return a, a
	}
	return i.Writes()
}

// place returns where a register is exchanged with the machine.
func (c *compiler) place(r int, k Kind) Place {
	slot := slotValues + c.local(r, k) - firstLocal
	if r >= c.upvalues {
		return Place{r - c.upvalues, true, k, slot}
	}
	return Place{r, false, k, slot}
}

// upvalue returns the number of an upvalue: it is treated as a register. No Lua function
// runs inside the loop, so nobody else reads or writes it.
func (c *compiler) upvalue(n int) int { return c.upvalues + n }

// isLive reports whether a register may be read from an instruction on.
func (c *compiler) isLive(pc, r int) bool {
	switch {
	case c.callee != nil:
		return r < c.callees || c.live[pc].has(r-c.callees)
	case r >= c.callees:
		return false
	}
	return r >= c.upvalues || c.live[pc].has(r)
}

// local returns the variable of a register that has a kind.
func (c *compiler) local(r int, k Kind) int {
	key := variable{r, k}
	n, ok := c.places[key]
	if !ok {
		c.types = append(c.types, k.wasmType())
		n = len(c.types)
		c.places[key] = n
	}
	return n
}

// instructions emits the region.
func (c *compiler) instructions() {
	prologue := c.w
	c.w = nil
	c.emitRegion()
	body := c.w
	c.w = prologue
	for range c.stubs {
		c.w.op(opBlock, noType)
	}
	c.w = append(c.w, body...)
}

// emitRegion emits the instructions of the region that is being compiled.
func (c *compiler) emitRegion() {
	spans := c.region.spans
	for c.pc = c.region.first; c.pc <= c.region.last; c.pc++ {
		c.close()
		for len(spans) > 0 && spans[0].start == c.pc {
			c.openSpan(spans[0])
			spans = spans[1:]
		}
		if !c.dead {
			c.i = c.proto.Code[c.pc]
			c.instruction()
		}
	}
	if !c.dead {
		c.exitTo(c.pc)
	}
	c.dead = true
	c.close()
}

// finish returns the whole function.
func (c *compiler) finish() wasm {
	for _, stub := range c.stubs {
		c.w.op(opUnreachable, opEnd)
		c.w = append(c.w, stub...)
	}
	c.w.op(opUnreachable, opEnd)
	return c.w
}

func (c *compiler) openSpan(s span) {
	if s.loop {
		c.w.op(opLoop, noType)
		if !c.dead {
			c.at[s.start] = c.liveAt(s.start, c.now)
			c.now = c.at[s.start].clone()
		}
	} else {
		c.w.op(opBlock, noType)
	}
	c.open = append(c.open, s)
}

// close ends the spans that end before the instruction, where jumps may arrive.
func (c *compiler) close() {
	for len(c.open) > 0 && c.open[len(c.open)-1].end == c.pc {
		s := c.open[len(c.open)-1]
		if !s.loop && !c.dead {
			c.jump(c.pc) // falls through, or exits
		}
		if c.dead {
			c.w.op(opUnreachable)
		}
		c.w.op(opEnd)
		c.open = c.open[:len(c.open)-1]
		if s.loop {
			continue
		}
		if in, ok := c.at[c.pc]; ok {
			c.now, c.dead = in.clone(), false
		}
	}
}

// liveAt returns s without the registers that nothing reads from an instruction on.
func (c *compiler) liveAt(pc int, s state) state {
	s = s.clone()
	for r := range s.kinds {
		if !c.isLive(pc, r) {
			s.kinds[r], s.samples[r] = None, nil
		}
	}
	return s
}

// reachable reports whether a jump to an instruction can stay in the loop: the target is in
// it and expects the registers as they are. The first jump says what the target expects.
func (c *compiler) reachable(to int) (label int, ok bool) {
	if to < c.region.first || to > c.region.last {
		return 0, false
	}
	in, seen := c.at[to]
	if !seen {
		in = c.liveAt(to, c.now)
		c.at[to] = in
	}
	for r, k := range in.kinds {
		if c.isLive(to, r) && c.now.kinds[r] != k {
			return 0, false
		}
	}
	for n, s := range slices.Backward(c.open) {
		if s.loop && s.start == to && to <= c.pc || !s.loop && s.end == to {
			return len(c.open) - 1 - n, true
		}
	}
	return 0, false
}

// jump emits a jump to an instruction, after which nothing is reached.
func (c *compiler) jump(to int) {
	if label, ok := c.reachable(to); ok {
		c.w.local(opBr, label)
		c.dead = true
		return
	}
	c.exitTo(to)
}

// jumpIf emits a jump that is taken if the number on the stack of WebAssembly is not 0.
func (c *compiler) jumpIf(to int) {
	if label, ok := c.reachable(to); ok {
		c.w.local(opBrIf, label)
		return
	}
	c.w.local(opBrIf, c.exit(to))
}

// jumpUnless emits a jump that is taken if the number on the stack is 0. To negate the
// number first would cost more.
func (c *compiler) jumpUnless(to int) {
	c.begins(opIf)
	c.w.op(opElse)
	before := c.now.clone()
	c.jump(to)
	c.ends()
	c.now, c.dead = before, false
}

// jumpBack emits a jump back, which is where fuel is looked at.
func (c *compiler) jumpBack(to int) {
	label, ok := c.reachable(to)
	if !ok {
		c.exitTo(to)
		return
	}
	c.w.get(localFuel)
	c.w.i32(c.pc - to + 1)
	c.w.op(opI32Sub)
	c.w.tee(localFuel)
	c.w.i32(0)
	c.w.op(opI32LtS)
	c.w.local(opBrIf, c.exit(to))
	c.w.local(opBr, label)
	c.dead = true
	c.repeats = c.repeats || to == c.region.first
}

// exitTo leaves compiled code; the machine goes on at an instruction.
func (c *compiler) exitTo(pc int) {
	c.w.local(opBr, c.exit(pc))
	c.dead = true
}

// leave lets the machine do the instruction.
func (c *compiler) leave() { c.exitTo(c.pc) }

// guard leaves if the number on the stack is not 0.
func (c *compiler) guard() { c.w.local(opBrIf, c.exit(c.pc)) }

// exit returns the label of the block whose end leaves compiled code with the registers
// as they are now. A function that is called is left where it was called: it has changed
// nothing but its own registers.
func (c *compiler) exit(pc int) int {
	from, now, live := c.pc, c.now, c.live
	if c.callee != nil {
		pc, now, live = c.callee.at.pc, c.callee.at.now, c.callee.at.live
		from -= len(c.proto.Code)
	}
	var wrote []Place
	for r, k := range now.kinds[:c.callees] {
		if k != None && c.written.has(r) && (r >= c.upvalues || live[pc].has(r)) {
			wrote = append(wrote, c.place(r, k))
		}
	}
	key := fmt.Sprint(from, pc, wrote) // not shared: from elsewhere, values arrive in other places
	n, ok := c.exits[key]
	if !ok {
		n = len(c.stubs)
		c.exits[key] = n
		c.loop.Exits = append(c.loop.Exits, Exit{pc, wrote})
		var w wasm
		slices.SortFunc(wrote, func(a, b Place) int { return b.Slot - a.Slot }) // the highest first
		for _, p := range wrote {
			w.get(localBlock)
			w.get(firstLocal + p.Slot - slotValues)
			w.memory(stores[p.Kind.wasmType()], 8*p.Slot)
		}
		w.get(localBlock)
		w.get(localFuel)
		w.memory(opI32Store, 8*slotFuel)
		w.i32(n)
		w.op(opReturn)
		c.stubs = append(c.stubs, w)
	}
	return len(c.open) + n
}
