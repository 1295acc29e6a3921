package compat

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luasyntax"
)

// smallIntegers are the strings of the integers 0..1023, which tostring returns
// without an allocation.
var smallIntegers = func() (all [1024]lua.LValue) {
	for i := range all {
		all[i] = lua.LString(strconv.Itoa(i))
	}
	return all
}()

func tostring(L *lua.LState) int {
	switch v := L.Get(1).(type) {
	case lua.LNumber:
		if i := uint(v); i < uint(len(smallIntegers)) && lua.LNumber(i) == v && (i > 0 || !math.Signbit(float64(v))) {
			L.Push(smallIntegers[i])
			return 1
		}
		var b [32]byte
		L.Push(lua.LString(luasyntax.AppendNumber(b[:0], float64(v))))
	case lua.LString:
		L.Push(v)
	default:
		L.Push(L.ToStringMeta(L.CheckAny(1))) // whatever __tostring returns
	}
	return 1
}
