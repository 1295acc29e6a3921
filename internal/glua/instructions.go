package glua

import (
	"sync"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// jumpTable is gopher-lua's: the function that executes each instruction. Every
// state of the process uses it, and gopher-lua sets it in its init function.
//
//go:linkname jumpTable github.com/yuin/gopher-lua.jumpTable
var jumpTable [lua.OP_NOP + 1]func(L *lua.LState, instruction uint32, base unsafe.Pointer) int

// checked are the instructions without which no Lua code runs for long: jumps,
// loops and calls.
var checked = []int{lua.OP_JMP, lua.OP_FORLOOP, lua.OP_TFORLOOP, lua.OP_CALL, lua.OP_TAILCALL}

// CheckAtJumps makes each state of the process that has a [Control] look for
// requests at its jumps, loops and calls, and ask for room before it concatenates. Only the first call does something; no
// state may run during it.
//
// BenchmarkMainLoop measures what the checks cost. A process that interrupts no state
// need not pay it.
var CheckAtJumps = sync.OnceFunc(func() {
	for _, op := range checked {
		execute := jumpTable[op]
		jumpTable[op] = func(L *lua.LState, instruction uint32, base unsafe.Pointer) int {
			if c, ok := L.Context().(*Control); ok && c.requests.Load() != 0 {
				c.serve(L)
			}
			return execute(L, instruction, base)
		}
	}
	concatenate := jumpTable[lua.OP_CONCAT]
	jumpTable[lua.OP_CONCAT] = func(L *lua.LState, instruction uint32, base unsafe.Pointer) int {
		if c, ok := L.Context().(*Control); ok && c.memoryLimit > 0 {
			c.checkConcat(L, instruction)
		}
		return concatenate(L, instruction, base)
	}
})

// checkConcat raises an error when the state has no room for the result of a
// concatenation. Its operands stand in consecutive registers.
func (c *Control) checkConcat(L *lua.LState, instruction uint32) {
	const small = 64 << 10 // bytes of a result that needs no room of its own
	first, last := int(instruction&0x1ff), int(instruction>>9)&0x1ff
	size := 0
	for i := first; i <= last; i++ {
		if s, ok := L.Get(i + 1).(lua.LString); ok {
			size += len(s)
		}
	}
	if size > small && !c.HasRoom(L, int64(size)) {
		L.RaiseError("not enough memory")
	}
}
