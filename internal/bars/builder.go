package bars

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"microts/internal/agg"
	"microts/internal/expr"
	"microts/internal/tick"
)

// Builder makes bars of ticks that it gets in blocks: of Push, PushRows or PushBars. It is
// for one goroutine at a time.
type Builder struct {
	o      Options
	grid   grid
	span   span // of the last tick
	bar    bar
	open   bool // whether there is a bar that may grow
	closed int  // up to which time the bars are complete: the to of the last one's span
	bars   Bars
	aggs   []column
}

// column is a column that aggregates.
type column struct {
	acc    agg.Accumulator
	eval   *expr.Evaluator
	values []float64 // of the expression, for the rows of a block
}

// New returns a Builder. The error names the option that is not possible.
func New(o Options) (*Builder, error) {
	if o.Range == (tick.Range{}) {
		o.Range = tick.Always
	}
	if o.Zone == nil {
		o.Zone = tick.Shanghai
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	b := &Builder{o: o}
	b.bars.Reached = -1
	switch {
	case o.Calendar != nil && o.By == ByTime:
		b.grid = &sessions{calendar: o.Calendar, width: o.Width}
	case o.Calendar != nil:
		b.grid = &sessions{calendar: o.Calendar}
	case o.By == ByTime:
		b.grid = &multiples{o.Width, o.Zone}
	default:
		b.grid = everything{}
	}
	return b, nil
}

// Columns returns the columns that Push needs.
func (b *Builder) Columns() tick.ColumnSet {
	set := tick.PriceColumn | tick.QtyColumn
	for _, a := range b.o.Aggs {
		for _, name := range a.Of.Names() {
			for i, field := range Fields {
				if field == name {
					set |= 1 << i
				}
			}
		}
	}
	return set
}

// Push adds the ticks of a block, which has the columns of Columns.
func (b *Builder) Push(c *tick.Columns) error {
	return errors.New("not yet")
}

// Rows are ticks in columns of one length, as frames have them.
type Rows struct {
	Times  []int64   // µs since 1970, ascending
	Prices []float64 // in the currency. A row whose price is NaN is no trade: only Aggs see it.
	Qtys   []float64

	// Columns are the columns that the expressions of Options.Aggs name.
	Columns map[string][]float64
}

// PushRows adds the ticks of a frame.
func (b *Builder) PushRows(r *Rows) error {
	return errors.New("not yet")
}

// PushBars adds bars by time. Each must lie in one of the bars that are made of them.
// columns are those that the expressions of Options.Aggs name.
func (b *Builder) PushBars(r *Bars, columns map[string][]float64) error {
	return errors.New("not yet")
}

// Reach says that all ticks before a time, in µs since 1970, are known: what Push is still
// to get is not earlier.
func (b *Builder) Reach(us int64) { b.bars.Reached = max(b.bars.Reached, us) }

// Bars ends the last bar and returns all. The Builder must not be used after.
func (b *Builder) Bars() (*Bars, error) {
	return &b.bars, nil
}

// Read makes bars of the ticks of an instrument in Options.Range.
func Read(s tick.Source, in *tick.Instrument, o Options) (*Bars, error) {
	return nil, errors.New("not yet")
}

var _ = fmt.Sprint
var _ = math.NaN
var _ = sort.Search
