package importer

import (
	"cmp"
	"fmt"
	"slices"

	"microts/internal/tick"
	"microts/store"
)

const (
	// tableRows is how many ticks one table holds, and tableBytes how many bytes its
	// batches hold, or a few more.
	tableRows  = 1 << 19
	tableBytes = 64 << 20

	// fewRows is below how many ticks a table is not worth its file.
	fewRows = 1 << 12

	// tablesAtOnce is how many tables are made at the same time.
	tablesAtOnce = 2
)

// writer collects batches and writes their ticks: as tables, which goroutines make while
// more ticks are collected, and which the database takes in in their order.
type writer struct {
	db      *store.DB
	check   func(in *tick.Instrument, ts int64) error // Options.Check
	most    int                                       // ticks of a table
	few     int                                       // below so many a table is not worth its file
	release func(*batch)                              // takes back a batch that is written
	set     *pendingSet
	known   []tick.Instrument       // by the numbers of instruments; the zero one: not yet known
	series  map[int32]*store.Series // of points, by their numbers
	made    []*making               // oldest first
	free    []*pendingSet
}

// pendingSet is the ticks that become one table.
type pendingSet struct {
	batches []*batch
	all     [][]stretch // by the numbers of instruments
	ids     []int32     // of those that have ticks
	rows    int
	bytes   int
}

// stretch is ticks of one instrument in a batch.
type stretch struct {
	b     *batch
	order []int32 // places in b.ticks
}

// making is a table that is made.
type making struct {
	set   *pendingSet
	table *store.Table
	done  chan error
}

// add collects the ticks of a batch, which it keeps until they are written, and writes
// what is collected if that is enough.
func (w *writer) add(b *batch, n *names) error {
	s := w.set
	if s == nil {
		s = w.newSet()
	}
	before := s.rows
	for _, r := range b.runs {
		if r.from == r.to {
			continue
		}
		for int(r.id) >= len(s.all) {
			s.all = append(s.all, nil)
		}
		if len(s.all[r.id]) == 0 {
			s.ids = append(s.ids, r.id)
		}
		s.all[r.id] = append(s.all[r.id], stretch{b, b.order[r.from:r.to]})
		s.rows += int(r.to - r.from)
	}
	if s.rows == before {
		w.release(b)
		return nil
	}
	s.batches = append(s.batches, b)
	s.bytes += b.memory()
	if s.rows < w.most && s.bytes < tableBytes {
		return nil
	}
	return w.begin(n)
}

func (w *writer) newSet() *pendingSet {
	if n := len(w.free); n > 0 {
		w.set, w.free = w.free[n-1], w.free[:n-1]
	} else {
		w.set = &pendingSet{}
	}
	return w.set
}

// recycle empties a set whose ticks are written, and keeps it for further ones.
func (w *writer) recycle(s *pendingSet) {
	for _, id := range s.ids {
		clear(s.all[id])
		s.all[id] = s.all[id][:0]
	}
	for _, b := range s.batches {
		w.release(b)
	}
	clear(s.batches)
	s.batches, s.ids, s.rows, s.bytes = s.batches[:0], s.ids[:0], 0, 0
	w.free = append(w.free, s)
}

// define finds the instruments of a set, puts them into the order of the keys, and checks
// that their ticks may be written.
func (w *writer) define(s *pendingSet, n *names) error {
	for _, id := range s.ids {
		for int(id) >= len(w.known) {
			w.known = append(w.known, tick.Instrument{})
		}
		if w.known[id] == (tick.Instrument{}) {
			in, err := w.db.Define(n.name(id).Name)
			if err != nil {
				return err
			}
			w.known[id] = in
		}
		if w.check == nil {
			continue
		}
		for _, part := range s.all[id] {
			for _, i := range part.order {
				if err := w.check(&w.known[id], part.b.ticks[i].time); err != nil {
					return err
				}
			}
		}
	}
	slices.SortFunc(s.ids, func(a, b int32) int { return w.known[a].Compare(&w.known[b]) })
	return nil
}

// begin begins a table of what is collected. If enough tables are made, it waits for the
// oldest.
func (w *writer) begin(n *names) error {
	s := w.set
	w.set = nil
	if err := w.putPoints(s, n); err != nil {
		return err
	}
	if err := w.define(s, n); err != nil {
		return err
	}
	if len(s.ids) == 0 {
		w.recycle(s)
		return nil
	}
	if len(w.made) == tablesAtOnce {
		if err := w.end(); err != nil {
			return err
		}
	}
	t, err := w.db.NewTable()
	if err != nil {
		return err
	}
	m := &making{s, t, make(chan error, 1)}
	w.made = append(w.made, m)
	known := slices.Clone(w.known)
	go func() { m.done <- m.fill(known) }()
	return nil
}

