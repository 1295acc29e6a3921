package series

import "math"

// The methods here make one number of a series. They leave out what is missing. Those of
// two series leave out the rows in which either is missing.

// Count returns how many values are not missing.
func (c Calc) Count(x Series) int {
	n := 0
	c.blocks(x.Len(), func(from, to int) {
		for _, v := range x.Values[from:to] {
			if v == v {
				n++
			}
		}
	})
	return n
}

// total returns the sum of f of each value, and the number of values.
func (c Calc) total(x Series, f func(v float64) float64) (total float64, n int) {
	var s Sum
	c.blocks(x.Len(), func(from, to int) {
		for _, v := range x.Values[from:to] {
			if v == v {
				s.Add(f(v))
				n++
			}
		}
	})
	return s.Value(), n
}

func same(v float64) float64 { return v }

// Sum returns the sum: 0 if there are no values.
func (c Calc) Sum(x Series) float64 {
	s, _ := c.total(x, same)
	return s
}

// Mean returns the mean: NaN if there are no values.
func (c Calc) Mean(x Series) float64 {
	s, n := c.total(x, same)
	return s / float64(n)
}

// power returns the number of values and the sum of a power of their distances from the
// mean.
func (c Calc) power(x Series, mean float64, p int) (total float64, n int) {
	return c.total(x, func(v float64) float64 {
		d := v - mean
		power := d
		for range p - 1 {
			power *= d
		}
		return power
	})
}

// Var returns the variance with a divisor of the number of values less ddof.
func (c Calc) Var(x Series, ddof int) float64 {
	mean := c.Mean(x)
	squares, n := c.power(x, mean, 2)
	off, _ := c.power(x, mean, 1) // what rounding of the mean left
	return variance(squares-off*off/float64(n), n, ddof)
}

// variance divides a sum of squares: it is NaN if there are not enough values.
func variance(squares float64, n, ddof int) float64 {
	if n <= ddof {
		return nan
	}
	if squares < 0 {
		squares = 0 // of rounding
	}
	return squares / float64(n-ddof)
}

// Std returns the standard deviation: the root of Var.
func (c Calc) Std(x Series, ddof int) float64 { return math.Sqrt(c.Var(x, ddof)) }

// Skew returns the skewness, without bias (G1, as pandas has it).
func (c Calc) Skew(x Series) float64 {
	mean := c.Mean(x)
	m2, n := c.power(x, mean, 2)
	m3, _ := c.power(x, mean, 3)
	return skewness(m2, m3, float64(n))
}

// skewness returns G1 of sums of powers of the distances from the mean.
func skewness(m2, m3, n float64) float64 {
	if n < 3 || !(m2 > 0) {
		return nan
	}
	return n * math.Sqrt(n-1) / (n - 2) * (m3 / (m2 * math.Sqrt(m2)))
}

// Kurt returns the excess kurtosis, without bias (G2, as pandas has it).
func (c Calc) Kurt(x Series) float64 {
	mean := c.Mean(x)
	m2, n := c.power(x, mean, 2)
	m4, _ := c.power(x, mean, 4)
	return kurtosis(m2, m4, float64(n))
}

// kurtosis returns G2 of sums of powers of the distances from the mean.
func kurtosis(m2, m4, n float64) float64 {
	if n < 4 || !(m2 > 0) {
		return nan
	}
	of := (n - 2) * (n - 3)
	return n*(n+1)*(n-1)/of*(m4/(m2*m2)) - 3*(n-1)*(n-1)/of
}

// Min returns the least value: NaN if there are none.
func (c Calc) Min(x Series) float64 {
	least := nan
	c.blocks(x.Len(), func(from, to int) {
		for _, v := range x.Values[from:to] {
			if v < least || least != least {
				least = v
			}
		}
	})
	return least
}

// Max returns the greatest value: NaN if there are none.
func (c Calc) Max(x Series) float64 {
	most := nan
	c.blocks(x.Len(), func(from, to int) {
		for _, v := range x.Values[from:to] {
			if v > most || most != most {
				most = v
			}
		}
	})
	return most
}

