package host

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// control lets other goroutines end what a state runs, and ask how much memory
// it uses. It is the context of the state and of its coroutines, for the Go
// functions that take long.
//
// gopher-lua has a main loop for states with a context, which looks at the
// context before every instruction and takes half as long again. So the plain
// loop stays, and the instructions without which nothing runs for long (jumps,
// loops, calls) look at one flag.
type control struct {
	asked atomic.Uint32 // what the state shall attend to
	cut   atomic.Bool   // what the script reads was ended in its midst

	// Of the goroutine that runs the state.
	state  *State
	ctx    context.Context // of the current CallContext
	cancel context.CancelCauseFunc
}

// What a state can be asked for.
const (
	askStop uint32 = 1 << iota
	askMeasure
)

func (c *control) Deadline() (time.Time, bool) { return c.ctx.Deadline() }
func (c *control) Done() <-chan struct{}       { return c.ctx.Done() }
func (c *control) Err() error                  { return c.ctx.Err() }
func (c *control) Value(key any) any           { return c.ctx.Value(key) }

// ask makes the state attend to something at its next jump, loop or call.
func (c *control) ask(what uint32) { c.asked.Or(what) }

// attend does what the state was asked for, between two instructions.
func (c *control) attend(L *lua.LState) {
	if c.asked.Load()&askMeasure != 0 {
		used := c.state.measure()
		c.state.used.Store(used)
		c.asked.And(^askMeasure) // after it: who asked waits for the answer
		if limit := c.state.memory; limit > 0 && used > limit {
			c.cancel(&MemoryError{limit, used})
		}
	}
	c.asked.And(^askStop) // it may be left from an earlier watch
	if c.ctx.Err() != nil {
		c.ask(askStop) // what catches the error comes here again
		L.RaiseError("%s", c.reason())
	}
}

// reason says why the state shall end.
func (c *control) reason() string {
	if cause := context.Cause(c.ctx); cause != c.ctx.Err() {
		return cause.Error()
	}
	return "interrupted"
}

// MemoryLimit returns how many bytes the state may use; 0 is no limit.
func (c *control) MemoryLimit() int64 { return c.state.memory }

// errUnwatched is the cause of a context that is not needed any more.
var errUnwatched = errors.New("unwatched")

// watch makes what runs in the state end when ctx is done, until unwatch.
func (c *control) watch(ctx context.Context) (unwatch func()) {
	attendAtJumps()
	outer, outerCancel, had := c.ctx, c.cancel, *contextOf(c.state.Lua)
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	c.asked.Store(0)
	c.cut.Store(false)
	*contextOf(c.state.Lua) = c
	stop := context.AfterFunc(c.ctx, func() { c.ask(askStop) })
	return func() {
		stop()
		c.cancel(errUnwatched)
		c.ctx, c.cancel = outer, outerCancel
		*contextOf(c.state.Lua) = had
		c.asked.Store(0)
		if c.ctx.Err() != nil {
			c.ask(askStop)
		}
	}
}

// openCoroutines gives the coroutines that a script makes the state's control,
// and the loop without a context.
func (s *State) openCoroutines() {
	lib, ok := s.Lua.GetGlobal("coroutine").(*lua.LTable)
	if !ok {
		return
	}
	make := func(L *lua.LState, create lua.LGFunction) int {
		ctx := contextOf(L)
		had := *ctx
		*ctx = nil
		n := create(L)
		*ctx = had
		co, ok := L.Get(-1).(*lua.LState)
		if fn, isWrapper := L.Get(-1).(*lua.LFunction); isWrapper {
			co, ok = fn.Upvalues[0].Value().(*lua.LState)
		}
		if ok {
			*contextOf(co) = s.control
		}
		return n
	}
	wrap(lib, "create", make)
	wrap(lib, "wrap", make)
}

// gopher-lua exports neither its table of instructions nor a way to set a
// context without choosing the other loop. TestControlLayout pins both.

//go:linkname jumpTable github.com/yuin/gopher-lua.jumpTable
var jumpTable [lua.OP_NOP + 1]func(L *lua.LState, instruction uint32, base unsafe.Pointer) int

// attendAtJumps makes the instructions without which nothing runs for long look at
// the flag. A process that watches no state, such as one that runs a script, does
// without, and saves the 2 % that it costs.
var attendAtJumps = sync.OnceFunc(func() {
	for _, op := range []int{lua.OP_JMP, lua.OP_FORLOOP, lua.OP_TFORLOOP, lua.OP_CALL, lua.OP_TAILCALL} {
		execute := jumpTable[op]
		jumpTable[op] = func(L *lua.LState, instruction uint32, base unsafe.Pointer) int {
			if c, ok := L.Context().(*control); ok && c.asked.Load() != 0 {
				c.attend(L)
			}
			return execute(L, instruction, base)
		}
	}
})

var contextOffset = func() uintptr {
	f, _ := reflect.TypeFor[lua.LState]().FieldByName("ctx")
	return f.Offset
}()

func contextOf(L *lua.LState) *context.Context {
	return (*context.Context)(unsafe.Add(unsafe.Pointer(L), contextOffset))
}
