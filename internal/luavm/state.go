package luavm

import (
	"context"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/code"
)

// State is a Lua state: globals, metatables of types and threads. One goroutine may use
// it, apart from Stop.
type State struct {
	Globals *Table
	Loaded  *Table // package.loaded: modules by name
	Preload *Table // package.preload: functions that make modules, by name
	Builtin *Table // like Preload, for modules that give way to a file of the same name

	// Compile compiles what load gets: it is code.Load, unless the host sets another one.
	Compile func(source []byte, name code.Name) (*code.Proto, error)

	typeMeta [lua.LTTable + 2]*lua.LTable // metatables of types, by lua.LValueType
	main     *Thread
	current  *Thread // that runs

	toString Value // the function tostring that the state was given

	goCalls int // calls from Go inside each other

	requests  atomic.Uint32 // of other goroutines: is looked at when code loops or calls
	stopCause atomic.Pointer[error]

	ctx    context.Context // of the Watch; nil is none
	memory memory

	interpreted bool // no loop runs as machine code

	attached []attachment // see Attach

	goState *lua.LState // in which Go functions for gopher-lua run; nil until one is needed

	once map[any]any // see Once
}

// NewState makes a state without globals.
func NewState() *State {
	s := &State{Globals: NewTable(0, 64), Loaded: NewTable(0, 32), Preload: NewTable(0, 8), Builtin: NewTable(0, 16)}
	s.Compile = code.Load
	s.interpreted = interpretAll
	s.memory.reset()
	s.main = newThread(s)
	s.main.status = running
	s.current = s.main
	return s
}

// Main returns the main thread.
func (s *State) Main() *Thread { return s.main }

// Load compiles a Lua chunk and returns it as a function whose globals are in env. name
// is that of the source, as load of Lua has it: "@" and a file, "=" and a name, or the
// source itself. The error is that of code.Load.
func (s *State) Load(source []byte, name string, env *Table) (*Closure, error) {
	p, err := code.Load(source, code.NameOf(name))
	if err != nil {
		return nil, err
	}
	return s.Link(p, env), nil
}

// Link makes a function of compiled code. Its upvalues, which a Lua chunk does not have, are
// new variables with the value nil.
func (s *State) Link(p *code.Proto, env *Table) *Closure {
	c := makeClosure(link(p), env)
	for i := range c.upvals {
		u := &upvalue{}
		u.v = &u.own
		c.upvals[i] = u
	}
	return c
}

// Call calls a function from Go, in the thread that runs. The error is an *Error. The
// results are the caller's.
func (s *State) Call(f Value, args ...Value) (results []Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			err = e
		}
	}()
	from, n := s.current.callValue(f, args)
	return append(results, s.current.stack[from:from+n]...), nil
}

// The requests of other goroutines that a state serves at its next loop or call.
const (
	requestStop uint32 = 1 << iota
	requestMeasure
)

func (s *State) request(bits uint32) { s.requests.Or(bits) }

// Stop ends what runs, at its next loop or call, with an error that no pcall catches and
// that wraps cause. Any goroutine may call it.
func (s *State) Stop(cause error) {
	s.stopCause.Store(&cause)
	s.request(requestStop)
}

// Resume takes back a Stop.
func (s *State) Resume() { s.requests.And(^requestStop) }

// Stopped returns the cause of a Stop that was not taken back, or nil. Any goroutine may
// call it.
func (s *State) Stopped() error {
	if s.requests.Load()&requestStop == 0 {
		return nil
	}
	return *s.stopCause.Load()
}

// checkStop serves the requests of other goroutines: it may raise the error of Stop.
func (th *Thread) checkStop() {
	if th.state.requests.Load() != 0 {
		th.serve()
	}
}

// serve serves requests. The error of Stop has the position of the Lua function that runs or
// called.
func (th *Thread) serve() {
	s := th.state
	if s.requests.Load()&requestMeasure != 0 {
		s.measure()
		s.requests.And(^requestMeasure) // after the answer is stored: who asked now reads it
	}
	if cause := s.Stopped(); cause != nil {
		panic(&Error{Value: NewString(th.position() + cause.Error()).Value(), cause: cause})
	}
}

// TypeMetatable returns the metatable that all values of a type share, or nil.
func (s *State) TypeMetatable(t lua.LValueType) *lua.LTable { return s.typeMeta[t] }

// SetTypeMetatable sets the metatable that all values of a type share; nil removes it.
// Tables and userdata have their own.
func (s *State) SetTypeMetatable(t lua.LValueType, m *lua.LTable) { s.typeMeta[t] = m }
