package importer

import (
	"cmp"
	"fmt"
	"slices"

	"microts/internal/tick"
	"microts/store"
)

const (
	// tableRows is how many ticks one table holds, and tableBytes how many bytes of
	// values it holds at most.
	tableRows  = 1 << 19
	tableBytes = 64 << 20

	// fewRows is below how many ticks a table is not worth its file.
	fewRows = 1 << 12

	// tablesAtOnce is how many tables are made at the same time.
	tablesAtOnce = 2
)

// writer collects ticks by instrument and writes them: as tables, which goroutines make
// while more ticks are collected, and which the database takes in in their order.
type writer struct {
	db    *store.DB
	check func(in *tick.Instrument, ts int64) error // Options.Check
	most  int                                       // ticks of a table
	few   int                                       // below so many a table is not worth its file
	set   *pendingSet
	known []tick.Instrument // by the numbers of instruments; the zero one: not yet known
	// The series of points, by their numbers.
	series map[int32]*store.Series
	made   []*making // oldest first
	free   []*pendingSet
}

// pendingSet is the ticks that become one table.
type pendingSet struct {
	all   []pending // by the numbers of instruments
	ids   []int32   // of those that have ticks
	rows  int
	bytes int
}

// pending is the ticks of one instrument that are not yet written.
type pending struct {
	times  []int64
	seqs   []uint16
	values []byte
	ends   []uint32 // of values; empty while all are records
}

// making is a table that is made.
type making struct {
	set   *pendingSet
	table *store.Table
	done  chan error
}

// add collects a tick.
func (w *writer) add(id int32, us int64, seq uint16, value []byte) {
	s := w.set
	if s == nil {
		s = w.newSet()
	}
	for int(id) >= len(s.all) {
		s.all = append(s.all, pending{})
	}
	p := &s.all[id]
	if len(p.times) == 0 {
		s.ids = append(s.ids, id)
	}
	if len(value) != tick.RecordSize && len(p.ends) == 0 {
		for i := range p.times {
			p.ends = append(p.ends, uint32((i+1)*tick.RecordSize))
		}
	}
	p.times, p.seqs, p.values = append(p.times, us), append(p.seqs, seq), append(p.values, value...)
	if len(p.ends) > 0 || len(value) != tick.RecordSize {
		p.ends = append(p.ends, uint32(len(p.values)))
	}
	s.rows++
	s.bytes += len(value)
}

func (w *writer) newSet() *pendingSet {
	if n := len(w.free); n > 0 {
		w.set, w.free = w.free[n-1], w.free[:n-1]
	} else {
		w.set = &pendingSet{}
	}
	return w.set
}

func (s *pendingSet) reset() {
	for _, id := range s.ids {
		s.all[id].reset()
	}
	s.ids, s.rows, s.bytes = s.ids[:0], 0, 0
}

func (p *pending) reset() { *p = pending{p.times[:0], p.seqs[:0], p.values[:0], p.ends[:0]} }

// flushIfFull writes what is collected, if that is enough.
func (w *writer) flushIfFull(n *names) error {
	if w.set == nil || w.set.rows < w.most && w.set.bytes < tableBytes {
		return nil
	}
	return w.begin(n)
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
		for _, ts := range s.all[id].times {
			if err := w.check(&w.known[id], ts); err != nil {
				return err
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
		p := &m.set.all[id]
		for _, i := range p.order() {
			if err := m.table.Append(&known[id], p.times[i], p.seqs[i], p.value(int(i))); err != nil {
				return err
			}
		}
	}
	return m.table.Finish()
}

// value returns the value of a tick.
func (p *pending) value(i int) []byte {
	if len(p.ends) == 0 {
		return p.values[i*tick.RecordSize : (i+1)*tick.RecordSize]
	}
	from := uint32(0)
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.values[from:p.ends[i]]
}

// order returns the ticks by time and seq. Of several with the same it returns the last.
func (p *pending) order() []int32 {
	order := make([]int32, len(p.times))
	ascends := true
	for i := range order {
		order[i] = int32(i)
		if i > 0 && (p.times[i-1] > p.times[i] || p.times[i-1] == p.times[i] && p.seqs[i-1] >= p.seqs[i]) {
			ascends = false
		}
	}
	if ascends {
		return order
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(p.times[a], p.times[b]), cmp.Compare(p.seqs[a], p.seqs[b]), cmp.Compare(a, b))
	})
	last := order[:0]
	for i, at := range order {
		if i+1 < len(order) && p.times[at] == p.times[order[i+1]] && p.seqs[at] == p.seqs[order[i+1]] {
			continue
		}
		last = append(last, at)
	}
	return last
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

// recycle keeps a set that is written for further ticks.
func (w *writer) recycle(s *pendingSet) {
	s.reset()
	w.free = append(w.free, s)
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
		if _, err := w.db.PutRows(&w.known[id], s.all[id].rows(), store.WriteOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// rows returns the ticks as rows.
func (p *pending) rows() []tick.Row {
	rows := make([]tick.Row, len(p.times))
	for i := range rows {
		rows[i] = tick.Row{Time: p.times[i], Seq: p.seqs[i], Value: string(p.value(i))}
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
		if err := series.PutRows(s.all[id].rows()); err != nil {
			return fmt.Errorf("%s: %w", name.FullSymbol(), err)
		}
		s.all[id].reset()
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
