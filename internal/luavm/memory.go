package luavm

import (
	"math"
	"sync/atomic"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/code"
)

// memory is what a state knows of the memory that its scripts use.
type memory struct {
	limit    int64            // bytes; 0 is no limit
	budget   int64            // bytes that scripts may allocate before the next measurement
	used     atomic.Int64     // what the last measurement found
	exceeded func(used int64) // called when used > limit

	// held is what natives that call Lua hold, by how many calls from Go they are in.
	held [maxGoCalls + 1]int64
}

const (
	noLimit = math.MaxInt64
	most    = 0x7fffff00 // bytes of a string of Lua
)

// LimitMemory sets how many bytes scripts may use, as Memory counts them; 0 is no limit.
// When they use more, the state calls exceeded, which should call Stop. A single value for
// which there is no room is the error "not enough memory", which pcall catches.
//
// The state adds up what is allocated. When the sum may exceed the limit, it measures,
// since the script may have dropped what it got. So that a state that uses nearly all that
// it may is not measured all the time, it may then get an eighth of the limit more.
func (s *State) LimitMemory(limit int64, exceeded func(used int64)) {
	s.memory.limit, s.memory.exceeded = limit, exceeded
	s.memory.reset()
}

// reset sets how much may be allocated before the next measurement.
func (m *memory) reset() {
	const share = 8
	if m.budget = noLimit; m.limit > 0 {
		m.budget = max(m.limit-m.used.Load(), m.limit/share)
	}
}

// allocated counts bytes.
func (s *State) allocated(n int) {
	if s.memory.budget -= int64(n); s.memory.budget <= 0 {
		s.measure()
	}
}

// measure counts what scripts use, and calls exceeded if it is too much.
func (s *State) measure() { s.measureUnder(s.memory.limit) }

func (s *State) measureUnder(limit int64) {
	used := s.Memory()
	s.memory.used.Store(used)
	s.memory.reset()
	if s.memory.limit > 0 && used > limit {
		s.memory.exceeded(used)
	}
}

// AskMemory makes the state measure what its scripts use, at the next loop or call. Any
// goroutine may call it.
func (s *State) AskMemory() { s.request(requestMeasure) }

// MemoryAsked reports whether the state has yet to answer the last AskMemory. Any
// goroutine may call it.
func (s *State) MemoryAsked() bool { return s.requests.Load()&requestMeasure != 0 }

// MemoryUsed returns what the last measurement found, in bytes. Any goroutine may call it.
func (s *State) MemoryUsed() int64 { return s.memory.used.Load() }

// Room returns whether one value may take n bytes more.
func (s *State) Room(n int) bool {
	limit := s.memory.limit
	if uint(n) > most || limit > 0 && int64(n) > limit {
		return false
	}
	if limit > 0 && int64(n) >= s.memory.budget {
		s.measureUnder(limit + s.memory.held[s.goCalls]) // too much of that is no room for more
		if int64(n) > s.left() {
			return false
		}
	}
	s.allocated(n)
	return true
}

// left returns how many bytes were left at the last measurement, if there is a limit.
func (s *State) left() int64 { return s.memory.limit - s.memory.used.Load() }

// NoRoom is the message of the error of a value for which there is no room, in the words
// of Lua.
const NoRoom = "not enough memory"

// Room raises LuaJIT's error "not enough memory" if there is no room for a string or a part
// of a table of so many bytes. A Native calls it before it allocates them.
func (c *Call) Room(bytes int) {
	c.th.room(bytes)
	c.th.checkStop()
}

// room raises the error of a value of so many bytes if there is no room for it.
func (th *Thread) room(bytes int) {
	if !th.state.Room(bytes) {
		th.Raise(NewString(NoRoom).Value())
	}
}

// Hold says that the native function holds n bytes, while it calls Lua or makes a value bit
// by bit: Memory counts them until it holds something else. Before it returns, it holds 0.
func (c *Call) Hold(n int) {
	s := c.th.state
	s.memory.held[s.goCalls] = int64(n)
}

// MemorySizer is the Go value of a userdata, or the data of a Function, that holds memory
// that the engine does not know. No two of them share memory.
type MemorySizer interface{ MemorySize() int64 }

// MemorySharer is a MemorySizer whose memory others may share.
type MemorySharer interface {
	// EachMemory calls count for each piece of memory that it keeps: with the address of a byte
	// of the piece, always the same one, and the size in bytes. If count returns false, the
	// piece was counted before, and so were those that it keeps.
	EachMemory(count func(at *byte, bytes int64) (first bool))
}

