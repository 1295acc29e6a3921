package luavm

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Value is a Lua value. The zero Value is nil.
//
//	value            p                 n
//	nil              nil               0
//	false, true      nil               1, 2
//	number           numberMark        the bits of the float64
//	everything else  the object        its tag
//
// p is nil or points to an object of Go, so the garbage collector and checkptr
// understand a Value. A tag is a NaN that no arithmetic returns and that [Number] does
// not let in: n alone tells an object's type.
type Value struct {
	p unsafe.Pointer
	n uint64
}

// The tags. The bits 8 to 39 are 0, except in the keys of nodes: see keyOf.
const (
	tags = 0xFFFF << 48

	tagString     uint64 = tags | iota // p is a *String
	tagTable                           // *Table
	tagPlainTable                      // *lua.LTable that is no Table
	tagClosure                         // *lua.LFunction that is the first field of a Closure
	tagNative                          // *lua.LFunction that is the first field of a Function
	tagGoFunction                      // *lua.LFunction of another Go function
	tagUserData                        // *lua.LUserData
	tagThread                          // *lua.LState
)

const (
	bitsFalse uint64 = 1
	bitsTrue  uint64 = 2
)

// numberMark is what p of a number points to.
var numberMark byte

var (
	// Nil is Lua's nil.
	Nil = Value{}
	// False is Lua's false.
	False = Value{n: bitsFalse}
	// True is Lua's true.
	True = Value{n: bitsTrue}
)

// Number makes a number. It replaces any NaN by one that is no tag.
func Number(f float64) Value {
	if f != f {
		f = math.NaN()
	}
	return num(f)
}

// num makes a number of a float64 that is no foreign NaN: a result of arithmetic on
// numbers of the engine, or of a conversion from an integer.
func num(f float64) Value {
	return Value{unsafe.Pointer(&numberMark), math.Float64bits(f)}
}

// Int makes a number of an integer.
func Int(i int) Value { return num(float64(i)) }

// Bool makes a boolean.
func Bool(b bool) Value {
	if b {
		return True
	}
	return False
}

// Value returns the string as a value.
func (s *String) Value() Value { return Value{unsafe.Pointer(s), tagString} }

// Value returns the table as a value.
func (t *Table) Value() Value { return Value{unsafe.Pointer(t), tagTable} }

func (v Value) isNil() bool      { return v.p == nil && v.n == 0 }
func (v Value) isNumber() bool   { return v.p == unsafe.Pointer(&numberMark) }
func (v Value) isString() bool   { return v.n == tagString }
func (v Value) isTable() bool    { return v.n == tagTable } // and no plain one
func (v Value) isClosure() bool  { return v.n == tagClosure }
func (v Value) isFunction() bool { return v.n >= tagClosure && v.n <= tagGoFunction }

// truthy says whether v is neither nil nor false.
func (v Value) truthy() bool { return v.p != nil || v.n > bitsFalse }

// The functions below convert a value whose type is known.

func (v Value) float() float64           { return math.Float64frombits(v.n) }
func (v Value) string() *String          { return (*String)(v.p) }
func (v Value) text() string             { return *(*string)(v.p) }
func (v Value) table() *Table            { return (*Table)(v.p) }
func (v Value) ltable() *lua.LTable      { return (*lua.LTable)(v.p) } // of a Table and of a plain one
func (v Value) function() *lua.LFunction { return (*lua.LFunction)(v.p) }
func (v Value) userData() *lua.LUserData { return (*lua.LUserData)(v.p) }
func (v Value) thread() *lua.LState      { return (*lua.LState)(v.p) }

// Type returns the type of a value, as gopher-lua names it.
func (v Value) Type() lua.LValueType {
	switch {
	case v.isNumber():
		return lua.LTNumber
	case v.isNil():
		return lua.LTNil
	}
	switch v.n {
	case bitsFalse, bitsTrue:
		return lua.LTBool
	case tagString:
		return lua.LTString
	case tagTable, tagPlainTable:
		return lua.LTTable
	case tagClosure, tagNative, tagGoFunction:
		return lua.LTFunction
	case tagUserData:
		return lua.LTUserData
	default:
		return lua.LTThread
	}
}

// rawEqual compares without metamethods.
func rawEqual(a, b Value) bool {
	switch {
	case a.p != b.p:
		return a.n == tagString && b.n == tagString && a.string().equal(b.string())
	case a.isNumber():
		return a.float() == b.float()
	default:
		return a.n == b.n
	}
}
