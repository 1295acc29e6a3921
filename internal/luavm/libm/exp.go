package libm

import "math"

// Exp is e^x.
func Exp(x float64) float64 { return exp(x, 0) }

// exp returns e^(high + low). low is much smaller than high.
//
//	x = (k + j/intervals) log 2 + r, so
//	e^x = 2^k * 2^(j/intervals) * e^r
func exp(high, low float64) float64 {
	const (
		tooLarge = 709.79
		tooSmall = -745.2
	)
	switch {
	case high != high || high > tooLarge || high < tooSmall:
		return math.Exp(high)
	case math.Abs(high) < 0x1p-54:
		return 1 + high
	}
	const step = math.Ln2 / intervals
	const stepHigh = 0x1.62e42fefp-8 // has so few digits that its product with n is exact
	const stepLow = step - stepHigh
	n := math.RoundToEven(high * (1 / step))
	r := high - n*stepHigh
	rLow := math.FMA(-n, stepLow, low)
	k := int(n)
	c := &powerTable()[k&(intervals-1)]
	r, rLow = r+rLow, rLow-((r+rLow)-r)
	p := r + (rLow + r*r*(1.0/2+r*(1.0/6+r*(1.0/24+r*(1.0/120+r/720)))))
	return math.Ldexp(c.high+math.FMA(c.high, p, c.low), k>>intervalBits)
}
