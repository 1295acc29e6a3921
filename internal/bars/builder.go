package bars

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"microts/internal/agg"
	"microts/internal/expr"
	"microts/internal/tick"
)

// Builder makes bars of ticks that it gets in blocks, or of bars. It is for one goroutine
// at a time. After an error it must not be used.
type Builder struct {
	o       Options
	grid    grid
	span    span  // of the last tick that belongs to a bar or to none
	last    int64 // the time of the last row
	bar     bar
	growing bool    // whether there is a bar that more ticks may belong to
	filled  int64   // up to when there are bars, with Fill; 0: from the first tick on
	close   float64 // of the last bar that has one
	bars    Bars
	columns []*column
}

// column is a column of Options.Aggs.
type column struct {
	acc    agg.Accumulator
	eval   *expr.Evaluator
	inputs [][]float64 // what the expression reads, of the rows of a block
	values []float64   // of the expression, of the same rows
}

// New returns a Builder. The error names the option that is not possible.
func New(o Options) (*Builder, error) {
	o.setDefaults()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	b := &Builder{o: o, grid: o.grid(), last: -1, filled: o.Range.From, close: math.NaN()}
	b.bars.Reached = -1
	b.bars.Aggs = make([][]float64, len(o.Aggs))
	for _, a := range o.Aggs {
		b.columns = append(b.columns, &column{acc: a.Op.New(), eval: a.Of.NewEvaluator(), inputs: make([][]float64, len(a.Of.Names()))})
	}
	return b, nil
}

// Reach says that all ticks before a time, in µs since 1970, are known: bars that stop
// then are complete.
func (b *Builder) Reach(us int64) { b.bars.Reached = max(b.bars.Reached, us) }

// Bars ends the last bar and returns all bars. The Builder must not be used after.
func (b *Builder) Bars() (*Bars, error) {
	if err := b.end(); err != nil {
		return nil, err
	}
	if b.o.Fill != FillNone && b.o.Range.To < tick.Always.To {
		if err := b.fill(b.o.Range.To + 1); err != nil {
			return nil, err
		}
	}
	if b.o.By == ByTime {
		for i, stop := range b.bars.Stop {
			b.bars.Complete[i] = stop <= b.bars.Reached
		}
	}
	return &b.bars, nil
}

// rows are the rows of a block for the Builder: ticks or bars.
type rows interface {
	// grow adds the rows from (included) to to (not included) to a bar.
	grow(b *bar, from, to int)
	// enough returns the number of rows from on that a bar needs until a sum reaches step,
	// which is at least 1; ok is false if all rows up to to are not enough.
	enough(b *bar, by By, step float64, from, to int) (n int, ok bool)
	// stop returns when a row ends, in µs since 1970. It is its time if it is a tick.
	stop(row int) int64
}

// push adds the rows of a block from (included) to to (not included).
func (b *Builder) push(times []int64, r rows, from, to int) error {
	if from == to {
		return nil
	}
	if times[from] < b.last {
		return errOrder(times[from], b.last)
	}
	b.last = times[to-1]
	b.Reach(b.last)
	for i := from; i < to; {
		if !b.span.has(times[i]) {
			if err := b.move(times[i]); err != nil {
				return err
			}
		}
		end := i + before(times[i:to], b.span.to)
		switch {
		case b.span.none:
			b.bars.LeftOut += end - i
		case b.o.By == ByTime:
			r.grow(&b.bar, i, end)
			b.aggregate(i, end)
		default:
			if err := b.growBySum(times, r, i, end); err != nil {
				return err
			}
		}
		i = end
	}
	return nil
}

func errOrder(us, last int64) error {
	return fmt.Errorf("rows in the order of their time expected, got %d µs after %d", us, last)
}

// before returns how many of some ascending times are before a time. The first one is.
func before(times []int64, us int64) int {
	n := len(times)
	if times[n-1] < us {
		return n
	}
	step := 1
	for step < n && times[step] < us {
		step *= 2
	}
	low := step / 2
	return low + sort.Search(min(step, n)-low, func(i int) bool { return times[low+i] >= us })
}

