package bars

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"microts/internal/agg"
	"microts/internal/suggest"
	"microts/internal/tick"
)

// Rows are ticks in columns of one length, as frames have them.
type Rows struct {
	Times []int64 // µs since 1970, ascending

	// Prices are in the currency. A row without price, NaN, is no trade: only Aggs see it.
	Prices []float64
	Qtys   []float64 // nil: all are 0

	// Columns are what the expressions of Options.Aggs name.
	Columns map[string][]float64
}

// PushRows adds the ticks of a frame. It keeps nothing of r.
func (b *Builder) PushRows(r *Rows) error {
	n := len(r.Times)
	if len(r.Prices) != n || r.Qtys != nil && len(r.Qtys) != n {
		return fmt.Errorf("columns of one length expected, got %d times, %d prices and %d qtys", n, len(r.Prices), len(r.Qtys))
	}
	if err := ascending(r.Times); err != nil {
		return err
	}
	if err := b.evaluate(n, named(r.Columns)); err != nil {
		return err
	}
	return b.push(r.Times, r, 0, n)
}

// named returns the function that finds columns by name.
func named(columns map[string][]float64) func(name string) ([]float64, error) {
	return func(name string) ([]float64, error) {
		if c, ok := columns[name]; ok {
			return c, nil
		}
		return nil, unknownColumn(name, slices.Sorted(maps.Keys(columns)))
	}
}

func unknownColumn(name string, known []string) error {
	if near := suggest.Nearest(name, known); near != "" {
		return fmt.Errorf("unknown column %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("unknown column %q; there are %v", name, known)
}

func ascending(times []int64) error {
	for i := 1; i < len(times); i++ {
		if times[i] < times[i-1] {
			return errOrder(times[i], times[i-1])
		}
	}
	return nil
}

func (r *Rows) stop(row int) int64 { return r.Times[row] }

func (r *Rows) qty(i int) float64 {
	if r.Qtys == nil {
		return 0
	}
	return r.Qtys[i]
}

func (r *Rows) grow(b *bar, from, to int) {
	b.any = true
	for i := from; i < to; i++ {
		if p := r.Prices[i]; !math.IsNaN(p) {
			q := r.qty(i)
			b.trade(p, p, p, p, agg.Of(q), agg.Product(units(p), q), 1)
		}
	}
}

func (r *Rows) enough(b *bar, by By, step float64, from, to int) (n int, ok bool) {
	return enoughOf(r, b, by, step, from, to)
}

// enoughOf is enough of rows that only grow can add up.
func enoughOf(r rows, b *bar, by By, step float64, from, to int) (n int, ok bool) {
	sums := bar{qty: b.qty, amount: b.amount, count: b.count}
	for i := from; i < to; i++ {
		r.grow(&sums, i, i+1)
		if sums.reached(by) >= step {
			return i + 1 - from, true
		}
	}
	return to - from, false
}

// reached returns the sum that ends a bar.
func (b *bar) reached(by By) float64 {
	switch by {
	case ByQty:
		return b.qty.Value()
	case ByAmount:
		return b.amount.Value() / tick.PriceScale
	}
	return float64(b.count)
}

// PushBars adds bars. Each must lie in one of those that are made of them. columns are what
// the expressions of Options.Aggs name. It keeps nothing of r.
func (b *Builder) PushBars(r *Bars, columns map[string][]float64) error {
	if err := ascending(r.Start); err != nil {
		return err
	}
	if err := b.evaluate(r.Len(), named(columns)); err != nil {
		return err
	}
	if b.o.By == ByTime {
		if err := b.checkFit(r); err != nil {
			return err
		}
	}
	reached := b.bars.Reached
	if err := b.push(r.Start, (*shorter)(r), 0, r.Len()); err != nil {
		return err
	}
	b.bars.LeftOut += r.LeftOut
	b.bars.Skipped += r.Skipped
	if r.Reached != 0 { // else it is not known, and the ticks have reached the last bar
		b.bars.Reached = max(reached, r.Reached) // the bars may go on, filled, or begin after an auction
	}
	return nil
}

// checkFit returns an error if a bar lies in two of the bars that are made.
func (b *Builder) checkFit(r *Bars) error {
	for i, start := range r.Start {
		s, err := b.grid.at(start)
		if err != nil {
			return err
		}
		if !s.none && r.Stop[i] > s.stop {
			return fmt.Errorf("the bar from %s to %s does not lie in one from %s to %s", tick.FormatTime(start, b.o.Zone), tick.FormatTime(r.Stop[i], b.o.Zone),
				tick.FormatTime(s.start, b.o.Zone), tick.FormatTime(s.stop, b.o.Zone))
		}
	}
	return nil
}

// shorter are rows of bars.
type shorter Bars

func (r *shorter) stop(row int) int64 { return r.Stop[row] }

func (r *shorter) grow(b *bar, from, to int) {
	for i := from; i < to; i++ {
		if r.Count[i] > 0 {
			b.trade(r.Open[i], r.High[i], r.Low[i], r.Close[i], r.Qtys[i], r.Amounts[i], r.Count[i])
		}
	}
}

func (r *shorter) enough(b *bar, by By, step float64, from, to int) (n int, ok bool) {
	return enoughOf(r, b, by, step, from, to)
}
