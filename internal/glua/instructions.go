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
// requests at its jumps, loops and calls. Only the first call does something; no
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
})
