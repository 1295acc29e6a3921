package luavm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/code"
	"microts/internal/luavm/syntax"
)

// step does an instruction of the frame that runs, in all cases, and returns the thread
// that runs next: nil if the call from Go that began run is over. The pc of the
// frame is that of the next instruction.
func step(th *Thread, i code.Instr) *Thread {
	f := th.frame()
	regs := th.stack[f.base:]
	fn := th.stack[f.base-1].closure().fn
	switch op := i.Op(); op {
	case code.GetGlobal:
		return th.getGlobal(fn, i)
	case code.SetGlobal:
		return th.setGlobal(fn, i)
	case code.GetField:
		return th.getField(fn, i)
	case code.SetField:
		return th.setField(fn, i)
	case code.GetIndex:
		return th.index(regs[i.B()], regs[i.C()], i.A())
	case code.SetIndex:
		return th.setIndex(regs[i.A()], regs[i.B()], regs[i.C()])
	case code.GetInt:
		return th.index(regs[i.B()], Int(i.D()), i.A())
	case code.SetInt:
		return th.setIndex(regs[i.A()], Int(i.D()), regs[i.B()])
	case code.Self:
		return th.getMethod(fn, i)

	case code.Add, code.Sub, code.Mul, code.Div, code.Mod, code.Pow:
		return th.arith(op-code.Add, regs[i.B()], regs[i.C()], i)
	case code.AddK, code.SubK, code.MulK, code.DivK, code.ModK, code.PowK:
		if i.C() == 1 {
			return th.arith(op-code.AddK, fn.values[i.D()], regs[i.B()], i)
		}
		return th.arith(op-code.AddK, regs[i.B()], fn.values[i.D()], i)
	case code.KSub:
		return th.arith(code.Sub-code.Add, fn.values[i.D()], regs[i.B()], i)
	case code.KDiv:
		return th.arith(code.Div-code.Add, fn.values[i.D()], regs[i.B()], i)
	case code.Unm:
		return th.negate(regs[i.B()], i)
	case code.Len:
		return th.length(regs[i.B()], i)
	case code.Concat:
		f.concat = int32(i.C())
		return th.concat(i)

	case code.Loop:
		th.checkStop()
		f.pc += int32(i.D())
	case code.LT, code.NLT, code.LE, code.NLE:
		return th.compare(op, regs[i.A()], regs[i.B()], i)
	case code.LTK, code.NLTK, code.LEK, code.NLEK:
		return th.compare(op-code.LTK+code.LT, regs[i.A()], fn.values[i.BC()], i)
	case code.GTK, code.NGTK, code.GEK, code.NGEK:
		return th.compare(op-code.GTK+code.LT, fn.values[i.BC()], regs[i.A()], i)
	case code.EQ, code.NE:
		return th.equality(regs[i.A()], regs[i.B()], i)
	case code.EQK, code.NEK:
		return th.equality(regs[i.A()], fn.values[i.BC()], i)

	case code.ForPrep:
		th.prepareFor(i)
	case code.ForLoop, code.ForLoop1:
		th.checkStop()
		f.pc-- // once more
	case code.WarmLoop:
		th.warmLoop(fn, i)
	case code.NativeLoop:
		th.nativeLoop(fn, i)
	case code.TForPrep:
		th.prepareGenericFor(i)
	case code.TForLoop:
		return th.iterate(i)

	case code.Call:
		th.checkStop()
		at := int(f.base) + int(i.A())
		return th.invoke(at, int(i.B()), frame{ret: int32(at), want: int16(i.C()) - 1})
	case code.CallM:
		th.checkStop()
		at := int(f.base) + int(i.A())
		return th.invoke(at, th.top-at-1, frame{ret: int32(at), want: int16(i.C()) - 1})
	case code.TailCall:
		return th.tailCall(int(f.base)+int(i.A()), int(i.B()))
	case code.TailCallM:
		at := int(f.base) + int(i.A())
		return th.tailCall(at, th.top-at-1)
	case code.Return0:
		return th.leave(int(f.base), 0)
	case code.Return1:
		return th.leave(int(f.base)+int(i.A()), 1)
	case code.Return:
		return th.leave(int(f.base)+int(i.A()), int(i.B()))
	case code.ReturnM:
		from := int(f.base) + int(i.A())
		return th.leave(from, th.top-from)

	case code.Vararg:
		th.vararg(int(i.A()), int(i.C())-1)
	case code.Closure:
		outer := th.stack[f.base-1].closure()
		th.state.allocated(closureSize)
		regs[i.A()] = th.newClosure(fn.innerFunction(i.D()), outer, f.base).Value()
	case code.Close:
		th.closeUpvalues(f.base + int32(i.A()))
	case code.NewTable:
		t := fn.newTable(i.D())
		th.state.allocated(tableSize + cap(t.array)*valueSize + int(t.size)*nodeSize)
		regs[i.A()] = t.Value()
	case code.SetList:
		th.setList(i, int(i.B()))
	case code.SetListM:
		th.setList(i, th.top-int(f.base)-int(i.A())-1)
	}
	return th
}

