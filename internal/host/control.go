package host

import (
	"context"
	"errors"
	"fmt"
	"strings"

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

	nested int // coroutines that run, one within the other
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
		c.end(L)
	}
}

// end raises the error that ends the script.
//
// The script may be in many calls of pcall, each of which catches the error and gets the
// next one. gopher-lua makes a traceback for each, which takes time that grows with the
// square of the calls. So the error has one already when the calls are many.
func (c *control) end(L *lua.LState) {
	const many = 200
	if _, deep := L.GetStack(many); !deep {
		L.RaiseError("%s", c.reason())
	}
	place := L.Where(0)
	if strings.HasPrefix(place, "[G]") {
		place = L.Where(1)
	}
	panic(&lua.ApiError{
		Type: lua.ApiErrorRun, Object: lua.LString(place + " " + c.reason()),
		StackTrace: fmt.Sprintf("stack traceback:\n\t%s in more than %d calls", place, many),
	})
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

// openCoroutines lets the control end the coroutines of the script too, and bounds how
// many run one within the other: each takes stack of Go.
func (s *State) openCoroutines() {
	lib, ok := s.Lua.GetGlobal("coroutine").(*lua.LTable)
	if !ok {
		return
	}
	c := s.control
	wrap(lib, "create", func(L *lua.LState, create lua.LGFunction) int {
		return glua.NewCoroutine(L, create, c.Control)
	})
	wrap(lib, "wrap", func(L *lua.LState, create lua.LGFunction) int {
		n := glua.NewCoroutine(L, create, c.Control)
		if fn, ok := L.Get(-1).(*lua.LFunction); ok {
			resume := fn.GFunction
			fn.GFunction = func(L *lua.LState) int {
				if !c.mayNest(L) {
					L.RaiseError(tooNested)
				}
				return c.nest(L, resume)
			}
		}
		return n
	})
	wrap(lib, "resume", func(L *lua.LState, resume lua.LGFunction) int {
		if !c.mayNest(L) {
			L.Push(lua.LFalse)
			L.Push(lua.LString(tooNested))
			return 2
		}
		return c.nest(L, resume)
	})
}

// tooNested is the error of Lua 5.1 of a coroutine within too many others.
const tooNested = "C stack overflow"

// mayNest says whether one more coroutine may run.
func (c *control) mayNest(L *lua.LState) bool {
	const (
		mostNested = 200          // as in Lua 5.1
		mostCalls  = 3 * maxCalls // of all coroutines together
	)
	return c.nested < 2 || c.nested < mostNested && glua.CallDepth(L) < mostCalls
}

// nest calls resume, which runs a coroutine.
func (c *control) nest(L *lua.LState, resume lua.LGFunction) int {
	c.nested++
	defer func() { c.nested-- }()
	return resume(L)
}
