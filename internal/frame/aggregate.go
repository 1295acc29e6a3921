package frame

import (
	"errors"
	"fmt"
	"math"

	"microts/internal/agg"
)

// Aggregate makes one value of the values of several rows.
type Aggregate struct {
	Name string // of the column of its values
	Op   agg.Op
	Of   string // a column or an expression of columns; "" only for count
}

// ParseAggregate makes an aggregate of the name of an agg.Op, such as "max" or
// "quantile(0.9)", of a column or of an expression of columns. Missing values do not count:
// the aggregate of none is missing, its sum 0. Count without a column counts rows.
func ParseAggregate(name, op, of string) (Aggregate, error) {
	parsed, err := agg.Parse(op)
	switch {
	case name == "":
		return Aggregate{}, errors.New("a name for the column expected")
	case err != nil:
		return Aggregate{}, fmt.Errorf("column %q: %w", name, err)
	case of == "" && op != "count":
		return Aggregate{}, fmt.Errorf("column %q: a column or an expression that %s works on expected, as in {%q, \"price\"}", name, op, op)
	}
	return Aggregate{name, parsed, of}, nil
}

// operand returns the column of f that the aggregate works on; nil for a count of rows.
func (a *Aggregate) operand(h Host, f *Frame) (*Column, error) {
	if a.Of == "" {
		return nil, nil
	}
	c, err := f.operand(h, a.Of)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", a.Name, err)
	}
	switch a.Op.Name() {
	case "sum", "mean", "std", "quantile":
		if c.Kind == Text {
			return nil, fmt.Errorf("column %q: %v of %q: numbers expected, got texts", a.Name, a.Op, a.Of)
		}
	}
	return c, nil
}

// runs are rows in groups: group g is rows[starts[g]:starts[g+1]].
type runs struct {
	rows   []int32
	starts []int32
}

func (r *runs) len() int { return len(r.starts) - 1 }

func (r *runs) group(g int) []int32 { return r.rows[r.starts[g]:r.starts[g+1]] }

// overRuns returns a column with the aggregate of each group.
func (a *Aggregate) overRuns(h Host, f *Frame, r *runs) (*Column, error) {
	c, err := a.operand(h, f)
	if err != nil {
		return nil, err
	}
	stop := stopper{host: h}
	switch a.Op.Name() {
	case "count":
		return a.count(h, c, r), nil
	case "first", "last", "min", "max":
		return a.pick(h, c, r).named(a.Name), nil
	case "sum", "mean":
		if c.Kind == Int || c.Kind == Mask {
			return a.exactSum(h, c, r)
		}
	}
	values, err := c.Floats(h)
	if err != nil {
		return nil, err
	}
	h.Room(r.len() * 8)
	to := make([]float64, r.len())
	accumulator := a.Op.New()
	const most = 4096 // values that are added together
	var some [most]float64
	for g := range to {
		accumulator.Reset()
		for rows := r.group(g); len(rows) > 0; {
			n := min(most, len(rows))
			for i, row := range rows[:n] {
				some[i] = values[row]
			}
			accumulator.Add(some[:n])
			rows = rows[n:]
			stop.step(n)
		}
		stop.step(1)
		to[g] = accumulator.Result()
	}
	return NewFloats(a.Name, to), nil
}

// quantileOf returns a quantile of n values that are sorted, linear between two of them.
func quantileOf(n int, q float64, value func(i int) float64) float64 {
	if n == 0 {
		return math.NaN()
	}
	at := q * float64(n-1)
	low := int(at)
	if v, part := value(low), at-float64(low); part > 0 {
		if next := value(low + 1); next != v {
			return v + (next-v)*part
		}
		return v
	}
	return value(low)
}

// count counts the rows of each group, or those that have a value of a column.
func (a *Aggregate) count(h Host, c *Column, r *runs) *Column {
	h.Room(r.len() * 8)
	to := make([]int64, r.len())
	stop := stopper{host: h}
	for g := range to {
		rows := r.group(g)
		stop.step(1 + len(rows))
		if c == nil {
			to[g] = int64(len(rows))
			continue
		}
		for _, row := range rows {
			if !c.Missing(int(row)) {
				to[g]++
			}
		}
	}
	return NewInts(a.Name, to)
}

// pick takes a value of each group: the first, the last, the least or the greatest.
func (a *Aggregate) pick(h Host, c *Column, r *runs) *Column {
	op := a.Op.Name()
	var keys []uint64
	if op == "min" || op == "max" {
		keys = c.sortKeys(h, false)
	}
	h.Room(r.len() * 4)
	picked := make([]int32, r.len())
	stop := stopper{host: h}
	for g := range picked {
		best := int32(noRow)
		for _, row := range r.group(g) {
			if c.Missing(int(row)) {
				continue
			}
			switch {
			case best == noRow || op == "last", op == "min" && keys[row] < keys[best], op == "max" && keys[row] > keys[best]:
				best = row
			}
		}
		stop.step(1 + len(r.group(g)))
		picked[g] = best
	}
	return c.take(h, picked)
}

// exactSum returns the sums of a column of integers, or their means.
func (a *Aggregate) exactSum(h Host, c *Column, r *runs) (*Column, error) {
	h.Room(r.len() * 8)
	sums, means := make([]int64, r.len()), make([]float64, r.len())
	stop := stopper{host: h}
	for g := range sums {
		sum, n := int64(0), 0
		for _, row := range r.group(g) {
			if c.missing != nil && c.missing[row] {
				continue
			}
			v := c.whole(int(row))
			next := sum + v
			if (v > 0) != (next > sum) && v != 0 {
				return nil, a.tooLarge()
			}
			sum = next
			n++
		}
		stop.step(1 + len(r.group(g)))
		sums[g], means[g] = sum, float64(sum)/float64(n)
	}
	if a.Op.Name() == "mean" {
		return NewFloats(a.Name, means), nil
	}
	return NewInts(a.Name, sums), nil
}

func (a *Aggregate) tooLarge() error {
	return fmt.Errorf("column %q: the sum of %q does not fit into 64 bits", a.Name, a.Of)
}

// whole returns the value of row i of a column of integers or truth values.
func (c *Column) whole(i int) int64 {
	if c.Kind != Mask {
		return c.ints[i]
	}
	if c.truths[i] {
		return 1
	}
	return 0
}