// What the sizes of values are counted as.
const (
	valueSize   = int(unsafe.Sizeof(Value{}))
	nodeSize    = int(unsafe.Sizeof(node{}))
	tableSize   = int(unsafe.Sizeof(Table{}))
	closureSize = int(unsafe.Sizeof(Closure{}))
	stringSize  = int(unsafe.Sizeof(String{}))
)

// jumpIf ends a comparison: it jumps if the comparison is true, or, if its name has an
// N, if it is not.
func (th *Thread) jumpIf(result bool, i code.Instr) {
	negated := false
	switch i.Op() {
	case code.NLT, code.NLE, code.NE, code.NLTK, code.NLEK, code.NGTK, code.NGEK, code.NEK:
		negated = true
	}
	if result != negated {
		th.frame().pc += int32(i.D())
	}
}

// hint writes the hint of the instruction before the next one, if it fits.
func (th *Thread) hint(fn *function, with code.Instr) {
	fn.code[th.frame().pc-1] = with
}

func (th *Thread) getGlobal(fn *function, i code.Instr) *Thread {
	env := th.stack[th.frame().base-1].closure().env
	key := fn.values[i.D()]
	at := env.findStr(key.string())
	if at == noNode || env.node(at).val.isNil() {
		return th.index(env.Value(), key, i.A())
	}
	if at < 1<<16 {
		th.hint(fn, i.WithBC(int(at)))
	}
	th.stack[th.frame().base+int32(i.A())] = env.node(at).val
	return th
}

func (th *Thread) setGlobal(fn *function, i code.Instr) *Thread {
	env := th.stack[th.frame().base-1].closure().env
	key := fn.values[i.D()]
	if at := env.findStr(key.string()); at < 1<<16 {
		th.hint(fn, i.WithBC(int(at)))
	}
	return th.setIndex(env.Value(), key, th.stack[th.frame().base+int32(i.A())])
}

func (th *Thread) getField(fn *function, i code.Instr) *Thread {
	obj := th.stack[th.frame().base+int32(i.B())]
	key := fn.values[i.K()]
	if obj.isTable() {
		t := obj.table()
		if at := t.findStr(key.string()); at != noNode && !t.node(at).val.isNil() {
			if at < 1<<16 {
				th.hint(fn, i.WithH(int(at)))
			}
			th.stack[th.frame().base+int32(i.A())] = t.node(at).val
			return th
		}
	}
	return th.index(obj, key, i.A())
}

// indexNode does GetIndex of an integer key that is not in array.
func (th *Thread) indexNode(t *Table, key int, i code.Instr) *Thread {
	if v := t.getIntNode(key); !v.isNil() || t.meta == nil {
		th.stack[th.frames[th.depth].base+int32(i.A())] = v
		return th
	}
	return step(th, i)
}

