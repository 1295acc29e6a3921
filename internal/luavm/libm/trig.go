package libm

import "math"

// mostAngle is the largest angle, and leastAngle the least, for which the functions of
// this file are more exact than those of package math.
const (
	mostAngle  = 1 << 20
	leastAngle = 0x1p-26
)

// inRange reports whether trig may be called.
func inRange(x float64) bool { return math.Abs(x) <= mostAngle && math.Abs(x) >= leastAngle }

// Sin is the sine.
func Sin(x float64) float64 {
	if !inRange(x) {
		return math.Sin(x)
	}
	sin, _ := sinCos(x)
	return sin.high
}

// Cos is the cosine.
func Cos(x float64) float64 {
	if !inRange(x) {
		return math.Cos(x)
	}
	_, cos := sinCos(x)
	return cos.high
}

// Tan is the tangent.
func Tan(x float64) float64 {
	if !inRange(x) {
		return math.Tan(x)
	}
	a, b := sinCos(x)
	q := a.high / b.high
	return q + (math.FMA(-q, b.high, a.high)+a.low-q*b.low)/b.high
}

// Pi/2 is the sum of these: products of the first two with a number of quarters of the
// circle are exact.
const (
	quarterHigh   = 0x1.921fb544p+0
	quarterMiddle = 0x1.0b4611a6p-34
	quarterLow    = math.Pi/2 - quarterHigh - quarterMiddle
)

// sinCos returns the sine and the cosine.
func sinCos(x float64) (sin, cos sum) {
	sin, cos, quarter := trig(x)
	switch quarter {
	case 1:
		sin, cos = cos, sin.negative()
	case 2:
		sin, cos = sin.negative(), cos.negative()
	case 3:
		sin, cos = cos.negative(), sin
	}
	return sin.normal(), cos.normal()
}

// trigSteps is how many entries of the table an angle of 1 has.
const trigSteps = 64

// trig returns the sine and the cosine of x minus a number of quarters of the circle, of
// which it returns the last two bits.
//
//	that angle = i/trigSteps + d, so
//	sin = sin(i/trigSteps) cos(d) + cos(i/trigSteps) sin(d)
func trig(x float64) (sin, cos sum, quarter int) {
	n := math.RoundToEven(x * (2 / math.Pi))
	r, rLow := add(x-n*quarterHigh, 0, -n*quarterMiddle)
	rLow -= n * quarterLow
	i := math.RoundToEven(r * trigSteps)
	d := r - i/trigSteps
	s, c := trigAt(int(i))

	square := d * d
	sinRest := rLow + d*square*(-1.0/6+square*(1.0/120-square/5040))      // sin(d) - d
	cosRest := -d*rLow + square*(-1.0/2+square*(1.0/24-square*(1.0/720))) // cos(d) - 1

	p := c.high * d
	sin.high, sin.low = add(s.high, math.FMA(c.high, d, -p), p)
	sin.low += s.low + c.low*d + c.high*sinRest + s.high*cosRest
	p = -s.high * d
	cos.high, cos.low = add(c.high, math.FMA(-s.high, d, -p), p)
	cos.low += c.low - s.low*d - s.high*sinRest + c.high*cosRest
	return sin, cos, int(n) & 3
}

// trigAt returns the sine and the cosine of i/trigSteps.
func trigAt(i int) (sin, cos sum) {
	t := trigTable()
	if i < 0 {
		return t[-i].sin.negative(), t[-i].cos
	}
	return t[i].sin, t[i].cos
}

func (s sum) negative() sum { return sum{-s.high, -s.low} }

// normal returns the same sum with the float64 nearest to it as high.
func (s sum) normal() sum {
	high := s.high + s.low
	return sum{high, s.low - (high - s.high)}
}
