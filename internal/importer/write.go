package importer

import (
	"slices"

	"microts/internal/tick"
	"microts/store"
)

// pendingRows is how many ticks are collected before they are written.
const pendingRows = 1 << 18

// writer collects ticks by instrument and writes them.
type writer struct {
	db      *store.DB
	pending []*pending // by the numbers of instruments
	rows    int
	known   []tick.Instrument // by the numbers of instruments; the zero one: not yet known
	buf     []tick.Row
}

// pending is the ticks of one instrument that are not yet written.
type pending struct {
	times  []int64
	seqs   []uint16
	values []byte
	ends   []int
}

// add collects a tick.
func (w *writer) add(id int32, us int64, seq uint16, value []byte) {
	for int(id) >= len(w.pending) {
		w.pending = append(w.pending, &pending{})
		w.known = append(w.known, tick.Instrument{})
	}
	p := w.pending[id]
	p.times, p.seqs, p.values = append(p.times, us), append(p.seqs, seq), append(p.values, value...)
	p.ends = append(p.ends, len(p.values))
	w.rows++
}

// flushIfFull writes what is collected, if that is enough.
func (w *writer) flushIfFull(n *names) error {
	if w.rows < pendingRows {
		return nil
	}
	return w.flush(n)
}

// flush writes what is collected, in the order of the keys.
func (w *writer) flush(n *names) error {
	var ids []int
	for id, p := range w.pending {
		if len(p.times) == 0 {
			continue
		}
		if w.known[id] == (tick.Instrument{}) {
			in, err := w.db.Define(n.name(int32(id)))
			if err != nil {
				return err
			}
			w.known[id] = in
		}
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int) int { return w.known[a].Compare(&w.known[b]) })
	for _, id := range ids {
		p := w.pending[id]
		values, from := string(p.values), 0
		w.buf = w.buf[:0]
		for i, us := range p.times {
			w.buf = append(w.buf, tick.Row{Time: us, Seq: p.seqs[i], Value: values[from:p.ends[i]]})
			from = p.ends[i]
		}
		if _, err := w.db.PutRows(&w.known[id], w.buf, store.WriteOptions{}); err != nil {
			return err
		}
		p.times, p.seqs, p.values, p.ends = p.times[:0], p.seqs[:0], p.values[:0], p.ends[:0]
	}
	w.rows = 0
	return nil
}
