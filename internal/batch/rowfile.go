package batch

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// Rows says what a job returned, and where it stands in the file of rows.
type Rows struct {
	Count   int      `json:"rows"`
	Columns []Column `json:"columns"`
	From    int64    `json:"from"` // its block: the bytes from From (included)
	To      int64    `json:"to"`   // to To (not included)

	block []byte // until it stands in the file
}

// rowsOf returns what to write of a Table; nil if it has no rows.
func rowsOf(t *Table) *Rows {
	if t == nil || t.Rows == 0 {
		return nil
	}
	return &Rows{Count: t.Rows, Columns: t.columns(), block: t.encode()}
}

// rowFile is the file of the rows that jobs returned: a block for each job that
// returned some, in the order in which the jobs ended. The journal tells where they
// are. The block of a job that ran again stays, and nothing refers to it.
//
// Any number of goroutines may use a rowFile.
type rowFile struct {
	mu    sync.Mutex
	file  *os.File
	size  int64 // bytes
	dirty bool  // a block was written after the last sync
}

// openRowFile opens the file at path and creates it if there is none.
func openRowFile(path string) (*rowFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &rowFile{file: f, size: info.Size()}, nil
}

// append writes the block of r, and tells r where it is.
func (f *rowFile) append(r *Rows) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.file.WriteAt(r.block, f.size); err != nil {
		return fmt.Errorf("write the rows of a job: %w", err)
	}
	r.From, r.To = f.size, f.size+int64(len(r.block))
	f.size, f.dirty, r.block = r.To, true, nil
	return nil
}

// has says whether the file is long enough to hold r: after a power failure it may
// not be.
func (f *rowFile) has(r *Rows) bool {
	return r == nil || r.From >= 0 && r.From <= r.To && r.To <= f.size
}

// block reads the block of r.
func (f *rowFile) block(r *Rows) ([]byte, error) { return readBlock(f.file, r) }

// readBlock reads the block of r from a file of rows.
func readBlock(file *os.File, r *Rows) ([]byte, error) {
	block := make([]byte, r.To-r.From)
	if _, err := file.ReadAt(block, r.From); err != nil {
		return nil, fmt.Errorf("read the rows of a job: %w", err)
	}
	return block, nil
}

// table reads what a job returned.
func (f *rowFile) table(r *Rows) (*Table, error) {
	block, err := f.block(r)
	if err != nil {
		return nil, err
	}
	t, err := decodeTable(block)
	if err != nil {
		return nil, fmt.Errorf("%s at byte %d: %w", f.file.Name(), r.From, err)
	}
	return t, nil
}

// sync makes all blocks survive a power failure.
func (f *rowFile) sync() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.dirty {
		return nil
	}
	f.dirty = false
	return f.file.Sync()
}

func (f *rowFile) close() error { return errors.Join(f.sync(), f.file.Close()) }
