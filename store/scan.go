package store

import (
	"runtime"
	"sync"
	"unsafe"

	"microts/internal/tick"
)

const (
	firstRows  = 64 // of a scan's first block; each next one is twice as long
	mostRows   = 2048
	firstBytes = 4 << 10 // of a block's values
	mostBytes  = 256 << 10
)

// Scan begins a scan of an instrument's ticks. A scan that came to its end, or is
// garbage, or whose DB was closed, holds nothing. A block has at most 2048 rows, and
// at most 256 KiB of values or one value.
//
// A long scan reads its next block in a goroutine while the caller uses the current
// one, unless its DB was opened with OneCore.
func (db *DB) Scan(in *tick.Instrument, o tick.ScanOptions) (*tick.Rows, error) {
	if err := o.Range.Check(); err != nil {
		return nil, err
	}
	return db.scanSpan(tickSpan(in, o.Range), instrumentMark(in), o.Limit, o.Reverse)
}

// tickSpan returns the keys of an instrument's ticks in a range.
func tickSpan(in *tick.Instrument, r tick.Range) span {
	return momentSpan(in, moment{r.From, 0}, moment{r.To, tick.MaxSeq})
}

// momentSpan returns the keys of an instrument's ticks from one moment to another.
func momentSpan(in *tick.Instrument, from, to moment) span {
	s := newSpan(tickKeySize, anyKind)
	(*tickKey)(s.first).set(*in, from.ts, from.seq)
	(*tickKey)(s.last).set(*in, to.ts, to.seq)
	return s
}

func (db *DB) scanSpan(keys span, marks uint64, limit int, reverse bool) (*tick.Rows, error) {
	s, err := db.newScan(keys, marks, limit, reverse)
	if err != nil {
		return nil, err
	}
	return tick.NewRows(s), nil
}

// scan reads the rows of a span. It is the tick.Blocks of all scans of a database.
type scan struct {
	db     *DB
	cursor *cursor // nil when there is no further block
	left   int     // rows that are still to be read; negative: no limit
	err    error

	current columns         // the caller reads them
	spare   columns         // of the block before; the next block goes there
	pending chan cursorRead // receives the next block while a goroutine reads it; else nil

	rows     int // of the current block
	maxRows  int // of the next block
	maxBytes int // of the next block's values
}

// newScan begins a scan of a span. First it commits the buffers if they may hold
// something of the marks.
func (db *DB) newScan(keys span, marks uint64, limit int, reverse bool) (*scan, error) {
	r := db.rocks
	if err := db.enterSettled(marks); err != nil {
		return nil, err
	}
	defer r.use.RUnlock()
	if limit <= 0 {
		limit = -1
	}
	c := &cursor{owner: db.view, span: keys, reverse: reverse, it: newIterator(r.db, db.scanOpts)}
	r.cursorMu.Lock()
	r.cursors[c] = struct{}{}
	r.cursorMu.Unlock()
	s := &scan{db: db, cursor: c, left: limit, maxRows: firstRows, maxBytes: firstBytes}
	if 0 < limit && limit < firstBytes/smallValue {
		s.maxBytes = limit * smallValue
	}
	runtime.AddCleanup(s, func(c *cursor) { c.close() }, c)
	return s, nil
}

// Read implements tick.Blocks.
func (s *scan) Read(b *tick.Block) bool {
	if s.cursor == nil || s.left == 0 {
		s.Close()
		return false
	}
	read := s.next()
	if read.err != nil {
		s.Close()
		s.err = read.err
		return false
	}
	isLong := s.rows == mostRows
	s.rows, s.current, s.spare = read.rows, read.columns, s.current
	*b = s.current.block(read.rows, read.values)
	if s.left > 0 {
		s.left -= read.rows
	}
	if read.end {
		s.cursor = nil // and closed
		return read.rows > 0
	}
	s.maxRows = min(2*s.maxRows, mostRows)
	s.maxBytes = min(max(firstBytes, 2*len(read.values)+len(read.values)/4), mostBytes)
	if isLong && s.left != 0 && !s.db.oneCore {
		s.readAhead()
	}
	return true
}

