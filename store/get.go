package store

import "microts/internal/tick"

// Get returns the value of one tick; ok is false if there is none. ts is in
// µs, 0 <= ts < tick.MaxTime. A value that is found costs one allocation, or, if
// the gets of an instrument ascend in time, a share of a block's.
func (db *DB) Get(in *tick.Instrument, ts int64, seq uint16) (value string, ok bool, err error) {
	if db.closed {
		return "", false, ErrClosed
	}
	if uint64(ts) >= tick.MaxTime {
		return "", false, tick.CheckTime("ts_us", ts)
	}
	if value, ok, known, err := db.ahead.get(db, in, moment{ts, seq}); known || err != nil {
		return value, ok, err
	}
	if err := db.settle(in); err != nil {
		return "", false, err
	}
	key := makeTickKey(*in, ts, seq)
	return db.lookup(key[:])
}

// smallValue is a size in bytes that most values do not exceed. Larger values are read
// twice.
const smallValue = 256

// lookup reads one key from RocksDB.
func (db *DB) lookup(key []byte) (value string, ok bool, err error) {
	if err := db.rocks.enter(); err != nil {
		return "", false, err
	}
	defer db.rocks.use.RUnlock()
	if db.buf == nil {
		db.buf = make([]byte, smallValue)
	}
	n, err := db.getter.get(key, db.buf)
	for err == nil && n > len(db.buf) {
		db.buf = make([]byte, n)
		n, err = db.getter.get(key, db.buf)
	}
	if err != nil || n < 0 {
		return "", false, err
	}
	return string(db.buf[:n]), true, nil
}
