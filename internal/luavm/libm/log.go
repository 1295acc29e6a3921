package libm

import "math"

// Log is the natural logarithm.
func Log(x float64) float64 {
	if !(x > 0) || x > math.MaxFloat64 {
		return math.Log(x)
	}
	high, low := log(x)
	return high + low
}

// Log2 is the logarithm to base 2.
func Log2(x float64) float64 {
	if !(x > 0) || x > math.MaxFloat64 {
		return math.Log2(x)
	}
	const inverseHigh = 0x1.71547652b82fep+0 // the float64 nearest to 1 / math.Ln2
	const inverseLow = 1/math.Ln2 - inverseHigh
	high, low := log(x)
	product := high * inverseHigh
	return product + (math.FMA(high, inverseHigh, -product) + high*inverseLow + low*inverseHigh)
}

// Log10 is the logarithm to base 10. libm computes it from the natural logarithm of the
// mantissa, which costs some exactness, and so does Log10.
func Log10(x float64) float64 {
	if !(x > 0) || x > math.MaxFloat64 {
		return math.Log10(x)
	}
	const (
		inverse   = 4.34294481903251816668e-01 // 1 / ln 10
		log10High = 3.01029995663611771306e-01 // the first digits of the logarithm of 2
		log10Low  = 3.69423907715893078616e-13
	)
	fraction, exponent := math.Frexp(x) // fraction is in [0.5, 1)
	fraction *= 2
	exponent--
	if exponent < 0 {
		fraction /= 2
		exponent++
	}
	k := float64(exponent)
	z := float64(k*log10Low) + float64(inverse*Log(fraction))
	return z + float64(k*log10High)
}

// The tables have an entry for each of intervals parts of the mantissas.
const (
	intervalBits = 7
	intervals    = 1 << intervalBits
)

// leastMantissa is the least mantissa that log works with, as bits: about sqrt(0.5).
const leastMantissa = 0x3fe6955500000000

// ln2High has so few digits that its product with an exponent is exact.
const (
	ln2High = 0x1.62e42fefa38p-1
	ln2Low  = math.Ln2 - ln2High
)

// log returns the natural logarithm of a finite number above 0 as the sum of two numbers.
//
//	x = 2^k * z, and z * inverse = 1 + r for the inverse of the middle of z's interval, so
//	log x = k log 2 - log inverse + log (1 + r)
func log(x float64) (high, low float64) {
	const leastNormal = 0x1p-1022
	k := 0
	if x < leastNormal {
		x *= 0x1p52
		k = -52
	}
	bits := math.Float64bits(x)
	above := bits - leastMantissa
	k += int(int64(above) >> 52)
	z := math.Float64frombits(bits - above&(0xfff<<52))
	c := &logTable()[above>>(52-intervalBits)%intervals]

	product := z * c.inverse
	rest := math.FMA(z, c.inverse, -product)
	r := (product - 1) + rest
	rLow := ((product - 1) - r) + rest

	square := r * r
	squareLow := math.FMA(r, r, -square) + 2*r*rLow
	tail := r * square * (1.0/3 + r*(-1.0/4+r*(1.0/5+r*(-1.0/6+r*(1.0/7-r/8)))))
	first := r - square/2
	low = ((r - first) - square/2) + rLow - squareLow/2 + tail

	high = float64(k) * ln2High
	high, low = add(high, low, c.high)
	high, low = add(high, low, first)
	low += c.low + float64(k)*ln2Low
	sum := high + low
	return sum, low - (sum - high)
}

// add adds a number to the sum of high and low.
func add(high, low, x float64) (float64, float64) {
	sum := high + x
	part := sum - high
	return sum, low + ((high - (sum - part)) + (x - part))
}
