package agg

import "math"

// Sum is a sum of float64s with twice their precision: the sum of high and low, of which
// high is the nearest float64. The zero Sum is 0.
//
// Sums of integers are exact up to 2^100: whatever is rounded on the way is an integer
// then, and less than 1 is lost.
type Sum struct{ high, low float64 }

// Value returns the nearest float64.
func (s Sum) Value() float64 { return s.high }

// Plus returns the sum of two Sums.
func (s Sum) Plus(t Sum) Sum {
	high, lost := twoSum(s.high, t.high)
	if math.IsInf(high, 0) || math.IsNaN(high) {
		return Sum{high, 0}
	}
	low, lost2 := twoSum(s.low, t.low)
	high, lost = fastTwoSum(high, lost+low)
	high, low = fastTwoSum(high, lost+lost2)
	return Sum{high, low}
}

// Of returns a number as a Sum.
func Of(x float64) Sum { return Sum{x, 0} }

// Product returns a*b.
func Product(a, b float64) Sum {
	p := a * b
	if math.IsInf(p, 0) || math.IsNaN(p) {
		return Sum{p, 0}
	}
	return Sum{p, math.FMA(a, b, -p)}
}

// Integer returns high*2^32 + low.
func Integer(high, low int64) Sum {
	s := wide(high)
	return Sum{s.high * (1 << 32), s.low * (1 << 32)}.Plus(wide(low))
}

// wide returns an integer that a float64 may be too short for.
func wide(n int64) Sum {
	high, low := fastTwoSum(float64(n>>32<<32), float64(n&(1<<32-1)))
	return Sum{high, low}
}

// twoSum returns the rounded sum and what was lost.
func twoSum(a, b float64) (sum, lost float64) {
	sum = a + b
	c := sum - a
	return sum, (a - (sum - c)) + (b - c)
}

// fastTwoSum is twoSum for |a| >= |b|, or a = 0.
func fastTwoSum(a, b float64) (sum, lost float64) {
	sum = a + b
	return sum, b - (sum - a)
}
