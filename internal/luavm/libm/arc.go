package libm

import "math"

// The functions of this file take what package math computes, which is a little wrong, and
// correct it by the sine and the cosine of that.

// Asin is the arc sine.
func Asin(x float64) float64 {
	y := math.Asin(x)
	if !inRange(y) || math.Abs(x) > nearOne {
		return y
	}
	sin, cos := sinCos(y)
	return y + ((x-sin.high)-sin.low)/cos.high
}

// Acos is the arc cosine.
func Acos(x float64) float64 {
	y := math.Acos(x)
	if !inRange(y) || math.Abs(x) > nearOne {
		return y
	}
	sin, cos := sinCos(y)
	return y - ((x-cos.high)-cos.low)/sin.high
}

// nearOne is where the corrections of Asin and Acos become inexact.
const nearOne = 1 - 0x1p-20

// Atan is the arc tangent.
func Atan(x float64) float64 { return Atan2(x, 1) }

// Atan2 is the angle of the point (x, y).
func Atan2(y, x float64) float64 {
	angle := math.Atan2(y, x)
	if tiny, huge := 0x1p-900, 0x1p900; !inRange(angle) || !between(math.Abs(x), tiny, huge) || !between(math.Abs(y), tiny, huge) {
		return angle
	}
	sin, cos := sinCos(angle)
	a, b := y*cos.high, x*sin.high
	rest := math.FMA(y, cos.high, -a) - math.FMA(x, sin.high, -b) + y*cos.low - x*sin.low
	return angle + ((a-b)+rest)/(x*cos.high+y*sin.high)
}

func between(x, low, high float64) bool { return low < x && x < high }
