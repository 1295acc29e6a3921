package store

import (
	"runtime"
	"sync"
	"unsafe"

	"microts/internal/tick"
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
//
// A long scan reads its next block in a goroutine while the current one is used,
// unless its DB was opened with OneCore.
type Scan struct {
	db     *DB
	cursor *cursor // nil when there is no further block
	left   int     // rows still to come after the current block; negative: no limit

	block            // the current one
	next  int        // the row after the current one
	ahead chan block // receives the next block, or nil; it holds one
	spare []row      // of a block that was used up
	size  int        // bytes of the next block's values
	most  int        // rows of the next block
}

// block is some rows of a scan.
type block struct {
	rows   []row
	values string // a row's value is a part of it
	end    bool   // there is no further block
	err    error
}

// cursor is the iterator of a scan, apart from it so that it outlives it: the
// cleanup of a garbage scan closes it.
type cursor struct {
	owner   *handle
	span    span
	reverse bool

	mu     sync.Mutex // of what follows
	it     iterator
	closed bool
}

// Scan begins a scan from start to end, both included, in µs; in reverse it
// goes from end to start. limit is the greatest number of rows; 0 or less is no
// limit. With start after end the scan is empty.
func (db *DB) Scan(in *tick.Instrument, start, end int64, limit int, reverse bool) (*Scan, error) {
	if err := checkRange(start, end); err != nil {
		return nil, err
	}
	return db.scanSpan(tickSpan(in, start, end), instrumentMark(in), limit, reverse)
}

// tickSpan returns the keys of an instrument's ticks in a range of time.
func tickSpan(in *tick.Instrument, start, end int64) span {
	first, last := timeRange(*in, start, end)
	return span{first[:], last[:], 0, -1}
}

// scanSpan begins a scan of a span, in which only marked writes count.
func (db *DB) scanSpan(keys span, marks uint64, limit int, reverse bool) (*Scan, error) {
	e := db.engine
	if err := db.enterSettled(marks); err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = -1
	}
	s := &Scan{db: db, left: limit, size: firstBytes, most: firstRows}
	s.cursor = &cursor{owner: db.handle, span: keys, reverse: reverse, it: newIterator(e.rocks, db.scanOpts)}
	e.cursorMu.Lock()
	e.cursors[s.cursor] = struct{}{}
	e.cursorMu.Unlock()
	e.use.RUnlock()
	runtime.AddCleanup(s, func(c *cursor) { c.close() }, s.cursor)
	s.fill(true)
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
		if s.fill(false); len(s.rows) == 0 {
			return false
		}
	}
	s.next++
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
		s.cursor, s.ahead = nil, nil
	}
	s.rows, s.next = nil, 0
}

// fill makes the next block the current one, the first one with start.
func (s *Scan) fill(start bool) {
	used := s.rows
	switch {
	case s.db.closed:
		s.block = block{err: ErrClosed}
	case s.ahead != nil:
		s.block = <-s.ahead
		s.ahead = nil
	default:
		s.block = s.cursor.read(start, s.space(nil), s.size)
	}
	s.next = 0
	if s.err != nil {
		s.Close()
		return
	}
	if s.left > 0 {
		s.left -= len(s.rows)
	}
	s.most = min(2*s.most, maxRows)
	s.size = min(max(firstBytes, 2*len(s.values)+len(s.values)/4), maxBytes)
	switch {
	case s.end:
		s.cursor = nil // and closed
	case len(used) == maxRows && s.left != 0 && !s.db.oneCore: // it goes on for long
		c, space, size, ahead := s.cursor, s.space(s.spare), s.size, make(chan block, 1)
		go func() { ahead <- c.read(false, space, size) }()
		s.ahead = ahead
	}
	s.spare = used
}

// space returns room for the rows of the next block, in old where that is large
// enough.
func (s *Scan) space(old []row) []row {
	most := s.most
	if s.left > 0 {
		most = min(most, s.left)
	}
	if cap(old) < most {
		return make([]row, most)
	}
	return old[:most]
}

// read reads the next block into rows and size bytes, or as many as the first
// value needs; with start the first block.
func (c *cursor) read(start bool, rows []row, size int) block {
	e := c.owner.engine
	if err := e.enter(); err != nil {
		return block{err: err}
	}
	defer e.use.RUnlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return block{err: ErrClosed}
	}
	for {
		values := make([]byte, size)
		n, used, need, end, err := c.it.fill(c.reverse, &c.span, start, rows, values)
		if err != nil {
			return block{err: err}
		}
		if need > 0 { // and the iterator stands on that row
			size, start = need, false
			continue
		}
		if end {
			c.closeLocked()
		}
		return block{rows: rows[:n], values: unsafe.String(unsafe.SliceData(values), used), end: end} // never written again
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
