package numeric

import (
	"slices"

	"microts/internal/luavm/code"
)

// maxCallee is how many registers a function has at most that is compiled where it is called.
const maxCallee = 40

// callee is a function of Lua that is compiled where the loop calls it. It may only read,
// so the loop can leave it at any point: the machine calls it again.
type callee struct {
	at struct { // where it is called
		pc   int
		now  state
		live []registers
	}
	closure uint8 // the register of the caller that has the closure, and gets the result
	wanted  bool  // whether there is one
	depth   int   // of the block whose end returns
	kind    Kind  // of the result; None before the first return
	sample  Sample
	returns bool
}

// canInline reports whether a function that is called may have an instruction.
func canInline(op code.Op) bool {
	switch op {
	case code.SetUpval, code.SetGlobal, code.SetField, code.SetIndex, code.SetInt, code.ForPrep:
		return false
	}
	return !jumpsBack(op)
}

// inline emits a call of a closure with arguments in the registers behind a.
func (c *compiler) inline(a uint8, args int, wanted bool) {
	p, address, source := c.source.Callee(c.sample(a))
	if p == nil || p.IsVararg || int(p.Registers) >= maxCallee || c.writesUpvalue(p) {
		c.leave()
		return
	}
	r := region{first: 0, last: len(p.Code) - 1}
	for n := range min(args, int(p.NumParams)) {
		if c.kind(a+1+uint8(n)) == None {
			c.leave()
			return
		}
	}
	if len(p.Code) > 200 || !r.findSpans(p.Code) {
		c.leave()
		return
	}
	c.loop.keep = append(c.loop.keep, p)
	c.guardCallee(a, p, address)

	caller := *c
	d := &callee{closure: a, wanted: wanted}
	d.at.pc, d.at.now, d.at.live = c.pc, c.now.clone(), c.live
	c.begins(opBlock)
	d.depth = len(c.open)
	for _, i := range p.Code {
		c.noteTable(i, c.callees)
	}
	for n := range int(p.Registers) + 1 {
		c.now.kinds[c.callees+n] = None
	}
	for n := range int(p.NumParams) {
		if n < args {
			from := a + 1 + uint8(n)
			c.get(from)
			c.setRegister(c.callees+n, c.kind(from), c.sample(from))
		} else {
			c.w.i32(0)
			c.setRegister(c.callees+n, Truth, nil)
		}
	}
	c.proto, c.region, c.source, c.live = p, r, source, liveRegisters(p)
	c.at, c.shift, c.callee = map[int]state{}, c.callees, d
	c.emitRegion()

	c.proto, c.region, c.source, c.live = caller.proto, caller.region, caller.source, caller.live
	c.at, c.shift, c.callee, c.pc, c.i = caller.at, 0, nil, caller.pc, caller.i
	c.w.op(opUnreachable)
	c.ends()
	c.now, c.dead = d.at.now, !d.returns
	if wanted && d.returns {
		c.now.kinds[a], c.now.samples[a] = d.kind, d.sample
		c.locate(int(a), d.kind)
	}
}

// guardCallee leaves if a closure in a register has another code, or if it needs globals
// and has others.
func (c *compiler) guardCallee(a uint8, p *code.Proto, address uint64) {
	l := c.layout
	c.get(a)
	c.w.memory(opI64Load, l.CodeAt)
	c.inWindow()
	c.w.tee(localAddress)
	c.w.memory(opI32Load8U, l.JoinedAt)
	c.guard()
	c.w.get(localAddress)
	c.w.memory(opI64Load, l.ProtoAt)
	c.w.i64(address)
	c.w.op(opI64Ne)
	c.guard()
	for _, i := range p.Code {
		if i.Op() == code.GetGlobal {
			c.get(a)
			c.w.memory(opI64Load, l.EnvAt)
			c.w.get(localBase)
			c.w.op(opI64Sub)
			c.w.get(localEnv)
			c.w.op(opI64ExtendI32U, opI64Ne)
			c.guard()
			return
		}
	}
}

// writesUpvalue reports whether the loop may write an upvalue of a function. Its value
// in memory is old then.
func (c *compiler) writesUpvalue(p *code.Proto) bool {
	if slices.Contains(c.proto.Protos, p) {
		return slices.ContainsFunc(p.Upvals, func(u code.Upval) bool {
			if u.FromRegister {
				return c.written.has(int(u.Index))
			}
			return c.written.has(c.upvalue(int(u.Index)))
		})
	}
	// A function from elsewhere: any variable that functions share may be among them.
	shared := sharedRegisters(c.proto)
	for n := range c.proto.Upvals {
		shared.add(c.upvalue(n))
	}
	for n := range shared {
		if shared[n]&c.written[n] != 0 {
			return len(p.Upvals) > 0
		}
	}
	return false
}

// giveResult does the return of a function that is called.
func (c *compiler) giveResult(one bool) {
	d := c.callee
	k, s := Truth, Sample(nil)
	if one {
		k, s = c.kind(c.i.A()), c.sample(c.i.A())
	}
	if d.wanted {
		// A closure would overwrite the one that is called.
		if k == None || k == Closure || d.returns && d.kind != k {
			c.leave()
			return
		}
		if one {
			c.get(c.i.A())
		} else {
			c.w.i32(0)
		}
		c.w.set(c.local(int(d.closure), k))
		d.kind, d.sample = k, s
	}
	d.returns = true
	c.w.local(opBr, len(c.open)-d.depth)
	c.dead = true
}

// calleeUpvalue reads an upvalue of the function that is called.
func (c *compiler) calleeUpvalue(n int) {
	c.w.get(c.local(int(c.callee.closure), Closure))
	c.w.memory(opI64Load, c.layout.UpvalsAt)
	c.inWindow()
	c.w.memory(opI64Load, 8*n)
	c.inWindow()
	c.w.memory(opI64Load, c.layout.UpvalueAt)
	c.inWindow()
	c.w.set(localAddress)
	c.load(c.i.A(), c.source.Upvalue(n), func() {})
}
