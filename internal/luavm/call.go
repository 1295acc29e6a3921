package luavm

import (
	"unsafe"

	"microts/internal/luavm/code"
)

// invoke calls the value in a slot of the stack with the n values behind it, and returns
// the thread that runs next. Of f it uses ret, want and then.
func (th *Thread) invoke(at, n int, f frame) *Thread {
	if v := th.stack[at]; !v.isFunction() {
		h := th.state.metamethod(v, eventCall)
		if !h.isFunction() {
			th.callError(at)
		}
		th.need(at + n + 2 + spare)
		copy(th.stack[at+1:], th.stack[at:at+n+1])
		th.stack[at] = h
		n++
	}
	switch th.stack[at].n {
	case tagClosure:
		th.enter(at, n, f)
		return th
	case tagNative:
		return th.callNative(at, n, f.ret, f.want, f.then)
	}
	return th.callGo(at, n, f)
}

// enter makes a frame for the closure in a slot with the n arguments behind it.
func (th *Thread) enter(at, n int, f frame) {
	fn := th.stack[at].closure().fn
	base := at + 1
	params := int(fn.numParams)
	if fn.isVararg {
		base = at + n + 2
		f.varargs = int32(max(n-params, 0))
	}
	th.need(base + int(fn.registers) + spare)
	if fn.isVararg {
		th.stack[base-1] = th.stack[at]
		given := min(n, params)
		copy(th.stack[base:], th.stack[at+1:at+1+given])
		clear(th.stack[at+1 : at+1+given])
	}
	for p := n; p < params; p++ {
		th.stack[base+p] = Nil
	}
	f.base = int32(base)
	th.push(f)
}

// callNative calls the native function in a slot with the n values behind it. ret, want
// and then are those of its frame.
func (th *Thread) callNative(at, n int, ret int32, want int16, then then) *Thread {
	th.need(at + 1 + n + spare)
	if th.depth++; th.depth == len(th.frames) {
		th.growFrames()
	}
	f := &th.frames[th.depth]
	f.base, f.pc, f.ret, f.varargs, f.concat = int32(at+1), 0, ret, 0, 0
	f.want, f.then, f.flags = want, then, 0
	fn := th.stack[at].native()
	switch fn.special {
	case specialPcall:
		return th.pcall(n)
	case specialXpcall:
		return th.xpcall(n)
	case specialResume:
		return th.resume(n)
	case specialWrap:
		return th.resumeWrapped(fn, n)
	case specialYield:
		return th.yield(n)
	}
	return th.leave(at, th.runNative(fn, at, n))
}

// runNative runs a native function that stands in a slot, in its frame. It returns the
// number of results, which begin in that slot.
func (th *Thread) runNative(fn *Function, at, n int) int {
	th.top = at + 1 + n
	c := &th.call
	c.base, c.args, c.results = at+1, n, 0
	fn.native(c)
	return c.results
}

// callNativeHere does Call of a native function.
func (th *Thread) callNativeHere(fn *Function, i code.Instr) *Thread {
	at := int(th.frames[th.depth].base) + int(i.A())
	n, want := int(i.B()), int(i.C())-1
	if fn.number != nil && n == 1 && want == 1 && th.stack[at+1].isNumber() {
		th.stack[at] = Number(fn.number(th.stack[at+1].float()))
		return th
	}
	if fn.numbers != nil && n == 2 && want == 1 {
		if x, y := &th.stack[at+1], &th.stack[at+2]; x.isNumber() && y.isNumber() {
			th.stack[at] = Number(fn.numbers(x.float(), y.float()))
			return th
		}
	}
	if fn.special != ordinary && fn.special < specialNext || th.state.requests.Load() != 0 {
		th.checkStop()
		return th.callNative(at, n, int32(at), int16(want), toRegisters)
	}
	th.callNativeAt(fn, at, n, want)
	return th
}

// callNativeAt calls an ordinary native function that stands in a slot, with the n
// arguments behind it. Its results, of which want are wanted, begin in that slot.
func (th *Thread) callNativeAt(fn *Function, at, n, want int) {
	th.need(at + 1 + n + spare)
	if th.depth++; th.depth == len(th.frames) {
		th.growFrames()
	}
	th.frames[th.depth] = frame{base: int32(at + 1), ret: int32(at), want: int16(want)}
	results := th.runNative(fn, at, n)
	th.depth--
	if want == multi {
		th.top = at + results
		return
	}
	for ; results < want; results++ {
		th.stack[at+results] = Nil
	}
}

// tailCall replaces the frame that runs by a call of the value in a slot.
func (th *Thread) tailCall(at, n int) *Thread {
	th.checkStop()
	f := th.frame()
	// A native function does not take the place of its caller: that stays in tracebacks.
	if th.stack[at].n != tagClosure {
		return th.invoke(at, n, frame{ret: int32(at), want: multi, then: toReturn})
	}
	callee := frame{ret: f.ret, want: f.want, then: f.then, flags: f.flags | tailCalled}
	copy(th.stack[f.ret:], th.stack[at:at+n+1])
	th.depth--
	th.enter(int(callee.ret), n, callee)
	return th
}

