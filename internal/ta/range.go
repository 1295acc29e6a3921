package ta

import (
	"math"

	"microts/internal/series"
)

// bar is what ATR and ADX know of the row before.
type bar struct {
	begun            bool
	high, low, close float64
}

// trueRange returns Wilder's true range of a row: how far the price went since the last
// close.
func (b *bar) trueRange(high, low float64) float64 {
	return max(high-low, math.Abs(high-b.close), math.Abs(low-b.close))
}

// ATR is Wilder's average of the true range.
type ATR struct {
	last    bar
	average smoothing
}

// NewATR returns the ATR of n rows.
func NewATR(n int) *ATR { return &ATR{average: wilder(n)} }

// Push goes to the next row.
func (a *ATR) Push(high, low, close float64) float64 {
	if !finite(high, low, close) {
		return nan
	}
	last := a.last
	a.last = bar{true, high, low, close}
	if !last.begun {
		return nan
	}
	v, _ := a.average.push(last.trueRange(high, low))
	return v
}

// ADX is Wilder's average directional movement index. As in TA-Lib, the sums of the
// movements begin with n-1 rows, and the average with the mean of the next n indexes.
type ADX struct {
	n                     int
	last                  bar
	count                 int // of rows with a movement
	plus, minus, distance float64
	average               smoothing
	adx                   float64
}

// NewADX returns the ADX of n rows.
func NewADX(n int) *ADX { return &ADX{n: n, average: wilder(n), adx: nan} }

// Push goes to the next row.
func (a *ADX) Push(high, low, close float64) float64 {
	if !finite(high, low, close) {
		return nan
	}
	last := a.last
	a.last = bar{true, high, low, close}
	if !last.begun {
		return nan
	}
	a.count++
	rise, fall := high-last.high, last.low-low
	plus, minus := 0.0, 0.0
	switch {
	case rise > fall && rise > 0:
		plus = rise
	case fall > rise && fall > 0:
		minus = fall
	}
	distance := last.trueRange(high, low)
	if a.count < a.n {
		a.plus, a.minus, a.distance = a.plus+plus, a.minus+minus, a.distance+distance
		return nan
	}
	n := float64(a.n)
	a.plus += plus - a.plus/n
	a.minus += minus - a.minus/n
	a.distance += distance - a.distance/n
	index := 0.0
	if both := a.plus + a.minus; both > 0 && a.distance > 0 {
		index = 100 * math.Abs(a.minus-a.plus) / both
	} else if a.average.count == a.n {
		return a.adx // nothing moved
	}
	a.adx, _ = a.average.push(index)
	return a.adx
}

// channel is the highest high and the lowest low of the last rows.
type channel struct{ high, low *series.Rolling }

func newChannel(n int) channel {
	return channel{rolling(n, series.RollMax), rolling(n, series.RollMin)}
}

func (c *channel) push(high, low float64) (highest, lowest float64) {
	return c.high.Push(high), c.low.Push(low)
}

// place returns where the close lies in a channel, 0 to 100; 0 if the channel has no width.
func place(highest, lowest, close float64) float64 {
	if width := (highest - lowest) / 100; width != 0 {
		return (close - lowest) / width
	}
	if close != close {
		return nan
	}
	return 0
}

// STOCH is Lane's slow stochastic: K is the SMA of the place of the close in the channel of
// the last rows, D the SMA of K.
type STOCH struct {
	channel channel
	k, d    *SMA
}

// NewSTOCH returns the STOCH of three periods.
func NewSTOCH(fastK, slowK, slowD int) *STOCH {
	return &STOCH{newChannel(fastK), NewSMA(slowK), NewSMA(slowD)}
}

// Push goes to the next row. Both results begin together.
func (s *STOCH) Push(high, low, close float64) (k, d float64) {
	highest, lowest := s.channel.push(high, low)
	k = s.k.Push(place(highest, lowest, close))
	if d = s.d.Push(k); d != d {
		return nan, nan
	}
	return k, d
}

// KDJ is the stochastic with Wilder's averages in place of simple ones (those that Chinese
// programs write as SMA(x, m, 1)), and J = 3K - 2D. It is TA-Lib's KDJ. Programs that let K
// and D begin with 50 differ in the first rows.
type KDJ struct {
	channel channel
	k, d    smoothing
}

// NewKDJ returns the KDJ of three periods.
func NewKDJ(n, m1, m2 int) *KDJ { return &KDJ{newChannel(n), wilder(m1), wilder(m2)} }

// Push goes to the next row. The results begin together.
func (j *KDJ) Push(high, low, close float64) (_, _, _ float64) {
	highest, lowest := j.channel.push(high, low)
	v := place(highest, lowest, close)
	if !finite(v) {
		return nan, nan, nan
	}
	k, ok := j.k.push(v)
	if !ok {
		return nan, nan, nan
	}
	d, ok := j.d.push(k)
	if !ok {
		return nan, nan, nan
	}
	return k, d, 3*k - 2*d
}

// WILLR is Williams' %R: (highest - close) / (highest - lowest) * -100; 0 if the channel has
// no width.
type WILLR struct{ channel channel }

// NewWILLR returns the WILLR of n rows.
func NewWILLR(n int) *WILLR { return &WILLR{newChannel(n)} }

// Push goes to the next row.
func (w *WILLR) Push(high, low, close float64) float64 {
	highest, lowest := w.channel.push(high, low)
	if width := (highest - lowest) / -100; width != 0 {
		return (highest - close) / width
	}
	if close != close {
		return nan
	}
	return 0
}

