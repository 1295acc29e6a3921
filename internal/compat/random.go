package compat

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/luavm/libm"
)

// openRandom gives a state a generator of its own, with the seed that LuaJIT
// starts with.
func openRandom(L *lua.LState, lib *lua.LTable) {
	r := &libm.Random{}
	r.Seed(0)
	L.SetFuncs(lib, map[string]lua.LGFunction{
		"randomseed": func(L *lua.LState) int {
			r.Seed(convert.Number(L, 1))
			return 0
		},
		"random": func(L *lua.LState) int {
			f := r.Float64()
			switch L.GetTop() {
			case 0:
			case 1:
				f = math.Floor(f*convert.Number(L, 1)) + 1
			default:
				low, high := convert.Number(L, 1), convert.Number(L, 2)
				f = math.Floor(f*(high-low+1)) + low
			}
			L.Push(lua.LNumber(f))
			return 1
		},
	})
}
