package store

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/linxGnu/grocksdb"
)

// A run is a row of full buffers whose ticks ascend from the first to the last,
// as those of a bulk load do that goes instrument by instrument. A long run is
// not written through RocksDB's WAL and memtable but as a table file of its own,
// which RocksDB takes in as it is: half the work, and nothing to compact.
//
// For that the chain holds a run back while it grows: as long as puts come fast
// and nobody reads or flushes, up to runBuffers or maxRunAge. The mapped buffers
// keep it meanwhile, as they keep everything that is not committed.
//
// Taking a table file in and noting its last buffer under bufferKey are two
// steps. A process that dies between them leaves buffers that are committed once
// more at the next open: the last ones of all, so with the same effect.
const (
	runBuffers = 32 // a run of so many is written
	minRun     = 4  // a shorter one goes the common way
	maxRunAge  = time.Second

	// growth is how many bytes must come within maxAge for a run to be held back.
	growth = 32 << 10

	runFile = "run.sst"
)

// runLength returns how many of the full buffers up to number are one run, or 1. The
// caller holds mu.
func (c *chain) runLength(number uint64) int {
	if c.ingest == nil || !c.full[0].ascending {
		return 1
	}
	n := 1
	for n < len(c.full) && c.full[n].number <= number && c.full[n].follows(c.full[n-1]) {
		n++
	}
	if n < minRun {
		return 1
	}
	return n
}

// growing says whether all that is not committed is a run to be held back. The
// committer asks at every maxAge and when a buffer is full.
func (c *chain) growing(timer bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.current.Load()
	at := b.number*bufferSize + uint64(b.n)
	fast := at-c.seen >= growth
	if timer {
		c.seen = at
	}
	if c.ingest == nil || c.err != nil || timer && !fast || len(c.full) >= runBuffers {
		return false
	}
	for i, f := range c.full {
		next := b
		if i+1 < len(c.full) {
			next = c.full[i+1]
		}
		if !next.follows(f) || time.Since(f.begun) > maxRunAge {
			return false
		}
	}
	return b.ascending
}

// ingest commits a run.
func (e *engine) ingest(buffers []*buffer) error {
	if err := e.takeIn(buffers); err != nil {
		return err
	}
	return e.commit(buffers[len(buffers)-1].marker())
}

// takeIn writes a run as a table file and lets RocksDB take it in.
func (e *engine) takeIn(buffers []*buffer) error {
	path := filepath.Join(e.path, sideDir, runFile)
	defer os.Remove(path) // where it was not taken in, and moved
	env := grocksdb.NewDefaultEnvOptions()
	defer env.Destroy()
	writer := grocksdb.NewSSTFileWriter(env, e.rocksOptions)
	defer writer.Destroy()
	if err := writer.Open(path); err != nil {
		return fmt.Errorf("create a table file: %w", err)
	}
	for _, b := range buffers {
		if err := addBatch(writer, b.batch()); err != nil {
			return fmt.Errorf("write a table file: %w", err)
		}
	}
	if err := writer.Finish(); err != nil {
		return fmt.Errorf("write a table file: %w", err)
	}
	o := grocksdb.NewDefaultIngestExternalFileOptions()
	defer o.Destroy()
	o.SetMoveFiles(true)
	if err := e.rocks.IngestExternalFile([]string{path}, o); err != nil {
		return fmt.Errorf("take in a table file: %w", err)
	}
	return nil
}
