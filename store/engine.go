package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/linxGnu/grocksdb"
	"golang.org/x/sys/unix"
)

// engine is one open RocksDB with its write chain. All DBs of one path in the
// process share one; the last to close closes it.
type engine struct {
	path     string
	id       engineID
	readOnly bool
	options  Options

	rocksOptions *grocksdb.Options
	rocks        *grocksdb.DB
	writeOptions *grocksdb.WriteOptions
	getOptions   *grocksdb.ReadOptions // of point lookups
	scanOptions  *grocksdb.ReadOptions // of iterators
	getter       getter
	chain        *chain // nil when readOnly
	secondaryDir string // where a secondary instance writes its log; removed at close
	recovered    recovery
	families     families
	flushed      atomic.Uint64 // generation of the chain that flushNew last flushed

	refs atomic.Int32 // changed under the lock of engines

	// use is held for reading during each call into RocksDB, and for writing
	// by close, which waits for those calls and destroys what they use.
	use       sync.RWMutex
	closed    bool
	cursors   map[*cursor]struct{} // guarded by cursorMu, like snapshots
	snapshots map[*grocksdb.Snapshot]struct{}
	cursorMu  sync.Mutex
}

// engineID tells one database's folder from all others, whatever its path.
type engineID struct {
	dev, ino uint64
	readOnly bool
}

// engines are the open ones. The lock is held while one is opened or closed.
var engines = struct {
	sync.Mutex
	open map[engineID]*engine
}{open: map[engineID]*engine{}}

// shutdown is set when the process is about to end.
var shutdown atomic.Bool

// Shutdown flushes and closes all databases of the process, which is about to
// end. From now on Open and Close wait for ever, and everything else returns
// ErrClosed; who would go on after that calls [ParkAfterShutdown]. It returns
// the errors of all closes.
func Shutdown() error {
	shutdown.Store(true)
	engines.Lock() // for ever
	var errs []error
	for _, e := range engines.open {
		errs = append(errs, e.close())
	}
	return errors.Join(errs...)
}

// ParkAfterShutdown waits for ever if Shutdown was called, so that nothing is
// seen of what a goroutine would do about its closed database. The caller holds
// no lock.
func ParkAfterShutdown() {
	if shutdown.Load() {
		select {}
	}
}

// acquire returns the engine of a path, opened where it is not yet open.
func acquire(path string, o *Options) (*engine, error) {
	if !o.ReadOnly {
		if err := os.MkdirAll(path, 0o755); err != nil {
			var pathErr *fs.PathError
			if errors.As(err, &pathErr) {
				err = fmt.Errorf("create folder %s: %w", pathErr.Path, pathErr.Err)
			}
			return nil, err
		}
	}
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		return nil, err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil, errors.New("not a folder")
	}
	id := engineID{stat.Dev, stat.Ino, false}

	engines.Lock()
	defer engines.Unlock()
	e := engines.open[id]
	if e == nil && o.ReadOnly {
		id.readOnly = true
		e = engines.open[id]
	}
	if e != nil {
		if o.Format != e.options.Format {
			return nil, formatMismatch(e.options.Format, o.Format)
		}
		if !o.ReadOnly && o.Durability != e.options.Durability {
			return nil, &OptionError{"durability", fmt.Sprintf("the database is open with %q already, not %q", e.options.Durability, o.Durability)}
		}
		e.refs.Add(1)
		return e, nil
	}
	e = &engine{
		path: path, id: id, readOnly: o.ReadOnly, options: *o,
		cursors: map[*cursor]struct{}{}, snapshots: map[*grocksdb.Snapshot]struct{}{},
	}
	if err := e.open(); err != nil {
		return nil, err
	}
	e.refs.Store(1)
	engines.open[id] = e
	return e, nil
}

// retain is acquire for who has the engine already.
func (e *engine) retain() {
	engines.Lock()
	defer engines.Unlock()
	e.refs.Add(1)
}

// release gives back what acquire returned, and closes it after the last one.
func (e *engine) release() error {
	engines.Lock()
	defer engines.Unlock()
	if e.refs.Add(-1) > 0 {
		return nil
	}
	delete(engines.open, e.id)
	return e.close()
}

// open opens RocksDB and all that stands on it, or nothing.
func (e *engine) open() (err error) {
	exists, known, err := checkDir(e.path)
	if err != nil {
		return err
	}
	if e.readOnly && !exists {
		return errors.New("no database there to open read-only")
	}
	if e.rocksOptions, err = e.options.rocksOptions(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			e.destroy()
		}
	}()
	if exists && !known && !e.readOnly {
		if err := checkForeign(e.rocksOptions, e.path, e.options.Format); err != nil {
			return err
		}
	}
	if err := e.openRocks(); err != nil {
		return err
	}
	found, err := checkFormat(e.rocks, e.options.Format)
	if err != nil {
		return err
	}

	e.writeOptions = grocksdb.NewDefaultWriteOptions()
	e.getOptions = grocksdb.NewDefaultReadOptions()
	e.scanOptions = grocksdb.NewDefaultReadOptions()
	e.scanOptions.SetTotalOrderSeek(true) // ranges cross chunks, the prefixes
	e.getter = newGetter(e.rocks, e.getOptions)
	if e.readOnly {
		return nil
	}
	if !found {
		if err := e.rocks.Put(e.writeOptions, []byte(formatKey), []byte(formatMarker(e.options.Format))); err != nil {
			return err
		}
	}
	return e.openChain()
}