// callMeta calls a metamethod behind the registers of the frame that runs.
func (th *Thread) callMeta(h Value, then then, args ...Value) *Thread {
	at := th.frameEnd()
	th.need(at + len(args) + 1 + spare)
	th.stack[at] = h
	copy(th.stack[at+1:], args)
	return th.invoke(at, len(args), frame{ret: int32(at), want: 1, then: then})
}

// frameEnd returns the slot behind those that the frame that runs uses.
func (th *Thread) frameEnd() int {
	f := th.frame()
	if v := th.stack[f.base-1]; v.isClosure() && th.depth > 0 {
		return int(f.base + v.closure().fn.registers)
	}
	return th.top
}

// leave ends the frame that runs with n results, which begin in a slot, and returns the thread
// that runs next: nil if Go called.
func (th *Thread) leave(from, n int) *Thread {
	for {
		f := th.frame()
		switch f.then {
		case toRegisters:
			ret, want := int(f.ret), int(f.want)
			th.depth--
			th.give(ret, want, from, n)
			return th
		case toReturn:
			// The caller is a Lua function that returns what the native function did.
			th.depth--
		case toInstr, toInstrNot:
			th.depth--
			v := Nil
			if n > 0 {
				v = th.stack[from]
			}
			if f.then == toInstrNot {
				v = Bool(!v.truthy())
			}
			return th.finish(v)
		case toPcall:
			th.depth--
			from, n = th.prepend(True, int(th.frame().base), from, n)
		case toGo:
			ret := int(f.ret)
			th.depth--
			th.give(ret, multi, from, n)
			return nil
		case toHandler:
			v := Nil
			if n > 0 {
				v = th.stack[from]
			}
			th.depth--
			return th.handlerReturned(v)
		case toResumer:
			return th.finished(from, n)
		}
	}
}

// give copies n results to where they are wanted.
func (th *Thread) give(to, want, from, n int) {
	if want == multi {
		th.need(to + n + spare)
		copy(th.stack[to:], th.stack[from:from+n])
		th.top = to + n
		return
	}
	if want == 1 && n > 0 {
		th.stack[to] = th.stack[from]
		return
	}
	given := min(want, n)
	copy(th.stack[to:], th.stack[from:from+given])
	clear(th.stack[to+given : to+want])
}

// prepend moves n results to base and puts v before them.
func (th *Thread) prepend(v Value, base, from, n int) (int, int) {
	th.need(base + n + spare)
	copy(th.stack[base:], th.stack[from:from+n])
	th.stack[base-1] = v
	return base - 1, n + 1
}

// finish ends the instruction that the frame that runs is in, with the result of a
// metamethod.
func (th *Thread) finish(v Value) *Thread {
	f := th.frame()
	fn := th.stack[f.base-1].closure().fn
	i := fn.code[f.pc-1]
	switch op := i.Op(); {
	case op == code.Concat:
		last := f.base + f.concat
		th.stack[last-1] = v
		f.concat--
		return th.concat(i)
	case op >= code.LT && op <= code.NEK:
		if x, ok := v.asVector(); ok {
			return th.compared(v, x)
		}
		th.jumpIf(v.truthy(), i)
	case op == code.SetGlobal || op == code.SetField || op == code.SetIndex || op == code.SetInt:
	default:
		th.stack[f.base+int32(i.A())] = v
	}
	return th
}

// concat joins the operands of Concat from the last one on, as many at once as are
// strings or numbers.
func (th *Thread) concat(i code.Instr) *Thread {
	f := th.frame()
	regs := th.stack[f.base:]
	first := int32(i.B())
	for f.concat > first {
		last := f.concat
		if !isText(regs[last]) || !isText(regs[last-1]) {
			l, r := regs[last-1], regs[last]
			h := th.state.binaryMetamethod(l, r, eventConcat)
			if h.isNil() {
				th.concatError(l, r)
			}
			return th.callMeta(h, toInstr, l, r)
		}
		from := last - 1
		for from > first && isText(regs[from-1]) {
			from--
		}
		regs[from] = th.join(regs[from : last+1])
		f.concat = from
	}
	regs[i.A()] = regs[first]
	return th
}

func isText(v Value) bool { return v.isString() || v.isNumber() }

// join returns the strings and numbers in one string.
func (th *Thread) join(values []Value) Value {
	if len(values) == 2 && values[0].isString() && values[1].isString() {
		if values[0].text() == "" {
			return values[1]
		} else if values[1].text() == "" {
			return values[0]
		}
	}
	length := 0
	for _, v := range values {
		if v.isString() {
			length += len(v.text())
		} else {
			length += 24
		}
	}
	if length > most {
		th.Errorf("string length overflow")
	}
	th.room(stringSize + length)
	buffer := make([]byte, 0, length)
	for _, v := range values {
		if v.isString() {
			buffer = append(buffer, v.text()...)
		} else {
			buffer = AppendNumber(buffer, v.float())
		}
	}
	return NewString(unsafe.String(unsafe.SliceData(buffer), len(buffer))).Value()
}
