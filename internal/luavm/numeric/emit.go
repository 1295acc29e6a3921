package numeric

import (
	"microts/internal/luavm/code"
	"microts/internal/luavm/libm"
)

// reg returns the number of a register of the function whose instruction is emitted.
func (c *compiler) reg(r uint8) int { return int(r) + c.shift }

func (c *compiler) kind(r uint8) Kind     { return c.now.kinds[c.reg(r)] }
func (c *compiler) sample(r uint8) Sample { return c.now.samples[c.reg(r)] }

func (c *compiler) are(k Kind, registers ...uint8) bool {
	for _, r := range registers {
		if c.kind(r) != k {
			return false
		}
	}
	return true
}

// get puts a register onto the stack.
func (c *compiler) get(r uint8) { c.w.get(c.local(c.reg(r), c.kind(r))) }

// set takes a value of a kind from the stack into a register.
func (c *compiler) set(r uint8, k Kind, s Sample) { c.setRegister(c.reg(r), k, s) }

func (c *compiler) setRegister(r int, k Kind, s Sample) {
	c.now.kinds[r], c.now.samples[r] = k, s
	c.w.set(c.local(r, k))
	c.locate(r, k)
}

// instruction emits an instruction. What it does not know the machine does.
func (c *compiler) instruction() {
	i := c.i
	a, b := i.A(), i.B()
	target := c.pc + 1 + i.D()
	switch op := i.Op(); {
	case op == code.Move && c.kind(b) != None:
		c.get(b)
		c.set(a, c.kind(b), c.sample(b))
	case op == code.LoadK && c.proto.Consts[i.D()].Kind == code.Number:
		c.w.f64(c.proto.Consts[i.D()].Number)
		c.set(a, Number, nil)
	case op == code.LoadNil:
		for r := a; r <= b; r++ {
			c.w.i32(0)
			c.set(r, Truth, nil)
		}
	case op == code.LoadFalse || op == code.LoadTrue:
		c.w.i32(1 + int(op-code.LoadFalse))
		c.set(a, Truth, nil)

	case c.callee != nil && (op == code.Return1 || op == code.Return0):
		c.giveResult(op == code.Return1)
	case c.callee != nil && op == code.GetUpval:
		c.calleeUpvalue(i.D())
	case c.callee != nil && !canInline(op):
		c.leave()
	case op == code.GetUpval && c.now.kinds[c.upvalue(i.D())] != None:
		u := c.upvalue(i.D())
		c.w.get(c.local(u, c.now.kinds[u]))
		c.set(a, c.now.kinds[u], c.now.samples[u])
	case op == code.SetUpval && c.kind(a) != None:
		u := c.upvalue(i.D())
		c.get(a)
		c.now.kinds[u], c.now.samples[u] = c.kind(a), c.sample(a)
		c.w.set(c.local(u, c.kind(a)))
	case op >= code.GetGlobal && op <= code.SetInt:
		c.access()
	case op >= code.Add && op <= code.Unm:
		c.arithmetic()
	case op == code.Not && c.kind(b) != None:
		if c.kind(b) == Truth {
			c.w.i32(2)
			c.w.i32(1)
			c.get(b)
			c.w.i32(2)
			c.w.op(opI32LtU, opSelect)
		} else {
			c.w.i32(1)
		}
		c.set(a, Truth, nil)
	case op == code.Len && c.kind(b) == Table:
		c.length(b)

	case op == code.Jump:
		c.jump(target)
	case op == code.Loop:
		c.jumpBack(target)
	case (op == code.JumpF || op == code.JumpT) && c.kind(a) != None:
		c.jumpTruth(a, op == code.JumpT, target)
	case (op == code.JumpFS || op == code.JumpTS) && c.kind(b) != None:
		c.jumpStore(a, b, op == code.JumpTS, target)
	case op >= code.LT && op <= code.NEK:
		c.compare(target)

	case op == code.ForPrep && c.are(Number, a, a+1, a+2):
		c.forPrep(a, target)
	case (op == code.ForLoop || op == code.ForLoop1) && c.are(Number, a, a+1, a+2):
		c.forLoop(a, op == code.ForLoop1, target)
	case op == code.Call && i.C() == 2 && c.kind(a) == Function && (b == 1 && c.are(Number, a+1) || b == 2 && c.are(Number, a+1, a+2)):
		c.call(a, b == 2)
	case op == code.Call && (i.C() == 1 || i.C() == 2) && c.kind(a) == Closure && c.callee == nil:
		c.inline(a, int(b), i.C() == 2)
	default:
		c.leave()
	}
}

func (c *compiler) constant(k int) float64 { return c.proto.Consts[k].Number }

