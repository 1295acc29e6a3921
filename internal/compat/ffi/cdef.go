package ffi

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// cdef is ffi.cdef(text). A script that declares the original's db_put shifts
// times of more than 32 bits with bit.rshift, which the original's LuaJIT cut to
// 32 bits. The function that calls cdef sees a bit.rshift that does not cut.
func cdef(L *lua.LState) int {
	text := convert.Text(L, 1)
	moduleOf(L).Declare(text)
	if strings.Contains(text, "db_put") {
		widenShifts(L)
	}
	return 0
}

// widenShifts gives the Lua function that calls the current one an environment
// in which the global bit is wideBit.
func widenShifts(L *lua.LState) {
	frame, ok := L.GetStack(1)
	if !ok {
		return
	}
	v, err := L.GetInfo("f", frame, lua.LNil)
	fn, ok := v.(*lua.LFunction)
	if err != nil || !ok || fn.IsG {
		return
	}
	meta := L.NewTable()
	meta.RawSetString("__index", fn.Env)
	meta.RawSetString("__newindex", fn.Env)
	env := L.NewTable()
	env.RawSetString("bit", wideBit(L))
	L.SetMetatable(env, meta)
	fn.Env = env
}

// wideBit returns a copy of the library bit whose rshift shifts integers of up
// to 53 bits.
func wideBit(L *lua.LState) *lua.LTable {
	wide := L.NewTable()
	bit, ok := L.GetGlobal("bit").(*lua.LTable)
	if !ok {
		return wide
	}
	bit.ForEach(func(k, v lua.LValue) { wide.RawSet(k, v) })
	narrow, ok := bit.RawGetString("rshift").(*lua.LFunction)
	if !ok || !narrow.IsG {
		return wide
	}
	wide.RawSetString("rshift", L.NewFunction(func(L *lua.LState) int {
		n, ok := L.Get(1).(lua.LNumber)
		if !ok || n != lua.LNumber(int64(n)) || n <= math.MaxUint32 || n > exactInt {
			return narrow.GFunction(L)
		}
		L.Push(lua.LNumber(int64(n) >> (convert.Bits(convert.Number(L, 2)) & 63)))
		return 1
	}))
	return wide
}
