package frame

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Aggregate makes one value of the values of several rows.
type Aggregate struct {
	Name string // of the column of its values

	function string
	of       string // a column or an expression of columns; "" only for count
	q        float64
}

// functions are the names of what aggregates do.
var functions = []string{"sum", "mean", "min", "max", "first", "last", "std", "median", "quantile(q)", "count"}

// ParseAggregate makes an aggregate of a function, such as "max" or "quantile(0.9)", of a
// column or of an expression of columns. Missing values do not count: the aggregate of none
// is missing, its sum 0. Count without a column counts rows. The variance of std is divided
// by n-1.
func ParseAggregate(name, function, of string) (Aggregate, error) {
	a := Aggregate{Name: name, function: function, of: of}
	switch {
	case name == "":
		return a, errors.New("a name for the column expected")
	case function == "median":
		a.function, a.q = "quantile", 0.5
	case strings.HasPrefix(function, "quantile"):
		q, ok := strings.CutPrefix(function, "quantile(")
		var err error
		if a.q, err = strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(q, ")")), 64); !ok || err != nil || !(a.q >= 0 && a.q <= 1) {
			return a, fmt.Errorf("column %q: quantile(q) with a q from 0 to 1 expected, got %q", name, function)
		}
		a.function = "quantile"
	case !slices.Contains(functions, function):
		return a, fmt.Errorf("column %q: %w", name, unknown("aggregate", function, functions))
	}
	if of == "" && function != "count" {
		return a, fmt.Errorf("column %q: a column that %s works on expected, as in {%q, \"price\"}", name, function, function)
	}
	return a, nil
}

// operand returns the column of f that the aggregate works on; nil for a count of rows.
func (a *Aggregate) operand(h Host, f *Frame) (*Column, error) {
	if a.of == "" {
		return nil, nil
	}
	c, err := f.operand(h, a.of)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", a.Name, err)
	}
	if c.Kind == Text && (a.function == "sum" || a.function == "mean" || a.function == "std" || a.function == "quantile") {
		return nil, fmt.Errorf("column %q: %s of %q: %w", a.Name, a.function, a.of, errNoText)
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
	switch a.function {
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
	var some []float64
	stop := stopper{host: h}
	for g := range to {
		some = some[:0]
		for _, row := range r.group(g) {
			if v := values[row]; v == v {
				some = append(some, v)
			}
		}
		stop.step(1 + len(r.group(g)))
		to[g] = a.ofValues(some)
	}
	return NewFloats(a.Name, to), nil
}

// ofValues returns the aggregate of some values, none of which is missing. It may sort them.
func (a *Aggregate) ofValues(some []float64) float64 {
	switch a.function {
	case "sum":
		return sumOf(some)
	case "mean":
		return meanOf(some)
	case "std":
		return stdOf(some)
	}
	slices.Sort(some)
	return quantileOf(len(some), a.q, func(i int) float64 { return some[i] })
}

// sumOf returns the sum of values, as if it were rounded once.
func sumOf(values []float64) float64 {
	var sum, rest float64
	for _, v := range values {
		next := sum + v
		if math.Abs(sum) >= math.Abs(v) {
			rest += sum - next + v
		} else {
			rest += v - next + sum
		}
		sum = next
	}
	if total := sum + rest; total == total {
		return total
	}
	return sum // of infinities
}

func meanOf(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return sumOf(values) / float64(len(values))
}

func stdOf(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	mean := meanOf(values)
	var squares, rest float64
	for _, v := range values {
		squares += (v - mean) * (v - mean)
		rest += v - mean
	}
	n := float64(len(values))
	return math.Sqrt(max(squares-rest*rest/n, 0) / (n - 1))
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
	var keys []uint64
	if a.function == "min" || a.function == "max" {
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
			case best == noRow || a.function == "last",
				a.function == "min" && keys[row] < keys[best],
				a.function == "max" && keys[row] > keys[best]:
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
	if a.function == "mean" {
		return NewFloats(a.Name, means), nil
	}
	return NewInts(a.Name, sums), nil
}

func (a *Aggregate) tooLarge() error {
	return fmt.Errorf("column %q: the sum of %q does not fit into 64 bits", a.Name, a.of)
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
