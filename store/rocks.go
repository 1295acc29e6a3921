package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/linxGnu/grocksdb"
)

// rocks is one open RocksDB with its write chain. All DBs of one path in an Env
// share one.
type rocks struct {
	env      *Env
	path     string
	id       rocksID
	readOnly bool
	options  Options

	rocksOptions *grocksdb.Options
	db           *grocksdb.DB
	writeOptions *grocksdb.WriteOptions
	getOptions   *grocksdb.ReadOptions // of point lookups
	scanOptions  *grocksdb.ReadOptions // of iterators
	bulkOptions  *grocksdb.ReadOptions // of iterators over more than the block cache holds
	getter       getter
	chain        *chain       // nil when readOnly
	lock         dirLock      // of the folder; none when readOnly
	note         manifestNote // of the committer, from openChain on
	marker       *walMarker   // nil when readOnly
	recovered    recovery
	torn         []tornWAL
	ingested     uint64 // the last buffer in a table file, as guard found it
	families     families
	dictionary   dictionary
	flushed      atomic.Uint64 // the generation of chain at the last flushNew
	unsynced     atomic.Bool   // something was committed since the last syncCommitted
	compactor    chan struct{} // holds a value unless compactRange has taken it

	refs atomic.Int32 // acquires without a release; it falls only under the lock of env

	// use is held for reading during each call into RocksDB, and for writing
	// by close, which waits for those calls and destroys what they use.
	use       sync.RWMutex
	closed    bool
	cursors   map[*cursor]struct{} // guarded by cursorMu, like snapshots
	snapshots map[*grocksdb.Snapshot]struct{}
	cursorMu  sync.Mutex
}

// openRocks opens RocksDB and all that stands on it. After an error nothing is open.
func openRocks(env *Env, path string, id rocksID, o *Options) (*rocks, error) {
	r := &rocks{
		env: env, path: path, id: id, readOnly: o.ReadOnly, options: *o,
		compactor: make(chan struct{}, 1), dictionary: newDictionary(),
		cursors: map[*cursor]struct{}{}, snapshots: map[*grocksdb.Snapshot]struct{}{},
	}
	r.compactor <- struct{}{}
	return r, r.open()
}

// open does the work of openRocks. After an error it has freed everything.
func (r *rocks) open() (err error) {
	exists, own, err := checkDir(r.path)
	if err != nil {
		return err
	}
	if r.readOnly && !exists {
		return errors.New("no database there to open read-only")
	}
	if r.rocksOptions, err = r.options.rocksOptions(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			r.destroy()
		}
	}()
	if !r.readOnly {
		if err := r.guard(exists, own); err != nil {
			return err
		}
	}
	if err := r.openDB(own); err != nil {
		return err
	}
	found, err := checkFormat(r.db, r.options.Format)
	if err != nil {
		return err
	}

	r.writeOptions = grocksdb.NewDefaultWriteOptions()
	r.getOptions = grocksdb.NewDefaultReadOptions()
	r.scanOptions, r.bulkOptions = newScanOptions(), newScanOptions()
	r.bulkOptions.SetFillCache(false)
	r.getter = newGetter(r.db, r.getOptions)
	if r.readOnly {
		r.reportTorn()
		r.reportUncommitted()
		return nil
	}
	if !found {
		if err := r.db.Put(r.writeOptions, []byte(formatKey), []byte(formatMarker(r.options.Format))); err != nil {
			return err
		}
		if err := r.db.FlushWAL(true); err != nil {
			return err
		}
	}
	return r.openChain()
}

// guard makes sure that RocksDB may open the database for writing: it is microts' own
// or new, nobody else writes to it, and nothing of it is missing. It cuts off what a
// power failure left at the end of the WALs. own says that microts has had a database
// there.
func (r *rocks) guard(exists, own bool) (err error) {
	if exists && !own {
		if err := checkForeign(r.path, r.options.Format); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(r.path, sideDir), 0o755); err != nil {
		return err
	}
	if r.lock, err = lockDir(r.path); err != nil {
		return err
	}
	if !exists {
		return nil
	}
	m, wals, err := checkFiles(r.path)
	if err != nil {
		return err
	}
	if r.ingested, err = m.putBack(r.path); err != nil {
		return err
	}
	r.torn, err = cutWALs(r.path, wals)
	return err
}

