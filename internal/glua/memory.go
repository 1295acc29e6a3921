package glua

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// MemoryHolder is a Go value in a userdata that holds memory of which gopher-lua
// knows nothing. [Memory] counts it, once for each array.
type MemoryHolder interface{ Memory() []byte }

// MemorySizer is a MemoryHolder that only says how many bytes it holds. No two of them
// share memory.
type MemorySizer interface{ MemorySize() int64 }

// Memory returns about how many bytes the values take that the scripts of a state
// can reach: those of its globals, its registry, its calls and its coroutines. It
// does not count what Go functions keep to themselves. It takes about 100 ns for each
// table and 60 ns for each string (BenchmarkMemory).
//
// Call it from a Go function that the state called, or between two instructions,
// as a [Control] does.
func Memory(L *lua.LState) int64 {
	m := meter{}
	m.value(L.G.MainThread)
	m.value(L.G.CurrentThread)
	m.value(L.G.Registry)
	m.value(L.G.Global)
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
	pending []lua.LValue // seen; their parts are not yet counted
}

// What parts of Lua values take, in bytes.
const (
	sizeValue  = int64(unsafe.Sizeof(lua.LValue(nil)))
	sizeNumber = int64(unsafe.Sizeof(lua.LNumber(0)))
	sizeString = int64(unsafe.Sizeof(lua.LString("")))

	// An entry of a map takes what its key and its value take, and half of that again:
	// a map keeps free room.
	sizeEntry    = (sizeValue + sizeValue) * 3 / 2
	sizePosition = (sizeValue + 8) * 3 / 2 // of an entry of k2i

	// A string of up to smallString bytes counts as often as it is referred to: to tell
	// such strings apart would cost more than they take.
	smallString = 32
)

// value counts a value that something refers to.
func (m *meter) value(v lua.LValue) {
	switch v := v.(type) {
	case lua.LNumber:
		m.bytes += sizeNumber
	case lua.LString:
		m.bytes += sizeString
		if len(v) <= smallString || m.first(unsafe.Pointer(unsafe.StringData(string(v)))) {
			m.bytes += int64(len(v))
		}
	case *lua.LTable:
		m.later(v, unsafe.Pointer(v))
	case *lua.LFunction:
		m.later(v, unsafe.Pointer(v))
	case *lua.LUserData:
		m.later(v, unsafe.Pointer(v))
	case *lua.LState:
		m.later(v, unsafe.Pointer(v))
	}
}

// first says whether something stands at p and was not seen before.
func (m *meter) first(p unsafe.Pointer) bool { return p != nil && m.seen.add(uintptr(p)) }

// later has the parts of v counted, which stands at p, unless they are already.
func (m *meter) later(v lua.LValue, p unsafe.Pointer) {
	if m.first(p) {
		m.pending = append(m.pending, v)
	}
}

// parts counts a value that has parts.
func (m *meter) parts(v lua.LValue) {
	switch v := v.(type) {
	case *lua.LTable:
		m.table(layoutOf(v))
	case *lua.LFunction:
		m.function(v)
	case *lua.LUserData:
		m.userdata(v)
	case *lua.LState:
		m.state(v)
	}
}

func (m *meter) table(t *tableLayout) {
	m.bytes += int64(unsafe.Sizeof(*t)) + int64(cap(t.array)+cap(t.keys))*sizeValue +
		entries(t.dict)*sizeEntry + entries(t.strdict)*sizeEntry + entries(t.k2i)*sizePosition
	m.value(t.metatable)
	for _, v := range t.array {
		m.value(v)
	}
	for k, v := range t.dict {
		m.value(k)
		m.value(v)
	}
	for k, v := range t.strdict {
		m.value(lua.LString(k))
		m.value(v)
	}
}

// entries returns how many entries a map has or, if it has few, keeps room for.
// gopher-lua makes most maps with room for 32 entries.
func entries[K comparable, V any](t map[K]V) int64 {
	const groupEntries, least = 8, 40
	if n := len(t); n >= least || *(*unsafe.Pointer)(unsafe.Pointer(&t)) == nil {
		return int64(n)
	}
	if (*(**mapLayout)(unsafe.Pointer(&t))).tables == 0 {
		return groupEntries
	}
	return least
}

// mapLayout is the beginning of a map of Go.
type mapLayout struct {
	_      uint64         // entries in use
	_      uintptr        // seed of the hash
	_      unsafe.Pointer // groups or tables
	tables int            // 0: the map has one group of entries, and is small
}

func (m *meter) function(fn *lua.LFunction) {
	m.bytes += int64(unsafe.Sizeof(*fn))
	m.value(fn.Env)
	for _, up := range fn.Upvalues {
		if m.first(unsafe.Pointer(up)) {
			m.bytes += int64(unsafe.Sizeof(*up)) + sizeValue
			m.value(up.Value())
		}
	}
	m.prototype(fn.Proto)
}

func (m *meter) prototype(p *lua.FunctionProto) {
	if !m.first(unsafe.Pointer(p)) {
		return
	}
	const instruction, line = 4, 8
	m.bytes += int64(unsafe.Sizeof(*p)) + int64(len(p.Code))*(instruction+line)
	for _, c := range p.Constants {
		m.value(c)
	}
	for _, inner := range p.FunctionPrototypes {
		m.prototype(inner)
	}
}

func (m *meter) userdata(ud *lua.LUserData) {
	m.bytes += int64(unsafe.Sizeof(*ud))
	m.value(ud.Metatable)
	m.value(ud.Env)
	if holder, ok := ud.Value.(MemoryHolder); ok {
		if b := holder.Memory(); m.first(unsafe.Pointer(unsafe.SliceData(b))) {
			m.bytes += int64(cap(b))
		}
	}
	if sizer, ok := ud.Value.(MemorySizer); ok {
		m.bytes += sizer.MemorySize()
	}
}

func (m *meter) state(L *lua.LState) {
	all := registers(L)
	m.bytes += int64(unsafe.Sizeof(*L)) + int64(cap(all))*sizeValue + callStackSize(L)
	for _, v := range all {
		m.value(v)
	}
	m.value(L.Parent)
	m.value(L.Env)
}
