package store

import (
	"fmt"

	"microts/internal/tick"
)

// WriteOptions says how PutRows and Series.PutPoints write. The zero value writes over
// what is there, and counts only what one call writes twice.
type WriteOptions struct {
	// AutoSeq gives each row the next free seq of its time: one above the last that the
	// time has, 0 where it has none, and the lowest free one where the last is
	// tick.MaxSeq. The seqs are set in the rows, and those that they had do not count.
	// Nothing is overwritten. Loads that ascend in time, or fill a gap, are as fast as
	// those with seqs; the others read the rows that they come among. Databases of
	// format V1, which keep one point a time, refuse it with a *tick.RangeError.
	AutoSeq bool

	// CountOverwrites counts also the rows that were in the database before the call.
	// If all rows are later than those, it costs one read; else one more for each row
	// that is not, 1 to 2 µs. What other goroutines write at the same time may or may
	// not count.
	CountOverwrites bool
}

// PutNext writes one tick with the next free seq of ts, and returns the seq (see
// WriteOptions.AutoSeq). Errors: those of Put, and a *FullError.
func (db *DB) PutNext(in *tick.Instrument, ts int64, value string) (seq uint16, err error) {
	if err := db.checkPut(in); err != nil {
		return 0, err
	}
	if err := tick.CheckTime("ts_us", ts); err != nil {
		return 0, err
	}
	if len(value) > tick.MaxValue {
		return 0, errValueSize(len(value))
	}
	for {
		seq, state, err := db.chain.putNext(in, ts, value)
		if err != nil || state >= 0 {
			return seq, err
		}
		rows := db.tickRows(in)
		if err := db.learnSeqs(&rows, ts, state); err != nil {
			return 0, err
		}
	}
}

// putNext writes a tick with the next free seq, which it returns. Unless state is a seq,
// it writes nothing.
func (c *chain) putNext(in *tick.Instrument, ts int64, value string) (seq uint16, state int, err error) {
	id := seriesID{in: *in}
	c.mu.Lock()
	if c.err == nil && !c.closed {
		if state = c.seqs.next(&id, ts); state < 0 {
			c.mu.Unlock()
			return 0, state, nil
		}
		if b := c.current.Load(); !b.empty() && b.tryTick(in, ts, uint16(state), value) {
			c.noteAt(&id, moment{ts, uint16(state)})
			c.mu.Unlock()
			return uint16(state), state, c.endWrite()
		}
	}
	c.mu.Unlock()
	state, err = c.appendNext(id, ts, value)
	if err == nil && state >= 0 {
		err = c.endWrite()
	}
	return uint16(max(state, 0)), state, err
}

// appendNext is putNext where the current buffer has no room.
func (c *chain) appendNext(id seriesID, ts int64, value string) (state int, err error) {
	err = c.append(func(b *buffer) bool {
		if state = c.seqs.next(&id, ts); state < 0 {
			return true
		}
		if !b.putTick(&id.in, ts, uint16(state), value) {
			return false
		}
		c.noteAt(&id, moment{ts, uint16(state)})
		return true
	})
	return state, err
}

// learnSeqs finds out what next, which returned state, has to know to return a seq. If
// there is none, the error is a *FullError.
func (db *DB) learnSeqs(rows *seriesRows, ts int64, state int) error {
	if state == seqUnknown {
		return db.lookUpSeqs(rows, ts)
	}
	name, err := rows.name()
	if err != nil {
		return err
	}
	return &FullError{name, ts}
}

// PutRows writes the rows of one instrument in their order. It checks all of them before
// it writes the first, and returns how many were overwritten: by default those that a
// later row of the call has written over. That costs nothing if the rows ascend; see
// WriteOptions.CountOverwrites for those that were there before. Errors: those of Put
// and, with AutoSeq, a *FullError, after which the rows before are written.
func (db *DB) PutRows(in *tick.Instrument, rows []tick.Row, o WriteOptions) (overwritten int, err error) {
	if err := db.checkPut(in); err != nil {
		return 0, err
	}
	for i := range rows {
		r := &rows[i]
		if err := tick.CheckTime("ts_us", r.Time); err != nil {
			return 0, fmt.Errorf("row %d: %w", i+1, err)
		}
		if len(r.Value) > tick.MaxValue {
			return 0, fmt.Errorf("row %d: %w", i+1, errValueSize(len(r.Value)))
		}
	}
	w := rowWriter{
		db: db, rows: db.tickRows(in), o: o, n: len(rows), what: "row",
		at:  func(i int) moment { return moment{rows[i].Time, rows[i].Seq} },
		key: func(at moment) []byte { key := makeTickKey(*in, at.ts, at.seq); return key[:] },
		add: func(b *buffer, i int, seq uint16) bool {
			r := &rows[i]
			if !b.putTick(in, r.Time, seq, r.Value) {
				return false
			}
			if o.AutoSeq {
				r.Seq = seq
			}
			return true
		},
	}
	return w.write()
}