// next returns the next block, which it reads now unless readAhead has. Between two
// calls into C it asks whether the scan must end.
func (s *scan) next() cursorRead {
	for {
		if s.db.closed {
			return cursorRead{err: ErrClosed}
		}
		if err := s.db.interrupted(); err != nil {
			return cursorRead{err: err}
		}
		read := s.read()
		if read.rows > 0 || read.end || read.err != nil {
			return read
		}
		s.spare = read.columns // all keys so far were no rows of the span
	}
}

func (s *scan) read() cursorRead {
	if s.pending == nil {
		return s.cursor.read(s.spare, s.limit(), s.maxBytes)
	}
	read := <-s.pending
	s.pending = nil
	return read
}

// limit returns how many rows the next block has at most.
func (s *scan) limit() int {
	if s.left > 0 {
		return min(s.maxRows, s.left)
	}
	return s.maxRows
}

// readAhead reads the next block in a goroutine, which ends with that block. Close
// waits for what the goroutine does with the cursor.
func (s *scan) readAhead() {
	c, into, limit, capacity, pending := s.cursor, s.spare, s.limit(), s.maxBytes, make(chan cursorRead, 1)
	go func() { pending <- c.read(into, limit, capacity) }()
	s.pending = pending
}

// Err implements tick.Blocks.
func (s *scan) Err() error { return s.err }

// Close implements tick.Blocks.
func (s *scan) Close() {
	if s.cursor != nil {
		s.cursor.close()
		s.cursor, s.pending = nil, nil
	}
}

// cursor is the iterator of a scan, in an allocation of its own: the cleanup of a
// garbage scan closes it.
type cursor struct {
	owner   *view
	span    span
	reverse bool

	mu      sync.Mutex // of what follows
	it      iterator
	started bool // the iterator stands where the last read ended
	closed  bool
}

// cursorRead is what one read of a cursor returns.
type cursorRead struct {
	columns columns
	rows    int
	values  string
	end     bool // there is no further block, and the cursor is closed
	err     error
}

// read reads at most limit rows. Their values have at most capacity bytes, or as many
// as the first one needs.
func (c *cursor) read(into columns, limit, capacity int) cursorRead {
	r := c.owner.rocks
	if err := r.enter(); err != nil {
		return cursorRead{err: err}
	}
	defer r.use.RUnlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return cursorRead{err: ErrClosed}
	}
	into.grow(limit)
	for {
		bytes := make([]byte, capacity)
		n, need, end, err := c.it.fill(c.reverse, &c.span, !c.started, &into, limit, bytes)
		c.started = true
		if err != nil {
			return cursorRead{err: err}
		}
		if need > 0 { // and the iterator stands on the row of that value
			capacity = need
			continue
		}
		if end {
			c.closeLocked()
		}
		values := unsafe.String(unsafe.SliceData(bytes), into.offsets[n]) // bytes is never written again
		return cursorRead{columns: into, rows: n, values: values, end: end}
	}
}

func (c *cursor) close() {
	r := c.owner.rocks
	r.use.RLock()
	defer r.use.RUnlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closeLocked()
}

// closeLocked is close for a caller that holds rocks.use and mu.
func (c *cursor) closeLocked() {
	if c.closed {
		return
	}
	c.closed = true
	c.it.close()
	r := c.owner.rocks
	r.cursorMu.Lock()
	delete(r.cursors, c)
	r.cursorMu.Unlock()
}

// closeCursors closes the scans of one view.
func (r *rocks) closeCursors(v *view) {
	r.cursorMu.Lock()
	var own []*cursor
	for c := range r.cursors {
		if c.owner == v {
			own = append(own, c)
		}
	}
	r.cursorMu.Unlock()
	for _, c := range own {
		c.close()
	}
}