// openDB opens RocksDB. own says that microts has had a database there.
func (r *rocks) openDB(own bool) (err error) {
	if r.readOnly {
		r.db, r.torn, err = openImage(r.path, r.rocksOptions, own)
		return err
	}
	r.rocksOptions.SetCreateIfMissing(true)
	r.rocksOptions.SetWALRecoveryMode(grocksdb.AbsoluteConsistencyRecovery) // checkWALs has decided
	r.db, err = grocksdb.OpenDb(r.rocksOptions, r.path)
	if err != nil && isLockError(err) {
		return rocksLockHolder(r.path)
	}
	return err
}

// openChain commits what a killed process left in its buffers, and starts a chain.
func (r *rocks) openChain() error {
	dir := filepath.Join(r.path, sideDir)
	r.marker = newWALMarker(r.path)
	r.marker.opened()
	if err := r.finishIngestion(r.ingested); err != nil {
		return err
	}
	last, err := r.recover(dir)
	if err != nil {
		return err
	}
	if err := r.settleTorn(); err != nil {
		return err
	}
	folder, err := openFolder(dir, r.options.Durability == Process)
	if err != nil {
		return err
	}
	r.chain, err = newChain(last+1, folder.newBuffer, r.commit)
	if err != nil {
		return errors.Join(fmt.Errorf("make a write buffer: %w", err), folder.close())
	}
	r.chain.folder = folder
	r.chain.eachWrite = r.options.Durability == Sync
	r.chain.held = r.options.holdCommits
	if !r.chain.eachWrite {
		r.chain.ingest = r.ingest
	}
	r.writeOptions.SetSync(r.options.Durability == Sync)
	r.writeOptions.DisableWAL(r.options.Durability == None)
	r.note.dir = r.path
	_ = r.note.update(true) // best effort, as each update: it guards against damage later
	r.reportTorn()
	r.chain.start()
	return nil
}

// settleTorn forgets what was torn off the WALs if the buffers held it, as they do after
// the death of the process: then nothing is lost. Buffers are taken in the order in which
// they stood in the WALs. So if what was taken needs as much room in a WAL as what was torn
// off, it is the same.
func (r *rocks) settleTorn() error {
	torn := int64(0)
	for _, t := range r.torn {
		torn += t.bytes
	}
	if r.recovered.lost > 0 || torn > r.recovered.walBytes {
		return nil
	}
	for _, t := range r.torn {
		if err := os.Remove(t.aside); err != nil {
			return err
		}
	}
	r.torn = nil
	return nil
}

// reportTorn says what of the WALs is not taken, a line each.
func (r *rocks) reportTorn() {
	for _, t := range r.torn {
		line := fmt.Sprintf("database %q: a power failure or a kill took the end of %s: ", r.path, t.name)
		if r.readOnly {
			line += fmt.Sprintf("%d bytes are not read; an open for writing takes what the write buffers hold of them", t.bytes)
		} else {
			line += fmt.Sprintf("%d bytes are lost; what is left of them is in %s", t.bytes, t.aside)
		}
		r.env.Report(line)
	}
}

// reportUncommitted says what a process that died has left in its buffers: only an open
// for writing commits it. While a process writes, the buffers are its own.
func (r *rocks) reportUncommitted() {
	if writerOf(r.path) != nil {
		return
	}
	last, err := r.lastCommitted()
	if err != nil {
		return // the reads will say it
	}
	left, _, err := readLeftBuffers(filepath.Join(r.path, sideDir), last)
	if err != nil {
		return // there are none
	}
	entries := 0
	for _, b := range left {
		entries += max(int(b.count)-1, 0) // without the buffer's number
	}
	if entries > 0 {
		r.env.Report(fmt.Sprintf("database %q: %d puts and deletes of a process that died are not in what is read here: open the database once for writing", r.path, entries))
	}
}

