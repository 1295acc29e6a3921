package luavm

import (
	"fmt"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
)

// closureMark is the Proto of the LFunction that is the first field of a Closure.
var closureMark = &lua.FunctionProto{}

// FromLValue returns a value as the engine holds it. A string costs an allocation of
// 24 bytes, anything else none. Channels are no values of the engine.
func FromLValue(v lua.LValue) Value {
	switch v := v.(type) {
	case nil, *lua.LNilType:
		return Nil
	case lua.LBool:
		return Bool(bool(v))
	case lua.LNumber:
		return Number(float64(v))
	case lua.LString:
		return NewString(string(v)).Value()
	case *lua.LTable:
		return fromLTable(v)
	case *lua.LFunction:
		switch v.Proto {
		case closureMark:
			return Value{unsafe.Pointer(v), tagClosure}
		case nativeMark:
			return Value{unsafe.Pointer(v), tagNative}
		}
		return Value{unsafe.Pointer(v), tagGoFunction}
	case *lua.LUserData:
		return Value{unsafe.Pointer(v), tagUserData}
	case *lua.LState:
		return Value{unsafe.Pointer(v), tagThread}
	}
	panic(fmt.Sprintf("luavm: %T is no value of the engine", v))
}

// fromLTable makes a value of a table of either kind.
func fromLTable(t *lua.LTable) Value {
	if t, ok := asTable(t); ok {
		return t.Value()
	}
	return Value{unsafe.Pointer(t), tagPlainTable}
}

// LValue returns a value as Go functions get it. A number costs an allocation of 8
// bytes, anything else none: a string shares the String.
func (v Value) LValue() lua.LValue {
	if v.isNumber() {
		return lua.LNumber(v.float())
	}
	return v.lvalueOfObject()
}

func (v Value) lvalueOfObject() lua.LValue {
	switch v.n {
	case 0:
		return lua.LNil
	case bitsFalse:
		return lua.LFalse
	case bitsTrue:
		return lua.LTrue
	case tagString:
		return glua.ShareString((*string)(v.p))
	case tagTable, tagPlainTable:
		return v.ltable()
	case tagClosure, tagNative, tagGoFunction:
		return v.function()
	case tagUserData:
		return v.userData()
	default:
		return v.thread()
	}
}
