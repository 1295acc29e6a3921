package ta

import "microts/internal/series"

// rolling returns an operator over the last n rows. None of them may be missing.
func rolling(n int, s series.Stat) *series.Rolling {
	r, err := series.NewRolling(series.Window{Rows: n}, s, series.Option{})
	if err != nil {
		panic(err) // n is a period
	}
	return r
}

// SMA is the simple moving average: (x[0] + ... + x[n-1]) / n.
type SMA struct{ mean *series.Rolling }

// NewSMA returns the SMA of n rows.
func NewSMA(n int) *SMA { return &SMA{rolling(n, series.RollMean)} }

// Push goes to the next row.
func (s *SMA) Push(x float64) float64 { return s.mean.Push(x) }

// WMA is the weighted moving average: (1 x[oldest] + ... + n x[newest]) / (n (n+1) / 2).
type WMA struct{ mean *series.Rolling }

// NewWMA returns the WMA of n rows.
func NewWMA(n int) *WMA { return &WMA{rolling(n, series.RollWeighted)} }

// Push goes to the next row.
func (w *WMA) Push(x float64) float64 { return w.mean.Push(x) }

// TRIMA is the triangular moving average, the SMA of an SMA: both of (n+1)/2 rows if n is
// odd, of n/2 and n/2+1 rows if it is even.
type TRIMA struct{ inner, outer *SMA }

// NewTRIMA returns the TRIMA of n rows.
func NewTRIMA(n int) *TRIMA { return &TRIMA{NewSMA((n + 1) / 2), NewSMA(n/2 + 1)} }

// Push goes to the next row.
func (t *TRIMA) Push(x float64) float64 { return t.outer.Push(t.inner.Push(x)) }

// smoothing is an average that goes from value to value: the mean of the first n values,
// then (x - average) * weight nearer to each value x.
type smoothing struct {
	n       int
	weight  float64
	count   int // of values, up to n
	first   series.Sum
	average float64
}

// push adds a finite value. ok is false before there are n values.
func (s *smoothing) push(x float64) (average float64, ok bool) {
	if s.count < s.n {
		s.first.Add(x)
		if s.count++; s.count < s.n {
			return nan, false
		}
		s.average = s.first.Value() / float64(s.n)
		return s.average, true
	}
	s.average += (x - s.average) * s.weight
	return s.average, true
}

// EMA is the exponential moving average with the weight 2 / (n+1). It begins with the mean
// of the first n values.
type EMA struct{ s smoothing }

// NewEMA returns the EMA of n rows.
func NewEMA(n int) *EMA { return &EMA{smoothing{n: n, weight: 2 / float64(n+1)}} }

// Push goes to the next row.
func (e *EMA) Push(x float64) float64 {
	if !finite(x) {
		return nan
	}
	v, _ := e.s.push(x)
	return v
}

// wilder returns Wilder's average, whose weight is 1/n (New Concepts in Technical Trading
// Systems, 1978; TA-Lib's RMA).
func wilder(n int) smoothing { return smoothing{n: n, weight: 1 / float64(n)} }

// chain is ema of ema of ... of a value.
type chain []*EMA

func newChain(n, length int) chain {
	c := make(chain, length)
	for i := range c {
		c[i] = NewEMA(n)
	}
	return c
}

// push puts each ema into e.
func (c chain) push(x float64, e []float64) {
	for i := range c {
		x = c[i].Push(x)
		e[i] = x
	}
}

// DEMA is 2 ema1 - ema2, ema2 being the ema of ema1 (Mulloy, 1994).
type DEMA struct{ emas chain }

// NewDEMA returns the DEMA of n rows.
func NewDEMA(n int) *DEMA { return &DEMA{newChain(n, 2)} }

// Push goes to the next row.
func (d *DEMA) Push(x float64) float64 {
	var e [2]float64
	d.emas.push(x, e[:])
	return 2*e[0] - e[1]
}

// TEMA is 3 ema1 - 3 ema2 + ema3 (Mulloy, 1994).
type TEMA struct{ emas chain }

// NewTEMA returns the TEMA of n rows.
func NewTEMA(n int) *TEMA { return &TEMA{newChain(n, 3)} }

// Push goes to the next row.
func (t *TEMA) Push(x float64) float64 {
	var e [3]float64
	t.emas.push(x, e[:])
	return 3*e[0] - 3*e[1] + e[2]
}

// T3 is Tillson's moving average (1998): with the factor v,
// -v^3 ema6 + 3 (v^2 + v^3) ema5 - (6 v^2 + 3 (v + v^3)) ema4 + (1 + 3 v + v^3 + 3 v^2) ema3.
type T3 struct {
	emas           chain
	c3, c4, c5, c6 float64
}

// NewT3 returns the T3 of n rows.
func NewT3(n int, v float64) *T3 {
	square, cube := v*v, v*v*v
	return &T3{newChain(n, 6), 1 + 3*v + cube + 3*square, -6*square - 3*(v+cube), 3 * (square + cube), -cube}
}

// Push goes to the next row.
func (t *T3) Push(x float64) float64 {
	var e [6]float64
	t.emas.push(x, e[:])
	return t.c6*e[5] + t.c5*e[4] + t.c4*e[3] + t.c3*e[2]
}

// TRIX is the change of ema of ema of ema to the row before, in percent.
type TRIX struct {
	emas chain
	roc  *ROC
}

// NewTRIX returns the TRIX of n rows.
func NewTRIX(n int) *TRIX { return &TRIX{newChain(n, 3), NewROC(1)} }

// Push goes to the next row.
func (t *TRIX) Push(x float64) float64 {
	var e [3]float64
	t.emas.push(x, e[:])
	if e[2] != e[2] {
		return nan
	}
	return t.roc.Push(e[2])
}

// MACD is the difference of two ema, its signal the ema of that. As in TA-Lib, both ema
// have their first value in the same row, and the three results begin together.
type MACD struct {
	fast, slow, signal *EMA
	skip               int // values before the first one of fast
}

// NewMACD returns the MACD of three periods. The shorter of the first two is the fast one.
func NewMACD(fast, slow, signal int) *MACD {
	fast, slow = min(fast, slow), max(fast, slow)
	return &MACD{NewEMA(fast), NewEMA(slow), NewEMA(signal), slow - fast}
}

// Push goes to the next row.
func (m *MACD) Push(x float64) (macd, signal, histogram float64) {
	if !finite(x) {
		return nan, nan, nan
	}
	fast := nan
	if m.skip > 0 {
		m.skip--
	} else {
		fast = m.fast.Push(x)
	}
	macd = fast - m.slow.Push(x)
	if signal = m.signal.Push(macd); signal != signal {
		return nan, nan, nan
	}
	return macd, signal, macd - signal
}

// BOLL are Bollinger's bands: the mean of n rows, and so many standard deviations (with the
// divisor n) above and below it. TA-Lib calls them BBANDS.
type BOLL struct {
	mean, std *series.Rolling
	up, down  float64
}

// NewBOLL returns the bands of n rows.
func NewBOLL(n int, up, down float64) *BOLL {
	return &BOLL{rolling(n, series.RollMean), rolling(n, series.RollStd), up, down}
}

// Push goes to the next row.
func (b *BOLL) Push(x float64) (upper, middle, lower float64) {
	middle = b.mean.Push(x)
	std := b.std.Push(x)
	return middle + b.up*std, middle, middle - b.down*std
}
