package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/linxGnu/grocksdb"
	"golang.org/x/sys/unix"
)

// An ingestion is consecutive full buffers that hold nothing but ticks and points, as
// those of a bulk load do. They bypass RocksDB's WAL and memtable: their entries are
// sorted and written as a table file, which RocksDB takes in as it is. That is half
// the work. If the times of a load ascend, instrument by instrument, its entries need
// no sorting, and its table files no compaction.
//
// To collect an ingestion, the chain holds full buffers back while puts come fast and
// no goroutine reads or flushes, up to maxIngestion buffers or maxIngestionAge.
// Meanwhile the mapped buffers keep what was put.
//
// Whatever a kill or a power failure takes, it is the end:
//
//  1. What was committed before is synced: the WAL, or with durability "none" the
//     memtables.
//  2. A link to the table file is made in the side folder, ingest-N.sst, where N is the
//     number of the last buffer. If RocksDB cannot sync its MANIFEST, it deletes the table
//     file though the MANIFEST may name it: then the next open takes the link.
//  3. RocksDB takes the table file in, and syncs it and the MANIFEST.
//  4. N is put under bufferKey, and the WAL is synced.
//  5. The link is removed.
//
// If the process dies before 4, the next open finds that the link is a table file of the
// database, and does 4. If it finds none, it commits the buffers again: they are the last
// writes of all.
const (
	maxIngestion    = 32 // buffers; so many are written at once
	minIngestion    = 4  // buffers; fewer are written one by one, through the WAL
	maxIngestionAge = time.Second

	// growth is how many bytes must come within maxAge for buffers to be held back.
	growth = 32 << 10
)

// ingestionLength returns how many of the full buffers up to number are one
// ingestion, or 1. The caller holds mu.
func (c *chain) ingestionLength(number uint64) int {
	if c.ingest == nil {
		return 1
	}
	n := 0
	for n < len(c.full) && c.full[n].number <= number && c.full[n].plain {
		n++
	}
	if n < minIngestion {
		return 1
	}
	return n
}

// growing says whether the buffers that are not committed are the beginning of an
// ingestion: then the committer holds them back. The committer asks when a buffer is
// full and, with timer, once every maxAge.
func (c *chain) growing(timer bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.current.Load()
	at := b.number*bufferSize + uint64(b.n)
	fast := at-c.seen >= growth
	if timer {
		c.seen = at
	}
	if c.ingest == nil || c.err != nil || timer && !fast || len(c.full) >= maxIngestion {
		return false
	}
	for _, f := range c.full {
		if !f.plain || time.Since(f.begun) > maxIngestionAge {
			return false
		}
	}
	return b.plain
}

// ingest commits an ingestion.
func (r *rocks) ingest(buffers []*buffer) error {
	if err := r.ingestTable(buffers); err != nil {
		return err
	}
	last := buffers[len(buffers)-1]
	if r.options.Durability == Process { // else nothing recovers buffers
		if err := r.commit(last.marker()); err != nil {
			return err
		}
		if err := r.syncCommitted(); err != nil {
			return err
		}
	}
	if err := os.Remove(ingestionLink(r.path, last.number)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// ingestTable writes the entries of an ingestion as a table file and lets RocksDB
// take it in.
func (r *rocks) ingestTable(buffers []*buffer) error {
	path := filepath.Join(r.path, sideDir, ingestionFile)
	defer os.Remove(path) // after an error; RocksDB moves a file that it takes in
	if err := r.writeTable(path, buffers); err != nil {
		return err
	}
	if err := r.syncCommitted(); err != nil {
		return err
	}
	if err := os.Link(path, ingestionLink(r.path, buffers[len(buffers)-1].number)); err != nil && !noLinks(err) {
		return err
	}
	return r.ingestFile(path)
}

// noLinks says whether a file system has no links: there RocksDB copies the table file.
func noLinks(err error) bool {
	return errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS)
}

// writeTable writes the entries of an ingestion as a table file.
func (r *rocks) writeTable(path string, buffers []*buffer) error {
	env := grocksdb.NewDefaultEnvOptions()
	defer env.Destroy()
	writer := grocksdb.NewSSTFileWriter(env, r.rocksOptions)
	defer writer.Destroy()
	if err := writer.Open(path); err != nil {
		return fmt.Errorf("create a table file: %w", err)
	}
	if err := addSorted(writer, buffers); err != nil {
		return fmt.Errorf("write a table file: %w", err)
	}
	if err := writer.Finish(); err != nil {
		return fmt.Errorf("write a table file: %w", err)
	}
	return nil
}

// syncCommitted returns when what was committed is on the disk.
func (r *rocks) syncCommitted() error {
	switch {
	case !r.unsynced.Swap(false):
		return nil
	case r.options.Durability == None:
		return r.flushMemtables()
	}
	return r.syncWAL()
}

func ingestionLink(dir string, number uint64) string {
	return filepath.Join(dir, sideDir, fmt.Sprintf("%s%d%s", ingestionLinkPrefix, number, tableSuffix))
}

// ingestionLinks returns the links to table files of ingestions that were not finished,
// by the numbers of their last buffers.
func ingestionLinks(dir string) (links map[uint64]string, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, sideDir, ingestionLinkPrefix+"*"+tableSuffix))
	if err != nil {
		return nil, err
	}
	links = map[uint64]string{}
	for _, path := range paths {
		var number uint64
		if _, err := fmt.Sscanf(filepath.Base(path), ingestionLinkPrefix+"%d", &number); err == nil {
			links[number] = path
		}
	}
	return links, nil
}

