package glua

import (
	"context"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// Control is a context through which other goroutines make requests of a running
// state. [SetContext] gives it to the state, and [NewCoroutine] to its coroutines.
// After [CheckAtJumps], the state serves requests at its next jump, loop or call.
type Control struct {
	// Context is what ends the script that runs now. It must not be nil while a
	// state has the Control. Only the goroutine of the state may set it.
	context.Context

	requests    atomic.Uint32 // bits
	memoryLimit int64
	serve       func(L *lua.LState)
}

// NewControl makes the Control of a state that may use memoryLimit bytes; 0 is no
// limit. The goroutine of the state calls serve, between two instructions, as long
// as a request stands: serve must Clear what it did. serve may raise a Lua error.
func NewControl(memoryLimit int64, serve func(L *lua.LState)) *Control {
	return &Control{Context: context.Background(), memoryLimit: memoryLimit, serve: serve}
}

// Request adds requests; each bit is one. Any goroutine may call it.
func (c *Control) Request(bits uint32) { c.requests.Or(bits) }

// Requested says whether any of some requests stands. Any goroutine may call it.
func (c *Control) Requested(bits uint32) bool { return c.requests.Load()&bits != 0 }

// Clear removes requests. Any goroutine may call it.
func (c *Control) Clear(bits uint32) { c.requests.And(^bits) }

// MemoryLimit returns how many bytes the state may use; 0 is no limit. Go functions
// that make large values ask it through L.Context.
func (c *Control) MemoryLimit() int64 { return c.memoryLimit }