func (th *Thread) setField(fn *function, i code.Instr) *Thread {
	base := th.frame().base
	obj := th.stack[base+int32(i.A())]
	v := th.stack[base+int32(i.B())]
	key := fn.values[i.K()]
	if !obj.isTable() {
		return th.setIndex(obj, key, v)
	}
	t := obj.table()
	if at := t.findStr(key.string()); at != noNode && (t.meta == nil || !t.node(at).val.isNil()) {
		if at < 1<<16 {
			th.hint(fn, i.WithH(int(at)))
		}
		t.change(at, v)
		return th
	}
	return th.setIndex(obj, key, v)
}

// getMethod does Self.
func (th *Thread) getMethod(fn *function, i code.Instr) *Thread {
	base := th.frame().base
	obj := th.stack[base+int32(i.B())]
	th.stack[base+int32(i.A())+1] = obj
	key := fn.values[i.K()]
	if v := th.findMethod(fn, obj, key, i); !v.isNil() {
		th.stack[base+int32(i.A())] = v
		return th
	}
	return th.index(obj, key, i.A())
}

// classMethod does Self of an object that does not have the method where the hint says. The
// hints may be those of its class then.
func (th *Thread) classMethod(obj Value, key *String, i code.Instr) *Thread {
	if meta := th.classMeta(obj, key); meta != nil {
		if class, ok := meta.getStrAt(indexKey, uint32(i.C())); ok && class.isTable() {
			if v, ok := class.table().getStrAt(key, uint32(i.H())); ok && !v.isNil() {
				at := th.frames[th.depth].base + int32(i.A())
				th.stack[at], th.stack[at+1] = v, obj
				return th
			}
		}
	}
	return step(th, i)
}

// classMeta returns the metatable of a string, of userdata, or of a table without the key,
// if it is a Table of the engine: Self keeps hints for its __index. Otherwise it returns nil.
func (th *Thread) classMeta(obj Value, key *String) *Table {
	var m *lua.LTable
	switch obj.n {
	case tagTable:
		if t := obj.table(); t.weak == nil && t.meta != nil && t.findStr(key) == noNode {
			m = t.meta
		}
	case tagString:
		m = th.state.typeMeta[lua.LTString]
	case tagUserData:
		m, _ = obj.userData().Metatable.(*lua.LTable)
	}
	if m == nil || !isOwn(m) {
		return nil
	}
	return (*Table)(unsafe.Pointer(m))
}

// findMethod returns what obj or its class, a table that __index names, has for a string
// key, and writes the hints for run. It returns nil if it does not find it at once.
func (th *Thread) findMethod(fn *function, obj, key Value, i code.Instr) Value {
	if obj.isTable() {
		t := obj.table()
		if at := t.findStr(key.string()); at != noNode && !t.node(at).val.isNil() {
			if at < 1<<16 {
				th.hint(fn, i.WithH(int(at)))
			}
			return t.node(at).val
		}
	}
	meta := th.classMeta(obj, key.string())
	if meta == nil {
		return Nil
	}
	at := meta.findStr(indexKey)
	if at == noNode || !meta.node(at).val.isTable() {
		return Nil
	}
	class := meta.node(at).val.table()
	method := class.findStr(key.string())
	if method == noNode {
		return Nil
	}
	if at < 1<<8 && method < 1<<16 {
		th.hint(fn, i.WithC(uint8(at)).WithH(int(method)))
	}
	return class.node(method).val
}

// arith does R[A] = l op r. op counts from code.Add.
func (th *Thread) arith(op code.Op, l, r Value, i code.Instr) *Thread {
	x, ok := toNumber(l)
	if ok {
		var y float64
		if y, ok = toNumber(r); ok {
			result := num(code.Arith(syntax.Op(op), x, y))
			th.stack[th.frame().base+int32(i.A())] = result
			return th
		}
	}
	h := th.state.binaryMetamethod(l, r, eventAdd+event(op))
	if h.isNil() {
		th.arithError(l, r)
	}
	return th.callMeta(h, toInstr, l, r)
}

