package luavm

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// NewUserData makes a userdata that holds a Go value. A nil metatable is none.
func NewUserData(value any, metatable *Table) Value {
	ud := &lua.LUserData{Value: value, Metatable: lua.LNil}
	if metatable != nil {
		ud.Metatable = &metatable.LTable
	}
	return Value{unsafe.Pointer(ud), tagUserData}
}

// Data returns the Go value of v, which is a userdata or was made by NewFunctionWith; nil of
// any other value.
func (v Value) Data() any {
	switch v.n {
	case tagUserData:
		return v.userData().Value
	case tagNative:
		return v.native().data
	}
	return nil
}

// IsUserData reports whether v is a userdata.
func (v Value) IsUserData() bool { return v.n == tagUserData }

// Data returns what NewFunctionWith got for the function that runs, or nil.
func (c *Call) Data() any { return c.th.stack[c.th.frame().base-1].Data() }
