package frame

import (
	"errors"
	"fmt"
	"math"
)

var errWindow = errors.New("a window that ends before it begins")

// WindowOptions say which rows of the right frame a window join aggregates.
type WindowOptions struct {
	// From and To are the ends of the window in µs, from the time of the left row; both are
	// included.
	From, To int64
	// Prevailing adds the last row before the window: what was valid when it began.
	Prevailing bool
	// By is as in AsofOptions.
	By string
}

// Window joins each row of f with aggregates of the rows of the right frame in a window
// around its time.
func (f *Frame) Window(h Host, right *Frame, o WindowOptions, all []Aggregate) (*Frame, error) {
	if o.From > o.To {
		return nil, fmt.Errorf("%w: from %d µs to %d µs", errWindow, o.From, o.To)
	}
	j, err := newTimeJoin(h, f, right, o.By)
	if err != nil {
		return nil, err
	}
	w := newWindows(h, j, &o)
	columns := append([]*Column(nil), f.columns...)
	for i := range all {
		c, err := w.aggregate(h, right, &all[i])
		if err != nil {
			return nil, &JoinError{Aggregates, err}
		}
		columns = append(columns, c)
	}
	return f.joined(columns)
}

// windows are the windows of all left rows: window i is the rows order[from[i]:to[i]] of the
// right frame. The windows of a key stand side by side, in the order of time: neither end of
// a window is before that of the one before it.
type windows struct {
	rows     int     // of the left frame
	left     []int32 // the left row of each window
	order    []int32 // right rows by key; nil: as they stand
	from, to []int32
}

func newWindows(h Host, j *timeJoin, o *WindowOptions) *windows {
	n := len(j.leftTimes)
	h.Room(3 * 4 * n)
	w := &windows{rows: n, left: make([]int32, 0, n), from: make([]int32, 0, n), to: make([]int32, 0, n)}
	if j.leftKeys == nil {
		w.addKey(h, j, o, nil, 0, len(j.rightTimes))
		return w
	}
	lefts, rights := runsOf(h, j.leftKeys, j.keys), runsOf(h, j.rightKeys, j.keys)
	w.order = rights.rows
	for key := range j.keys {
		w.addKey(h, j, o, lefts.group(key), int(rights.starts[key]), int(rights.starts[key+1]))
	}
	return w
}

// addKey adds the windows of the left rows of a key; nil is all rows. Its right rows are
// order[first:end].
func (w *windows) addKey(h Host, j *timeJoin, o *WindowOptions, lefts []int32, first, end int) {
	rightTime := func(i int) int64 {
		if w.order != nil {
			return j.rightTimes[w.order[i]]
		}
		return j.rightTimes[i]
	}
	n := len(lefts)
	if lefts == nil && w.order == nil {
		n = len(j.leftTimes)
	}
	from, to := first, first
	stop := stopper{host: h}
	for i := range n {
		left := int32(i)
		if lefts != nil {
			left = lefts[i]
		}
		ts := j.leftTimes[left]
		for ; from < end && rightTime(from) < ts+o.From; from++ {
			stop.step(1)
		}
		for to = max(to, from); to < end && rightTime(to) <= ts+o.To; to++ {
			stop.step(1)
		}
		start := from
		if o.Prevailing && start > first {
			start--
		}
		w.left, w.from, w.to = append(w.left, left), append(w.from, int32(start)), append(w.to, int32(to))
		stop.step(1)
	}
}

// aggregate returns a column with the aggregate of each window, for all left rows.
func (w *windows) aggregate(h Host, right *Frame, a *Aggregate) (*Column, error) {
	c, err := a.operand(h, right)
	if err != nil {
		return nil, err
	}
	if c != nil && w.order != nil {
		c = c.take(h, w.order)
	}
	switch a.Op.Name() {
	case "count":
		return w.count(h, c).named(a.Name), nil
	case "first", "last", "min", "max":
		return w.pick(h, c, a.Op.Name()).named(a.Name), nil
	case "sum":
		if c.Kind == Int || c.Kind == Mask {
			return w.exactSum(h, c, a)
		}
	}
	values, err := c.Floats(h)
	if err != nil {
		return nil, err
	}
	h.Room(w.rows * 8)
	to := make([]float64, w.rows)
	none := math.NaN()
	if a.Op.Name() == "sum" {
		none = 0
	}
	for i := range to {
		to[i] = none
	}
	if a.Op.Name() == "quantile" {
		w.quantiles(h, c, values, a.Op.Quantile(), to)
	} else {
		w.sums(h, values, a.Op.Name(), to)
	}
	return NewFloats(a.Name, to), nil
}

