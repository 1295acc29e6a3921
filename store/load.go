package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// Table is sorted ticks on their way into a database as one table file, past the buffers:
// the fastest way for very many. NewTable makes one, any goroutine may fill it, several
// tables at a time, and TakeIn writes all of it or nothing.
//
// A table that is dropped leaves the database as it was. So does one whose process dies
// before TakeIn returns, or it is in the database whole.
type Table struct {
	path   string
	env    *grocksdb.EnvOptions
	writer *grocksdb.SSTFileWriter // nil: finished or dropped

	wire        []byte // write batch that is not yet in writer
	last        tickKey
	rows        int
	instruments []tick.Instrument
}

// loadPrefix begins the names of table files that a Table writes, in the side folder.
const loadPrefix = "load-"

// ErrOrder is returned when ticks of a Table do not ascend.
var ErrOrder = errors.New("ticks of a table do not ascend by instrument, time and seq")

// NewTable makes a Table. The caller ends it with TakeIn or Drop. Errors: ErrClosed,
// ErrReadOnly, ErrSnapshot, and those of the file.
func (db *DB) NewTable() (*Table, error) {
	if err := db.writable(); err != nil {
		return nil, err
	}
	if db.Format() == tick.V1 {
		return nil, errV1Instruments
	}
	r := db.rocks
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.use.RUnlock()
	f, err := os.CreateTemp(filepath.Join(r.path, sideDir), loadPrefix+"*"+tableSuffix)
	if err != nil {
		return nil, fmt.Errorf("create a table file: %w", err)
	}
	t := &Table{path: f.Name(), env: grocksdb.NewDefaultEnvOptions()}
	t.writer = grocksdb.NewSSTFileWriter(t.env, r.rocksOptions) // which copies the options
	if err := errors.Join(f.Close(), t.writer.Open(t.path)); err != nil {
		t.Drop()
		return nil, fmt.Errorf("create a table file: %w", err)
	}
	return t, nil
}

// loadChunk is how many bytes of a write batch go to RocksDB at once. They stay in the
// processor's cache meanwhile.
const loadChunk = 64 << 10

// Append adds a tick, whose instrument, time and seq are after those of the one before.
// It keeps nothing of value. Errors: *tick.RangeError, ErrOrder, and those of the file.
func (t *Table) Append(in *tick.Instrument, ts int64, seq uint16, value []byte) error {
	if len(value) > tick.MaxValue {
		return errValueSize(len(value))
	}
	if err := t.appendKey(in, ts, seq); err != nil {
		return err
	}
	t.wire = appendLength(t.wire, len(value))
	t.wire = append(t.wire, value...)
	return t.writeIfFull()
}

// AppendRecord is Append of a tick record.
func (t *Table) AppendRecord(in *tick.Instrument, ts int64, seq uint16, r *tick.Record) error {
	if err := t.appendKey(in, ts, seq); err != nil {
		return err
	}
	t.wire = tick.AppendRecord(append(t.wire, tick.RecordSize), *r)
	return t.writeIfFull()
}

// appendKey begins an entry of the write batch.
func (t *Table) appendKey(in *tick.Instrument, ts int64, seq uint16) error {
	if uint64(ts) >= tick.MaxTime {
		return tick.CheckTime("ts_us", ts)
	}
	before := t.last
	t.last.set(*in, ts, seq)
	if t.rows > 0 && bytes.Compare(before[:], t.last[:]) >= 0 {
		t.last = before
		return ErrOrder
	}
	if n := len(t.instruments); n == 0 || t.instruments[n-1] != *in {
		t.instruments = append(t.instruments, *in)
	}
	if t.wire == nil {
		t.wire = make([]byte, wireHeader, loadChunk+tickKeySize+tick.MaxValue)
	}
	t.wire = append(append(t.wire, tagPut, tickKeySize), t.last[:]...)
	t.rows++
	return nil
}

