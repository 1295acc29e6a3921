package host

import (
	"fmt"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/human"
	"microts/luabind"
)

// MemoryError ends a script that uses more memory than it may.
type MemoryError struct {
	Limit, Used int64 // bytes
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("memory limit of %s exceeded: %s in use", human.MiB(e.Limit), human.MiB(e.Used))
}

// AskMemory makes the state measure at its next jump, loop or call what it uses;
// above Options.Memory a *MemoryError ends what runs in it. Any goroutine may
// call it. It costs the script about 100 ns for each of its tables and strings.
func (s *State) AskMemory() { s.control.ask(askMeasure) }

// MemoryAsked says whether the last AskMemory is not yet answered. Any goroutine
// may call it.
func (s *State) MemoryAsked() bool { return s.control.asked.Load()&askMeasure != 0 }

// Memory returns how many bytes the state used when it was measured last. Any
// goroutine may call it.
func (s *State) Memory() int64 { return s.used.Load() }

// measure returns about how many bytes the values of the state take that the
// script can reach. What Go functions keep to themselves (iterators, scans) is
// not in it. The goroutine of the state calls it, between two instructions.
func (s *State) measure() int64 {
	m := meter{}
	G := s.Lua.G
	m.value(G.MainThread)
	m.value(G.CurrentThread)
	m.value(G.Registry)
	m.value(G.Global)
	for len(m.todo) > 0 {
		v := m.todo[len(m.todo)-1]
		m.todo = m.todo[:len(m.todo)-1]
		m.inside(v)
	}
	return m.bytes
}

// meter adds up what values take, each once.
type meter struct {
	bytes int64
	seen  pointers
	todo  []lua.LValue // counted but for what they refer to
}

// What gopher-lua's values take in bytes. An entry of a map takes what its key
// and its value do, and half of that again for the room that the map keeps.
const (
	sizeValue    = int64(unsafe.Sizeof(lua.LValue(nil)))
	sizeNumber   = int64(unsafe.Sizeof(lua.LNumber(0)))
	sizeString   = int64(unsafe.Sizeof(lua.LString("")))
	sizeEntry    = (sizeValue + sizeValue) * 3 / 2
	sizePosition = (sizeValue + 8) * 3 / 2 // of a key in k2i
	smallString  = 32                      // bytes up to which strings are not told apart
)

// value counts a value that something refers to.
func (m *meter) value(v lua.LValue) {
	switch v := v.(type) {
	case nil:
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

// first says whether p was not yet seen.
func (m *meter) first(p unsafe.Pointer) bool { return p != nil && m.seen.add(uintptr(p)) }

// pointers is a set of addresses: a table of at most three quarters, each at the
// first free place from its hash on. Go's maps take three times as long.
type pointers struct {
	slots []uintptr // 0 is free
	n     int
}

// add adds p, which is not 0, and says whether it is new.
func (s *pointers) add(p uintptr) bool {
	if s.n >= len(s.slots)/4*3 {
		s.grow()
	}
	mask := uint64(len(s.slots) - 1)
	for i := mix(uint64(p)) & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case p:
			return false
		case 0:
			s.slots[i] = p
			s.n++
			return true
		}
	}
}

// mix is the end of MurmurHash3: addresses a few bytes apart must not end up as
// neighbours.
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

func (s *pointers) grow() {
	const least = 1024
	old := s.slots
	s.slots, s.n = make([]uintptr, max(least, 2*len(old))), 0
	for _, p := range old {
		if p != 0 {
			s.add(p)
		}
	}
}

func (m *meter) later(v lua.LValue, p unsafe.Pointer) {
	if m.first(p) {
		m.todo = append(m.todo, v)
	}
}

// inside counts a value with parts.
func (m *meter) inside(v lua.LValue) {
	switch v := v.(type) {
	case *lua.LTable:
		m.table(luabind.LayoutOf(v))
	case *lua.LFunction:
		m.bytes += int64(unsafe.Sizeof(*v))
		m.value(v.Env)
		for _, up := range v.Upvalues {
			if m.first(unsafe.Pointer(up)) {
				m.bytes += int64(unsafe.Sizeof(*up)) + sizeValue
				m.value(up.Value())
			}
		}
		m.prototype(v.Proto)
	case *lua.LUserData:
		m.bytes += int64(unsafe.Sizeof(*v))
		m.value(v.Metatable)
		m.value(v.Env)
		if memory, ok := v.Value.(interface{ Memory() []byte }); ok {
			if b := memory.Memory(); m.first(unsafe.Pointer(unsafe.SliceData(b))) {
				m.bytes += int64(cap(b))
			}
		}
	case *lua.LState:
		registers := registersOf(v)
		m.bytes += int64(unsafe.Sizeof(*v)) + int64(cap(registers))*sizeValue + callsSize(v)
		for _, r := range registers {
			m.value(r)
		}
		if v.Parent != nil {
			m.value(v.Parent)
		}
		m.value(v.Env)
	}
}

// callsSize returns what the stack of a state's calls takes before it grows: a
// pointer for each 8 calls that it may hold, and room for the first 8.
func callsSize(L *lua.LState) int64 { return int64(L.Options.CallStackSize) + 1024 }

func (m *meter) table(t *luabind.TableLayout) {
	m.bytes += int64(unsafe.Sizeof(*t)) + int64(cap(t.Array)+cap(t.Keys))*sizeValue +
		int64(len(t.Dict)+len(t.Strdict))*sizeEntry + int64(len(t.K2i))*sizePosition
	m.value(t.Metatable)
	for _, v := range t.Array {
		m.value(v)
	}
	for k, v := range t.Dict {
		m.value(k)
		m.value(v)
	}
	for k, v := range t.Strdict {
		m.value(lua.LString(k))
		m.value(v)
	}
}

func (m *meter) prototype(p *lua.FunctionProto) {
	if p == nil || !m.first(unsafe.Pointer(p)) {
		return
	}
	m.bytes += int64(unsafe.Sizeof(*p)) + int64(len(p.Code))*(4+8)
	for _, c := range p.Constants {
		m.value(c)
	}
	for _, inner := range p.FunctionPrototypes {
		m.prototype(inner)
	}
}

// gopher-lua does not export what states are made of; TestLayouts pins it.

// registryLayout is the beginning of gopher-lua's registry.
type registryLayout struct{ array []lua.LValue }

var registryOffset = func() uintptr {
	f, _ := reflect.TypeFor[lua.LState]().FieldByName("reg")
	return f.Offset
}()

// registersOf returns the registers of a state, used or not.
func registersOf(L *lua.LState) []lua.LValue {
	return (*(**registryLayout)(unsafe.Add(unsafe.Pointer(L), registryOffset))).array
}

// forgetCalls clears the stack of a state's calls, which gopher-lua gives to the
// next state as it is: with it that one would keep all this one had.
func forgetCalls(L *lua.LState) {
	segments := reflect.ValueOf(L).Elem().FieldByName("stack").Elem().Elem().FieldByName("segments")
	for i := range segments.Len() {
		if segment := segments.Index(i); !segment.IsNil() {
			segment = segment.Elem()
			reflect.NewAt(segment.Type(), unsafe.Pointer(segment.UnsafeAddr())).Elem().SetZero()
		}
	}
}
