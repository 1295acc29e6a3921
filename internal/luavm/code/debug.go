package code

// LocalName returns the name of the local variable that a register holds before an
// instruction, or "".
func (p *Proto) LocalName(pc, register int) string {
	for i := len(p.Locals) - 1; i >= 0; i-- {
		l := &p.Locals[i]
		if int(l.Register) == register && int(l.Start) <= pc && pc < int(l.End) {
			return l.Name
		}
	}
	return ""
}

// Writes returns the first and the last register that an instruction writes; last is
// less than first if it writes none.
func (i Instr) Writes() (first, last int) {
	const end = MaxRegisters
	a := int(i.A())
	switch op := i.Op(); op {
	case LoadNil:
		return a, int(i.B())
	case Self:
		return a, a + 1
	case Call, CallM, Vararg:
		return a, end
	case ForPrep, ForLoop, ForLoop1, TForPrep, TForLoop, TForTest:
		return a, end
	case JumpFS, JumpTS, Move, LoadK, LoadFalse, LoadTrue, GetUpval, GetGlobal, GetField, GetIndex, GetInt, Closure, NewTable:
		return a, a
	default:
		if op >= Add && op <= Concat {
			return a, a
		}
		return 0, -1
	}
}