// toNumber returns a number, or a string that is one, as a number.
func toNumber(v Value) (float64, bool) {
	if v.isNumber() {
		return v.float(), true
	}
	if v.isString() {
		return syntax.ParseNumber(v.text())
	}
	return 0, false
}

func (th *Thread) negate(v Value, i code.Instr) *Thread {
	if x, ok := toNumber(v); ok {
		th.stack[th.frame().base+int32(i.A())] = num(-x)
		return th
	}
	h := th.state.metamethod(v, eventUnm)
	if h.isNil() {
		th.arithError(v, v)
	}
	return th.callMeta(h, toInstr, v, v)
}

// length does R[A] = #v. As in Lua 5.1, a table has no __len.
func (th *Thread) length(v Value, i code.Instr) *Thread {
	to := &th.stack[th.frame().base+int32(i.A())]
	switch v.n {
	case tagString:
		*to = Int(len(v.text()))
		return th
	case tagTable:
		*to = Int(v.table().Len())
		return th
	case tagPlainTable:
		*to = Int(v.ltable().Len())
		return th
	}
	h := th.state.metamethod(v, eventLen)
	if h.isNil() {
		th.operandError("get length of", v)
	}
	return th.callMeta(h, toInstr, v)
}

// compare does LT, NLT, LE and NLE.
func (th *Thread) compare(op code.Op, l, r Value, i code.Instr) *Thread {
	less := op == code.LT || op == code.NLT
	switch {
	case l.isNumber() && r.isNumber():
		if less {
			th.jumpIf(l.float() < r.float(), i)
		} else {
			th.jumpIf(l.float() <= r.float(), i)
		}
		return th
	case l.isString() && r.isString():
		if less {
			th.jumpIf(l.text() < r.text(), i)
		} else {
			th.jumpIf(l.text() <= r.text(), i)
		}
		return th
	}
	if less {
		if h := th.comparisonMetamethod(l, r, eventLt); !h.isNil() {
			return th.callMeta(h, toInstr, l, r)
		}
	} else {
		if h := th.comparisonMetamethod(l, r, eventLe); !h.isNil() {
			return th.callMeta(h, toInstr, l, r)
		}
		if h := th.comparisonMetamethod(r, l, eventLt); !h.isNil() {
			return th.callMeta(h, toInstrNot, r, l)
		}
	}
	th.compareError(l, r)
	return th
}

// comparisonMetamethod returns the metamethod that both operands have, as Lua 5.1 wants it,
// or that of one that is a CData or a Vector.
func (th *Thread) comparisonMetamethod(l, r Value, e event) Value {
	if h, ok := th.state.cdataMetamethod(l, r, e); ok {
		return h
	}
	if h, ok := th.state.vectorMetamethod(l, r, e); ok {
		return h
	}
	h := th.state.metamethod(l, e)
	if h.isNil() || l.Type() != r.Type() || !rawEqual(h, th.state.metamethod(r, e)) {
		return Nil
	}
	return h
}

func (th *Thread) equality(l, r Value, i code.Instr) *Thread {
	if rawEqual(l, r) {
		th.jumpIf(true, i)
		return th
	}
	if h := th.state.equalityMetamethod(l, r); !h.isNil() {
		return th.callMeta(h, toInstr, l, r)
	}
	th.jumpIf(false, i)
	return th
}