// move moves on to the span of a time, and to its bar.
func (b *Builder) move(us int64) error {
	s, err := b.grid.at(us)
	if err != nil {
		return err
	}
	b.span = s
	if s.none || b.o.By != ByTime || b.growing && b.bar.start == s.start {
		return nil
	}
	if err := b.end(); err != nil {
		return err
	}
	if err := b.fill(s.start); err != nil {
		return err
	}
	b.begin(s.start, s.stop)
	return nil
}

// begin begins a bar.
func (b *Builder) begin(start, stop int64) {
	b.bar, b.growing = bar{start: start, stop: stop}, true
}

// end ends the bar that grows, if there is one.
func (b *Builder) end() error {
	if !b.growing {
		return nil
	}
	b.growing = false
	if !b.bar.any {
		return nil
	}
	b.bars.append(&b.bar)
	b.endColumns()
	b.filled = b.bar.stop
	if b.bar.count > 0 {
		b.close = b.bar.close
	}
	return b.checkRoom()
}

func (b *Builder) endColumns() {
	for i, c := range b.columns {
		b.bars.Aggs[i] = append(b.bars.Aggs[i], c.acc.Result())
		c.acc.Reset()
	}
}

// growBySum adds rows to bars that end when a sum reaches Step.
func (b *Builder) growBySum(times []int64, r rows, from, to int) error {
	for from < to {
		if !b.growing {
			b.begin(times[from], times[from])
		}
		n, enough := r.enough(&b.bar, b.o.By, b.o.Step, from, to)
		r.grow(&b.bar, from, from+n)
		b.aggregate(from, from+n)
		from += n
		b.bar.stop = r.stop(from - 1)
		if enough {
			if err := b.end(); err != nil {
				return err
			}
			b.bars.Complete[b.bars.Len()-1] = true
		}
	}
	return nil
}

// fill adds bars without ticks that start before a time.
func (b *Builder) fill(us int64) error {
	if b.o.Fill == FillNone || b.filled == 0 {
		return nil
	}
	for b.filled < us {
		s, err := b.grid.at(b.filled)
		if err != nil {
			return err
		}
		if s.none || b.bars.Len() > 0 && s.start == b.bars.Start[b.bars.Len()-1] {
			b.filled = s.to
			continue
		}
		if s.start >= us {
			break
		}
		price := math.NaN()
		if b.o.Fill == FillPrev {
			price = b.close
		}
		b.bars.put(s.start, s.stop, [4]float64{price, price, price, price}, price)
		b.endColumns()
		b.filled = s.to
		if err := b.checkRoom(); err != nil {
			return err
		}
	}
	return nil
}

// CheckStep is how many bars are made between two calls of Options.Check.
const CheckStep = 4096

func (b *Builder) checkRoom() error {
	if b.o.Check == nil || b.bars.Len()%CheckStep != 0 {
		return nil
	}
	return b.o.Check(b.bars.Len())
}

// aggregate adds rows of the block to the columns of Aggs.
func (b *Builder) aggregate(from, to int) {
	for _, c := range b.columns {
		c.acc.Add(c.values[from:to])
	}
}

// evaluate sets the values of the expressions for the n rows of a block. input returns what
// a name stands for.
func (b *Builder) evaluate(n int, input func(name string) ([]float64, error)) error {
	for i, c := range b.columns {
		for j, name := range b.o.Aggs[i].Of.Names() {
			values, err := input(name)
			if err != nil {
				return fmt.Errorf("agg %s: %w", b.o.Aggs[i].Name, err)
			}
			if len(values) != n {
				return fmt.Errorf("agg %s: %s: %d numbers expected, got %d", b.o.Aggs[i].Name, name, n, len(values))
			}
			c.inputs[j] = values
		}
		c.values = slices.Grow(c.values[:0], n)[:n]
		c.eval.Eval(c.values, c.inputs)
	}
	return nil
}
