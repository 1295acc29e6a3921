package compat

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// random is LuaJIT's generator of random numbers, so that a script with a seed
// sees the same ones: the Tausworthe generator with period 2^223 of P. L'Ecuyer,
// "Maximally equidistributed combined Tausworthe generators", 1996.
type random [4]uint64

// steps are the parameters k, q, s of the four parts of the generator.
var steps = [4]struct{ k, q, s uint }{{63, 31, 18}, {58, 19, 28}, {55, 24, 7}, {47, 21, 8}}

func (r *random) next() (bits uint64) {
	for i, p := range steps {
		z := r[i]
		z = ((z<<p.q)^z)>>(p.k-p.s) ^ (z&(^uint64(0)<<(64-p.k)))<<p.s
		bits ^= z
		r[i] = z
	}
	return bits
}

func (r *random) seed(d float64) {
	for i := range r {
		d = float64(d*math.Pi) + math.E // two roundings, as in LuaJIT
		r[i] = math.Float64bits(d)
		// The part's leading k bits must not all be zero.
		if least := uint64(1) << (64 - steps[i].k); r[i] < least {
			r[i] += least
		}
	}
	for range 10 {
		r.next()
	}
}

// float64 returns a number 0 <= f < 1.
func (r *random) float64() float64 {
	return math.Float64frombits(r.next()&(1<<52-1)|1023<<52) - 1
}

// openRandom gives the state a generator of its own, which begins as LuaJIT's.
func openRandom(L *lua.LState, lib *lua.LTable) {
	r := &random{}
	r.seed(0)
	L.SetFuncs(lib, map[string]lua.LGFunction{
		"randomseed": func(L *lua.LState) int {
			r.seed(number(L, 1))
			return 0
		},
		"random": func(L *lua.LState) int {
			f := r.float64()
			switch L.GetTop() {
			case 0:
			case 1:
				f = math.Floor(f*number(L, 1)) + 1
			default:
				low, high := number(L, 1), number(L, 2)
				f = math.Floor(f*(high-low+1)) + low
			}
			L.Push(lua.LNumber(f))
			return 1
		},
	})
}
