package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A WAL is a log (rockslog.go) of write batches (wire.go), each one record. RocksDB
// appends to the WAL with the highest number. It begins a new one with each memtable,
// and removes the old one when that memtable is in a table file.
//
// A write batch has a sequence number, and each of its entries takes one. So the next
// write batch begins where the last one ended, in the same WAL or the next. Only the
// table file of an ingestion may take a number between them.

// walReader reads the records of a WAL. close ends it.
type walReader struct {
	log  *logReader
	file *os.File // nil if another owns it
	stop error    // why next gave no record
	bad  bool     // the record that stopped it has the right checksum and makes no sense
}

// openWAL opens the WAL with a number in the folder of a database.
func openWAL(dir string, number uint64) (*walReader, error) {
	f, err := os.Open(filepath.Join(dir, walName(number)))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	w := newWALReader(f, info.Size(), number)
	w.file = f
	return w, nil
}

// newWALReader returns a reader of the first size bytes of a WAL.
func newWALReader(file io.ReaderAt, size int64, number uint64) *walReader {
	return &walReader{log: newLogReader(file, size, number)}
}

func (w *walReader) close() error {
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}

// walRecord is a record of a WAL whose checksums are right.
type walRecord struct {
	offset int64  // where it begins in the file
	length int64  // how many bytes of the file it takes
	batch  []byte // a write batch; valid until the next record is read
}

// sequence returns the sequence number of the first entry.
func (r walRecord) sequence() uint64 { return binary.LittleEndian.Uint64(r.batch) }

// count returns how many entries the write batch says that it has; each takes a
// sequence number.
func (r walRecord) count() uint32 { return binary.LittleEndian.Uint32(r.batch[8:]) }

// next returns the next record. ok is false behind the last one that can be read: then
// end says why.
func (w *walReader) next() (record walRecord, ok bool) {
	if w.stop != nil {
		return walRecord{}, false
	}
	at := w.log.end
	batch, err := w.log.next()
	if err == nil {
		if problem := checkBatch(batch); problem != "" {
			err = &brokenLog{at, w.log.at, false, problem}
			w.log.end, w.bad = at, true
		}
	}
	if err != nil {
		w.stop = err
		return walRecord{}, false
	}
	return walRecord{at, w.log.end - at, batch}, true
}

// checkBatch returns what is wrong with a write batch whose checksum is right, or "".
// What entries that microts does not write look like it does not know.
func checkBatch(batch []byte) string {
	if len(batch) < wireHeader {
		return fmt.Sprintf("a write batch of %d bytes", len(batch))
	}
	count := uint32(0)
	for at := wireHeader; at < len(batch); {
		if batch[at] > tagPut && batch[at] != tagSeal {
			return ""
		}
		e, err := readEntry(batch, at)
		if err != nil {
			return fmt.Sprintf("in a write batch, byte %d: %v", at, err)
		}
		if e.tag != tagSeal {
			count++
		}
		at = e.end
	}
	if want := (walRecord{batch: batch}).count(); count != want {
		return fmt.Sprintf("a write batch with %d entries that says it has %d", count, want)
	}
	return ""
}

// walEndKind says how a WAL ends.
type walEndKind int

const (
	walClean   walEndKind = iota // with its last record; zeros may follow
	walTorn                      // with a part of a record, and nothing that can be read follows
	walDamaged                   // with what cannot be read, and fragments that can be read follow
)

// walEnd says how the records of a WAL end.
type walEnd struct {
	kind    walEndKind
	at      int64  // where the last record that was read ends
	bytes   int64  // torn, damaged: how many bytes from there on cannot be read
	behind  int64  // damaged: how many bytes follow, which can be read at least in part
	cut     bool   // torn: the end of the file cuts the record, as the death of a process within a write does
	hole    bool   // whole pages of what cannot be read are zeros, as if they had never been written
	problem string // torn, damaged: what is wrong
}

const pageSize = 4096

// end says how the records end, after next has returned none. The error is that of a
// read.
func (w *walReader) end() (walEnd, error) {
	end := walEnd{at: w.log.end}
	broken := (*brokenLog)(nil)
	switch {
	case errors.Is(w.stop, errLogEnd):
		return end, nil
	case !errors.As(w.stop, &broken):
		return end, w.stop
	}
	end.kind, end.cut, end.problem = walTorn, broken.cut, broken.Error()
	last, err := w.log.lastByte(end.at)
	if err != nil {
		return end, err
	}
	behind := newLogReader(w.log.file, last, uint64(w.log.number))
	kind, _, err := behind.resync(broken.behind)
	if err != nil {
		return end, err
	}
	next := min(behind.at, last)
	end.bytes = next - end.at
	if kind != 0 || w.bad {
		end.kind, end.behind = walDamaged, last-next
	}
	end.hole, err = hasHole(w.log.file, broken.at, next)
	return end, err
}

// hasHole says whether a page between two places of a file is all zeros.
func hasHole(file io.ReaderAt, from, to int64) (bool, error) {
	page := make([]byte, pageSize)
	for at := (from + pageSize - 1) / pageSize * pageSize; at+pageSize <= to; at += pageSize {
		if _, err := file.ReadAt(page, at); err != nil {
			return false, err
		}
		if zeros(page) {
			return true, nil
		}
	}
	return false, nil
}

func zeros(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// resume moves behind what cannot be read, to the next record that can, and says
// whether there is one. Then next goes on there.
func (w *walReader) resume() (bool, error) {
	broken := (*brokenLog)(nil)
	if !errors.As(w.stop, &broken) {
		return false, nil
	}
	for from := broken.behind; ; {
		kind, end, err := w.log.resync(from)
		switch {
		case err != nil || kind == 0:
			return false, err
		case kind == logWhole || kind == logFirst:
			w.log.end, w.stop, w.bad = w.log.at, nil, false
			return true, nil
		}
		from = end
	}
}

func walName(number uint64) string { return fmt.Sprintf("%06d%s", number, logSuffix) }
