package compat

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// openMath corrects math.log, fmod and modf, and replaces the random numbers.
func openMath(L *lua.LState) {
	lib := global(L, "math")
	lib.RawSetString("huge", lua.LNumber(math.Inf(1)))
	L.SetFuncs(lib, map[string]lua.LGFunction{
		"log": func(L *lua.LState) int {
			x := convert.Number(L, 1)
			if L.Get(2) == lua.LNil {
				L.Push(lua.LNumber(math.Log(x)))
				return 1
			}
			switch base := convert.Number(L, 2); base {
			case 2:
				L.Push(lua.LNumber(math.Log2(x)))
			case 10:
				L.Push(lua.LNumber(math.Log10(x)))
			default:
				L.Push(lua.LNumber(math.Log(x) / math.Log(base)))
			}
			return 1
		},
		"fmod": func(L *lua.LState) int {
			L.Push(lua.LNumber(math.Mod(convert.Number(L, 1), convert.Number(L, 2))))
			return 1
		},
		"modf": func(L *lua.LState) int {
			x := convert.Number(L, 1)
			whole := math.Trunc(x)
			part := 0.0
			if !math.IsInf(x, 0) {
				part = x - whole
			}
			L.Push(lua.LNumber(whole))
			L.Push(lua.LNumber(math.Copysign(part, x)))
			return 2
		},
	})
	lib.RawSetString("mod", lib.RawGetString("fmod"))
	openRandom(L, lib)
}