func (e *engine) openRocks() (err error) {
	if !e.readOnly {
		e.rocksOptions.SetCreateIfMissing(true)
		e.rocks, err = grocksdb.OpenDb(e.rocksOptions, e.path)
		if err != nil && isLockError(err) {
			return lockHolder(e.path)
		}
		return err
	}
	e.rocksOptions.SetMaxOpenFiles(-1) // files that the writer removes stay readable
	if e.secondaryDir, err = os.MkdirTemp("", "microts-read-only-"); err != nil {
		return err
	}
	if e.rocks, err = grocksdb.OpenDbAsSecondary(e.rocksOptions, e.path, e.secondaryDir); err != nil {
		return err
	}
	// The writer may have flushed and removed a WAL between the two steps of
	// the open; catching up reads the files that the flush made.
	return e.rocks.TryCatchUpWithPrimary()
}

// openChain recovers what a killed process left in its buffers and makes the
// chain for this one.
func (e *engine) openChain() error {
	dir := filepath.Join(e.path, sideDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	last, err := e.recover(dir)
	if err != nil {
		return err
	}
	newBuffer := bufferFiles(dir)
	if e.options.Durability != Process {
		newBuffer = func() (*buffer, error) { return newHeapBuffer(), nil }
	}
	e.chain, err = newChain(last+1, newBuffer, e.commit)
	if err != nil {
		return fmt.Errorf("make a write buffer: %w", err)
	}
	e.chain.eachWrite = e.options.Durability == Sync
	e.chain.held = e.options.holdCommits
	if !e.chain.eachWrite {
		e.chain.ingest = e.ingest
	}
	e.writeOptions.SetSync(e.options.Durability == Sync)
	e.writeOptions.DisableWAL(e.options.Durability == None)
	e.chain.start()
	return nil
}

// commit writes one batch to RocksDB.
func (e *engine) commit(batch []byte) error {
	wb := grocksdb.WriteBatchFrom(batch) // copies it
	defer wb.Destroy()
	return e.rocks.Write(e.writeOptions, wb)
}

// flush returns when everything put before is on the disk.
func (e *engine) flush() error {
	if err := e.enter(); err != nil {
		return err
	}
	defer e.use.RUnlock()
	if err := e.chain.drain(true); err != nil {
		return err
	}
	if e.options.Durability == None {
		return e.flushMemtables()
	}
	return e.rocks.FlushWAL(true)
}

// flushNew is flush, unless nothing was put since the last flushNew.
func (e *engine) flushNew() error {
	generation := e.chain.generation()
	if e.flushed.Load() == generation {
		return nil
	}
	if err := e.flush(); err != nil {
		if errors.Is(err, ErrClosed) { // by Shutdown, which flushes
			return nil
		}
		return err
	}
	e.flushed.Store(generation)
	return nil
}

func (e *engine) flushMemtables() error {
	fo := grocksdb.NewDefaultFlushOptions() // waits
	defer fo.Destroy()
	return e.rocks.Flush(fo)
}

// enter begins a call into RocksDB; the caller ends it with use.RUnlock.
func (e *engine) enter() error {
	e.use.RLock()
	if e.closed {
		e.use.RUnlock()
		return ErrClosed
	}
	return nil
}

// close commits and flushes everything and closes RocksDB, whatever fails.
func (e *engine) close() error {
	var errs []error
	if e.chain != nil {
		errs = append(errs, e.chain.close())
	}
	e.use.Lock()
	defer e.use.Unlock()
	e.closed = true
	// The memtables are flushed, so that the next open replays no WAL. Not after
	// a failed commit: RocksDB's WAL may be broken, and must not be written to.
	if e.chain != nil && e.chain.commits > 0 && errs[0] == nil {
		errs = append(errs, e.flushMemtables())
	}
	e.destroy()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database %q: %w", e.path, err)
	}
	return nil
}

// destroy frees what open made, as far as it came.
func (e *engine) destroy() {
	for c := range e.cursors {
		c.it.close()
		c.closed = true
	}
	clear(e.cursors)
	for s := range e.snapshots {
		e.rocks.ReleaseSnapshot(s)
	}
	clear(e.snapshots)
	for _, o := range []interface{ Destroy() }{e.writeOptions, e.getOptions, e.scanOptions} {
		switch o := o.(type) {
		case *grocksdb.WriteOptions:
			if o != nil {
				o.Destroy()
			}
		case *grocksdb.ReadOptions:
			if o != nil {
				o.Destroy()
			}
		}
	}
	if e.rocks != nil {
		e.rocks.Close()
	}
	if e.rocksOptions != nil {
		e.rocksOptions.Destroy()
	}
	if e.secondaryDir != "" {
		os.RemoveAll(e.secondaryDir)
	}
}
