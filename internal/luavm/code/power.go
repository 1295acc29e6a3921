package code

import "math"

// Power is the operator ^, and math.pow. C's pow, which LuaJIT calls, returns the float64
// nearest to the result nearly always. For small integer exponents this one does, too;
// math.Pow often misses it by one digit.
func Power(x, y float64) float64 {
	const largest = 64
	k := int(y)
	if float64(k) != y || k < -largest || k > largest || k == 0 {
		return math.Pow(x, y)
	}
	n := uint(max(k, -k))
	high, low := powInt(x, n)
	if k < 0 {
		high, low = invert(high, low)
	}
	r := high + low
	if tiny := 0x1p-900; !(math.Abs(high) > tiny && math.Abs(high) < 1/tiny) || n == 1 && k > 0 {
		return math.Pow(x, y) // low may have lost digits, or be NaN
	}
	return r
}

// powInt returns x^n as the sum of two numbers, of which low is the error of high.
func powInt(x float64, n uint) (high, low float64) {
	high = 1
	baseHigh, baseLow := x, 0.0
	for {
		if n&1 == 1 {
			high, low = multiply(high, low, baseHigh, baseLow)
		}
		if n >>= 1; n == 0 {
			return high, low
		}
		baseHigh, baseLow = multiply(baseHigh, baseLow, baseHigh, baseLow)
	}
}

// multiply returns the product of two sums.
func multiply(aHigh, aLow, bHigh, bLow float64) (high, low float64) {
	p := aHigh * bHigh
	e := math.FMA(aHigh, bHigh, -p)
	e = math.FMA(aHigh, bLow, math.FMA(aLow, bHigh, e))
	high = p + e
	return high, e - (high - p)
}

// invert returns 1 divided by a sum.
func invert(aHigh, aLow float64) (high, low float64) {
	q := 1 / aHigh
	r := math.FMA(-q, aHigh, 1) // what is left of 1
	r = math.FMA(-q, aLow, r)
	return q, q * r
}
