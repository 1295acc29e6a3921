package store

import (
	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// First returns the first tick of an instrument at or after ts, in µs; ok is false if
// there is none.
func (db *DB) First(in *tick.Instrument, ts int64) (r tick.Row, ok bool, err error) {
	return db.edge(in, tick.ScanOptions{Range: tick.Range{From: ts, To: tick.MaxTime - 1}, Limit: 1})
}

// Last returns the last tick of an instrument at or before ts, in µs; ok is false if
// there is none.
func (db *DB) Last(in *tick.Instrument, ts int64) (r tick.Row, ok bool, err error) {
	return db.edge(in, tick.ScanOptions{Range: tick.Range{From: 0, To: ts}, Limit: 1, Reverse: true})
}

// edge returns the first row of a scan, whose limit is 1.
func (db *DB) edge(in *tick.Instrument, o tick.ScanOptions) (r tick.Row, ok bool, err error) {
	if err := o.Check(); err != nil {
		return r, false, err
	}
	s, err := db.newScan(tickSpan(in, o.Range), instrumentMark(in), o.Limit, o.Reverse)
	if err != nil {
		return r, false, err
	}
	defer s.Close()
	var b tick.Block
	if !s.Read(&b) {
		return r, false, s.Err()
	}
	return tick.Row{Time: b.Times[0], Seq: b.Seqs[0], Value: b.Values.At(0)}, true, nil
}

// Count returns the number of ticks of an instrument in a range.
func (db *DB) Count(in *tick.Instrument, r tick.Range) (n int, err error) {
	if err := r.Check(); err != nil || r.Empty() {
		return 0, err
	}
	return db.countSpan(tickSpan(in, r), instrumentMark(in))
}

func (db *DB) countSpan(keys span, marks uint64) (n int, err error) {
	r := db.rocks
	if err := db.enterSettled(marks); err != nil {
		return 0, err
	}
	defer r.use.RUnlock()
	it := db.iterate(&keys)
	defer it.close()
	for start := true; ; start = false {
		some, end, err := it.count(&keys, start)
		n += some
		if end || err != nil {
			return n, err
		}
		if err := db.interrupted(); err != nil {
			return n, err
		}
	}
}

// Instruments returns the instruments that have ticks, in the order of
// tick.Instrument.Compare; market, unless it is 0, chooses those of one market. It
// seeks from one instrument to the next, so the number of ticks does not matter.
func (db *DB) Instruments(market byte) ([]tick.Instrument, error) {
	r := db.rocks
	if err := db.enterSettled(allMarks); err != nil {
		return nil, err
	}
	defer r.use.RUnlock()
	it := r.db.NewIterator(db.scanOpts)
	defer it.Close()
	var found []tick.Instrument
	seek := []byte{max(market, ' ')} // after the reserved keys
	for it.Seek(seek); it.Valid(); {
		if err := db.interrupted(); err != nil {
			return nil, err
		}
		in, isTick := tickOf(it)
		if market != 0 && in[0] > market {
			break
		}
		if !isTick {
			it.Next()
			continue
		}
		found = append(found, in)
		last := makeTickKey(in, tick.MaxTime-1, tick.MaxSeq)
		it.Seek(append(last[:], 0))
	}
	return found, it.Err()
}

// tickOf returns the instrument of the iterator's key, if it is a tick's.
func tickOf(it *grocksdb.Iterator) (in tick.Instrument, ok bool) {
	key := it.Key()
	defer key.Free()
	copy(in[:], key.Data())
	_, _, _, err := decodeTickKey(key.Data())
	return in, err == nil
}