// commit writes a write batch to RocksDB.
func (r *rocks) commit(wire []byte) error {
	wb := grocksdb.WriteBatchFrom(wire) // copies it
	defer wb.Destroy()
	r.unsynced.Store(true)
	if err := r.db.Write(r.writeOptions, wb); err != nil {
		return err
	}
	_ = r.note.update(false)
	return r.markCommit()
}

// markCommit keeps the mark of the WAL up to date after a commit. A power failure must
// not take the end of a WAL and leave the next one: so it syncs both if RocksDB has
// begun one.
func (r *rocks) markCommit() error {
	if r.options.Durability == None {
		return nil // it writes no WAL
	}
	mark, switched, err := r.marker.look()
	switch {
	case err != nil: // best effort, as with the note of the MANIFEST
		return nil
	case r.options.Durability == Sync:
		_ = r.marker.mark(mark)
	case switched:
		return r.syncWAL()
	}
	return nil
}

// syncWAL returns when all that was committed is on the disk, but for what was
// committed without the WAL.
func (r *rocks) syncWAL() error {
	mark, _, lookErr := r.marker.look()
	if err := r.db.FlushWAL(true); err != nil {
		return err
	}
	if lookErr == nil {
		_ = r.marker.mark(mark)
	}
	return nil
}

// flush commits everything and returns when it is on the disk.
func (r *rocks) flush() error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.use.RUnlock()
	if err := r.chain.flush(); err != nil {
		return err
	}
	if r.options.Durability == None {
		return r.flushMemtables()
	}
	return r.syncWAL()
}

// flushNew is flush, unless nothing was put since the last flushNew.
func (r *rocks) flushNew() error {
	generation := r.chain.generation()
	if r.flushed.Load() == generation {
		return nil
	}
	if err := r.flush(); err != nil {
		if errors.Is(err, ErrClosed) { // by Env.Close, which flushes
			return nil
		}
		return err
	}
	r.flushed.Store(generation)
	return nil
}

func (r *rocks) flushMemtables() error {
	fo := grocksdb.NewDefaultFlushOptions() // waits
	defer fo.Destroy()
	return r.db.Flush(fo)
}

// enter begins a call into RocksDB; the caller ends it with use.RUnlock.
func (r *rocks) enter() error {
	r.use.RLock()
	if r.closed {
		r.use.RUnlock()
		return ErrClosed
	}
	return nil
}

// close commits and flushes everything and closes RocksDB, whatever fails.
func (r *rocks) close() error {
	var errs []error
	if r.chain != nil {
		errs = append(errs, r.chain.close(r.env.closed.Load()))
	}
	r.use.Lock()
	defer r.use.Unlock()
	r.closed = true
	// The memtables are flushed, so that the next open replays no WAL. Not after
	// a failed commit: RocksDB's WAL may be broken, and must not be written to.
	if r.chain != nil && r.chain.commits > 0 && errs[0] == nil {
		errs = append(errs, r.flushMemtables())
	}
	r.destroy()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database %q: %w", r.path, err)
	}
	return nil
}

// destroy frees what open has made, which may be a part.
func (r *rocks) destroy() {
	r.cursorMu.Lock() // closeCursors and Stats look at the cursors without use
	defer r.cursorMu.Unlock()
	for c := range r.cursors {
		c.it.close()
		c.closed = true
	}
	clear(r.cursors)
	for s := range r.snapshots {
		r.db.ReleaseSnapshot(s)
	}
	clear(r.snapshots)
	if r.writeOptions != nil {
		r.writeOptions.Destroy()
	}
	for _, o := range []*grocksdb.ReadOptions{r.getOptions, r.scanOptions, r.bulkOptions} {
		if o != nil {
			o.Destroy()
		}
	}
	if r.db != nil {
		r.db.Close()
		if r.chain != nil {
			_ = r.note.update(true)
			r.marker.closed()
		}
	}
	if r.rocksOptions != nil {
		r.rocksOptions.Destroy()
	}
	r.lock.unlock()
}
