package importer

import (
	"cmp"
	"slices"

	"microts/internal/tick"
)

// entry is the tick of a row.
type entry struct {
	time   int64       // µs
	record tick.Record // of a raw value: OrderNo is where it begins in batch.values, TickNo its length
	id     int32       // of the instrument
	seq    uint16      // 0 if ticks are numbered later
	raw    bool        // the value is no record
}

// batch is consecutive rows of a file, made to ticks.
type batch struct {
	ticks  []entry
	values []byte  // the raw values
	auto   bool    // ticks are numbered later
	lines  []int64 // of the ticks, if they are numbered later or quantities are cumulative
	totals []int64 // cumulative quantities
	days   []int64 // with totals: what tells days apart

	order []int32 // the ticks by instrument; those of one in the order of the file
	runs  []run   // the instruments, in the order in which they come

	bad  []BadRow
	rows int64 // good and bad
	size int64 // bytes of the file
	err  error // reading ends
}

// run is the ticks of an instrument in a batch: a part of batch.order.
type run struct{ id, from, to int32 }

func (b *batch) reset() {
	clear(b.bad)
	*b = batch{
		ticks: b.ticks[:0], values: b.values[:0], lines: b.lines[:0], totals: b.totals[:0], days: b.days[:0],
		order: b.order[:0], runs: b.runs[:0], bad: b.bad[:0],
	}
}

// memory returns how many bytes a batch holds, about.
func (b *batch) memory() int {
	const entrySize = 56 // with order
	return cap(b.ticks)*entrySize + cap(b.values)
}

// setValue sets the value of a tick of the batch to one that is no record.
func (b *batch) setValue(e *entry, value []byte) {
	e.record = tick.Record{OrderNo: uint64(len(b.values)), TickNo: uint64(len(value))}
	b.values = append(b.values, value...)
}

// value returns the value of a tick that is no record.
func (b *batch) value(e *entry) []byte {
	return b.values[e.record.OrderNo : e.record.OrderNo+e.record.TickNo]
}

// appendValue appends the value of a tick.
func (b *batch) appendValue(to []byte, e *entry) []byte {
	if e.raw {
		return append(to, b.value(e)...)
	}
	return tick.AppendRecord(to, e.record)
}

// addBad adds a tick that turned out to be a bad row.
func (b *batch) addBad(i int32, reason string) {
	b.bad = append(b.bad, BadRow{Line: b.lines[i], Reason: reason})
}

// sortBad puts the bad rows into the order of the file.
func (b *batch) sortBad() {
	slices.SortStableFunc(b.bad, func(x, y BadRow) int { return cmp.Compare(x.Line, y.Line) })
}

// grouper puts the ticks of batches into groups of one instrument. It is for one goroutine.
type grouper struct {
	places []int32 // by instrument: 1 more than the place in runs; 0: not met
}

// group makes order and runs of a batch.
func (g *grouper) group(b *batch) {
	for i := range b.ticks {
		id := b.ticks[i].id
		for int(id) >= len(g.places) {
			g.places = append(g.places, 0)
		}
		if g.places[id] == 0 {
			b.runs = append(b.runs, run{id: id})
			g.places[id] = int32(len(b.runs))
		}
		b.runs[g.places[id]-1].to++
	}
	at := int32(0)
	for i := range b.runs { // to was how many there are, and becomes where the next one stands
		r := &b.runs[i]
		r.from, at = at, at+r.to
		r.to = r.from
	}
	b.order = slices.Grow(b.order[:0], len(b.ticks))[:len(b.ticks)]
	for i := range b.ticks {
		r := &b.runs[g.places[b.ticks[i].id]-1]
		b.order[r.to] = int32(i)
		r.to++
	}
	for i := range b.runs {
		g.places[b.runs[i].id] = 0
	}
}