// CCI is Lambert's commodity channel index: (typical - mean) / (0.015 * mean distance from
// the mean), of the typical price (high+low+close)/3; 0 if there is no distance. A row takes
// time with n.
type CCI struct {
	typical ring
	mean    *series.Rolling
}

// NewCCI returns the CCI of n rows.
func NewCCI(n int) *CCI { return &CCI{newRing(n), rolling(n, series.RollMean)} }

// Push goes to the next row.
func (c *CCI) Push(high, low, close float64) float64 {
	typical := (high + low + close) / 3
	c.typical.push(typical)
	mean := c.mean.Push(typical)
	if mean != mean {
		return nan
	}
	distances := 0.0
	for _, v := range c.typical.values {
		distances += math.Abs(v - mean)
	}
	if typical == mean || distances == 0 {
		return 0
	}
	return (typical - mean) / (0.015 * (distances / float64(c.typical.n)))
}

// AROON says how long ago the last lowest low and the last highest high of n+1 rows were, by
// Chande: 100 * (n - rows since then) / n.
type AROON struct {
	n         int
	row       int
	missing   int // the last row in which a value was missing
	low, high latest
}

// NewAROON returns the AROON of n rows.
func NewAROON(n int) *AROON { return &AROON{n: n, missing: -1} }

// Push goes to the next row.
func (a *AROON) Push(high, low float64) (down, up float64) {
	row := a.row
	a.row++
	if high != high || low != low {
		a.missing = row
	}
	down, up = a.place(a.low.push(row, a.n, low)), a.place(a.high.push(row, a.n, -high))
	if row < a.n || a.missing >= row-a.n && a.missing >= 0 {
		return nan, nan
	}
	return down, up
}

func (a *AROON) place(row int) float64 {
	return 100 * float64(a.n-(a.row-1-row)) / float64(a.n)
}

// latest knows the last row of the least value of a window.
type latest struct {
	rows []int // from head on, each has a value below those of all later rows
	of   []float64
	head int
}

// push adds the value of a row and returns the row of the least value of that and of the n
// rows before it.
func (l *latest) push(row, n int, v float64) int {
	keep := len(l.rows)
	for keep > l.head && !(l.of[keep-1] < v) {
		keep--
	}
	l.rows, l.of = append(l.rows[:keep], row), append(l.of[:keep], v)
	for l.rows[l.head] < row-n {
		l.head++
	}
	if 2*l.head > len(l.rows) {
		l.rows = l.rows[:copy(l.rows, l.rows[l.head:])]
		l.of = l.of[:copy(l.of, l.of[l.head:])]
		l.head = 0
	}
	return l.rows[l.head]
}

// SAR is Wilder's parabolic stop and reverse, begun as TA-Lib does: short if the low of the
// second row fell further than its high rose, else long.
type SAR struct {
	acceleration, maximum float64

	count            int // of rows, up to 2
	long             bool
	high, low        float64 // of the row before
	sar, extreme, af float64
}

// NewSAR returns the SAR of an acceleration and its maximum.
func NewSAR(acceleration, maximum float64) *SAR {
	return &SAR{acceleration: min(acceleration, maximum), maximum: maximum}
}

// Push goes to the next row.
func (s *SAR) Push(high, low float64) float64 {
	if !finite(high, low) {
		return nan
	}
	lastHigh, lastLow := s.high, s.low
	s.high, s.low = high, low
	switch s.count {
	case 0:
		s.count = 1
		return nan
	case 1:
		s.count = 2
		s.begin(high, low, lastHigh, lastLow)
		lastHigh, lastLow = high, low
	}
	if s.long {
		return s.rise(high, low, lastHigh, lastLow)
	}
	return s.fall(high, low, lastHigh, lastLow)
}

// rise is a row of a long position: the stop rises to the extreme, up to the last two lows.
func (s *SAR) rise(high, low, lastHigh, lastLow float64) float64 {
	if low <= s.sar {
		stop := max(s.extreme, lastHigh, high)
		s.long, s.extreme, s.af = false, low, s.acceleration
		s.sar = max(stop+s.af*(s.extreme-stop), lastHigh, high)
		return stop
	}
	stop := s.sar
	if high > s.extreme {
		s.extreme, s.af = high, min(s.af+s.acceleration, s.maximum)
	}
	s.sar = min(stop+s.af*(s.extreme-stop), lastLow, low)
	return stop
}

// fall is a row of a short position.
func (s *SAR) fall(high, low, lastHigh, lastLow float64) float64 {
	if high >= s.sar {
		stop := min(s.extreme, lastLow, low)
		s.long, s.extreme, s.af = true, high, s.acceleration
		s.sar = min(stop+s.af*(s.extreme-stop), lastLow, low)
		return stop
	}
	stop := s.sar
	if low < s.extreme {
		s.extreme, s.af = low, min(s.af+s.acceleration, s.maximum)
	}
	s.sar = max(stop+s.af*(s.extreme-stop), lastHigh, high)
	return stop
}

// begin decides the direction of the first two rows.
func (s *SAR) begin(high, low, lastHigh, lastLow float64) {
	s.af = s.acceleration
	rise, fall := high-lastHigh, lastLow-low
	if s.long = !(fall > 0 && rise < fall); s.long {
		s.extreme, s.sar = high, lastLow
	} else {
		s.extreme, s.sar = low, lastHigh
	}
}
