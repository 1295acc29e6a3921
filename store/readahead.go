package store

import (
	"cmp"

	"microts/internal/tick"
)

// readahead serves gets that go up in time within one instrument, as a loop
// over the microseconds of a range does, from blocks of a scan: after a few
// such gets it begins one at the time asked for. It knows what it may serve by
// the generation: a write to the database makes it drop what it has.
type readahead struct {
	scan       *scan // nil: nothing is read ahead
	block      tick.Block
	next       int // the first row of block that may answer
	generation uint64
	instrument tick.Instrument
	from       moment // the first one that the block answers for
	served     int    // rows of the current block that were asked for

	last     moment // that was asked for last
	streak   int    // how many gets went up since the order was broken
	patience int    // how long a streak must be for a scan
}

const (
	minPatience = 3
	maxPatience = 4096
	worthwhile  = 8 // rows of a block that must be asked for, or reading ahead costs more than it saves
)

// moment is the place of a tick among those of its instrument.
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

// get answers for a tick if it can; otherwise known is false.
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

// read makes the next block of the scan the current one, which answers from a
// moment on.
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

// serve answers for a moment not before from.
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
