package store

import (
	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// First returns the first tick of an instrument at or after ts, in µs; ok is
// false where there is none.
func (db *DB) First(in *tick.Instrument, ts int64) (r tick.Row, ok bool, err error) {
	return db.edge(in, ts, tick.MaxTime-1, false)
}

// Last returns the last tick of an instrument at or before ts, in µs; ok is
// false where there is none.
func (db *DB) Last(in *tick.Instrument, ts int64) (r tick.Row, ok bool, err error) {
	return db.edge(in, 0, ts, true)
}

func (db *DB) edge(in *tick.Instrument, start, end int64, reverse bool) (r tick.Row, ok bool, err error) {
	if err := checkRange(start, end); err != nil {
		return r, false, err
	}
	s, err := db.Scan(in, start, end, 1, reverse)
	if err != nil {
		return r, false, err
	}
	defer s.Close()
	if !s.Next() {
		return r, false, s.Err()
	}
	return tick.Row{Time: s.Time(), Seq: s.Seq(), Value: s.Value()}, true, nil
}

// countRows is how many rows one call into C counts: about 5 ms, so that a
// Close from another goroutine need not wait long.
const countRows = 64 << 10

// Count returns the number of ticks of an instrument from start to end, both
// included, in µs.
func (db *DB) Count(in *tick.Instrument, start, end int64) (n int, err error) {
	if err := checkRange(start, end); err != nil {
		return 0, err
	}
	if start > end {
		return 0, nil
	}
	return db.countSpan(tickSpan(in, start, end), instrumentMark(in))
}

func (db *DB) countSpan(keys span, marks uint64) (n int, err error) {
	e := db.engine
	if err := db.enterSettled(marks); err != nil {
		return 0, err
	}
	defer e.use.RUnlock()
	it := newIterator(e.rocks, db.scanOpts)
	defer it.close()
	for start := true; ; start = false {
		some, end, err := it.count(&keys, start, countRows)
		n += some
		if end || err != nil {
			return n, err
		}
		if err := db.interrupted(); err != nil {
			return n, err
		}
	}
}

// Instruments returns the instruments that have ticks, in the order of their
// keys, by seeking from one to the next; market, unless it is 0, chooses those
// of one market.
func (db *DB) Instruments(market byte) ([]tick.Instrument, error) {
	e := db.engine
	if err := db.enterSettled(allMarks); err != nil {
		return nil, err
	}
	defer e.use.RUnlock()
	it := e.rocks.NewIterator(db.scanOpts)
	defer it.Close()
	var found []tick.Instrument
	seek := []byte{max(market, ' ')} // after the reserved keys
	for it.Seek(seek); it.Valid(); {
		in, isTick := tickOf(it)
		if market != 0 && in[0] > market {
			break
		}
		if !isTick {
			it.Next()
			continue
		}
		found = append(found, in)
		_, last := timeRange(in, 0, tick.MaxTime-1)
		it.Seek(append(last[:], 0))
	}
	return found, it.Err()
}

// tickOf returns the instrument of the iterator's key, if it is a tick's.
func tickOf(it *grocksdb.Iterator) (in tick.Instrument, ok bool) {
	key := it.Key()
	defer key.Free()
	copy(in[:], key.Data())
	_, _, _, err := DecodeKey(key.Data())
	return in, err == nil
}
