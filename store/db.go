package store

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// DB is an open database, or a snapshot of one: a tick.Source that can be written
// to. All DBs of one path in an Env share one RocksDB and one order of writes: what
// one has put, all see.
//
// A DB is for one goroutine at a time; each goroutine opens its own. A DB that
// is garbage is closed.
type DB struct {
	*view
	ahead   readahead
	buf     []byte          // receives the value of a point lookup
	defined tick.Instrument // a stand-in whose code the dictionary has
}

// view is what a DB owns. It is an allocation of its own, which the cleanup of a
// garbage DB closes.
type view struct {
	rocks    *rocks
	chain    *chain // of rocks; nil where nothing can be written
	path     string // as it was given
	readOnly bool
	oneCore  bool // Options.OneCore

	isSnapshot bool
	snapshot   *grocksdb.Snapshot // nil in a snapshot of a read-only DB too
	getter     getter
	scanOpts   *grocksdb.ReadOptions
	bulkOpts   *grocksdb.ReadOptions // see iterate
	getOpts    *grocksdb.ReadOptions // the snapshot's, or nil
	closed     bool

	interrupt func() error // nil: nothing interrupts
}

func newDB(v *view) *DB {
	db := &DB{view: v}
	runtime.AddCleanup(db, func(v *view) { _ = v.close() }, v)
	return db
}

// Snapshot returns a DB that sees the database as it is now, whatever is written
// later, and cannot be written to. It has the interrupt of db. The caller closes it.
func (db *DB) Snapshot() (*DB, error) {
	if err := db.settleAll(); err != nil {
		return nil, err
	}
	r := db.rocks
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.use.RUnlock()
	r.retain()
	v := &view{
		rocks: r, path: db.path, readOnly: true, oneCore: db.oneCore, isSnapshot: true,
		getter: db.getter, scanOpts: db.scanOpts, bulkOpts: db.bulkOpts, interrupt: db.interrupt,
	}
	if !r.readOnly {
		v.takeSnapshot()
	}
	return newDB(v), nil
}

// takeSnapshot makes v read from a snapshot of RocksDB, taken now. The caller has
// entered v.rocks.
func (v *view) takeSnapshot() {
	r := v.rocks
	v.snapshot = r.db.NewSnapshot()
	r.cursorMu.Lock()
	r.snapshots[v.snapshot] = struct{}{}
	r.cursorMu.Unlock()
	v.getOpts, v.scanOpts, v.bulkOpts = grocksdb.NewDefaultReadOptions(), newScanOptions(), newScanOptions()
	v.bulkOpts.SetFillCache(false)
	for _, o := range []*grocksdb.ReadOptions{v.getOpts, v.scanOpts, v.bulkOpts} {
		o.SetSnapshot(v.snapshot)
	}
	v.getter = newGetter(r.db, v.getOpts)
}

// Close ends the use of db and of its scans. If db is the last DB of its path in the
// Env, or its durability is None, Close first commits everything and flushes it to the
// disk. Closing twice is no error.
func (db *DB) Close() error {
	if db.closed {
		return nil
	}
	db.ahead.drop()
	return db.view.close()
}

func (v *view) close() error {
	if v.closed {
		return nil
	}
	v.closed = true
	r := v.rocks
	r.closeCursors(v)
	v.releaseSnapshot()
	var err error
	if v.chain != nil && r.options.Durability == None {
		err = r.flushNew() // other DBs may keep it open for long
	}
	return errors.Join(err, r.release())
}

func (v *view) releaseSnapshot() {
	if v.snapshot == nil {
		return
	}
	r := v.rocks
	r.use.RLock()
	defer r.use.RUnlock()
	if !r.closed {
		r.cursorMu.Lock()
		delete(r.snapshots, v.snapshot)
		r.cursorMu.Unlock()
		r.db.ReleaseSnapshot(v.snapshot)
	}
	v.getOpts.Destroy()
	v.scanOpts.Destroy()
	v.bulkOpts.Destroy()
}

// SetInterrupt sets a function that long operations on db call every few ms, in the
// goroutine of db. When it returns an error, they end with that error. A context's Err
// is such a function. The operations are scans, gets that read ahead, counts, lists of
// instruments, deletes of ranges, operations on column families, and compactions.
//
// The function must not use db.
func (db *DB) SetInterrupt(interrupt func() error) { db.interrupt = interrupt }

