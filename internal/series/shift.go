package series

import "math"

// Shift moves the values by n rows: row i has what row i-n had. The rows that nothing
// moves to are NaN. A negative n moves values of later rows to earlier ones.
func (c Calc) Shift(x Series, n int) Series {
	z := c.make(x.Len())
	n = max(-len(z), min(n, len(z)))
	if n >= 0 {
		fill(z[:n], nan)
		copy(z[n:], x.Values)
	} else {
		copy(z, x.Values[-n:])
		fill(z[len(z)+n:], nan)
	}
	return x.with(z)
}

func fill(x []float64, v float64) {
	for i := range x {
		x[i] = v
	}
}

// Diff returns how much each row is above the row n rows before it.
func (c Calc) Diff(x Series, n int) Series { return c.lagged(x, n, kernels[Sub]) }

// Pct returns by which part each row is above the row n rows before it: 0.01 is 1 %.
func (c Calc) Pct(x Series, n int) Series {
	return c.lagged(x, n, func(z, now, then []float64) {
		for i := range z {
			z[i] = now[i]/then[i] - 1
		}
	})
}

// lagged applies f to the rows and those n rows before them, or after them if n is
// negative. Rows without the other one are NaN.
func (c Calc) lagged(x Series, n int, f func(z, now, then []float64)) Series {
	z := c.make(x.Len())
	n = max(-len(z), min(n, len(z)))
	first, end := max(n, 0), len(z)+min(n, 0)
	fill(z[:first], nan)
	fill(z[end:], nan)
	c.blocks(end-first, func(from, to int) {
		from, to = from+first, to+first
		f(z[from:to], x.Values[from:to], x.Values[from-n:to-n])
	})
	return x.with(z)
}

// each applies f to each value.
func (c Calc) each(x Series, f func(v float64) float64) Series {
	z := c.make(x.Len())
	c.blocks(len(z), func(from, to int) {
		for i, v := range x.Values[from:to] {
			z[from+i] = f(v)
		}
	})
	return x.with(z)
}

// Abs returns the absolute values.
func (c Calc) Abs(x Series) Series { return c.each(x, math.Abs) }

// Log returns the natural logarithms.
func (c Calc) Log(x Series) Series { return c.each(x, math.Log) }

// Exp returns the powers of e.
func (c Calc) Exp(x Series) Series { return c.each(x, math.Exp) }

// Neg returns the values with the other sign.
func (c Calc) Neg(x Series) Series {
	z, _ := c.Binary(Mul, Number(-1), x.Operand()) // there is one axis
	return z
}

// IsNaN returns the mask of the values that are missing.
func (c Calc) IsNaN(x Series) Series {
	return c.each(x, func(v float64) float64 { return truth(v != v) })
}

// Clip returns the values, lo in place of those below it, and hi in place of those above.
// A bound that is NaN is none.
func (c Calc) Clip(x Series, lo, hi float64) Series {
	return c.each(x, func(v float64) float64 {
		if v < lo {
			v = lo
		}
		if v > hi {
			v = hi
		}
		return v
	})
}

// FillPrev returns the values, in place of those that are missing the last one before.
func (c Calc) FillPrev(x Series) Series {
	last := nan
	return c.each(x, func(v float64) float64 {
		if v == v {
			last = v
		}
		return last
	})
}

// Fill returns the values, with a number in place of those that are missing.
func (c Calc) Fill(x Series, with float64) Series {
	return c.each(x, func(v float64) float64 {
		if v != v {
			return with
		}
		return v
	})
}

// Where returns the values of x where the mask is neither 0 nor NaN, and those of other in
// the other rows.
func (c Calc) Where(x, mask Series, other Operand) (Series, error) {
	times, err := Axis(x, mask)
	if err != nil {
		return Series{}, err
	}
	if _, times, err = axis(Series{x.Values, times}.Operand(), other); err != nil {
		return Series{}, err
	}
	z := c.make(x.Len())
	otherwise := other.part(len(z))
	c.blocks(len(z), func(from, to int) {
		o := otherwise(from, to)
		for i, m := range mask.Values[from:to] {
			if m != 0 && m == m {
				z[from+i] = x.Values[from+i]
			} else {
				z[from+i] = o[i]
			}
		}
	})
	return Series{z, times}, nil
}