// prepareFor checks the three values of a numeric for and begins it.
func (th *Thread) prepareFor(i code.Instr) {
	f := th.frame()
	a := th.stack[f.base+int32(i.A()):]
	for n, what := range []string{"initial", "limit", "step"} {
		x, ok := toNumber(a[n])
		if !ok {
			if n == 0 {
				th.Errorf("'for' initial value must be a number")
			}
			th.Errorf("'for' %s must be a number", what)
		}
		a[n] = num(x)
	}
	start, limit, step := a[0].float(), a[1].float(), a[2].float()
	if step >= 0 && start <= limit || !(step >= 0) && start >= limit {
		a[3] = a[0]
		th.beginLoop(th.stack[f.base-1].closure().fn, i)
		return
	}
	f.pc += int32(i.D())
}

// prepareGenericFor notes if the iterator is next, with a table and nil.
func (th *Thread) prepareGenericFor(i code.Instr) {
	f := th.frame()
	a := th.stack[f.base+int32(i.A()):]
	if a[0].n == tagNative && a[0].native().special == specialNext && a[1].isTable() && a[2].isNil() {
		a[2] = Value{p: unsafe.Pointer(&iterating), n: firstPosition}
	}
	f.pc += int32(i.D())
}

// iterate does TForLoop.
func (th *Thread) iterate(i code.Instr) *Thread {
	th.checkStop()
	f := th.frame()
	at := int(f.base) + int(i.A())
	a := th.stack[at:]
	vars := int(i.C())
	if a[2].p == unsafe.Pointer(&iterating) {
		key, v, position := a[1].table().nextAt(int(a[2].n))
		if key.isNil() {
			f.pc++ // behind TForTest
			return th
		}
		a[2].n = uint64(position)
		a[3] = key
		if vars >= 2 {
			a[4] = v
		}
		for n := 2; n < vars; n++ {
			a[3+n] = Nil
		}
		f.pc += int32(i.D())
		return th
	}
	if a[0].n == tagNative && a[0].native().special == specialIpairs && a[1].isTable() && a[2].isNumber() {
		n := int(a[2].float()) + 1
		v := a[1].table().GetInt(n)
		if v.isNil() {
			f.pc++
			return th
		}
		a[2] = Int(n)
		a[3] = a[2]
		if vars >= 2 {
			a[4] = v
		}
		for n := 2; n < vars; n++ {
			a[3+n] = Nil
		}
		f.pc += int32(i.D())
		return th
	}
	a[3], a[4], a[5] = a[0], a[1], a[2]
	if a[3].n == tagNative {
		if fn := a[3].native(); fn.special == ordinary {
			th.iterateNative(fn, i)
			return th
		}
		return th.callNative(at+3, 2, int32(at+3), int16(vars), toRegisters)
	}
	return th.invoke(at+3, 2, frame{ret: int32(at + 3), want: int16(vars)})
}

// iterateNative does TForLoop, and TForTest behind it, of an ordinary native function, which
// stands with its arguments behind the hidden variables.
func (th *Thread) iterateNative(fn *Function, i code.Instr) {
	at := int(th.frames[th.depth].base) + int(i.A())
	th.callNativeAt(fn, at+3, 2, int(i.C()))
	if first := th.stack[at+3]; !first.isNil() {
		th.stack[at+2] = first
		th.frames[th.depth].pc += int32(i.D())
	} else {
		th.frames[th.depth].pc++
	}
}

// vararg copies variable arguments to registers.
func (th *Thread) vararg(a, want int) {
	f := th.frame()
	have := int(f.varargs)
	from := int(f.base) - 1 - have
	to := int(f.base) + a
	if want == multi {
		th.need(to + have + spare)
		copy(th.stack[to:], th.stack[from:from+have])
		th.top = to + have
		return
	}
	for n := range want {
		if n < have {
			th.stack[to+n] = th.stack[from+n]
		} else {
			th.stack[to+n] = Nil
		}
	}
}

// setList stores n values that stand behind a table.
func (th *Thread) setList(i code.Instr, n int) {
	a := th.stack[th.frame().base+int32(i.A()):]
	t := a[0].table()
	t.SetList(i.D(), a[1:1+n])
}
