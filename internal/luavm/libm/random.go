package libm

import "math"

// Random is the generator of random numbers that LuaJIT has: a script that sets a
// seed gets the same numbers here. It is the Tausworthe generator with period
// 2^223 of P. L'Ecuyer, "Maximally equidistributed combined Tausworthe
// generators", 1996.
type Random [4]uint64

// randomSteps are the parameters k, q, s of the four parts of the generator.
var randomSteps = [4]struct{ k, q, s uint }{{63, 31, 18}, {58, 19, 28}, {55, 24, 7}, {47, 21, 8}}

// next returns 64 random bits.
func (r *Random) next() (bits uint64) {
	for i, p := range randomSteps {
		z := r[i]
		z = ((z<<p.q)^z)>>(p.k-p.s) ^ (z&(^uint64(0)<<(64-p.k)))<<p.s
		bits ^= z
		r[i] = z
	}
	return bits
}

// Seed makes the generator begin anew with a seed. Before the first Float64 it must have
// one; LuaJIT begins with 0.
func (r *Random) Seed(d float64) {
	for i := range r {
		d = float64(d*math.Pi) + math.E // the conversion keeps Go from fusing the two
		r[i] = math.Float64bits(d)
		// The leading k bits of a part must not all be zero.
		if least := uint64(1) << (64 - randomSteps[i].k); r[i] < least {
			r[i] += least
		}
	}
	for range 10 {
		r.next()
	}
}

// Float64 returns a random number f with 0 <= f < 1.
func (r *Random) Float64() float64 {
	return math.Float64frombits(r.next()&(1<<52-1)|1023<<52) - 1
}