// ingestedAs returns the link to a table file that RocksDB deleted though the MANIFEST
// names it, or "".
func ingestedAs(dir string, size uint64) string {
	links, err := ingestionLinks(dir)
	if err != nil {
		return ""
	}
	for _, path := range links {
		if info, err := os.Stat(path); err == nil && uint64(info.Size()) == size {
			return path
		}
	}
	return ""
}

// putBack gives table files of ingestions that RocksDB deleted their names again. It
// returns the number of the last buffer that is in a table file of the database, though
// it may not stand under bufferKey, or 0.
func (m *manifest) putBack(dir string) (last uint64, err error) {
	links, err := ingestionLinks(dir)
	if err != nil {
		return 0, err
	}
	for number, size := range m.tables {
		path := filepath.Join(dir, tableName(number))
		table, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			if err := os.Link(ingestedAs(dir, size), path); err != nil {
				return 0, fmt.Errorf("put %s back: %w", path, err)
			}
			table, err = os.Stat(path)
		}
		if err != nil {
			return 0, err
		}
		for buffer, link := range links {
			if info, err := os.Stat(link); err == nil && os.SameFile(info, table) {
				last = max(last, buffer)
			}
		}
	}
	return last, nil
}

// finishIngestion puts the number of the last buffer that is in a table file under
// bufferKey, if it is higher than what stands there, and removes the links.
func (r *rocks) finishIngestion(last uint64) error {
	links, err := ingestionLinks(r.path)
	if err != nil || len(links) == 0 {
		return err
	}
	var value [8]byte
	if _, err := r.getter.get([]byte(bufferKey), value[:]); err != nil {
		return err
	}
	if last > binary.BigEndian.Uint64(value[:]) {
		b := newHeapBuffer()
		b.begin(last)
		marker := b.marker()
		if err := r.commit(marker); err != nil {
			return err
		}
		if err := r.syncWAL(); err != nil {
			return err
		}
		r.recovered.walBytes += mostLogBytes(len(marker))
	}
	for _, path := range links {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// addSorted adds the entries of an ingestion to a table file in the order of their
// keys. Of several entries of one key it adds the last.
func addSorted(writer *grocksdb.SSTFileWriter, buffers []*buffer) error {
	in := ingestion{buffers: buffers}
	if in.collect() {
		for _, b := range buffers {
			if err := addBatch(writer, b.writeBatch()); err != nil {
				return err
			}
		}
		return nil
	}
	in.sort()
	wire := make([]byte, wireHeader, bufferSize+bufferSize/8)
	for i, at := range in.places {
		if i+1 < len(in.places) && bytes.Equal(in.key(at), in.key(in.places[i+1])) {
			continue
		}
		wire = append(wire, in.entry(at)...)
		if len(wire) > bufferSize || i+1 == len(in.places) {
			if err := addBatch(writer, wire); err != nil {
				return err
			}
			wire = wire[:wireHeader]
		}
	}
	return nil
}

// ingestion is the entries of some buffers. A place says where an entry is: the upper
// 32 bits are the index of its buffer, the lower 32 where it begins in the buffer's
// data.
type ingestion struct {
	buffers []*buffer
	places  []uint64
}

// collect finds the entries and says whether their keys ascend.
func (in *ingestion) collect() (ascending bool) {
	ascending = true
	for i, b := range in.buffers {
		for at := wireHeader; at < b.n; {
			entry, _ := readEntry(b.data, at) // the buffer wrote it
			if entry.tag == tagPut && entry.key[0] != 0 {
				place := uint64(i)<<32 | uint64(at)
				if n := len(in.places); n > 0 && ascending {
					ascending = bytes.Compare(in.key(in.places[n-1]), entry.key) < 0
				}
				in.places = append(in.places, place)
			}
			at = entry.end
		}
	}
	return ascending
}

// key returns an entry's key, which is at most 127 bytes long.
func (in *ingestion) key(place uint64) []byte {
	data := in.buffers[place>>32].data[uint32(place)+1:]
	return data[1 : 1+data[0]]
}

func (in *ingestion) entry(place uint64) []byte {
	data := in.buffers[place>>32].data
	entry, _ := readEntry(data, int(uint32(place))) // collect has read it
	return data[uint32(place):entry.end]
}

// sort sorts the entries by key; those of one key keep their order. It merges
// pieces that ascend already, such as the ticks of one instrument among many.
func (in *ingestion) sort() {
	from, to := in.places, make([]uint64, len(in.places))
	var ends []int // of the pieces that ascend
	for i := 1; i <= len(from); i++ {
		if i == len(from) || bytes.Compare(in.key(from[i-1]), in.key(from[i])) > 0 {
			ends = append(ends, i)
		}
	}
	for len(ends) > 1 {
		merged, start := ends[:0], 0
		for i := 0; i < len(ends); i += 2 {
			middle, end := ends[i], ends[min(i+1, len(ends)-1)]
			in.merge(to[start:start:end], from[start:middle], from[middle:end])
			merged, start = append(merged, end), end
		}
		ends = merged
		from, to = to, from
	}
	in.places = from
}

// merge appends two ascending pieces to to, which has room for them.
func (in *ingestion) merge(to, a, b []uint64) {
	for len(a) > 0 && len(b) > 0 {
		if bytes.Compare(in.key(a[0]), in.key(b[0])) <= 0 {
			to, a = append(to, a[0]), a[1:]
		} else {
			to, b = append(to, b[0]), b[1:]
		}
	}
	_ = append(append(to, a...), b...)
}
