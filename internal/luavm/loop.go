package luavm

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/code"
)

// reg returns the register a of the frame whose first register is r. The compiler
// gives a frame no larger register than code.MaxRegisters, and a call makes the stack hold
// all registers of its frame.
func reg(r *Value, a uint8) *Value {
	return (*Value)(unsafe.Add(unsafe.Pointer(r), uintptr(a)*unsafe.Sizeof(Value{})))
}

// konst returns a constant of the function whose first constant is k.
func konst(k *Value, d int) *Value {
	return (*Value)(unsafe.Add(unsafe.Pointer(k), uintptr(d)*unsafe.Sizeof(Value{})))
}

// opAt returns an instruction of the function whose first instruction is ops. No jump
// leads out of a function, and its last instruction is a return.
func opAt(ops *code.Instr, pc int) *code.Instr {
	return (*code.Instr)(unsafe.Add(unsafe.Pointer(ops), uintptr(pc)*unsafe.Sizeof(code.Instr(0))))
}

// upvalue returns an upvalue of c. An instruction names no other ones than the function has.
func (c *Closure) upvalue(n int) *upvalue {
	first := unsafe.SliceData(c.upvals)
	return *(**upvalue)(unsafe.Add(unsafe.Pointer(first), uintptr(n)*unsafe.Sizeof(first)))
}

// unequal reports whether two values, of which not both are numbers and which are not the
// same, are not equal for sure. step compares others: objects of one type may have __eq, a
// CData may be equal to a number, and strings may have the same bytes.
func unequal(a, b *Value) bool {
	if a.n == b.n {
		return a.n == tagString && (*String)(a.p).differs((*String)(b.p))
	}
	return !(a.n == tagUserData && b.isNumber() || b.n == tagUserData && a.isNumber())
}

// next returns the frame behind f, which exists.
func (f *frame) next() *frame {
	return (*frame)(unsafe.Add(unsafe.Pointer(f), unsafe.Sizeof(frame{})))
}

// number returns what v, a number, holds. It loads it as a float64: through float, it would
// go through a register for integers.
func (v *Value) number() float64 { return *(*float64)(unsafe.Pointer(&v.n)) }

// setFloat makes v a number.
func (v *Value) setFloat(f float64) {
	if v.p != unsafe.Pointer(&numberMark) {
		v.p = unsafe.Pointer(&numberMark)
	}
	*(*float64)(unsafe.Pointer(&v.n)) = f
}

// indexKey is the key of __index.
var indexKey = eventNames[eventIndex]

// isOwn reports whether t is a Table.
func isOwn(t *lua.LTable) bool {
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&t.Metatable))[1] == unsafe.Pointer(&ownTable)
}

// iterating is the p of the control value of a generic for over next, whose n is the
// position of the traversal.
var iterating byte