func (c *compiler) arithmetic() {
	i := c.i
	op, a, b := i.Op(), i.A(), i.B()
	if c.kind(b) != Number || op <= code.Pow && c.kind(i.C()) != Number {
		c.leave()
		return
	}
	// The operands are expressions, because % needs them twice.
	left, right := func() { c.get(b) }, func() { c.get(i.C()) }
	constant := func() { c.w.f64(c.constant(i.D())) }
	switch {
	case op >= code.AddK && op <= code.PowK:
		right = constant
		op -= code.AddK - code.Add
	case op == code.KSub || op == code.KDiv:
		left, right = constant, left
		op = map[code.Op]code.Op{code.KSub: code.Sub, code.KDiv: code.Div}[op]
	}
	left()
	if op == code.Unm {
		c.w.op(opF64Neg)
		c.set(a, Number, nil)
		return
	}
	switch op {
	case code.Mod: // l - floor(l / r) * r, as code.Modulo
		left()
		right()
		c.w.op(opF64Div, opF64Floor)
		right()
		c.w.op(opF64Mul, opF64Sub)
	case code.Pow:
		right()
		c.callImport(importPow)
	default:
		right()
		c.w.op(map[code.Op]byte{code.Add: opF64Add, code.Sub: opF64Sub, code.Mul: opF64Mul, code.Div: opF64Div}[op])
	}
	c.set(a, Number, nil)
}

// pow is what the machine does for x ^ y.
func pow(x, y float64) float64 { return libm.Pow(x, y) }

// truth puts onto the stack whether a Truth is true, or whether it is not.
func (c *compiler) truth(r uint8, want bool) {
	c.get(r)
	c.w.i32(2)
	if want {
		c.w.op(opI32Eq)
	} else {
		c.w.op(opI32Ne)
	}
}

// jumpTruth jumps if a register counts as true, or as false.
func (c *compiler) jumpTruth(r uint8, want bool, target int) {
	switch {
	case c.kind(r) == Truth:
		c.truth(r, want)
		c.jumpIf(target)
	case want:
		c.jump(target)
	}
}

// jumpStore does JumpFS and JumpTS.
func (c *compiler) jumpStore(a, b uint8, want bool, target int) {
	if c.kind(b) != Truth {
		if want {
			c.get(b)
			c.set(a, c.kind(b), c.sample(b))
			c.jump(target)
		}
		return
	}
	c.truth(b, want)
	c.begins(opIf)
	before := c.now.clone()
	c.get(b)
	c.set(a, Truth, c.sample(b))
	c.jump(target)
	c.ends()
	c.now, c.dead = before, false
}

var comparisons = map[code.Op][2]byte{ // and whether the result is negated
	code.LT: {opF64Lt, 0}, code.NLT: {opF64Lt, 1}, code.LE: {opF64Le, 0}, code.NLE: {opF64Le, 1},
	code.EQ: {opF64Eq, 0}, code.NE: {opF64Ne, 0},
	code.LTK: {opF64Lt, 0}, code.NLTK: {opF64Lt, 1}, code.LEK: {opF64Le, 0}, code.NLEK: {opF64Le, 1},
	code.GTK: {opF64Gt, 0}, code.NGTK: {opF64Gt, 1}, code.GEK: {opF64Ge, 0}, code.NGEK: {opF64Ge, 1},
	code.EQK: {opF64Eq, 0}, code.NEK: {opF64Ne, 0},
}

func (c *compiler) compare(target int) {
	i := c.i
	op, a, b := i.Op(), i.A(), i.B()
	constant := op >= code.LTK
	if constant && (op == code.EQK || op == code.NEK) && c.proto.Consts[i.BC()].Kind != code.Number {
		c.compareOther(target)
		return
	}
	if constant && c.kind(a) == Number || !constant && c.are(Number, a, b) {
		c.get(a)
		if constant {
			c.w.f64(c.constant(i.BC()))
		} else {
			c.get(b)
		}
		how := comparisons[op]
		c.w.op(how[0])
		if how[1] != 0 {
			c.jumpUnless(target)
		} else {
			c.jumpIf(target)
		}
		return
	}
	if (op == code.EQ || op == code.NE) && c.are(Truth, a, b) {
		c.get(a)
		c.get(b)
		c.w.op(map[code.Op]byte{code.EQ: opI32Eq, code.NE: opI32Ne}[op])
		c.jumpIf(target)
		return
	}
	if constant && (op == code.EQK || op == code.NEK) && c.kind(a) != None { // with a number, which a is not
		if op == code.NEK {
			c.jump(target)
		}
		return
	}
	c.leave()
}

// compareOther does EQK and NEK with a constant that is no number.
func (c *compiler) compareOther(target int) {
	a, differ := c.i.A(), c.i.Op() == code.NEK
	k := c.proto.Consts[c.i.BC()].Kind
	switch {
	case c.kind(a) == None:
		c.leave()
	case c.kind(a) == Truth && k <= code.True:
		c.get(a)
		c.w.i32(int(k))
		if differ {
			c.w.op(opI32Ne)
		} else {
			c.w.op(opI32Eq)
		}
		c.jumpIf(target)
	case differ:
		c.jump(target)
	}
}