// checkPut returns why nothing can be written of an instrument, or nil.
func (db *DB) checkPut(in *tick.Instrument) error {
	if err := db.writable(); err != nil {
		return err
	}
	return db.checkDefined(in)
}

// rowWriter writes rows of one series, which are checked.
type rowWriter struct {
	db   *DB
	rows seriesRows
	o    WriteOptions
	n    int
	what string                                  // a row, in an error
	at   func(i int) moment                      // of row i; seq does not count with AutoSeq
	key  func(at moment) []byte                  // valid until the next call
	add  func(b *buffer, i int, seq uint16) bool // appends row i with a seq; false: there is no room
}

// rowsAtOnce is how many rows are written under one lock of the chain.
const rowsAtOnce = 256

// write writes all rows and returns how many were overwritten.
func (w *rowWriter) write() (overwritten int, err error) {
	twice, noticed := 0, 0
	if !w.o.AutoSeq {
		if twice, noticed, err = w.count(); err != nil {
			return 0, err
		}
	}
	c := w.db.chain
	state := 0
	next := 0
	for next < w.n {
		end := min(next+rowsAtOnce, w.n)
		err := c.append(func(b *buffer) bool {
			for state = 0; next < end; next++ {
				at := w.at(next)
				if w.o.AutoSeq {
					if state = c.seqs.next(&w.rows.id, at.ts); state < 0 {
						return true
					}
					at.seq = uint16(state)
				}
				if !w.add(b, next, at.seq) {
					return false
				}
				c.noteAt(&w.rows.id, at)
			}
			return true
		})
		if err == nil && state < 0 {
			err = w.db.learnSeqs(&w.rows, w.at(next).ts, state)
		}
		if err != nil {
			return 0, fmt.Errorf("%s %d: %w", w.what, next+1, err)
		}
	}
	c.mu.Lock()
	c.overwritten += uint64(twice - noticed)
	c.mu.Unlock()
	return twice, c.endWrite()
}

// count returns how many rows will be overwritten, or overwrite what is there, and how
// many of these the chain will notice itself.
func (w *rowWriter) count() (overwritten, noticed int, err error) {
	ascends, all := true, map[moment]struct{}(nil)
	for i := 1; i < w.n && ascends; i++ {
		switch c := w.at(i - 1).compare(w.at(i)); {
		case c == 0:
			noticed++
		case c > 0:
			ascends = false
		}
	}
	overwritten = noticed
	if !ascends {
		all, noticed = make(map[moment]struct{}, w.n), 0
		for i := range w.n {
			all[w.at(i)] = struct{}{}
			if i > 0 && w.at(i-1) == w.at(i) {
				noticed++
			}
		}
		overwritten = w.n - len(all)
	}
	if !w.o.CountOverwrites || w.n == 0 {
		return overwritten, noticed, nil
	}
	there, err := w.countThere(all)
	if err != nil {
		return 0, 0, err
	}
	c := w.db.chain
	c.mu.Lock()
	if there > 0 && c.recent.has(&w.rows.id, w.at(0)) {
		noticed++
	}
	c.mu.Unlock()
	return overwritten + there, noticed, nil
}

// countThere returns how many of the rows are in the database. all are their moments, or
// nil if the rows ascend.
func (w *rowWriter) countThere(all map[moment]struct{}) (n int, err error) {
	db := w.db
	last, _, err := db.readTimes(&w.rows, moment{0, 0}, moment{tick.MaxTime - 1, tick.MaxSeq}, 1, true)
	if err != nil || len(last) == 0 {
		return 0, err
	}
	look := func(at moment) {
		if err != nil || at.compare(last[0]) > 0 {
			return
		}
		found := false
		if found, err = db.exists(w.key(at)); found {
			n++
		}
	}
	if all == nil {
		for i := range w.n {
			if i == 0 || w.at(i) != w.at(i-1) {
				look(w.at(i))
			}
		}
	}
	for at := range all {
		look(at)
	}
	return n, err
}

// exists says whether a key is in RocksDB.
func (db *DB) exists(key []byte) (bool, error) {
	if err := db.rocks.enter(); err != nil {
		return false, err
	}
	defer db.rocks.use.RUnlock()
	n, err := db.getter.get(key, nil)
	return n >= 0, err
}
