package luavm

import lua "github.com/yuin/gopher-lua"

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

// metamethod returns the metamethod of a value for an event.
func (s *State) metamethod(v Value, e event) Value { return metamethod(s.metatable(v), e) }

// binaryMetamethod returns the metamethod of the first of two operands that has one.
func (s *State) binaryMetamethod(a, b Value, e event) Value {
	if h := s.metamethod(a, e); !h.isNil() {
		return h
	}
	return s.metamethod(b, e)
}

// equalityMetamethod returns the __eq of two different values: nil if they have none, or
// not the same, or are not of one type. That of a CData serves all.
func (s *State) equalityMetamethod(a, b Value) Value {
	if h, ok := s.cdataMetamethod(a, b, eventEq); ok {
		return h
	}
	if a.n != tagTable && a.n != tagPlainTable && a.n != tagUserData || a.Type() != b.Type() {
		return Nil
	}
	ma, mb := s.metatable(a), s.metatable(b)
	if ma == nil || mb == nil {
		return Nil
	}
	h := metamethod(ma, eventEq)
	if ma == mb || rawEqual(h, metamethod(mb, eventEq)) {
		return h
	}
	return Nil
}
