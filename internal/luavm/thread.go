package luavm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Thread is a coroutine, or the main thread of a state: a stack of values and one of
// frames.
//
// The function that a frame runs stands in the slot before the frame's base. The first
// frame of a thread runs nothing.
type Thread struct {
	lua.LState // makes a *Thread a *lua.LState for Go code; has no content but the mark in Env

	state   *State
	globals *Table // nil: those of the state
	stack   []Value
	frames  []frame
	depth   int // the frame that runs is frames[depth]
	top     int // the end of multi, or of what a native function uses
	open    *upvalue
	call    Call  // of the native function that runs
	self    Value // what lookup found a function for

	status   status
	resumer  *Thread // who resumed it, while it is running or normal
	handling bool    // an error handler runs
	resumes  int     // how many threads have resumed each other, up to it
	goCalls  int     // how many calls from Go run on it: it cannot yield across them
}

// status says what a thread does.
type status uint8

const (
	suspended status = iota
	running
	normal // it resumed another one
	dead
)

// frame is a call. It has no pointers, so that calls cost the garbage collector nothing.
type frame struct {
	base    int32 // of its registers
	pc      int32 // of its next instruction, while it does not run
	ret     int32 // the slot of its first result; there stood the function that was called
	varargs int32 // how many variable arguments stand before its function
	concat  int32 // the last operand that its Concat has not yet joined
	want    int16 // how many results are wanted, or multi
	then    then
	flags   frameFlags
}

// frameFlags say more about a call.
type frameFlags uint8

const (
	tailCalled frameFlags = 1 << iota // it replaced its caller by a tail call
	catches                           // it is a pcall or xpcall that waits for its function
)

// then says what becomes of the results of a call.
type then uint8

const (
	toRegisters then = iota // they go to registers of the caller, from ret on
	toInstr                 // the first one ends the instruction that the caller is in
	toInstrNot              // its negation does
	toReturn                // the caller, a Lua function, returns them
	toPcall                 // they belong to the pcall or xpcall in the frame before
	toGo                    // Go code called
	toHandler               // they are those of an error handler
	toResumer               // the coroutine ends
)

// multi is the number of results of a call that takes all there are.
const multi = -1

const (
	spare        = 40 // slots behind the registers of a frame, for arguments of metamethods
	firstStack   = 64
	firstFrames  = 8
	maxStack     = 80_000 // slots of a thread
	maxFrames    = 200_000
	handlerStack = 5_000 // slots for handlers beyond maxStack
	maxGoCalls   = 190   // calls from Go inside each other
)

// threadMark is the Env of the LState that is the first field of a Thread.
var threadMark = &lua.LTable{Metatable: lua.LNil}

func newThread(s *State) *Thread {
	th := &Thread{
		state:  s,
		stack:  make([]Value, firstStack),
		frames: make([]frame, firstFrames),
		top:    1,
	}
	th.LState.Env = threadMark
	th.call.th = th
	th.frames[0].base = 1
	return th
}

// Value returns th as a value.
func (th *Thread) Value() Value { return Value{unsafe.Pointer(th), tagThread} }

// asThread returns l as a Thread if it is one.
func asThread(l *lua.LState) (*Thread, bool) {
	if l.Env == threadMark {
		return (*Thread)(unsafe.Pointer(l)), true
	}
	return nil, false
}

// frame returns the frame that runs.
func (th *Thread) frame() *frame { return &th.frames[th.depth] }

// need makes the stack have n slots.
func (th *Thread) need(n int) {
	if n > len(th.stack) {
		th.growStack(n)
	}
}

func (th *Thread) growStack(n int) {
	limit := th.limit(maxStack)
	if n > limit {
		th.overflow()
	}
	th.resize(min(max(n, 2*len(th.stack)), limit))
}

// limit returns how far a stack may grow: further while an error handler runs.
func (th *Thread) limit(most int) int {
	if th.handling {
		return most + handlerStack
	}
	return most
}

// overflow raises the error that a stack is at its limit.
func (th *Thread) overflow() {
	if th.handling {
		panic(errorInErrorHandling())
	}
	th.Errorf("stack overflow")
}

// resize gives the stack another length and lets the open upvalues refer to the new one.
func (th *Thread) resize(n int) {
	stack := make([]Value, n)
	copy(stack, th.stack)
	th.stack = stack
	for u := th.open; u != nil; u = u.next {
		u.v = &stack[u.slot]
	}
}

// push adds a frame.
func (th *Thread) push(f frame) *frame {
	th.depth++
	if th.depth == len(th.frames) {
		th.growFrames()
	}
	// Each field by itself: a copy of the whole waits for stores of its fields.
	p := &th.frames[th.depth]
	p.base, p.pc, p.ret, p.varargs, p.concat = f.base, f.pc, f.ret, f.varargs, f.concat
	p.want, p.then, p.flags = f.want, f.then, f.flags
	return p
}

func (th *Thread) growFrames() {
	limit := th.limit(maxFrames)
	if len(th.frames) >= limit {
		th.depth--
		th.overflow()
	}
	frames := make([]frame, min(2*len(th.frames), limit))
	copy(frames, th.frames)
	th.frames = frames
}