// inLimit puts onto the stack whether a counter is in the limit of a numeric for.
func (c *compiler) inLimit(counter int, a uint8, one bool) {
	limit, step := c.local(c.reg(a+1), Number), c.local(c.reg(a+2), Number)
	c.w.get(counter)
	c.w.get(limit)
	c.w.op(opF64Le)
	if one {
		return
	}
	c.w.get(counter)
	c.w.get(limit)
	c.w.op(opF64Ge)
	c.w.get(step)
	c.w.f64(0)
	c.w.op(opF64Ge, opSelect)
}

func (c *compiler) forPrep(a uint8, target int) {
	c.inLimit(c.local(c.reg(a), Number), a, target > 0 && c.proto.Code[target-1].Op() == code.ForLoop1)
	c.jumpUnless(target)
	c.get(a)
	c.set(a+3, Number, nil)
}

func (c *compiler) forLoop(a uint8, one bool, target int) {
	c.get(a)
	if one {
		c.w.f64(1)
	} else {
		c.get(a + 2)
	}
	c.w.op(opF64Add)
	c.w.set(localFloat)
	c.inLimit(localFloat, a, one)
	c.begins(opIf)
	before := c.now.clone()
	c.w.get(localFloat)
	c.set(a, Number, nil)
	c.w.get(localFloat)
	c.set(a+3, Number, nil)
	c.jumpBack(target)
	c.ends()
	c.now, c.dead = before, false
}

func (c *compiler) length(b uint8) {
	l := c.layout
	c.guardByte(b, l.IntegersAt)
	c.get(b)
	c.w.memory(opI64Load, l.LenAt)
	c.w.tee(localIndex)
	c.w.i64(1)
	c.w.op(opI64Sub)
	c.w.set(localWide)
	c.element(b, nil)
	c.w.get(localAddress) // nil: neither word has a bit
	c.w.memory(opI64Load, 8)
	c.w.get(localAddress)
	c.w.memory(opI64Load, 0)
	c.w.op(opI64Or, opI64Eqz)
	c.guard()
	c.w.get(localIndex)
	c.w.op(opF64ConvertI64)
	c.set(c.i.A(), Number, nil)
}

// call does sqrt, abs, floor and the other functions of one number, and max and min of two.
func (c *compiler) call(a uint8, two bool) {
	l := c.layout
	special, canOne, canTwo := c.source.Special(c.sample(a))
	switch {
	case two && (special == l.Max || special == l.Min):
		c.guardSpecial(a, special)
		c.get(a + 1)
		c.get(a + 2)
		c.get(a + 1)
		c.get(a + 2)
		if special == l.Max {
			c.w.op(opF64Gt, opSelect)
		} else {
			c.w.op(opF64Lt, opSelect)
		}
		c.guardNaN()
	case two && canTwo:
		c.callGo(a, l.NumbersAt, importNumbers, a+1, a+2)
	case two:
		c.leave()
		return
	case special == l.Sqrt:
		c.guardSpecial(a, special)
		c.get(a + 1)
		c.w.op(opF64Sqrt)
	case special == l.Abs:
		c.guardSpecial(a, special)
		c.get(a + 1)
		c.w.op(opF64Abs)
	case special == l.Floor:
		c.guardSpecial(a, special)
		c.get(a + 1)
		c.w.op(opF64Floor)
		c.guardNaN()
	case canOne:
		c.callGo(a, l.NumberAt, importNumber, a+1)
	default:
		c.leave()
		return
	}
	c.set(a, Number, nil)
}

// callGo calls a function in Go, which must have a pointer at an offset.
func (c *compiler) callGo(a uint8, at int, imported int, args ...uint8) {
	c.get(a)
	c.w.memory(opI64Load, at)
	c.w.op(opI64Eqz)
	c.guard()
	c.get(a)
	for _, r := range args {
		c.get(r)
	}
	c.callImport(imported)
}

// callImport emits a call of Go, which takes as long as about 25 instructions.
func (c *compiler) callImport(imported int) {
	const cost = 25
	c.w.op(opCall)
	c.w.uint(uint64(imported))
	c.w.get(localFuel)
	c.w.i32(cost)
	c.w.op(opI32Sub)
	c.w.set(localFuel)
}

// guardSpecial leaves if a register is another function.
func (c *compiler) guardSpecial(a uint8, special byte) {
	c.get(a)
	c.w.memory(opI32Load8U, c.layout.SpecialAt)
	c.w.i32(int(special))
	c.w.op(opI32Ne)
	c.guard()
}

// guardNaN leaves if the number on the stack, which stays there, is a NaN: the machine makes
// another one of it.
func (c *compiler) guardNaN() {
	c.w.tee(localFloat)
	c.w.get(localFloat)
	c.w.op(opF64Ne)
	c.guard()
	c.w.get(localFloat)
}
