package code

import "fmt"

// Instr is an instruction, 8 bytes:
//
//	bits 0-7    the Op
//	bits 8-15   A, a register
//	bits 16-23  B, a register or a small count
//	bits 24-31  C, a register or a small count
//	bits 32-63  D, a jump distance, a constant, a count
//
// Some instructions divide the bits differently:
//
//	BC  bits 16-31, a constant or a hint
//	K   bits 32-47, a constant
//	H   bits 48-63, a hint
//
// A hint says where a table had a key last time. The compiler leaves it 0, and the
// machine writes it into its own copy of the code.
//
// A jump distance counts from the instruction behind the jump.
type Instr uint64

// Op says what an instruction does.
type Op uint8

// Make returns an instruction.
func Make(op Op, a, b, c uint8, d int32) Instr {
	return Instr(op) | Instr(a)<<8 | Instr(b)<<16 | Instr(c)<<24 | Instr(uint32(d))<<32
}

// Op returns what i does.
func (i Instr) Op() Op { return Op(i) }

// A returns bits 8 to 15.
func (i Instr) A() uint8 { return uint8(i >> 8) }

// B returns bits 16 to 23.
func (i Instr) B() uint8 { return uint8(i >> 16) }

// C returns bits 24 to 31.
func (i Instr) C() uint8 { return uint8(i >> 24) }

// BC returns bits 16 to 31.
func (i Instr) BC() int { return int(uint16(i >> 16)) }

// D returns bits 32 to 63.
func (i Instr) D() int { return int(int32(i >> 32)) }

// K returns bits 32 to 47.
func (i Instr) K() int { return int(uint16(i >> 32)) }

// H returns bits 48 to 63.
func (i Instr) H() int { return int(i >> 48) }

// Compared is B of a LoadTrue that stands, with a Jump and a LoadFalse, behind a comparison
// whose value is wanted: these three make it of the truth of the comparison.
const Compared = 1

// WithD returns i with another D.
func (i Instr) WithD(d int) Instr { return i&(1<<32-1) | Instr(uint32(d))<<32 }

// WithBC returns i with another BC.
func (i Instr) WithBC(bc int) Instr { return i&^(0xffff<<16) | Instr(uint16(bc))<<16 }

// WithH returns i with another H.
func (i Instr) WithH(h int) Instr { return i&(1<<48-1) | Instr(h)<<48 }

// WithB returns i with another B.
func (i Instr) WithB(b uint8) Instr { return i&^(0xff<<16) | Instr(b)<<16 }

// WithC returns i with another C.
func (i Instr) WithC(c uint8) Instr { return i&^(0xff<<24) | Instr(c)<<24 }

// The instructions. R[x] is a register, K[x] a constant of the function, U[x] an
// upvalue, G the environment of the closure. "Multi" is a number of values that only
// the machine knows: the instruction before left them at the end of the registers.
const (
	Move      Op = iota // R[A] = R[B]
	LoadK               // R[A] = K[D]
	LoadNil             // R[A], ..., R[B] = nil
	LoadFalse           // R[A] = false
	LoadTrue            // R[A] = true; B may be Compared

	GetUpval  // R[A] = U[D]
	SetUpval  // U[D] = R[A]
	GetGlobal // R[A] = G[K[D]]; BC is a hint
	SetGlobal // G[K[D]] = R[A]; BC is a hint

	GetField // R[A] = R[B][K[K]]; the constant is a string
	SetField // R[A][K[K]] = R[B]; the constant is a string
	GetIndex // R[A] = R[B][R[C]]
	SetIndex // R[A][R[B]] = R[C]
	GetInt   // R[A] = R[B][D]
	SetInt   // R[A][D] = R[B]
	Self     // R[A+1] = R[B]; R[A] = R[B][K[K]]

	// Arithmetic. In AddK and MulK, C is 1 if the constant was the left operand.
	Add  // R[A] = R[B] + R[C]
	Sub  // R[A] = R[B] - R[C]
	Mul  // R[A] = R[B] * R[C]
	Div  // R[A] = R[B] / R[C]
	Mod  // R[A] = R[B] % R[C]
	Pow  // R[A] = R[B] ^ R[C]
	AddK // R[A] = R[B] + K[D]
	SubK // R[A] = R[B] - K[D]
	MulK // R[A] = R[B] * K[D]
	DivK // R[A] = R[B] / K[D]
	ModK // R[A] = R[B] % K[D]
	PowK // R[A] = R[B] ^ K[D]
	KSub // R[A] = K[D] - R[B]
	KDiv // R[A] = K[D] / R[B]
	Unm  // R[A] = -R[B]
	Not  // R[A] = not R[B]
	Len  // R[A] = #R[B]

	Concat // R[A] = R[B] .. ... .. R[C]

	Jump   // jump D
	Loop   // jump D, backward: an interrupt is looked for
	JumpF  // if not R[A]: jump D
	JumpT  // if R[A]: jump D
	JumpFS // if not R[B]: R[A] = R[B]; jump D
	JumpTS // if R[B]: R[A] = R[B]; jump D

	// Comparisons of two registers. A comparison with N in its name jumps if the
	// comparison is false: with a NaN, it is another thing than the opposite comparison.
	LT  // if R[A] < R[B]: jump D
	NLT // if not R[A] < R[B]: jump D
	LE  // if R[A] <= R[B]: jump D
	NLE // if not R[A] <= R[B]: jump D
	EQ  // if R[A] == R[B]: jump D
	NE  // if R[A] ~= R[B]: jump D

	// Comparisons with a number. The constant is K[BC].
	LTK  // if R[A] < K: jump D
	NLTK // if not R[A] < K: jump D
	LEK  // if R[A] <= K: jump D
	NLEK // if not R[A] <= K: jump D
	GTK  // if R[A] > K: jump D
	NGTK // if not R[A] > K: jump D
	GEK  // if R[A] >= K: jump D
	NGEK // if not R[A] >= K: jump D

	// Equality with a constant of any type, K[BC].
	EQK // if R[A] == K: jump D
	NEK // if R[A] ~= K: jump D

	// A numeric for keeps its counter, limit and step in R[A], R[A+1] and R[A+2], and its
	// variable in R[A+3].
	ForPrep  // check the three; R[A+3] = R[A]; if there is nothing to do: jump D
	ForLoop  // R[A] += R[A+2]; if R[A] is in the limit: R[A+3] = R[A]; jump D
	ForLoop1 // as ForLoop, with the step 1

	// A generic for keeps its iterator, state and control value in R[A], R[A+1] and
	// R[A+2], and its variables in R[A+3], ..., R[A+2+C].
	TForPrep // prepare the fast forms of TForLoop; jump D
	TForLoop // R[A+3], ..., R[A+2+C] = R[A](R[A+1], R[A+2]); if the first is nil: jump D
	TForTest // the end of TForLoop: R[A+2] = R[A+3]; jump D

	// Calls. B counts arguments, which stand in R[A+1], ...; C is the number of results
	// and one more, or 0: multi. The results go to R[A], ...
	Call      // call R[A] with B arguments
	CallM     // call R[A] with B arguments and multi
	TailCall  // return R[A](B arguments)
	TailCallM // return R[A](B arguments and multi)
	Return0   // return
	Return1   // return R[A]
	Return    // return R[A], ..., B of them
	ReturnM   // return R[A], ..., B of them, and multi

	Vararg  // R[A], ... = the variable arguments, C-1 of them; if C is 0: multi
	Closure // R[A] = a closure of Protos[D]
	Close   // upvalues that are R[A] or behind it get their own values

	NewTable // R[A] = a table of the shape Tables[D]
	SetList  // R[A][D+i] = R[A+1+i] for i = 0, ..., B-1
	SetListM // as SetList with B values and multi

	// The machine writes these into its copy of the code, in place of Loop, ForLoop and
	// ForLoop1.
	WarmLoop   // the same, and BC counts how often
	NativeLoop // the same, and goes on in machine code, number BC

	NumOps // how many there are
)