// interrupted returns why a long operation must end, or nil.
func (v *view) interrupted() error {
	if v.interrupt == nil {
		return nil
	}
	return v.interrupt()
}

// Path returns the path as it was given to Open.
func (db *DB) Path() string { return db.path }

// Format returns the format of the database.
func (db *DB) Format() tick.Format { return db.rocks.options.Format }

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

// Put writes one tick over what is there. It allocates nothing and keeps none of its
// arguments. ts is in µs, 0 <= ts < tick.MaxTime; value has at most tick.MaxValue
// bytes. Errors: *tick.RangeError, ErrClosed, ErrReadOnly, ErrSnapshot, ErrUndefined, and
// that of the first commit to RocksDB that failed.
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
	if in.IsStandIn() {
		if err := db.checkDefined(in); err != nil {
			return err
		}
	}
	return db.chain.put(in, ts, seq, value)
}

// PutMany writes the rows of one instrument in their order. It checks all of
// them before it writes the first. PutRows does the same and more.
func (db *DB) PutMany(in *tick.Instrument, rows []tick.Row) error {
	_, err := db.PutRows(in, rows, WriteOptions{})
	return err
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
	key := makeTickKey(*in, ts, seq)
	id := seriesID{in: *in}
	if err := db.chain.append(func(b *buffer) bool { return db.chain.remove(b, &id, key[:]) }); err != nil {
		return err
	}
	return db.chain.endWrite()
}

// DeleteRange removes the ticks of an instrument in a range, and returns how many
// there were. It removes them one by one: a process that dies meanwhile leaves a part
// of them.
func (db *DB) DeleteRange(in *tick.Instrument, r tick.Range) (n int, err error) {
	if err := r.Check(); err != nil {
		return 0, err
	}
	key := makeTickKey(*in, 0, 0)
	return db.deleteSpan(tickSpan(in, r), instrumentMark(in), &seriesID{in: *in}, key[:], func(ts int64, seq uint16) { key.set(*in, ts, seq) })
}

// deleteSpan removes the rows of a span, which are rows of a series. seek makes key the
// key of a time and a seq.
func (db *DB) deleteSpan(keys span, marks uint64, id *seriesID, key []byte, seek func(ts int64, seq uint16)) (n int, err error) {
	if err := db.writable(); err != nil {
		return 0, err
	}
	rows, err := db.scanSpan(keys, marks, 0, false)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		seek(rows.Time(), rows.Seq())
		if err := db.chain.append(func(b *buffer) bool { return db.chain.remove(b, id, key) }); err != nil {
			return n, err
		}
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	return n, db.chain.endWrite()
}

func (db *DB) write(tag byte, key []byte, value string) error {
	if err := db.chain.append(func(b *buffer) bool { return b.appendEntry(tag, key, value) }); err != nil {
		return err
	}
	return db.chain.endWrite()
}

// Flush returns when everything that was put before is on the disk and would
// survive a power failure.
func (db *DB) Flush() error {
	if err := db.writable(); err != nil {
		return err
	}
	return db.rocks.flush()
}

// settle commits what was put of an instrument, so that a read sees it.
func (db *DB) settle(in *tick.Instrument) error { return db.settleMarks(instrumentMark(in)) }

// settleAll commits everything that was put.
func (db *DB) settleAll() error { return db.settleMarks(allMarks) }

func (db *DB) settleMarks(marks uint64) error {
	if db.closed {
		return ErrClosed
	}
	if db.snapshot != nil || db.rocks.chain == nil {
		return nil
	}
	return db.rocks.chain.settle(marks)
}

// enterSettled is settleMarks and then rocks.enter. If it returns nil, the caller calls
// db.rocks.use.RUnlock.
func (db *DB) enterSettled(marks uint64) error {
	if err := db.settleMarks(marks); err != nil {
		return err
	}
	return db.rocks.enter()
}

// generation changes whenever something is written that db can see, and when its Env
// is closed.
func (db *DB) generation() uint64 {
	if db.snapshot != nil || db.rocks.chain == nil {
		if db.rocks.env.closed.Load() {
			return closedGeneration
		}
		return 0
	}
	return db.rocks.chain.generation()
}

// closedGeneration is no generation of a chain.
const closedGeneration = ^uint64(0)