// Memory returns about how many bytes the values take that scripts can reach: from the
// globals, the modules, the stacks and the coroutines. It does not count what natives keep
// to themselves, apart from each MemorySizer. It takes about 100 ns for each table and 60 ns
// for each string.
func (s *State) Memory() int64 {
	m := meter{}
	for _, n := range s.memory.held[:s.goCalls+1] {
		m.bytes += n
	}
	for _, t := range []*Table{s.Globals, s.Loaded, s.Preload, s.Builtin} {
		m.value(t.Value())
	}
	for _, t := range s.typeMeta {
		m.value(tableOrNil(t))
	}
	m.value(s.main.Value())
	for th := s.current; th != nil; th = th.resumer {
		m.value(th.Value())
	}
	for len(m.pending) > 0 {
		last := len(m.pending) - 1
		v := m.pending[last]
		m.pending = m.pending[:last]
		m.parts(v)
	}
	return m.bytes
}

// meter adds up what values take, each once.
type meter struct {
	bytes   int64
	seen    addressSet
	pending []Value // seen; their parts are not yet counted
}

// value counts a value that something refers to.
func (m *meter) value(v Value) {
	switch {
	case v.n < tagString || v.isNumber():
	case !m.first(v.p):
	case v.isString():
		m.bytes += int64(unsafe.Sizeof(String{})) + int64(len(v.text()))
	default:
		m.pending = append(m.pending, v)
	}
}

// first reports whether something stands at p and was not seen before.
func (m *meter) first(p unsafe.Pointer) bool { return p != nil && m.seen.add(uintptr(p)) }

// parts counts a value that has parts.
func (m *meter) parts(v Value) {
	switch v.n {
	case tagTable:
		m.table(v.table())
	case tagPlainTable:
		m.plainTable(v.ltable())
	case tagClosure:
		m.closure(v.closure())
	case tagNative:
		f := v.native()
		m.bytes += int64(unsafe.Sizeof(*f))
		m.sizer(f.data)
		if f.wrapped != nil {
			m.value(f.wrapped.Value())
		}
	case tagUserData:
		ud := v.userData()
		m.bytes += int64(unsafe.Sizeof(*ud))
		m.value(FromLValue(ud.Metatable))
		m.value(tableOrNil(ud.Env))
		m.sizer(ud.Value)
	case tagThread:
		if th, ok := asThread(v.thread()); ok {
			m.thread(th)
		}
	}
}

func (m *meter) sizer(holder any) {
	switch s := holder.(type) {
	case []Value:
		for _, v := range s {
			m.value(v)
		}
	case MemorySizer:
		m.bytes += s.MemorySize()
	case MemorySharer:
		s.EachMemory(func(at *byte, bytes int64) bool {
			first := m.first(unsafe.Pointer(at))
			if first {
				m.bytes += bytes
			}
			return first
		})
	}
}

func (m *meter) table(t *Table) {
	m.bytes += t.MemorySize()
	m.value(tableOrNil(t.meta))
	for _, v := range t.array {
		m.value(v)
	}
	nodes, weakKeys, weakValues := t.nodes(), false, false
	if w := t.weak; w != nil {
		nodes, weakKeys, weakValues = w.inner.nodes(), w.keys, w.values
		if !weakValues {
			for _, v := range w.inner.array {
				m.value(v)
			}
		}
	}
	for i := range nodes {
		key, v := nodes[i].visible(), nodes[i].val
		if !weakKeys || key.isString() {
			m.value(key)
		}
		if !weakValues || v.isString() {
			m.value(v)
		}
	}
}

// plainTable counts a table of gopher-lua, roughly.
func (m *meter) plainTable(t *lua.LTable) {
	const entry = 64
	t.ForEach(func(k, v lua.LValue) {
		m.bytes += entry
		m.value(FromLValue(k))
		m.value(FromLValue(v))
	})
}

func (m *meter) closure(c *Closure) {
	m.bytes += int64(unsafe.Sizeof(*c)) + int64(len(c.upvals))*int64(unsafe.Sizeof(c))
	m.value(c.env.Value())
	for _, u := range c.upvals {
		if m.first(unsafe.Pointer(u)) {
			m.bytes += int64(unsafe.Sizeof(*u))
			m.value(*u.v)
		}
	}
	m.function(c.fn)
}

func (m *meter) function(fn *function) {
	if fn == nil || !m.first(unsafe.Pointer(fn)) {
		return
	}
	const line = 4
	m.bytes += int64(unsafe.Sizeof(*fn)) + int64(unsafe.Sizeof(code.Proto{})) +
		int64(cap(fn.code))*(2*int64(unsafe.Sizeof(code.Instr(0)))+line) + int64(cap(fn.values)*valueSize)
	for _, v := range fn.values {
		m.value(v)
	}
	for _, inner := range fn.inner {
		m.function(inner)
	}
	const machineCode = 40 << 10 // of a loop, about
	m.bytes += int64(len(fn.loops)) * machineCode
}

// thread counts a thread. The slots behind those in use count too: what stands there, Go's
// garbage collector keeps.
func (m *meter) thread(th *Thread) {
	m.bytes += int64(unsafe.Sizeof(*th)) + int64(cap(th.stack)*valueSize) + int64(cap(th.frames))*int64(unsafe.Sizeof(frame{}))
	for _, v := range th.stack {
		m.value(v)
	}
	if th.globals != nil {
		m.value(th.globals.Value())
	}
}
