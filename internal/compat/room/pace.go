package room

import lua "github.com/yuin/gopher-lua"

// Pace lets a loop in a Go function end with the script that called the function. The
// zero value is not ready: set L.
type Pace struct {
	L     *lua.LState
	steps int // since the last look for an interrupt
}

// mostSteps is how many steps may go by without a look for an interrupt. As a step
// takes less than 1 µs, that is less than 20 ms.
const mostSteps = 1 << 14

// Step counts n steps of at most 1 µs. Now and then it looks whether the script is to
// end, and raises a Lua error if it is.
func (p *Pace) Step(n int) {
	if p.steps += n; p.steps >= mostSteps {
		p.steps = 0
		Interrupt(p.L)
	}
}

// Interrupt raises a Lua error if the script is to end.
func Interrupt(L *lua.LState) {
	switch ctx := L.Context().(type) {
	case nil:
	case interface{ Serve(L *lua.LState) }:
		ctx.Serve(L)
	default:
		if err := ctx.Err(); err != nil {
			L.RaiseError("%v", err)
		}
	}
}
