package luavm

import "microts/internal/luavm/code"

// Vector is the Go value of a userdata that stands for many numbers. Its metamethods of
// comparisons get operands of all types, and what they return is the value of the
// comparison: so x > 1 can be a vector too. Where a script asks whether such a comparison is
// true, as in "if x > 1", it gets an error.
type Vector interface {
	// Element returns element i, if there is one. If ok is false, the machine calls __index.
	Element(i float64) (f float64, ok bool)

	// Truth says what a script can ask instead of whether a vector is true.
	Truth() string
}

func (v Value) asVector() (x Vector, ok bool) {
	if v.n != tagUserData {
		return nil, false
	}
	x, ok = v.userData().Value.(Vector)
	return x, ok
}

// vectorMetamethod returns the metamethod of the first of two operands that is a Vector; ok
// is false if none is.
func (s *State) vectorMetamethod(a, b Value, e event) (h Value, ok bool) {
	if a.n != tagUserData && b.n != tagUserData {
		return Nil, false
	}
	for _, v := range []Value{a, b} {
		if _, is := v.asVector(); is {
			return s.metamethod(v, e), true
		}
	}
	return Nil, false
}

// compared ends a comparison whose metamethod returned a Vector. It is the value of an
// expression if the instructions behind it say so: see code.Compared.
func (th *Thread) compared(v Value, x Vector) *Thread {
	f := th.frame()
	next := th.stack[f.base-1].closure().fn.code[f.pc]
	if next.Op() != code.LoadTrue || next.B() != code.Compared {
		th.Errorf("a comparison of a vector is a vector, neither true nor false: %s", x.Truth())
	}
	th.stack[f.base+int32(next.A())] = v
	const length = 3 // LoadTrue, Jump, LoadFalse
	f.pc += length
	return th
}
