package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/linxGnu/grocksdb"
)

// A run is a row of full buffers that hold nothing but ticks and points, as those
// of a bulk load do. A long run is not written through RocksDB's WAL and memtable
// but sorted and written as a table file of its own, which RocksDB takes in as it
// is: half the work. A load that goes up in time instrument by instrument needs
// no sorting, and its files no compaction.
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
	if c.ingest == nil {
		return 1
	}
	n := 0
	for n < len(c.full) && c.full[n].number <= number && c.full[n].plain {
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
	for _, f := range c.full {
		if !f.plain || time.Since(f.begun) > maxRunAge {
			return false
		}
	}
	return b.plain
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
	if err := addRun(writer, buffers); err != nil {
		return fmt.Errorf("write a table file: %w", err)
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

// addRun adds the records of a run to a table file, in the order of their keys;
// of those of one key the last.
func addRun(writer *grocksdb.SSTFileWriter, buffers []*buffer) error {
	r := runRecords{buffers: buffers}
	if r.collect() {
		for _, b := range buffers {
			if err := addBatch(writer, b.batch()); err != nil {
				return err
			}
		}
		return nil
	}
	r.sort()
	batch := make([]byte, batchHeader, bufferSize+bufferSize/8)
	for i, at := range r.all {
		if i+1 < len(r.all) && bytes.Equal(r.key(at), r.key(r.all[i+1])) {
			continue
		}
		batch = append(batch, r.record(at)...)
		if len(batch) > bufferSize || i+1 == len(r.all) {
			if err := addBatch(writer, batch); err != nil {
				return err
			}
			batch = batch[:batchHeader]
		}
	}
	return nil
}

// runRecords are the records of a run, by their places: the buffer's index in the
// upper half, where in its data the record begins in the lower.
type runRecords struct {
	buffers []*buffer
	all     []uint64
}

// collect finds the records and says whether their keys ascend.
func (r *runRecords) collect() (ascending bool) {
	ascending = true
	for i, b := range r.buffers {
		for at := batchHeader; at < b.n; {
			record, _ := readRecord(b.data, at) // the buffer wrote it
			if record.tag == tagPut && record.key[0] != 0 {
				place := uint64(i)<<32 | uint64(at)
				if n := len(r.all); n > 0 && ascending {
					ascending = bytes.Compare(r.key(r.all[n-1]), record.key) < 0
				}
				r.all = append(r.all, place)
			}
			at = record.end
		}
	}
	return ascending
}

// key returns a record's key, which is at most 127 bytes long.
func (r *runRecords) key(place uint64) []byte {
	data := r.buffers[place>>32].data[uint32(place)+1:]
	return data[1 : 1+data[0]]
}

func (r *runRecords) record(place uint64) []byte {
	data := r.buffers[place>>32].data
	record, _ := readRecord(data, int(uint32(place))) // collect has read it
	return data[uint32(place):record.end]
}

// sort sorts the records by key; those of one key keep their order. It merges
// what ascends already: the ticks of one instrument in a load of many.
func (r *runRecords) sort() {
	from, to := r.all, make([]uint64, len(r.all))
	var ends []int // of the pieces that ascend
	for i := 1; i <= len(from); i++ {
		if i == len(from) || bytes.Compare(r.key(from[i-1]), r.key(from[i])) > 0 {
			ends = append(ends, i)
		}
	}
	for len(ends) > 1 {
		merged, start := ends[:0], 0
		for i := 0; i < len(ends); i += 2 {
			middle, end := ends[i], ends[min(i+1, len(ends)-1)]
			r.merge(to[start:start:end], from[start:middle], from[middle:end])
			merged, start = append(merged, end), end
		}
		ends = merged
		from, to = to, from
	}
	r.all = from
}

// merge appends two ascending pieces to to, which has room for them.
func (r *runRecords) merge(to, a, b []uint64) {
	for len(a) > 0 && len(b) > 0 {
		if bytes.Compare(r.key(a[0]), r.key(b[0])) <= 0 {
			to, a = append(to, a[0]), a[1:]
		} else {
			to, b = append(to, b[0]), b[1:]
		}
	}
	_ = append(append(to, a...), b...)
}
