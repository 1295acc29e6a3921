package store

import (
	"os"
	"path/filepath"
)

// Stats says what a database holds and what was done to it since it was opened. All
// DBs of a path have the same, except Path and Mode.
type Stats struct {
	Path           string
	Format         string // "V1" or "V2"
	Mode           string // "rw", "r" or "snapshot"
	Durability     string // "process", "sync" or "none"
	Keys           uint64 // RocksDB's estimate; a tick that was overwritten may count twice
	DiskBytes      int64  // of all files in the folder
	LiveBytes      uint64 // of the table files that hold data
	MemtableBytes  uint64
	CacheBytes     uint64 // of the block cache, which all databases of the process share
	Commits        uint64 // write batches and table files handed to RocksDB
	Entries        uint64 // puts and deletes in them
	PendingEntries uint64 // puts and deletes not yet committed
	Overwritten    uint64 // puts and points that were noticed to overwrite one; see rows.go
	Handles        int    // DBs open in this process, snapshots included
	Scans          int    // not yet at their end

	// What Open found of a process that died.
	RecoveredBuffers int
	RecoveredEntries int
	LostBytes        int64 // of buffers and WALs, not to be trusted after a power failure; kept as *.unverified
	LostEntries      int   // puts and deletes in those of buffers; an estimate
}

// Stats returns what is known now. It commits nothing.
func (db *DB) Stats() (Stats, error) {
	if db.closed {
		return Stats{}, ErrClosed
	}
	r := db.rocks
	if err := r.enter(); err != nil {
		return Stats{}, err
	}
	defer r.use.RUnlock()
	s := Stats{
		Path:             db.path,
		Format:           db.Format().String(),
		Mode:             "rw",
		Durability:       r.options.Durability.String(),
		Keys:             r.property("rocksdb.estimate-num-keys"),
		LiveBytes:        r.property("rocksdb.live-sst-files-size"),
		MemtableBytes:    r.property("rocksdb.cur-size-all-mem-tables"),
		CacheBytes:       r.property("rocksdb.block-cache-usage"),
		DiskBytes:        folderSize(r.path),
		RecoveredBuffers: r.recovered.buffers,
		RecoveredEntries: r.recovered.entries,
		LostBytes:        r.recovered.lost,
		LostEntries:      r.recovered.lostEntries,
	}
	for _, t := range r.torn {
		s.LostBytes += t.bytes
	}
	switch {
	case db.IsSnapshot():
		s.Mode = "snapshot"
	case db.chain == nil:
		s.Mode = "r"
	}
	r.cursorMu.Lock()
	s.Scans = len(r.cursors)
	r.cursorMu.Unlock()
	s.Handles = int(r.refs.Load())
	if c := r.chain; c != nil {
		c.mu.Lock()
		s.Commits, s.Entries, s.Overwritten = c.commits, c.entries, c.overwritten
		for _, b := range append(c.full[:len(c.full):len(c.full)], c.current.Load()) {
			s.PendingEntries += uint64(b.count - 1)
		}
		c.mu.Unlock()
	}
	return s, nil
}

func (r *rocks) property(name string) uint64 {
	v, _ := r.db.GetIntProperty(name)
	return v
}

// folderSize adds up the sizes of the files in a folder. A file that vanishes
// meanwhile counts 0.
func folderSize(path string) (bytes int64) {
	_ = filepath.WalkDir(path, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}
