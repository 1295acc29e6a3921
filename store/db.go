package store

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// DB is an open database, or a snapshot of one. All DBs of one path in the
// process share one RocksDB and one order of writes: what one has put, all see.
//
// A DB is for one goroutine at a time; each goroutine opens its own. A DB that
// is garbage is closed.
type DB struct {
	*handle
	ahead readahead
	buf   []byte // receives the value of a point lookup
}

// handle is what a DB owns, apart from it so that it outlives it: the cleanup
// of a garbage DB closes it.
type handle struct {
	engine   *engine
	chain    *chain // of engine; nil where nothing can be written
	path     string // as it was given
	readOnly bool
	oneCore  bool // Options.OneCore

	isSnapshot bool
	snapshot   *grocksdb.Snapshot // nil in a snapshot of a read-only DB too
	getter     getter
	scanOpts   *grocksdb.ReadOptions
	getOpts    *grocksdb.ReadOptions // the snapshot's, or nil
	closed     bool

	interrupt func() error // nil: nothing interrupts
}

// Open opens the database in the folder path, which it creates where there is
// none, and first commits what a process that was killed left uncommitted.
// Nil options are the zero Options. Errors it returns, wrapped: *LockedError,
// *FormatError, *OptionError, and those of the file system and RocksDB.
func Open(path string, o *Options) (*DB, error) {
	if o == nil {
		o = &Options{}
	}
	e, err := acquire(path, o)
	if err != nil {
		return nil, fmt.Errorf("open database %q: %w", path, err)
	}
	h := &handle{engine: e, path: path, readOnly: o.ReadOnly, oneCore: o.OneCore, getter: e.getter, scanOpts: e.scanOptions}
	if !o.ReadOnly {
		h.chain = e.chain
	}
	return newDB(h), nil
}

func newDB(h *handle) *DB {
	db := &DB{handle: h}
	runtime.AddCleanup(db, func(h *handle) { _ = h.close() }, h)
	return db
}

// Snapshot returns a DB that sees the database as it is now, whatever is
// written later, and cannot be written to. Of a read-only DB it is another of
// the same, which sees no writes anyway.
func (db *DB) Snapshot() (*DB, error) {
	if err := db.settleAll(); err != nil {
		return nil, err
	}
	db.engine.retain()
	h := &handle{engine: db.engine, path: db.path, readOnly: true, oneCore: db.oneCore, isSnapshot: true, getter: db.getter, scanOpts: db.scanOpts}
	if db.engine.readOnly {
		return newDB(h), nil
	}
	e := db.engine
	if err := e.enter(); err != nil {
		return nil, err
	}
	defer e.use.RUnlock()
	h.snapshot = e.rocks.NewSnapshot()
	e.cursorMu.Lock()
	e.snapshots[h.snapshot] = struct{}{}
	e.cursorMu.Unlock()
	h.getOpts, h.scanOpts = grocksdb.NewDefaultReadOptions(), grocksdb.NewDefaultReadOptions()
	h.scanOpts.SetTotalOrderSeek(true)
	h.getOpts.SetSnapshot(h.snapshot)
	h.scanOpts.SetSnapshot(h.snapshot)
	h.getter = newGetter(e.rocks, h.getOpts)
	return newDB(h), nil
}

// Close ends the use of db and of its scans. When it is the last of its path in
// the process, or its durability is None, everything is committed and flushed to
// the disk first. Closing twice is no error.
func (db *DB) Close() error {
	if db.closed {
		return nil
	}
	db.ahead.drop()
	return db.handle.close()
}

func (h *handle) close() error {
	if h.closed {
		return nil
	}
	h.closed = true
	e := h.engine
	e.closeCursors(h)
	if h.snapshot != nil {
		e.use.RLock()
		if !e.closed {
			e.cursorMu.Lock()
			delete(e.snapshots, h.snapshot)
			e.cursorMu.Unlock()
			e.rocks.ReleaseSnapshot(h.snapshot)
		}
		e.use.RUnlock()
		h.getOpts.Destroy()
		h.scanOpts.Destroy()
	}
	var err error
	if h.chain != nil && e.options.Durability == None {
		err = e.flushNew() // others may have it open for long
	}
	return errors.Join(err, e.release())
}

// SetInterrupt sets a function that long operations on db ask from time to time;
// when it returns an error they end with it. Scans go on: their caller sees each
// row.
func (db *DB) SetInterrupt(interrupt func() error) { db.interrupt = interrupt }

// interrupted returns why a long operation shall end, or nil.
func (h *handle) interrupted() error {
	if h.interrupt == nil {
		return nil
	}
	return h.interrupt()
}

// Path returns the path as it was given to Open.
func (db *DB) Path() string { return db.path }

// Closed says whether db was closed.
func (db *DB) Closed() bool { return db.closed }

// ReadOnly says whether db was opened read-only or is a snapshot.
func (db *DB) ReadOnly() bool { return db.readOnly }

// IsSnapshot says whether db is a snapshot.
func (db *DB) IsSnapshot() bool { return db.isSnapshot }