var opNames = [NumOps]string{
	Move: "Move", LoadK: "LoadK", LoadNil: "LoadNil", LoadFalse: "LoadFalse", LoadTrue: "LoadTrue",
	GetUpval: "GetUpval", SetUpval: "SetUpval", GetGlobal: "GetGlobal", SetGlobal: "SetGlobal",
	GetField: "GetField", SetField: "SetField", GetIndex: "GetIndex", SetIndex: "SetIndex",
	GetInt: "GetInt", SetInt: "SetInt", Self: "Self",
	Add: "Add", Sub: "Sub", Mul: "Mul", Div: "Div", Mod: "Mod", Pow: "Pow",
	AddK: "AddK", SubK: "SubK", MulK: "MulK", DivK: "DivK", ModK: "ModK", PowK: "PowK",
	KSub: "KSub", KDiv: "KDiv", Unm: "Unm", Not: "Not", Len: "Len", Concat: "Concat",
	Jump: "Jump", Loop: "Loop", JumpF: "JumpF", JumpT: "JumpT", JumpFS: "JumpFS", JumpTS: "JumpTS",
	LT: "LT", NLT: "NLT", LE: "LE", NLE: "NLE", EQ: "EQ", NE: "NE",
	LTK: "LTK", NLTK: "NLTK", LEK: "LEK", NLEK: "NLEK",
	GTK: "GTK", NGTK: "NGTK", GEK: "GEK", NGEK: "NGEK", EQK: "EQK", NEK: "NEK",
	ForPrep: "ForPrep", ForLoop: "ForLoop", ForLoop1: "ForLoop1",
	TForPrep: "TForPrep", TForLoop: "TForLoop", TForTest: "TForTest",
	Call: "Call", CallM: "CallM", TailCall: "TailCall", TailCallM: "TailCallM",
	Return0: "Return0", Return1: "Return1", Return: "Return", ReturnM: "ReturnM",
	Vararg: "Vararg", Closure: "Closure", Close: "Close",
	NewTable: "NewTable", SetList: "SetList", SetListM: "SetListM",
	WarmLoop: "WarmLoop", NativeLoop: "NativeLoop",
}

// String returns the name of op.
func (op Op) String() string {
	if op < NumOps {
		return opNames[op]
	}
	return fmt.Sprintf("Op(%d)", uint8(op))
}

// IsJump reports whether D of an instruction with op is a jump distance.
func (op Op) IsJump() bool {
	return op >= Jump && op <= ForLoop1 || op == TForPrep || op == TForLoop || op == TForTest
}

// String returns i as a listing shows it.
func (i Instr) String() string {
	return fmt.Sprintf("%-9s %3d %3d %3d %d", i.Op(), i.A(), i.B(), i.C(), i.D())
}
