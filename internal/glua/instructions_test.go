package glua

import (
	"testing"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// plainInstructions are gopher-lua's, before CheckAtJumps.
var plainInstructions = jumpTable

// TestInstructions pins that jumpTable holds all instructions, and that states
// execute what stands there.
func TestInstructions(t *testing.T) {
	for op, execute := range plainInstructions {
		if execute == nil {
			t.Errorf("gopher-lua has changed: instruction %d has no function", op)
		}
	}
	L := newState(t)
	fn, err := L.LoadString(`for i = 1, 3 do assert(i) end while not x do x = true end`)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[int]int{}
	defer restore(jumpTable)
	for op := range jumpTable {
		execute := jumpTable[op]
		jumpTable[op] = func(L *lua.LState, instruction uint32, base basePointer) int {
			if got := int(instruction >> 26); got != op {
				t.Errorf("gopher-lua has changed: instruction %d executes function %d", got, op)
			}
			counts[op]++
			return execute(L, instruction, base)
		}
	}
	L.Push(fn)
	L.Call(0, 0)
	if counts[lua.OP_FORLOOP] != 4 || counts[lua.OP_CALL] != 3 || counts[lua.OP_JMP] < 2 {
		t.Errorf("gopher-lua has changed: executed loops %d, calls %d, jumps %d", counts[lua.OP_FORLOOP], counts[lua.OP_CALL], counts[lua.OP_JMP])
	}
}

// BenchmarkMainLoop runs a loop of three to five instructions: without checks, with those of
// CheckAtJumps, and in the main loop that asks a context before each instruction.
func BenchmarkMainLoop(b *testing.B) {
	defer restore(jumpTable)
	CheckAtJumps()
	withChecks := jumpTable
	for _, c := range []struct {
		name         string
		instructions instructions
		setContext   func(L *lua.LState)
	}{
		{"plain", plainInstructions, func(*lua.LState) {}},
		{"checks", withChecks, func(L *lua.LState) { SetContext(L, NewControl(0, nil)) }},
		{"context", plainInstructions, func(L *lua.LState) { L.SetContext(b.Context()) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			restore(c.instructions)
			L := newState(b)
			fn, err := L.LoadString(`local n, x = (...), 0 for i = 1, n do if i > x then x = x + 3 end end return x`)
			if err != nil {
				b.Fatal(err)
			}
			c.setContext(L)
			L.Push(fn)
			L.Push(lua.LNumber(b.N))
			b.ResetTimer()
			L.Call(1, 1)
		})
	}
}

type (
	instructions = [lua.OP_NOP + 1]func(L *lua.LState, instruction uint32, base basePointer) int
	basePointer  = unsafe.Pointer
)

func restore(to instructions) { jumpTable = to }