// Median returns the median.
func (c Calc) Median(x Series) float64 { return c.Quantile(x, 0.5) }

// Quantile returns the value below which the part q of the values lies, 0 <= q <= 1. It
// lies on the line between the two nearest values, as in pandas.
func (c Calc) Quantile(x Series, q float64) float64 { return c.quantiles(x, q)[0] }

// quantiles returns several quantiles, which ascend.
func (c Calc) quantiles(x Series, qs ...float64) []float64 {
	present := c.make(x.Len())[:0]
	for _, v := range x.Values {
		if v == v {
			present = append(present, v)
		}
	}
	found := make([]float64, len(qs))
	for i, q := range qs {
		if len(present) == 0 {
			found[i] = nan
			continue
		}
		at, part := place(q, len(present))
		low := c.nth(present, at)
		high := low
		if part > 0 {
			high = c.Min(Series{Values: present[at+1:]})
		}
		found[i] = between(low, high, part)
	}
	return found
}

// place returns where the quantile q of n values lies: behind the value that comes at-th in
// order, from 0, at a part of the way to the next one.
func place(q float64, n int) (at int, part float64) {
	exact := q * float64(n-1)
	at = min(int(exact), n-1)
	if part = exact - float64(at); at == n-1 {
		part = 0
	}
	return at, part
}

// between returns the value at a part of the way from low to high.
func between(low, high, part float64) float64 {
	if part == 0 || low == high {
		return low
	}
	return low + (high-low)*part
}

// Cov returns the covariance of two series, with a divisor of the number of rows less 1.
func (c Calc) Cov(x, y Series) (float64, error) {
	p, err := c.moments(x, y)
	return variancePair(p.xy, p.n), err
}

func variancePair(products float64, n int) float64 {
	if n < 2 {
		return nan
	}
	return products / float64(n-1)
}

// Corr returns the correlation of two series.
func (c Calc) Corr(x, y Series) (float64, error) {
	p, err := c.moments(x, y)
	return p.correlation(), err
}

// pairMoments are sums of products of the distances of pairs from their means.
type pairMoments struct {
	n          int
	xx, xy, yy float64
}

func (p *pairMoments) correlation() float64 {
	if p.n < 2 || !(p.xx > 0) || !(p.yy > 0) {
		return nan
	}
	r := p.xy / (math.Sqrt(p.xx) * math.Sqrt(p.yy))
	return max(-1, min(r, 1))
}

// moments returns the moments of the pairs of two series.
func (c Calc) moments(x, y Series) (p pairMoments, err error) {
	if _, err := Axis(x, y); err != nil {
		return p, err
	}
	pairs := func(do func(x, y float64)) {
		c.blocks(x.Len(), func(from, to int) {
			for i, v := range x.Values[from:to] {
				if w := y.Values[from+i]; v == v && w == w {
					do(v, w)
				}
			}
		})
	}
	var sx, sy Sum
	pairs(func(x, y float64) {
		sx.Add(x)
		sy.Add(y)
		p.n++
	})
	mx, my := sx.Value()/float64(p.n), sy.Value()/float64(p.n)
	var xx, xy, yy Sum
	pairs(func(x, y float64) {
		x, y = x-mx, y-my
		xx.Add(x * x)
		xy.Add(x * y)
		yy.Add(y * y)
	})
	p.xx, p.xy, p.yy = xx.Value(), xy.Value(), yy.Value()
	return p, nil
}

// Description is what Describe finds.
type Description struct {
	Count                                 int
	Mean, Std, Min, Q25, Median, Q75, Max float64
}

// Describe returns the measures by which one looks at a series first.
func (c Calc) Describe(x Series) Description {
	q := c.quantiles(x, 0.25, 0.5, 0.75)
	return Description{c.Count(x), c.Mean(x), c.Std(x, 1), c.Min(x), q[0], q[1], q[2], c.Max(x)}
}