// run runs th, and each thread that it resumes, until the call from Go that
// began it is over.
//
// Each case does what its instruction does in the common case and continues. In all
// other cases it breaks, and step does it. So no call of Go is made between two
// instructions of the common case, and the variables stay in registers of the processor:
// what stands behind a call begins with the thread again.
func run(th *Thread) {
outer:
	for {
		f := &th.frames[th.depth]
		regs := &th.stack[f.base]
		cl := (*Closure)(konst(regs, -1).p)
		ops := cl.fn.ops
		consts := cl.fn.consts
		pc := int(f.pc)
		for {
			i := *opAt(ops, pc)
			pc++
			switch i.Op() {
			case code.Move:
				*reg(regs, i.A()) = *reg(regs, i.B())
				continue
			case code.LoadK:
				*reg(regs, i.A()) = *konst(consts, i.D())
				continue
			case code.LoadNil:
				for a := i.A(); a <= i.B(); a++ {
					*reg(regs, a) = Value{}
				}
				continue
			case code.LoadFalse:
				*reg(regs, i.A()) = Value{n: bitsFalse}
				continue
			case code.LoadTrue:
				*reg(regs, i.A()) = Value{n: bitsTrue}
				continue

			case code.GetUpval:
				*reg(regs, i.A()) = *cl.upvalue(i.D()).v
				continue
			case code.SetUpval:
				*cl.upvalue(i.D()).v = *reg(regs, i.A())
				continue

			case code.GetGlobal:
				t := cl.env
				if h := uint32(i.BC()); h < t.size {
					if n := t.node(h); n.key.p == konst(consts, i.D()).p && !n.val.isNil() {
						*reg(regs, i.A()) = n.val
						continue
					}
				}
			case code.SetGlobal:
				t := cl.env
				if h := uint32(i.BC()); h < t.size {
					if n := t.node(h); n.key.p == konst(consts, i.D()).p && !n.val.isNil() {
						n.val = *reg(regs, i.A())
						t.absent = 0
						continue
					}
				}

			case code.GetField:
				if b := reg(regs, i.B()); b.n == tagTable {
					t := (*Table)(b.p)
					if h := uint32(i.H()); h < t.size {
						if n := t.node(h); n.key.p == konst(consts, i.K()).p && (!n.val.isNil() || t.meta == nil) {
							*reg(regs, i.A()) = n.val
							continue
						}
					}
				}
			case code.SetField:
				if a := reg(regs, i.A()); a.n == tagTable {
					t := (*Table)(a.p)
					if h := uint32(i.H()); h < t.size {
						if n := t.node(h); n.key.p == konst(consts, i.K()).p && (!n.val.isNil() || t.meta == nil) {
							n.val = *reg(regs, i.B())
							t.absent = 0
							continue
						}
					}
				}
			case code.GetIndex:
				if b := reg(regs, i.B()); b.n == tagTable {
					if c := reg(regs, i.C()); c.isNumber() {
						t := (*Table)(b.p)
						x := int(c.number())
						if uint(x-1) < uint(len(t.array)) && float64(x) == c.number() {
							if v := &t.array[x-1]; !v.isNil() || t.meta == nil {
								*reg(regs, i.A()) = *v
								continue
							}
						} else if t.integers && float64(x) == c.number() {
							th.frames[th.depth].pc = int32(pc)
							if th = th.indexNode(t, x, i); th == nil {
								return
							}
							continue outer
						}
					}
				}
			case code.SetIndex:
				if a := reg(regs, i.A()); a.n == tagTable {
					if b := reg(regs, i.B()); b.isNumber() {
						t := (*Table)(a.p)
						x := int(b.number())
						if float64(x) == b.number() {
							if uint(x-1) < uint(len(t.array)) {
								if v := &t.array[x-1]; !v.isNil() || t.meta == nil {
									c := reg(regs, i.C())
									if c.isNumber() {
										v.setFloat(c.number())
										continue
									}
									if !t.scalars || c.p == nil {
										*v = *c
										continue
									}
								}
							} else if x-1 == len(t.array) && x <= cap(t.array) && t.meta == nil && !t.integers {
								if c := reg(regs, i.C()); !c.isNil() && (!t.scalars || c.isScalar()) {
									t.array = t.array[:x]
									t.array[x-1] = *c
									continue
								}
							}
						}
					}
				}
			case code.GetInt:
				if b := reg(regs, i.B()); b.n == tagTable {
					t := (*Table)(b.p)
					if x := uint(i.D() - 1); x < uint(len(t.array)) {
						if v := &t.array[x]; !v.isNil() || t.meta == nil {
							*reg(regs, i.A()) = *v
							continue
						}
					}
				}
			case code.SetInt:
				if a := reg(regs, i.A()); a.n == tagTable {
					t := (*Table)(a.p)
					if x := uint(i.D() - 1); x < uint(len(t.array)) {
						if v := &t.array[x]; !v.isNil() || t.meta == nil {
							if b := reg(regs, i.B()); !t.scalars || b.isScalar() {
								*v = *b
								continue
							}
						}
					}
				}
			case code.Self:
				b := reg(regs, i.B())
				if b.n == tagTable {
					t := (*Table)(b.p)
					if h := uint32(i.H()); h < t.size {
						if n := t.node(h); n.key.p == konst(consts, i.K()).p && !n.val.isNil() {
							*reg(regs, i.A()+1) = *b
							*reg(regs, i.A()) = n.val
							continue
						}
					}
				}
				th.frames[th.depth].pc = int32(pc)
				if th = th.classMethod(*b, (*String)(konst(consts, i.K()).p), i); th == nil {
					return
				}
				continue outer

			case code.Add:
				b, c := reg(regs, i.B()), reg(regs, i.C())
				if b.isNumber() && c.isNumber() {
					reg(regs, i.A()).setFloat(b.number() + c.number())
					continue
				}
			case code.Sub:
				b, c := reg(regs, i.B()), reg(regs, i.C())
				if b.isNumber() && c.isNumber() {
					reg(regs, i.A()).setFloat(b.number() - c.number())
					continue
				}
			case code.Mul:
				b, c := reg(regs, i.B()), reg(regs, i.C())
				if b.isNumber() && c.isNumber() {
					reg(regs, i.A()).setFloat(b.number() * c.number())
					continue
				}
			case code.Div:
				b, c := reg(regs, i.B()), reg(regs, i.C())
				if b.isNumber() && c.isNumber() {
					reg(regs, i.A()).setFloat(b.number() / c.number())
					continue
				}
			case code.Mod:
				b, c := reg(regs, i.B()), reg(regs, i.C())
				if b.isNumber() && c.isNumber() {
					if x, y := b.number(), c.number(); x >= 0 && y > 0 && x < maxExact && y < maxExact {
						if m, n := int64(x), int64(y); float64(m) == x && float64(n) == y {
							reg(regs, i.A()).setFloat(float64(m % n))
							continue
						}
					}
				}
			case code.AddK:
				if b := reg(regs, i.B()); b.isNumber() {
					reg(regs, i.A()).setFloat(b.number() + konst(consts, i.D()).number())
					continue
				}
			case code.SubK:
				if b := reg(regs, i.B()); b.isNumber() {
					reg(regs, i.A()).setFloat(b.number() - konst(consts, i.D()).number())
					continue
				}
			case code.MulK:
				if b := reg(regs, i.B()); b.isNumber() {
					reg(regs, i.A()).setFloat(b.number() * konst(consts, i.D()).number())
					continue
				}
			case code.DivK:
				if b := reg(regs, i.B()); b.isNumber() {
					reg(regs, i.A()).setFloat(b.number() / konst(consts, i.D()).number())
					continue
				}
			case code.ModK:
				if b := reg(regs, i.B()); b.isNumber() {
					if x, y := b.number(), konst(consts, i.D()).number(); x >= 0 && y > 0 && x < maxExact && y < maxExact {
						if m, n := int64(x), int64(y); float64(m) == x && float64(n) == y {
							reg(regs, i.A()).setFloat(float64(m % n))
							continue
						}
					}
				}
			case code.KSub:
				if b := reg(regs, i.B()); b.isNumber() {
					reg(regs, i.A()).setFloat(konst(consts, i.D()).number() - b.number())
					continue
				}
			case code.KDiv:
				if b := reg(regs, i.B()); b.isNumber() {
					reg(regs, i.A()).setFloat(konst(consts, i.D()).number() / b.number())
					continue
				}
			case code.Unm:
				if b := reg(regs, i.B()); b.isNumber() {
					reg(regs, i.A()).setFloat(-b.number())
					continue
				}
			case code.Not:
				*reg(regs, i.A()) = Bool(!reg(regs, i.B()).truthy())
				continue
			case code.Len:
				b := reg(regs, i.B())
				if b.n == tagString {
					reg(regs, i.A()).setFloat(float64(len(b.text())))
					continue
				}
				if b.n == tagTable {
					t := (*Table)(b.p)
					if n := len(t.array); n > 0 && !t.integers && !t.array[n-1].isNil() {
						reg(regs, i.A()).setFloat(float64(n))
						continue
					}
				}

			case code.Jump:
				pc += i.D()
				continue
			case code.Loop:
				if th.state.requests.Load() == 0 {
					pc += i.D()
					continue
				}
			case code.JumpF:
				if !reg(regs, i.A()).truthy() {
					pc += i.D()
				}
				continue
			case code.JumpT:
				if reg(regs, i.A()).truthy() {
					pc += i.D()
				}
				continue
			case code.JumpFS:
				if b := reg(regs, i.B()); !b.truthy() {
					*reg(regs, i.A()) = *b
					pc += i.D()
				}
				continue
			case code.JumpTS:
				if b := reg(regs, i.B()); b.truthy() {
					*reg(regs, i.A()) = *b
					pc += i.D()
				}
				continue

			case code.LT:
				if a, b := reg(regs, i.A()), reg(regs, i.B()); a.isNumber() && b.isNumber() {
					if a.number() < b.number() {
						pc += i.D()
					}
					continue
				}
			case code.NLT:
				if a, b := reg(regs, i.A()), reg(regs, i.B()); a.isNumber() && b.isNumber() {
					if !(a.number() < b.number()) {
						pc += i.D()
					}
					continue
				}
			case code.LE:
				if a, b := reg(regs, i.A()), reg(regs, i.B()); a.isNumber() && b.isNumber() {
					if a.number() <= b.number() {
						pc += i.D()
					}
					continue
				}
			case code.NLE:
				if a, b := reg(regs, i.A()), reg(regs, i.B()); a.isNumber() && b.isNumber() {
					if !(a.number() <= b.number()) {
						pc += i.D()
					}
					continue
				}
			case code.EQ:
				a, b := reg(regs, i.A()), reg(regs, i.B())
				if a.isNumber() && b.isNumber() {
					if a.number() == b.number() {
						pc += i.D()
					}
					continue
				}
				if a.p == b.p && a.n == b.n {
					pc += i.D()
					continue
				}
				if unequal(a, b) {
					continue
				}
			case code.NE:
				a, b := reg(regs, i.A()), reg(regs, i.B())
				if a.isNumber() && b.isNumber() {
					if a.number() != b.number() {
						pc += i.D()
					}
					continue
				}
				if a.p == b.p && a.n == b.n {
					continue
				}
				if unequal(a, b) {
					pc += i.D()
					continue
				}
			case code.LTK:
				if a := reg(regs, i.A()); a.isNumber() {
					if a.number() < konst(consts, i.BC()).number() {
						pc += i.D()
					}
					continue
				}
			case code.NLTK:
				if a := reg(regs, i.A()); a.isNumber() {
					if !(a.number() < konst(consts, i.BC()).number()) {
						pc += i.D()
					}
					continue
				}
			case code.LEK:
				if a := reg(regs, i.A()); a.isNumber() {
					if a.number() <= konst(consts, i.BC()).number() {
						pc += i.D()
					}
					continue
				}
			case code.NLEK:
				if a := reg(regs, i.A()); a.isNumber() {
					if !(a.number() <= konst(consts, i.BC()).number()) {
						pc += i.D()
					}
					continue
				}
			case code.GTK:
				if a := reg(regs, i.A()); a.isNumber() {
					if a.number() > konst(consts, i.BC()).number() {
						pc += i.D()
					}
					continue
				}
			case code.NGTK:
				if a := reg(regs, i.A()); a.isNumber() {
					if !(a.number() > konst(consts, i.BC()).number()) {
						pc += i.D()
					}
					continue
				}
			case code.GEK:
				if a := reg(regs, i.A()); a.isNumber() {
					if a.number() >= konst(consts, i.BC()).number() {
						pc += i.D()
					}
					continue
				}
			case code.NGEK:
				if a := reg(regs, i.A()); a.isNumber() {
					if !(a.number() >= konst(consts, i.BC()).number()) {
						pc += i.D()
					}
					continue
				}
			case code.EQK:
				a, k := reg(regs, i.A()), konst(consts, i.BC())
				if a.p == k.p {
					if a.n == k.n || a.isNumber() && a.number() == k.number() {
						pc += i.D()
					}
					continue
				}
				if unequal(a, k) {
					continue
				}
			case code.NEK:
				a, k := reg(regs, i.A()), konst(consts, i.BC())
				if a.p == k.p {
					if a.n != k.n && !(a.isNumber() && a.number() == k.number()) {
						pc += i.D()
					}
					continue
				}
				if unequal(a, k) {
					pc += i.D()
					continue
				}

			case code.ForLoop1:
				a := reg(regs, i.A())
				x := a.number() + 1
				if !(x <= reg(regs, i.A()+1).number()) {
					continue
				}
				if th.state.requests.Load() == 0 {
					a.n = math.Float64bits(x)
					reg(regs, i.A()+3).setFloat(x)
					pc += i.D()
					continue
				}
			case code.ForLoop:
				a := reg(regs, i.A())
				step := reg(regs, i.A()+2).number()
				x := a.number() + step
				if limit := reg(regs, i.A()+1).number(); step >= 0 && !(x <= limit) || !(step >= 0) && !(x >= limit) {
					continue
				}
				if th.state.requests.Load() == 0 {
					a.n = math.Float64bits(x)
					reg(regs, i.A()+3).setFloat(x)
					pc += i.D()
					continue
				}
			case code.TForLoop:
				if th.state.requests.Load() != 0 {
					break
				}
				control := reg(regs, i.A()+2)
				if control.p == unsafe.Pointer(&iterating) {
					t := (*Table)(reg(regs, i.A()+1).p)
					if at := int(control.n); at >= 0 {
						if at < len(t.array) && !t.array[at].isNil() {
							control.n++
							reg(regs, i.A()+3).setFloat(float64(at + 1))
							if i.C() >= 2 {
								*reg(regs, i.A()+4) = t.array[at]
							}
							if i.C() <= 2 {
								pc += i.D()
								continue
							}
						}
					} else if at = ^at; at < int(t.used) {
						if n := t.node(uint32(at)); !n.val.isNil() && i.C() <= 2 {
							control.n--
							*reg(regs, i.A()+3) = n.visible()
							if i.C() == 2 {
								*reg(regs, i.A()+4) = n.val
							}
							pc += i.D()
							continue
						}
					}
				}

			case code.TForTest:
				if key := reg(regs, i.A()+3); !key.isNil() {
					*reg(regs, i.A()+2) = *key
					pc += i.D()
				}
				continue

			case code.Call:
				a := reg(regs, i.A())
				if a.n == tagClosure {
					fn := (*Closure)(a.p).fn
					f := &th.frames[th.depth]
					base := f.base + int32(i.A()) + 1
					if int(base+fn.room) <= len(th.stack) && th.depth+1 < len(th.frames) && th.state.requests.Load() == 0 {
						f.pc = int32(pc)
						th.depth++
						callee := f.next()
						callee.base, callee.ret, callee.varargs = base, base-1, 0
						callee.want, callee.then, callee.flags = int16(i.C())-1, toRegisters, 0
						regs = reg(a, 1)
						for n := int32(i.B()); n < fn.numParams; n++ {
							*reg(regs, uint8(n)) = Value{}
						}
						cl, ops, consts, pc = (*Closure)(a.p), fn.ops, fn.consts, 0
						continue
					}
				} else if a.n == tagNative {
					fn := (*Function)(a.p)
					if fn.special >= specialSqrt && i.B() == 1 && i.C() == 2 {
						if x := reg(a, 1); x.isNumber() {
							switch f := x.number(); {
							case fn.special == specialSqrt:
								a.setFloat(math.Sqrt(f))
								continue
							case fn.special == specialAbs:
								a.setFloat(math.Abs(f))
								continue
							case f > -maxExact && f < maxExact && f != 0: // specialFloor
								whole := float64(int64(f))
								if whole > f {
									whole--
								}
								a.setFloat(whole)
								continue
							}
						}
					}
					th.frames[th.depth].pc = int32(pc)
					if th = th.callNativeHere(fn, i); th == nil {
						return
					}
					continue outer
				}
			case code.Return0:
				if f := &th.frames[th.depth]; f.then == toRegisters && f.want <= 1 {
					if f.want == 1 {
						th.stack[f.ret] = Value{}
					} else {
						th.top = int(f.ret)
					}
					th.depth--
					continue outer
				}
			case code.Return1:
				if f := &th.frames[th.depth]; f.then == toRegisters && f.want == 1 {
					th.stack[f.ret] = *reg(regs, i.A())
					th.depth--
					continue outer
				} else if f.then == toGo {
					th.stack[f.ret] = *reg(regs, i.A())
					th.top = int(f.ret) + 1
					th.depth--
					return
				}
			}

			th.frames[th.depth].pc = int32(pc)
			if th = step(th, i); th == nil {
				return
			}
			continue outer
		}
	}
}

// maxExact is 2^53: whole numbers below it are exact.
const maxExact = 1 << 53
