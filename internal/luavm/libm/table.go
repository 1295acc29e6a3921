package libm

import (
	"math"
	"math/big"
	"sync"
)

// The tables are computed when they are first needed, which takes about a millisecond.

// sum is a number as the sum of two, with about 106 binary digits.
type sum struct{ high, low float64 }

const precision = 160 // binary digits that tables are computed with

func split(x *big.Float) (s sum) {
	s.high, _ = x.Float64()
	rest := new(big.Float).SetPrec(precision).Sub(x, big.NewFloat(s.high))
	s.low, _ = rest.Float64()
	return s
}

// powerTable has 2^(i/intervals).
var powerTable = sync.OnceValue(func() *[intervals]sum {
	root := new(big.Float).SetPrec(precision).SetInt64(2)
	for range intervalBits {
		root.Sqrt(root)
	}
	var t [intervals]sum
	power := new(big.Float).SetPrec(precision).SetInt64(1)
	for i := range t {
		t[i] = split(power)
		power.Mul(power, root)
	}
	return &t
})

// logInterval is an interval of the mantissas: about 1 divided by its middle, and minus the
// logarithm of that.
type logInterval struct {
	inverse float64
	sum
}

var logTable = sync.OnceValue(func() *[intervals]logInterval {
	var t [intervals]logInterval
	for i := range t {
		const width = 1 << (52 - intervalBits)
		middle := math.Float64frombits(leastMantissa + uint64(i)*width + width/2)
		const digits = 1 << 10
		t[i].inverse = math.Round(digits/middle) / digits
		t[i].sum = split(bigLog(t[i].inverse))
		t[i].high, t[i].low = -t[i].high, -t[i].low
	}
	return &t
})

// bigLog returns the logarithm of a number near 1: 2 atanh((x - 1) / (x + 1)).
func bigLog(x float64) *big.Float {
	number := func(f float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(f) }
	u := new(big.Float).Quo(number(x-1), number(x+1))
	square := new(big.Float).Mul(u, u)
	power := number(0).Set(u)
	total := number(0)
	for n := 1; n < 70; n += 2 {
		total.Add(total, new(big.Float).Quo(power, number(float64(n))))
		power.Mul(power, square)
	}
	return total.Add(total, total)
}

// trigTable has the sine and the cosine of i/trigSteps, up to an eighth of the circle.
var trigTable = sync.OnceValue(func() *[trigSteps*4/5 + 1]struct{ sin, cos sum } {
	var t [trigSteps*4/5 + 1]struct{ sin, cos sum }
	for i := range t {
		x := new(big.Float).SetPrec(precision).SetFloat64(float64(i) / trigSteps)
		totals := [2]*big.Float{new(big.Float).SetPrec(precision), new(big.Float).SetPrec(precision)}
		term := new(big.Float).SetPrec(precision).SetInt64(1)
		for n := range 30 { // x^n / n!, in turn of the cosine and the sine
			if total := totals[n&1]; n&2 == 0 {
				total.Add(total, term)
			} else {
				total.Sub(total, term)
			}
			term.Mul(term, x)
			term.Quo(term, new(big.Float).SetPrec(precision).SetInt64(int64(n+1)))
		}
		t[i].cos, t[i].sin = split(totals[0]), split(totals[1])
	}
	return &t
})
