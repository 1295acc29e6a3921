package libm

import "math"

// Pow is x^y.
func Pow(x, y float64) float64 {
	const (
		least   = 0x1p-1022 // below it, x has fewer digits
		largest = 0x1p64    // a larger y makes all results 0, 1 or infinite
	)
	sign := 1.0
	if x < 0 && y == math.Trunc(y) {
		if math.Abs(y) < 1<<53 && int(y)&1 == 1 {
			sign = -1
		}
		x = -x
	}
	switch {
	case !(x >= least && x <= math.MaxFloat64) || !(math.Abs(y) <= largest) || y == 0 || y == 1 || x == 1:
		return sign * math.Pow(x, y)
	case y == 2:
		return x * x
	case y == 0.5:
		return math.Sqrt(x)
	}
	high, low := log(x)
	product := y * high
	return sign * exp(product, math.FMA(y, high, -product)+y*low)
}
