package numeric

import "microts/internal/luavm/code"

// registers is a set of registers, and of what is numbered behind them: upvalues, and the
// registers of a called function.
type registers [6]uint64

func (s *registers) add(r int)     { s[r>>6] |= 1 << (r & 63) }
func (s *registers) remove(r int)  { s[r>>6] &^= 1 << (r & 63) }
func (s registers) has(r int) bool { return s[r>>6]>>(r&63)&1 != 0 }

func (s *registers) addAll(o registers) {
	for i := range s {
		s[i] |= o[i]
	}
}

// liveRegisters returns which registers may be read, before they are written, from each
// instruction of a function on. Variables that closures share are always among them, and
// so are, at a call, all local variables in scope: the debug library may read them.
func liveRegisters(p *code.Proto) []registers {
	live := make([]registers, len(p.Code)+1)
	shared := sharedRegisters(p)
	scope := localsAtCalls(p)
	for changed := true; changed; {
		changed = false
		for pc := len(p.Code) - 1; pc >= 0; pc-- {
			i := p.Code[pc]
			var s registers
			if !leaves(i.Op()) {
				s = live[pc+1]
				if alwaysJumps(i.Op()) {
					s = registers{}
				}
			}
			if i.Op().IsJump() {
				s.addAll(live[pc+1+i.D()])
			}
			if first, last := i.Writes(); i.Op() != code.JumpFS && i.Op() != code.JumpTS {
				for r := first; r <= min(last, int(p.Registers)); r++ {
					s.remove(r)
				}
			}
			first, last := reads(i)
			for r := first; r <= min(last, int(p.Registers)); r++ {
				s.add(r)
			}
			for _, r := range alsoReads(i) {
				s.add(r)
			}
			s.addAll(scope[pc])
			s.addAll(shared)
			if s != live[pc] {
				live[pc], changed = s, true
			}
		}
	}
	return live
}

// sharedRegisters returns the registers that are upvalues of other functions at times.
func sharedRegisters(p *code.Proto) (s registers) {
	for _, i := range p.Code {
		if i.Op() == code.Closure {
			for _, u := range p.Protos[i.D()].Upvals {
				if u.FromRegister {
					s.add(int(u.Index))
				}
			}
		}
	}
	return s
}

func localsAtCalls(p *code.Proto) map[int]registers {
	at := map[int]registers{}
	for pc, i := range p.Code {
		if op := i.Op(); op < code.Call || op > code.TailCallM {
			continue
		}
		var s registers
		for _, l := range p.Locals {
			if int(l.Start) <= pc && pc < int(l.End) {
				s.add(int(l.Register))
			}
		}
		at[pc] = s
	}
	return at
}

// leaves reports whether op leaves the function.
func leaves(op code.Op) bool {
	return op == code.TailCall || op == code.TailCallM || op >= code.Return0 && op <= code.ReturnM
}

// alwaysJumps reports whether op never goes on with the next instruction.
func alwaysJumps(op code.Op) bool {
	return op == code.Jump || op == code.Loop || op == code.TForPrep
}

// reads returns the first and the last register of a range that an instruction reads;
// last is less than first if there is none.
func reads(i code.Instr) (first, last int) {
	const end = code.MaxRegisters
	a, b := int(i.A()), int(i.B())
	switch i.Op() {
	case code.Concat:
		return b, int(i.C())
	case code.Call, code.TailCall:
		return a, a + b
	case code.Return:
		return a, a + b - 1
	case code.CallM, code.TailCallM, code.ReturnM, code.SetListM:
		return a, end
	case code.SetList:
		return a, a + b
	case code.ForPrep, code.ForLoop, code.ForLoop1, code.TForPrep, code.TForLoop:
		return a, a + 2
	case code.TForTest:
		return a, a + 3
	}
	return 0, -1
}

// alsoReads returns single registers that an instruction reads.
func alsoReads(i code.Instr) []int {
	a, b, c := int(i.A()), int(i.B()), int(i.C())
	switch op := i.Op(); {
	case op >= code.Add && op <= code.Pow || op == code.GetIndex:
		return []int{b, c}
	case op == code.SetIndex:
		return []int{a, b, c}
	case op == code.SetField || op == code.SetInt || op >= code.LT && op <= code.NE:
		return []int{a, b}
	case op == code.Move || op == code.GetField || op == code.GetInt || op == code.Self ||
		op >= code.AddK && op <= code.Len || op == code.JumpFS || op == code.JumpTS:
		return []int{b}
	case op == code.SetUpval || op == code.SetGlobal || op == code.JumpF || op == code.JumpT ||
		op >= code.LTK && op <= code.NEK || op == code.Return1:
		return []int{a}
	}
	return nil
}
