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

	used     atomic.Int64 // bytes that the last measurement counted
	reserved int64        // bytes of room that were asked for since
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

// Serve serves the requests that stand. Go functions that take long call it now and
// then, as Lua code does at its jumps. It may raise a Lua error.
func (c *Control) Serve(L *lua.LState) {
	if c.requests.Load() != 0 {
		c.serve(L)
	}
}

// MemoryLimit returns how many bytes the state may use; 0 is no limit.
func (c *Control) MemoryLimit() int64 { return c.memoryLimit }

// Measure counts what the state uses, in bytes.
func (c *Control) Measure(L *lua.LState) int64 {
	used := Memory(L)
	c.used.Store(used)
	c.reserved = 0
	return used
}

// Used returns what the last Measure counted. Any goroutine may call it.
func (c *Control) Used() int64 { return c.used.Load() }

// Left returns how many bytes the state may use besides those that the last Measure
// counted, if it has a limit.
func (c *Control) Left() int64 { return max(c.memoryLimit-c.Used(), 0) }

// HasRoom says whether the state may use n bytes more. A Go function asks it before it
// makes a value whose size the script chooses.
//
// HasRoom adds up what it grants. When the sum may exceed the limit, it measures the
// state, since the script may have dropped what it got. So that a state that uses
// nearly all that it may is not measured for each value, it may then get an eighth of
// the limit more.
func (c *Control) HasRoom(L *lua.LState, n int64) bool {
	limit := c.memoryLimit
	if limit == 0 {
		return true
	}
	if n < 0 || n > limit {
		return false
	}
	const share = 8
	c.reserved += n
	if c.reserved < max(limit-c.Used(), limit/share) {
		return true
	}
	used := c.Measure(L)
	c.reserved = n
	return n <= limit-used
}
