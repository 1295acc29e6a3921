package store

import (
	"cmp"

	"microts/internal/tick"
)

// readahead answers gets that ascend in time within one instrument, as those of a loop
// over the microseconds of a range do, from the blocks of a scan. After a few such
// gets it begins a scan at the time of the next. When the generation of the DB has
// changed, it drops what it has.
type readahead struct {
	scan       *rowScan // nil: nothing is read ahead
	block      tick.Block
	next       int // the first row of block that may answer
	generation uint64
	instrument tick.Instrument
	from       moment // the first moment that block answers for
	served     int    // how many gets block has answered

	last     moment // of the last get
	streak   int    // how many gets in a row ascended
	patience int    // how long a streak must be before a scan begins
}

const (
	minPatience = 3
	maxPatience = 4096
	worthwhile  = 8 // gets that a block must answer, or reading ahead costs more than it saves
)

// moment is when a tick is, among those of its instrument.
type moment struct {
	ts  int64
	seq uint16
}

func (m moment) compare(o moment) int {
	if c := cmp.Compare(m.ts, o.ts); c != 0 {
		return c
	}
	return cmp.Compare(m.seq, o.seq)
}

// get answers a get if it can; otherwise known is false.
func (r *readahead) get(db *DB, in *tick.Instrument, at moment) (value string, ok, known bool, err error) {
	generation := db.generation()
	if r.generation != generation || r.instrument != *in {
		r.drop()
		r.generation, r.instrument, r.streak = generation, *in, 0
	}
	if at.compare(r.last) > 0 {
		r.streak++
	} else if r.scan == nil || at.compare(r.from) < 0 {
		r.drop()
		r.streak = 0
	} else {
		r.next = 0
	}
	r.last = at
	if r.scan == nil {
		if r.streak < max(r.patience, minPatience) {
			return "", false, false, nil
		}
		if err := r.begin(db, in, at); err != nil {
			return "", false, false, err
		}
	}
	return r.serve(at)
}

// begin begins a scan at a moment.
func (r *readahead) begin(db *DB, in *tick.Instrument, at moment) error {
	scan, err := db.newScan(momentSpan(in, at, moment{tick.MaxTime - 1, tick.MaxSeq}), instrumentMark(in), 0, false)
	if err != nil {
		return err
	}
	r.scan = scan
	return r.read(at)
}

// read makes the next block of the scan the one that answers, from a moment on.
func (r *readahead) read(at moment) error {
	r.served, r.from, r.next = 0, at, 0
	if r.scan.Read(&r.block) {
		return nil
	}
	r.block = tick.Block{}
	err := r.scan.Err()
	if err != nil {
		r.drop()
	}
	return err
}

// serve answers a get at a moment that is not before from.
func (r *readahead) serve(at moment) (value string, ok, known bool, err error) {
	for {
		for b := &r.block; r.next < len(b.Times); r.next++ {
			switch c := (moment{b.Times[r.next], b.Seqs[r.next]}).compare(at); {
			case c == 0:
				r.served++
				return b.Values.At(r.next), true, true, nil
			case c > 0:
				r.served++
				return "", false, true, nil
			}
		}
		if r.scan.cursor == nil { // the instrument has no rows from here on
			return "", false, true, nil
		}
		if r.served < worthwhile {
			r.patience = min(2*max(r.patience, minPatience), maxPatience)
			r.drop()
			r.streak = 0
			return "", false, false, nil
		}
		r.patience = minPatience
		if err := r.read(at); err != nil {
			return "", false, false, err
		}
	}
}

func (r *readahead) drop() {
	if r.scan != nil {
		r.scan.Close()
		r.scan, r.block = nil, tick.Block{}
	}
}
