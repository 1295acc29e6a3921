package series

import (
	"fmt"
	"math"
)

// Ewm is an operator with weights that fall by the part Alpha from value to value, as
// pandas' ewm. The weights fall with the rows: those without a value count too, and get the
// statistic of the row before.
type Ewm struct {
	stat   Stat
	adjust bool
	least  int
	decay  float64 // 1 - alpha
	weight float64 // of a new value
	n      int     // how many values there were

	mean, cov        float64
	old              float64 // weight of all values so far
	total, ofSquares float64 // the sums of the weights and of their squares, of var and std
}

// EwmWindow says how the weights of an Ewm fall.
type EwmWindow struct {
	Alpha  float64 // 0 < Alpha <= 1
	Adjust bool    // the weights are divided by their sum; if false, the first value has the weight of all before it
	Min    int     // the least number of values; 0 is 1
}

// AlphaOfSpan, AlphaOfCOM and AlphaOfHalfLife return the Alpha of other ways to say how fast
// the weights fall: a span (from 1), a centre of mass (from 0), a half-life in rows (above 0).
func AlphaOfSpan(span float64) float64 { return 2 / (span + 1) }

// AlphaOfCOM is explained at AlphaOfSpan.
func AlphaOfCOM(com float64) float64 { return 1 / (1 + com) }

// AlphaOfHalfLife is explained at AlphaOfSpan.
func AlphaOfHalfLife(rows float64) float64 { return -math.Expm1(-math.Ln2 / rows) }

// NewEwm returns an operator: s is RollMean, RollVar or RollStd.
func NewEwm(w EwmWindow, s Stat) (*Ewm, error) {
	if !(w.Alpha > 0 && w.Alpha <= 1) {
		return nil, fmt.Errorf("alpha: a number above 0 up to 1 expected, got %g", w.Alpha)
	}
	if s != RollMean && s != RollVar && s != RollStd {
		return nil, fmt.Errorf("there is no statistic %q of ewm", string(s))
	}
	e := &Ewm{stat: s, adjust: w.Adjust, least: max(w.Min, 1), decay: 1 - w.Alpha, weight: w.Alpha, mean: nan}
	if w.Adjust {
		e.weight = 1
	}
	return e, nil
}

// Push adds a value and returns the statistic.
func (e *Ewm) Push(x float64) float64 {
	switch {
	case e.n > 0:
		e.next(x)
	case x == x:
		e.mean, e.old, e.total, e.ofSquares = x, 1, 1, 1
		e.n = 1
	}
	if e.n < e.least {
		return nan
	}
	if e.stat == RollMean {
		return e.mean
	}
	square := e.total * e.total
	free := square - e.ofSquares
	if !(free > 0) {
		return nan
	}
	v := square / free * e.cov
	if e.stat == RollStd {
		return math.Sqrt(v)
	}
	return v
}

// next adds a row after the first value.
func (e *Ewm) next(x float64) {
	e.old *= e.decay
	e.total *= e.decay
	e.ofSquares *= e.decay * e.decay
	if x != x {
		return
	}
	e.n++
	before := e.mean
	sum := e.old + e.weight
	if x != before {
		e.mean = (e.old*before + e.weight*x) / sum
	}
	e.cov = (e.old*(e.cov+(before-e.mean)*(before-e.mean)) + e.weight*((x-e.mean)*(x-e.mean))) / sum
	e.total += e.weight
	e.ofSquares += e.weight * e.weight
	e.old = sum
	if !e.adjust {
		e.total /= sum
		e.ofSquares /= sum * sum
		e.old = 1
	}
}

// Ewm returns a statistic with falling weights at each row.
func (c Calc) Ewm(x Series, w EwmWindow, s Stat) (Series, error) {
	e, err := NewEwm(w, s)
	if err != nil {
		return Series{}, err
	}
	return c.each(x, e.Push), nil
}
