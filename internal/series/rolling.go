package series

import "fmt"

// Stat names a statistic of a window.
type Stat string

// The statistics of a window. RollCorr and RollCov are of two series.
const (
	RollSum      Stat = "sum"
	RollMean     Stat = "mean"
	RollVar      Stat = "var"
	RollStd      Stat = "std"
	RollZScore   Stat = "zscore" // of the last value, by mean and std
	RollMin      Stat = "min"
	RollMax      Stat = "max"
	RollMedian   Stat = "median"
	RollQuantile Stat = "quantile"
	RollRank     Stat = "rank" // of the last value, as Calc.Rank has it
	RollSkew     Stat = "skew"
	RollKurt     Stat = "kurt"
	RollCov      Stat = "cov"
	RollCorr     Stat = "corr"
	RollWeighted Stat = "weighted" // mean, the newest value weighs Rows, the one before it Rows-1, ...
)

// Option is what some statistics take.
type Option struct {
	DDOF     int     // of var, std and zscore: the divisor is the number of values less DDOF
	Quantile float64 // of quantile
}

// statistic is a statistic of the values in a window.
type statistic interface {
	// leave lets the n oldest values leave the window. There are as many.
	leave(n int)

	// run adds values, or pairs, one by one, and puts the statistic of the window after each
	// into z. If full is set, the oldest value leaves before each.
	run(z, x, y []float64, full bool)
}

// Rolling is an operator: each Push of a value returns a statistic of the last values.
type Rolling struct {
	window Window
	stat   statistic
	held   int // how many values are in the window, up to its number of rows

	times queue[int64] // of a window of time: those of the values
	one   [3]float64   // what Push gives to stat, and what it gets
}

// NewRolling returns an operator.
func NewRolling(w Window, s Stat, o Option) (*Rolling, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	r := &Rolling{window: w}
	least := float64(w.least())
	switch s {
	case RollSum, RollMean:
		r.stat = halved{&sumWindow{least: least, mean: s == RollMean}}
	case RollVar, RollStd, RollZScore:
		r.stat = halved{&spreadWindow{least: least, kind: s, ddof: float64(o.DDOF)}}
	case RollMin:
		r.stat = halved{newExtremeWindow(least, 1)}
	case RollMax:
		r.stat = halved{newExtremeWindow(least, -1)}
	case RollMedian:
		r.stat = &orderWindow{least: w.least(), quantile: 0.5}
	case RollQuantile:
		r.stat = &orderWindow{least: w.least(), quantile: o.Quantile}
	case RollRank:
		r.stat = &orderWindow{least: w.least(), rank: true}
	case RollSkew, RollKurt:
		r.stat = halved{&momentWindow{least: least, kind: s}}
	case RollCov, RollCorr:
		r.stat = halved{&pairWindow{least: least, kind: s}}
	case RollWeighted:
		r.stat = halved{&weightWindow{length: float64(w.Rows)}}
	default:
		return nil, fmt.Errorf("there is no statistic %q", string(s))
	}
	return r, nil
}

// Push adds a value to a window of rows.
func (r *Rolling) Push(x float64) float64 { return r.PushPair(x, nan) }

// PushPair is Push of an operator of two series.
func (r *Rolling) PushPair(x, y float64) float64 {
	r.one[1], r.one[2] = x, y
	r.run(r.one[:1], r.one[1:2], r.one[2:])
	return r.one[0]
}

// run is PushPair of many values.
func (r *Rolling) run(z, x, y []float64) {
	if n := min(r.window.Rows-r.held, len(z)); n > 0 {
		r.stat.run(z[:n], x[:n], y[:n], false)
		r.held += n
		z, x, y = z[n:], x[n:], y[n:]
	}
	if len(z) > 0 {
		r.stat.run(z, x, y, true)
	}
}

// PushAt adds a value, or a pair, of a time to a window of time. The times ascend; equal
// ones are allowed.
func (r *Rolling) PushAt(us int64, x, y float64) float64 {
	n := 0
	for r.times.len() > 0 && us-r.times.first() >= r.window.Span {
		r.times.drop()
		n++
	}
	r.times.push(us)
	r.stat.leave(n)
	r.one[1], r.one[2] = x, y
	r.stat.run(r.one[:1], r.one[1:2], r.one[2:], false)
	return r.one[0]
}

// queue holds values in the order in which they came.
type queue[T any] struct {
	all  []T
	head int
}

func (q *queue[T]) len() int { return len(q.all) - q.head }

func (q *queue[T]) first() T { return q.all[q.head] }

func (q *queue[T]) push(v T) {
	if len(q.all) == cap(q.all) && 2*q.head > len(q.all) {
		q.all = q.all[:copy(q.all, q.all[q.head:])]
		q.head = 0
	}
	q.all = append(q.all, v)
}

func (q *queue[T]) drop() { q.head++ }

// Roll returns a statistic of the window that ends at each row.
func (c Calc) Roll(x Series, w Window, s Stat, o Option) (Series, error) {
	return c.roll(x, Series{}, w, s, o)
}

// RollPair is Roll of two series.
func (c Calc) RollPair(x, y Series, w Window, s Stat, o Option) (Series, error) {
	times, err := Axis(x, y)
	if err != nil {
		return Series{}, err
	}
	return c.roll(Series{x.Values, times}, y, w, s, o)
}

func (c Calc) roll(x, y Series, w Window, s Stat, o Option) (Series, error) {
	if err := c.CheckWindow(x, w); err != nil {
		return Series{}, err
	}
	r, err := NewRolling(w, s, o)
	if err != nil {
		return Series{}, err
	}
	if c.Alloc != nil {
		const parts = 6 // numbers that a statistic keeps of a value, at most
		c.Alloc(parts * min(w.Rows, x.Len()))
	}
	if y.Values == nil {
		y = x // no statistic of one series looks at it
	}
	z := c.make(x.Len())
	c.blocks(len(z), func(from, to int) {
		if w.Span == 0 {
			r.run(z[from:to], x.Values[from:to], y.Values[from:to])
			return
		}
		for i := from; i < to; i++ {
			z[i] = r.PushAt(x.Times[i], x.Values[i], y.Values[i])
		}
	})
	return x.with(z), nil
}

// CheckWindow returns an error if a window has no meaning, or if it is one of time and the
// series has no times, or times that do not ascend.
func (c Calc) CheckWindow(x Series, w Window) error {
	switch err := w.Check(); {
	case err != nil || w.Span == 0:
		return err
	case x.Times == nil && x.Len() > 0:
		return ErrNoAxis
	}
	last := int64(minTime)
	sorted := true
	c.blocks(len(x.Times), func(from, to int) {
		for _, t := range x.Times[from:to] {
			sorted = sorted && t >= last
			last = t
		}
	})
	if !sorted {
		return ErrUnsorted
	}
	return nil
}

const minTime = -1 << 63