// fill puts the ticks into the table.
func (m *making) fill(known []tick.Instrument) error {
	for _, id := range m.set.ids {
		for _, part := range ascending(m.set.all[id]) {
			for _, i := range part.order {
				t := &part.b.ticks[i]
				var err error
				if t.raw {
					err = m.table.Append(&known[id], t.time, t.seq, part.b.value(t))
				} else {
					err = m.table.AppendRecord(&known[id], t.time, t.seq, &t.record)
				}
				if err != nil {
					return err
				}
			}
		}
	}
	return m.table.Finish()
}

// ascending returns the ticks of an instrument by time and seq. Of several with the same
// it returns the last.
func ascending(parts []stretch) []stretch {
	if ascend(parts) {
		return parts
	}
	type place struct {
		part  stretch // of one tick
		entry *entry
	}
	var places []place
	for _, part := range parts {
		for i, at := range part.order {
			places = append(places, place{stretch{part.b, part.order[i : i+1]}, &part.b.ticks[at]})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return a.entry.compare(b.entry) })
	sorted := make([]stretch, 0, len(places))
	for i := range places {
		if i+1 < len(places) && places[i].entry.compare(places[i+1].entry) == 0 {
			continue
		}
		sorted = append(sorted, places[i].part)
	}
	return sorted
}

// ascend says whether the ticks of an instrument ascend by time and seq.
func ascend(parts []stretch) bool {
	var last *entry
	for _, part := range parts {
		for _, i := range part.order {
			t := &part.b.ticks[i]
			if last != nil && last.compare(t) >= 0 {
				return false
			}
			last = t
		}
	}
	return true
}

// compare returns -1, 0 or +1 by time and seq.
func (e *entry) compare(other *entry) int {
	return cmp.Or(cmp.Compare(e.time, other.time), cmp.Compare(e.seq, other.seq))
}

// end lets the database take in the oldest table.
func (w *writer) end() error {
	m := w.made[0]
	w.made = w.made[1:]
	err := <-m.done
	if err != nil {
		m.table.Drop()
		return err
	}
	if err := w.db.TakeIn(m.table); err != nil {
		return err
	}
	w.recycle(m.set)
	return nil
}

// close writes the rest, and returns when all is on the disk.
func (w *writer) close(n *names) error {
	if s := w.set; s != nil && s.rows >= w.few {
		if err := w.begin(n); err != nil {
			return err
		}
	}
	for len(w.made) > 0 {
		if err := w.end(); err != nil {
			return err
		}
	}
	if err := w.putFew(n); err != nil {
		return err
	}
	return w.db.Flush()
}

// putFew writes a few ticks one by one.
func (w *writer) putFew(n *names) error {
	s := w.set
	if s == nil {
		return nil
	}
	if err := w.putPoints(s, n); err != nil {
		return err
	}
	if err := w.define(s, n); err != nil {
		return err
	}
	for _, id := range s.ids {
		if _, err := w.db.PutRows(&w.known[id], rowsOf(s.all[id]), store.WriteOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// rowsOf returns the ticks of an instrument as rows.
func rowsOf(parts []stretch) (rows []tick.Row) {
	for _, part := range parts {
		for _, i := range part.order {
			t := &part.b.ticks[i]
			rows = append(rows, tick.Row{Time: t.time, Seq: t.seq, Value: string(part.b.appendValue(nil, t))})
		}
	}
	return rows
}

// putPoints writes the points of a set, which no table holds, and removes them from it.
func (w *writer) putPoints(s *pendingSet, n *names) error {
	ticks := s.ids[:0]
	for _, id := range s.ids {
		name := n.name(id)
		if !name.points {
			ticks = append(ticks, id)
			continue
		}
		series := w.series[id]
		if series == nil {
			var err error
			if series, err = w.db.SeriesOf(name.Name, name.dataType); err != nil {
				return err
			}
			if w.series == nil {
				w.series = map[int32]*store.Series{}
			}
			w.series[id] = series
		}
		if err := series.PutRows(rowsOf(s.all[id])); err != nil {
			return fmt.Errorf("%s: %w", name.FullSymbol(), err)
		}
		clear(s.all[id])
		s.all[id] = s.all[id][:0]
	}
	s.ids = ticks
	return nil
}

// drop ends an import that failed: tables that are made are removed.
func (w *writer) drop() {
	for _, m := range w.made {
		<-m.done
		m.table.Drop()
	}
	w.made = nil
}
