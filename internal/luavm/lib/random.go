package lib

import (
	"math"

	"microts/internal/luavm"
	"microts/internal/luavm/libm"
)

// random is what math.random and math.randomseed of a state share.
type random struct{ libm.Random }

// random is math.random([low,] [high]).
func (r *random) random(c *luavm.Call) {
	f := r.Float64() // also if an argument is no number, as in LuaJIT
	switch c.NumArgs() {
	case 0:
	case 1:
		f = math.Floor(f*c.Number(1)) + 1
	default:
		low, high := c.Number(1), c.Number(2)
		f = math.Floor(f*(high-low+1)) + low
	}
	c.Return(luavm.Number(f))
}

func (r *random) randomSeed(c *luavm.Call) {
	r.Seed(c.Number(1))
	c.Return()
}
