package store

import (
	"runtime"
	"sync"
	"unsafe"
)

const (
	firstRows  = 64 // of a scan's first block; each next one is twice as long
	maxRows    = 2048
	firstBytes = 4 << 10 // of a block's values
	maxBytes   = 256 << 10
)

// Scan reads the ticks of one instrument in a range of time, as they were when
// the scan began. It is for the goroutine of its DB. Close frees what it holds;
// a scan that came to its end, or is garbage, or whose DB was closed, is closed.
type Scan struct {
	db      *DB
	cursor  *cursor // nil at the end
	reverse bool
	left    int // rows still to be read; negative: no limit
	bound   Key
	err     error

	rows   []row  // of the current block
	values string // of the current block: a row's value is a part of it
	next   int    // the row after the current one
	size   int    // bytes of the next block's values
	most   int    // rows of the next block
}

// cursor is the iterator of a scan, apart from it so that it outlives it: the
// cleanup of a garbage scan closes it.
type cursor struct {
	owner *handle

	mu     sync.Mutex // of what follows
	it     iterator
	closed bool
}

// Scan begins a scan from start to end, both included, in µs; in reverse it
// goes from end to start. limit is the greatest number of rows; 0 or less is no
// limit. With start after end the scan is empty.
func (db *DB) Scan(in *Instrument, start, end int64, limit int, reverse bool) (*Scan, error) {
	if err := checkRange(start, end); err != nil {
		return nil, err
	}
	first, last := timeRange(*in, start, end)
	if limit <= 0 {
		limit = -1
	}
	return db.scanKeys(in, first, last, limit, reverse)
}

func (db *DB) scanKeys(in *Instrument, first, last Key, limit int, reverse bool) (*Scan, error) {
	if err := db.settle(in); err != nil {
		return nil, err
	}
	s := &Scan{db: db, reverse: reverse, left: limit, bound: last, size: firstBytes, most: firstRows}
	if reverse {
		first, s.bound = last, first
	}
	if err := db.engine.enter(); err != nil {
		return nil, err
	}
	e := db.engine
	s.cursor = &cursor{owner: db.handle, it: newIterator(e.rocks, db.scanOpts)}
	e.cursorMu.Lock()
	e.cursors[s.cursor] = struct{}{}
	e.cursorMu.Unlock()
	e.use.RUnlock()
	runtime.AddCleanup(s, func(c *cursor) { c.close() }, s.cursor)
	s.fill(&first)
	return s, s.err
}

// Next moves to the next row and says whether there is one. After false, Err
// tells the end of the scan from a failure.
func (s *Scan) Next() bool {
	if s.next >= len(s.rows) {
		if s.cursor == nil || s.left == 0 {
			s.Close()
			return false
		}
		if s.fill(nil); len(s.rows) == 0 {
			return false
		}
	}
	s.next++
	if s.left > 0 {
		s.left--
	}
	return true
}

// Time returns the current row's time in µs.
func (s *Scan) Time() int64 { return s.rows[s.next-1].key.Time() }

// Seq returns the current row's order within its microsecond.
func (s *Scan) Seq() uint16 { return s.rows[s.next-1].key.Seq() }

// Value returns the current row's value. It is a part of a larger string, of
// at most 256 KiB or one value, which it keeps alive.
func (s *Scan) Value() string {
	r := &s.rows[s.next-1]
	return s.values[r.offset : r.offset+r.length]
}

// Err returns why the scan ended before its range did, or nil.
func (s *Scan) Err() error { return s.err }

// Close frees what the scan holds. Closing twice is no error.
func (s *Scan) Close() {
	if s.cursor != nil {
		s.cursor.close()
		s.cursor = nil
	}
	s.rows, s.next = nil, 0
}

// fill reads the next block, from seek on where that is given.
func (s *Scan) fill(seek *Key) {
	if s.err = s.fillBlock(seek); s.err != nil {
		s.Close()
	}
}

func (s *Scan) fillBlock(seek *Key) error {
	c, e := s.cursor, s.db.engine
	if s.db.closed {
		return ErrClosed
	}
	if err := e.enter(); err != nil {
		return err
	}
	defer e.use.RUnlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	most := s.most
	if s.left > 0 {
		most = min(most, s.left)
	}
	if cap(s.rows) < most {
		s.rows = make([]row, most)
	}
	rows := s.rows[:most]
	for {
		values := make([]byte, s.size)
		n, used, need, end, err := c.it.fill(s.reverse, seek, &s.bound, rows, values)
		if err != nil {
			return err
		}
		if need > 0 { // and the iterator stands on that row
			s.size, seek = need, nil
			continue
		}
		s.rows, s.next = rows[:n], 0
		s.values = unsafe.String(unsafe.SliceData(values), used) // never written again
		if end {
			c.closeLocked()
			s.cursor = nil
		}
		s.most = min(2*s.most, maxRows)
		s.size = min(max(firstBytes, 2*used+used/4), maxBytes)
		return nil
	}
}

func (c *cursor) close() {
	e := c.owner.engine
	e.use.RLock()
	defer e.use.RUnlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closeLocked()
}

// closeLocked is close for who holds the engine's use and mu.
func (c *cursor) closeLocked() {
	if c.closed {
		return
	}
	c.closed = true
	c.it.close()
	e := c.owner.engine
	e.cursorMu.Lock()
	delete(e.cursors, c)
	e.cursorMu.Unlock()
}

// closeCursors closes the scans of one handle.
func (e *engine) closeCursors(h *handle) {
	e.cursorMu.Lock()
	var own []*cursor
	for c := range e.cursors {
		if c.owner == h {
			own = append(own, c)
		}
	}
	e.cursorMu.Unlock()
	for _, c := range own {
		c.close()
	}
}