// count counts the rows of each window, or those that have a value of a column.
func (w *windows) count(h Host, c *Column) *Column {
	h.Room(w.rows * 8)
	to := make([]int64, w.rows)
	if c == nil {
		for i, left := range w.left {
			to[left] = int64(w.to[i] - w.from[i])
		}
		return NewInts("", to)
	}
	h.Room((c.Len() + 1) * 4)
	before := make([]int32, c.Len()+1) // values before each row
	for i := range c.Len() {
		before[i+1] = before[i]
		if !c.Missing(i) {
			before[i+1]++
		}
	}
	for i, left := range w.left {
		to[left] = int64(before[w.to[i]] - before[w.from[i]])
	}
	return NewInts("", to)
}

// exactSum returns the sums of integers. They are differences of sums modulo 2^64, which are
// right if they fit into 64 bits; a sum of magnitudes says whether they do.
func (w *windows) exactSum(h Host, c *Column, a *Aggregate) (*Column, error) {
	h.Room((c.Len()+1)*16 + w.rows*8)
	sums, sizes := make([]int64, c.Len()+1), make([]float64, c.Len()+1)
	inSteps(h, c.Len(), func(from, to int) {
		for i := from; i < to; i++ {
			v := int64(0)
			if c.missing == nil || !c.missing[i] {
				v = c.whole(i)
			}
			sums[i+1], sizes[i+1] = sums[i]+v, sizes[i]+math.Abs(float64(v))
		}
	})
	to := make([]int64, w.rows)
	for i, left := range w.left {
		const most = 1 << 62
		if sizes[w.to[i]]-sizes[w.from[i]] > most {
			return nil, a.tooLarge()
		}
		to[left] = sums[w.to[i]] - sums[w.from[i]]
	}
	return NewInts(a.Name, to), nil
}

// pick takes a value of each window: the first, the last, the least or the greatest.
func (w *windows) pick(h Host, c *Column, function string) *Column {
	h.Room(w.rows * 4)
	picked := make([]int32, w.rows)
	for i := range picked {
		picked[i] = noRow
	}
	p := picker{column: c, stop: stopper{host: h}}
	switch function {
	case "min", "max":
		p.keys = c.sortKeys(h, function == "max")
	}
	for i, left := range w.left {
		from, to := int(w.from[i]), int(w.to[i])
		p.stop.step(1)
		if from >= to {
			continue
		}
		switch function {
		case "first":
			p.moveFirst(from)
			if p.first < to {
				picked[left] = int32(p.first)
			}
		case "last":
			p.moveLast(to)
			if p.last >= from {
				picked[left] = int32(p.last)
			}
		default:
			picked[left] = p.least(from, to)
		}
	}
	return c.take(h, picked)
}

// picker goes with windows over a column.
type picker struct {
	column *Column
	stop   stopper

	first int // the first row from the beginning of the window on that has a value
	last  int // the last row before the end of the window that has one
	seen  int // rows that moveLast has seen

	keys []uint64 // of the rows, in which the one that is looked for is the least
	// queue has the rows of the window that may become the least one: their keys ascend.
	queue  []int32
	head   int // of queue
	queued int // rows that were put into queue
}

func (p *picker) moveFirst(from int) {
	for p.first = max(p.first, from); p.first < p.column.Len() && p.column.Missing(p.first); p.first++ {
		p.stop.step(1)
	}
}

func (p *picker) moveLast(to int) {
	if p.seen == 0 {
		p.last = noRow
	}
	for ; p.seen < to; p.seen++ {
		if !p.column.Missing(p.seen) {
			p.last = p.seen
		}
		p.stop.step(1)
	}
}

// least returns the row of the least key in a window; of equal ones the first.
func (p *picker) least(from, to int) int32 {
	for p.queued = max(p.queued, from); p.queued < to; p.queued++ {
		row := p.queued
		p.stop.step(1)
		if p.column.Missing(row) {
			continue
		}
		for len(p.queue) > p.head && p.keys[p.queue[len(p.queue)-1]] > p.keys[row] {
			p.queue = p.queue[:len(p.queue)-1]
		}
		p.queue = append(p.queue, int32(row))
	}
	for p.head < len(p.queue) && int(p.queue[p.head]) < from {
		p.head++
	}
	switch {
	case p.head == len(p.queue):
		p.queue, p.head = p.queue[:0], 0
		return noRow
	case p.head > stride:
		p.queue, p.head = append(p.queue[:0], p.queue[p.head:]...), 0
	}
	return p.queue[p.head]
}

// double is a number of about 32 digits: the sum of a float64 and what it lacks.
type double struct{ high, low float64 }

func (d double) plus(v float64) double {
	sum := d.high + v
	part := sum - d.high
	low := d.low + (d.high - (sum - part)) + (v - part)
	high := sum + low
	return double{high, low - (high - sum)}
}

