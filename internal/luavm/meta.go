package luavm

import (
	lua "github.com/yuin/gopher-lua"
)

// event is what a metamethod is for.
type event uint8

const (
	eventIndex event = iota
	eventNewIndex
	eventCall
	eventEq
	eventLen
	eventAdd
	eventSub
	eventMul
	eventDiv
	eventMod
	eventPow
	eventUnm
	eventConcat
	eventLT
	eventLE
	eventToString
	eventMetatable
	eventMode
	eventGC
	numEvents
)

// eventNames are the keys of metamethods.
var eventNames = func() (names [numEvents]*String) {
	for e, s := range [numEvents]string{
		"__index", "__newindex", "__call", "__eq", "__len",
		"__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm",
		"__concat", "__lt", "__le", "__tostring", "__metatable", "__mode", "__gc",
	} {
		names[e] = Intern(s)
	}
	return names
}()

// metatable returns the metatable of any value, or nil.
func (s *State) metatable(v Value) *lua.LTable {
	switch v.n {
	case tagTable:
		return v.table().meta
	case tagPlainTable:
		m, _ := v.ltable().Metatable.(*lua.LTable)
		return m
	case tagUserData:
		if m, ok := v.userData().Metatable.(*lua.LTable); ok {
			return m
		}
	}
	return s.typeMeta[v.Type()]
}

// handler returns the metamethod of a metatable for an event: nil if there is none.
func handler(m *lua.LTable, e event) Value {
	if m == nil {
		return Nil
	}
	t, ok := asTable(m)
	if !ok {
		return FromLValue(m.RawGetString(eventNames[e].s))
	}
	if t.absent&(1<<e) != 0 {
		return Nil
	}
	v := t.GetStr(eventNames[e])
	if v.isNil() {
		t.absent |= 1 << e
	}
	return v
}

// metamethod returns the metamethod of a value for an event.
func (s *State) metamethod(v Value, e event) Value { return handler(s.metatable(v), e) }

// binaryMetamethod returns the metamethod of the first of two operands that has one.
func (s *State) binaryMetamethod(a, b Value, e event) Value {
	if h := s.metamethod(a, e); !h.isNil() {
		return h
	}
	return s.metamethod(b, e)
}

// equalityMetamethod returns the __eq of two values of one type that are not the same: nil if they
// have none or not the same.
func (s *State) equalityMetamethod(a, b Value) Value {
	if a.n != b.n || a.n != tagTable && a.n != tagPlainTable && a.n != tagUserData {
		return Nil
	}
	ma, mb := s.metatable(a), s.metatable(b)
	if ma == nil || mb == nil {
		return Nil
	}
	h := handler(ma, eventEq)
	if ma == mb || rawEqual(h, handler(mb, eventEq)) {
		return h
	}
	return Nil
}
