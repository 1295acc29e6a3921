package luavm

// CData is the Go value of a userdata that stands for a value of C, as the module ffi makes
// them. Such a userdata has the type name "cdata", and its metamethods get operands of all
// types: LuaJIT calls those of cdata for comparisons with numbers and nil too.
type CData interface {
	// ToNumber returns what tonumber does; ok is false for nil.
	ToNumber() (f float64, ok bool)

	// Element returns element i, if that is a number. If ok is false, the machine calls
	// __index.
	Element(i float64) (f float64, ok bool)

	// SetElement sets element i, if a number can be stored there. If ok is false, it has set
	// nothing, and the machine calls __newindex.
	SetElement(i, f float64) (ok bool)
}

// asCData returns the Go value of v if it is a CData.
func (v Value) asCData() (c CData, ok bool) {
	if v.n != tagUserData {
		return nil, false
	}
	c, ok = v.userData().Value.(CData)
	return c, ok
}

func (v Value) isCData() bool {
	_, ok := v.asCData()
	return ok
}

// element returns obj[key], if obj is a CData or a Vector and that is a number.
func element(obj, key Value) (v Value, ok bool) {
	if obj.n != tagUserData || !key.isNumber() {
		return Nil, false
	}
	if holder, is := obj.userData().Value.(interface {
		Element(i float64) (f float64, ok bool)
	}); is {
		if f, ok := holder.Element(key.float()); ok {
			return Number(f), true
		}
	}
	return Nil, false
}

// setElement does obj[key] = v if obj is a CData and v a number that can be stored there.
func setElement(obj, key, v Value) (ok bool) {
	if c, is := obj.asCData(); is && key.isNumber() && v.isNumber() {
		return c.SetElement(key.float(), v.float())
	}
	return false
}

// cdataMetamethod returns the metamethod of the first of two operands that is a CData; ok
// is false if none is.
func (s *State) cdataMetamethod(a, b Value, e event) (h Value, ok bool) {
	switch {
	case a.isCData():
		return s.metamethod(a, e), true
	case b.isCData():
		return s.metamethod(b, e), true
	}
	return Nil, false
}