func (t *Table) writeIfFull() error {
	if len(t.wire) < loadChunk {
		return nil
	}
	return t.write()
}

// appendLength appends the varint of a length.
func appendLength(b []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// write hands the ticks to the writer.
func (t *Table) write() error {
	if len(t.wire) <= wireHeader {
		return nil
	}
	err := addBatch(t.writer, t.wire)
	t.wire = t.wire[:wireHeader]
	if err != nil {
		return fmt.Errorf("write a table file: %w", err)
	}
	return nil
}

// Finish ends the filling of the table; TakeIn does too. It is the part that takes long,
// and for any goroutine.
func (t *Table) Finish() error {
	if t.writer == nil || t.rows == 0 {
		return nil
	}
	err := t.write()
	if err == nil {
		if err = t.writer.Finish(); err != nil {
			err = fmt.Errorf("write a table file: %w", err)
		}
	}
	t.destroy()
	return err
}

func (t *Table) destroy() {
	if t.writer != nil {
		t.writer.Destroy()
		t.env.Destroy()
		t.writer, t.wire = nil, nil
	}
}

// Drop removes a table that is not taken in. Dropping twice, or after TakeIn, is no error.
func (t *Table) Drop() {
	t.destroy()
	_ = os.Remove(t.path) // the next open removes what is left
}

// TakeIn writes the ticks of a table over what is there. They are on the disk when it
// returns. The table is at its end, also after an error. A goroutine that puts ticks of
// the same instruments and times with automatic seqs meanwhile may put them over those of
// the table. Errors: those of Finish, ErrClosed,
// ErrUndefined, and those of RocksDB.
func (db *DB) TakeIn(t *Table) error {
	defer t.Drop()
	if err := t.Finish(); err != nil || t.rows == 0 {
		return err
	}
	for i := range t.instruments {
		if err := db.checkPut(&t.instruments[i]); err != nil {
			return err
		}
	}
	// What was put before is older than the table: it must be in RocksDB, for buffers
	// that the next open recovers would be newer.
	if err := db.chain.drain(true); err != nil {
		return err
	}
	r := db.rocks
	if err := r.enter(); err != nil {
		return err
	}
	defer r.use.RUnlock()
	if err := db.chain.takeIn(r, t); err != nil {
		return err
	}
	return db.chain.drain(false)
}

// takeIn lets RocksDB take in a table. Nothing is put meanwhile. What other goroutines
// have put since the drain is newer than the table.
func (c *chain) takeIn(r *rocks, t *Table) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.usable(); err != nil {
		return err
	}
	if c.folder != nil {
		if err := c.folder.check(nil); err != nil {
			return err
		}
	}
	if err := r.takeInTable(t.path, c.committed); err != nil {
		return err
	}
	for i := range t.instruments {
		c.noteRemoval(&seriesID{in: t.instruments[i]})
	}
	c.entries += uint64(t.rows)
	return c.rotate() // a new generation: what was read ahead is no longer valid
}

// takeInTable lets RocksDB take in a table file, as ingest does with those of ingestions.
// number is that of the last buffer that is committed.
func (r *rocks) takeInTable(path string, number uint64) error {
	if err := r.syncCommitted(); err != nil {
		return err
	}
	link := ingestionLink(r.path, number)
	if err := os.Link(path, link); err != nil && !noLinks(err) {
		return err
	}
	if err := r.ingestFile(path); err != nil {
		return err
	}
	if err := os.Remove(link); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// ingestFile lets RocksDB take in a table file, which it moves.
func (r *rocks) ingestFile(path string) error {
	o := grocksdb.NewDefaultIngestExternalFileOptions()
	defer o.Destroy()
	o.SetMoveFiles(true)
	if err := r.db.IngestExternalFile([]string{path}, o); err != nil {
		return fmt.Errorf("take in a table file: %w", err)
	}
	return nil
}

// removeLoads removes the table files of loads that did not end.
func removeLoads(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, loadPrefix+"*"+tableSuffix))
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