func (d double) minus(e double) double { return d.plus(-e.high).plus(-e.low) }

func (d double) float() float64 { return d.high + d.low }

// prefix has the sums of the rows before a row, and how many they are.
type prefix struct {
	sum, squares       double // of the finite values, less an offset
	n                  int32
	infinite, negative int32 // infinite values, and those of them below 0
}

// sums computes sums, means or standard deviations.
func (w *windows) sums(h Host, values []float64, function string, to []float64) {
	offset := 0.0
	if function == "std" {
		offset = offsetOf(values)
	}
	h.Room((len(values) + 1) * 48)
	before := make([]prefix, len(values)+1)
	inSteps(h, len(values), func(from, end int) {
		for i := from; i < end; i++ {
			before[i+1] = before[i].plus(values[i], offset)
		}
	})
	stop := stopper{host: h}
	for i, left := range w.left {
		stop.step(1)
		a, b := &before[w.from[i]], &before[w.to[i]]
		n := float64(b.n - a.n)
		sum := b.sum.minus(a.sum)
		switch infinite, negative := b.infinite-a.infinite, b.negative-a.negative; {
		case n == 0:
		case infinite > 0:
			to[left] = math.Inf(1)
			if negative > 0 {
				to[left] = math.Inf(-1)
			}
			if negative > 0 && negative < infinite || function == "std" {
				to[left] = math.NaN()
			}
		case function == "sum":
			to[left] = sum.float()
		case function == "mean":
			to[left] = sum.float() / n
		case n >= 2:
			to[left] = math.Sqrt(max(deviations(b.squares.minus(a.squares), sum, n), 0) / (n - 1))
		}
	}
}

// deviations returns the sum of the squares of the differences of n numbers from their mean,
// given the sum of their squares and their sum.
func deviations(squares, sum double, n float64) float64 {
	mean := sum.float() / n
	d := squares.plusProduct(-2*mean, sum.high).plusProduct(-2*mean, sum.low)
	square := double{}.plusProduct(mean, mean)
	return d.plusProduct(n, square.high).plusProduct(n, square.low).float()
}

// offsetOf returns a finite value: the squares of differences from it are small.
func offsetOf(values []float64) float64 {
	for _, v := range values {
		if v-v == 0 {
			return v
		}
	}
	return 0
}

func (p prefix) plus(v, offset float64) prefix {
	switch {
	case v != v:
		return p
	case v-v != 0:
		p.n++
		p.infinite++
		if v < 0 {
			p.negative++
		}
		return p
	}
	d := v - offset
	p.n++
	p.sum, p.squares = p.sum.plus(d), p.squares.plusProduct(d, d)
	return p
}

// plusProduct returns d + a*b.
func (d double) plusProduct(a, b float64) double {
	product := a * b
	return d.plus(product).plus(math.FMA(a, b, -product))
}

// quantiles computes quantiles. The values in the window are counted in a tree by their
// places in the order of all.
func (w *windows) quantiles(h Host, c *Column, values []float64, q float64, to []float64) {
	sorted := sortedRows(h, c.sortKeys(h, false))
	h.Room(len(sorted) * 8)
	places := make([]int32, len(sorted))
	for place, row := range sorted {
		places[row] = int32(place)
	}
	t := newCounter(len(sorted))
	from, end := 0, 0
	stop := stopper{host: h}
	for i, left := range w.left {
		for ; end < int(w.to[i]); end++ {
			if values[end] == values[end] {
				t.add(int(places[end]), 1)
			}
			stop.step(16)
		}
		for ; from < int(w.from[i]); from++ {
			if from < end && values[from] == values[from] {
				t.add(int(places[from]), -1)
			}
			stop.step(16)
		}
		end = max(end, from)
		to[left] = quantileOf(t.n, q, func(k int) float64 { return values[sorted[t.find(k)]] })
		stop.step(32)
	}
}

// counter counts at places: a Fenwick tree.
type counter struct {
	sums []int32
	top  int // the greatest power of two that is a place
	n    int
}

func newCounter(places int) *counter {
	t := &counter{sums: make([]int32, places+1), top: 1}
	for t.top*2 <= places {
		t.top *= 2
	}
	return t
}

// add adds n at a place, from 0 on.
func (t *counter) add(place, n int) {
	t.n += n
	for i := place + 1; i < len(t.sums); i += i & -i {
		t.sums[i] += int32(n)
	}
}

// find returns the place of what is number k of all that were counted, from 0 on.
func (t *counter) find(k int) int {
	place := 0
	for step := t.top; step > 0; step /= 2 {
		if next := place + step; next < len(t.sums) && int(t.sums[next]) <= k {
			place = next
			k -= int(t.sums[next])
		}
	}
	return place
}
