package host

import (
	"context"
	"errors"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
)

// control ends what a state runs when its context is done, and measures the state's
// memory when another goroutine asks for it. Fields without a note belong to the
// goroutine of the state.
type control struct {
	*glua.Control // its Context is that of the current Watch
	state         *State
	cancel        context.CancelCauseFunc // of the Context

	// inputEnded says that the end of the script ended what the script may have been
	// reading: the standard input, or a program, which was killed. The script saw the
	// end of a file, and no error. Any goroutine may set it.
	inputEnded atomic.Bool
}

// The requests that a state serves.
const (
	requestStop uint32 = 1 << iota
	requestMeasure
	allRequests = requestStop | requestMeasure
)

func newControl(s *State, memoryLimit int64) *control {
	c := &control{state: s}
	c.Control = glua.NewControl(memoryLimit, c.serve)
	return c
}

// serve serves the requests of other goroutines, between two instructions.
func (c *control) serve(L *lua.LState) {
	if c.Requested(requestMeasure) {
		c.measure()
	}
	c.Clear(requestStop) // an earlier Watch may have left it
	if c.Err() != nil {
		c.Request(requestStop) // the script may catch the error that follows
		L.RaiseError("%s", c.reason())
	}
}

// measure stores how much memory the state uses, and ends the script when it is
// more than the script may use.
func (c *control) measure() {
	used := c.Measure(c.state.Lua)
	c.Clear(requestMeasure) // after the answer is stored: who asked now reads it
	if limit := c.MemoryLimit(); limit > 0 && used > limit {
		c.cancel(&MemoryError{limit, used})
	}
}

// reason says why the script ends.
func (c *control) reason() string {
	if cause := context.Cause(c.Context); cause != c.Err() {
		return cause.Error()
	}
	return "interrupted"
}

// errUnwatched is the cause of a context whose Watch is over.
var errUnwatched = errors.New("unwatched")

// Watch ends the script, and its Go functions that take long, when ctx is done.
// unwatch ends the Watch; the Watch that was there before goes on. CallContext
// watches on its own. No other state of the process may run during the process's
// first Watch.
func (s *State) Watch(ctx context.Context) (unwatch func()) { return s.control.watch(ctx) }

func (c *control) watch(ctx context.Context) (unwatch func()) {
	glua.CheckAtJumps()
	outer, outerCancel := c.Context, c.cancel
	c.Context, c.cancel = context.WithCancelCause(ctx)
	c.Clear(allRequests)
	c.inputEnded.Store(false)
	previous := glua.SetContext(c.state.Lua, c.Control)
	stop := context.AfterFunc(c.Context, func() { c.Request(requestStop) })
	return func() {
		stop()
		c.cancel(errUnwatched)
		c.Context, c.cancel = outer, outerCancel
		glua.SetContext(c.state.Lua, previous)
		c.Clear(allRequests)
		if c.Err() != nil {
			c.Request(requestStop)
		}
	}
}

// openCoroutines lets the control end the coroutines of the script too.
func (s *State) openCoroutines() {
	lib, ok := s.Lua.GetGlobal("coroutine").(*lua.LTable)
	if !ok {
		return
	}
	for _, name := range []string{"create", "wrap"} {
		wrap(lib, name, func(L *lua.LState, create lua.LGFunction) int {
			return glua.NewCoroutine(L, create, s.control.Control)
		})
	}
}
