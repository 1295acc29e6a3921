package store

import (
	"bytes"

	"microts/internal/tick"
)

// readahead serves gets that go up in time within one instrument, as a loop
// over the microseconds of a range does, from blocks of a scan: after a few
// such gets it begins one at the time asked for. It knows what it may serve by
// the generation: a write to the database makes it drop what it has.
type readahead struct {
	scan       *Scan // nil: nothing is read ahead
	generation uint64
	instrument tick.Instrument
	from       Key // the first key that the block answers for
	served     int // keys of the current block that were asked for

	last     Key // the key that was asked for last
	streak   int // how many gets went up since the order was broken
	patience int // how long a streak must be for a scan
}

const (
	minPatience = 3
	maxPatience = 4096
	worthwhile  = 8 // keys of a block that must be asked for, or reading ahead costs more than it saves
)

// get answers for key if it can; otherwise known is false.
func (r *readahead) get(db *DB, in *tick.Instrument, key *Key) (value string, ok, known bool, err error) {
	generation := db.generation()
	if r.generation != generation || r.instrument != *in {
		r.drop()
		r.generation, r.instrument, r.streak = generation, *in, 0
	}
	if bytes.Compare(key[instrumentSize:], r.last[instrumentSize:]) > 0 {
		r.streak++
	} else if r.scan == nil || bytes.Compare(key[instrumentSize:], r.from[instrumentSize:]) < 0 {
		r.drop()
		r.streak = 0
	} else {
		r.scan.next = 0
	}
	r.last = *key
	if r.scan == nil {
		if r.streak < max(r.patience, minPatience) {
			return "", false, false, nil
		}
		if err := r.begin(db, in, key); err != nil {
			return "", false, false, err
		}
	}
	return r.serve(key)
}

// begin begins a scan at key.
func (r *readahead) begin(db *DB, in *tick.Instrument, key *Key) (err error) {
	r.served, r.from = 0, *key
	last := MakeKey(*in, tick.MaxTime-1, tick.MaxSeq)
	r.scan, err = db.scanSpan(span{bytes.Clone(key[:]), last[:], 0, -1}, instrumentMark(in), 0, false)
	return err
}

// serve answers for a key not before from.
func (r *readahead) serve(key *Key) (value string, ok, known bool, err error) {
	s := r.scan
	for {
		for s.next < len(s.rows) {
			row := &s.rows[s.next]
			switch c := bytes.Compare(row.key[instrumentSize:], key[instrumentSize:]); {
			case c == 0:
				r.served++
				return s.values[row.offset : row.offset+row.length], true, true, nil
			case c > 0:
				r.served++
				return "", false, true, nil
			}
			s.next++
		}
		if s.cursor == nil { // the instrument has no rows from here on
			return "", false, true, nil
		}
		if r.served < worthwhile {
			r.patience = min(2*max(r.patience, minPatience), maxPatience)
			r.drop()
			r.streak = 0
			return "", false, false, nil
		}
		r.patience = minPatience
		r.served, r.from = 0, *key
		if s.fill(false); s.err != nil {
			err := s.err
			r.drop()
			return "", false, false, err
		}
	}
}

func (r *readahead) drop() {
	if r.scan != nil {
		r.scan.Close()
		r.scan = nil
	}
}