// writable returns why nothing can be written through db, or nil.
func (db *DB) writable() error {
	switch {
	case db.closed:
		return ErrClosed
	case db.isSnapshot:
		return ErrSnapshot
	case db.chain == nil:
		return ErrReadOnly
	}
	return nil
}

// Put writes one tick over what is there. It allocates nothing and keeps none
// of its arguments. ts is in µs, 0 <= ts < tick.MaxTime; value has at most tick.MaxValue
// bytes: others are a *tick.RangeError.
func (db *DB) Put(in *tick.Instrument, ts int64, seq uint16, value string) error {
	if db.closed || db.chain == nil {
		return db.writable()
	}
	if uint64(ts) >= tick.MaxTime {
		return tick.CheckTime("ts_us", ts)
	}
	if len(value) > tick.MaxValue {
		return errValueSize(len(value))
	}
	return db.chain.put(in, ts, seq, value)
}

// PutMany writes the rows of one instrument in their order. It checks all of
// them before it writes the first.
func (db *DB) PutMany(in *tick.Instrument, rows []tick.Row) error {
	if err := db.writable(); err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if err := tick.CheckTime("ts_us", r.Time); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
		if len(r.Value) > tick.MaxValue {
			return fmt.Errorf("row %d: %w", i+1, errValueSize(len(r.Value)))
		}
	}
	for i := range rows {
		r := &rows[i]
		if err := db.chain.append(func(b *buffer) bool { return b.putTick(in, r.Time, r.Seq, r.Value) }); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return db.chain.endWrite()
}

func errValueSize(n int) error {
	return &tick.RangeError{Name: "value", Want: fmt.Sprintf("at most %d bytes", tick.MaxValue), Got: fmt.Sprintf("%d", n)}
}

// Delete removes one tick, which need not exist.
func (db *DB) Delete(in *tick.Instrument, ts int64, seq uint16) error {
	if err := db.writable(); err != nil {
		return err
	}
	if err := tick.CheckTime("ts_us", ts); err != nil {
		return err
	}
	key := MakeKey(*in, ts, seq)
	return db.write(tagDelete, key[:], "")
}

// DeleteRange removes the ticks of an instrument from start to end, both
// included, in µs, and returns how many there were. With start after end it
// removes nothing. Each tick is removed for itself: a process that dies within
// leaves a part of them.
func (db *DB) DeleteRange(in *tick.Instrument, start, end int64) (n int, err error) {
	if err := checkRange(start, end); err != nil {
		return 0, err
	}
	return db.deleteSpan(tickSpan(in, start, end), instrumentMark(in))
}

func (db *DB) deleteSpan(keys span, marks uint64) (n int, err error) {
	if err := db.writable(); err != nil {
		return 0, err
	}
	s, err := db.scanSpan(keys, marks, 0, false)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	key := slices.Clone(keys.first)
	for ; s.Next(); n++ {
		if n%checkRows == 0 {
			if err := db.interrupted(); err != nil {
				return n, err
			}
		}
		copy(key[keys.skip:], s.rows[s.next-1].key[:])
		if err := db.chain.append(func(b *buffer) bool { return b.appendRecord(tagDelete, key, "") }); err != nil {
			return n, err
		}
	}
	if s.Err() != nil {
		return n, s.Err()
	}
	return n, db.chain.endWrite()
}

// checkRows is after how many rows a loop asks whether it is interrupted.
const checkRows = 1024

func (db *DB) write(tag byte, key []byte, value string) error {
	if err := db.chain.append(func(b *buffer) bool { return b.appendRecord(tag, key, value) }); err != nil {
		return err
	}
	return db.chain.endWrite()
}

func checkRange(start, end int64) error {
	if err := tick.CheckTime("start_us", start); err != nil {
		return err
	}
	return tick.CheckTime("end_us", end)
}

// maxRawKey is the greatest length of a raw key, as in the C library.
const maxRawKey = 256

// Flush returns when everything that was put before is on the disk and would
// survive a power failure.
func (db *DB) Flush() error {
	if err := db.writable(); err != nil {
		return err
	}
	return db.engine.flush()
}

// settle makes what was put of an instrument visible to a read.
func (db *DB) settle(in *tick.Instrument) error { return db.settleMarks(instrumentMark(in)) }

// settleAll makes everything that was put visible to a read.
func (db *DB) settleAll() error { return db.settleMarks(allMarks) }

func (db *DB) settleMarks(marks uint64) error {
	if db.closed {
		return ErrClosed
	}
	if db.snapshot != nil || db.engine.chain == nil {
		return nil
	}
	return db.engine.chain.settle(marks)
}

// enterSettled is settleMarks and then enter of the engine: where it returns nil
// the caller unlocks db.engine.use.
func (db *DB) enterSettled(marks uint64) error {
	if err := db.settleMarks(marks); err != nil {
		return err
	}
	return db.engine.enter()
}

// generation changes whenever something is written that db can see.
func (db *DB) generation() uint64 {
	if db.snapshot != nil || db.engine.chain == nil {
		return 0
	}
	return db.engine.chain.generation()
}
