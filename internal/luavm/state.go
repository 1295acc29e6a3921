package luavm

import (
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
	"microts/internal/luavm/code"
	"microts/internal/luavm/syntax"
)

// State is a Lua state: globals, metatables of types and threads. One goroutine may use
// it, apart from Stop.
type State struct {
	Globals *Table

	typeMeta [lua.LTTable + 2]*lua.LTable // metatables of types, by lua.LValueType
	main     *Thread
	current  *Thread // that runs

	goCalls int // calls from Go inside each other

	stop      atomic.Uint32 // is looked at when code loops or calls
	stopCause atomic.Pointer[error]

	memory      int // bytes allocated since the last measure
	memoryLimit int // bytes between two measures
	measure     func()
	room        int // bytes that one value may take; 0 is no limit

	goState *lua.LState // in which Go functions for gopher-lua run
	boxes   glua.Allocator
}

// NewState makes a state without globals. L is a state of gopher-lua; functions of
// type lua.LGFunction get it when scripts call them.
func NewState(L *lua.LState) *State {
	s := &State{Globals: NewTable(0, 64), goState: L, memoryLimit: measureEvery}
	s.main = newThread(s)
	s.main.status = running
	s.current = s.main
	L.G.Registry.RawSetString(registryKey, &lua.LUserData{Value: s})
	return s
}

// Main returns the main thread.
func (s *State) Main() *Thread { return s.main }

// Load compiles a Lua chunk and returns it as a function whose globals are in env. name
// is that of the source, as load of Lua has it: "@" and a file, "=" and a name, or the
// source itself. The error is a *syntax.Error or a *code.Error.
func (s *State) Load(source []byte, name string, env *Table) (*Closure, error) {
	tree, err := syntax.Parse(source, syntax.ChunkName(name))
	if err != nil {
		return nil, err
	}
	p, err := code.Compile(tree, name)
	if err != nil {
		return nil, err
	}
	return s.Link(p, env), nil
}

// Link makes a function of a compiled Lua chunk.
func (s *State) Link(p *code.Proto, env *Table) *Closure {
	return makeClosure(link(p), env)
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

// Stop ends what runs, at its next loop or call, with an error that no pcall catches and
// that wraps cause. Any goroutine may call it.
func (s *State) Stop(cause error) {
	s.stopCause.Store(&cause)
	s.stop.Store(1)
}

// Resume takes back a Stop.
func (s *State) Resume() { s.stop.Store(0) }

// checkStop raises the error of Stop.
func (th *Thread) checkStop() {
	if th.state.stop.Load() != 0 {
		panic(&Error{cause: *th.state.stopCause.Load()})
	}
}

// measureEvery is how many bytes are allocated between two calls of what Measure got.
const measureEvery = 1 << 20

// Measure makes the state call f after about each MiB that scripts allocate for strings,
// tables and functions. f may call Stop.
func (s *State) Measure(f func()) { s.measure = f }

// allocated counts bytes.
func (s *State) allocated(n int) {
	if s.memory += n; s.memory >= s.memoryLimit {
		s.memory = 0
		if s.measure != nil {
			s.measure()
		}
	}
}

// TypeMetatable returns the metatable that all values of a type share, or nil.
func (s *State) TypeMetatable(t lua.LValueType) *lua.LTable { return s.typeMeta[t] }

// SetTypeMetatable sets the metatable that all values of a type share; nil removes it.
// Tables and userdata have their own.
func (s *State) SetTypeMetatable(t lua.LValueType, m *lua.LTable) { s.typeMeta[t] = m }
