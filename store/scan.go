package store

import (
	"bytes"
	"runtime"
	"sync"
	"unsafe"

	"github.com/linxGnu/grocksdb"

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

// ScanColumns implements tick.ColumnSource. It reads the fields of tick records without
// making values of them. Otherwise it is as Scan; a block has at most 2048 rows.
func (db *DB) ScanColumns(in *tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) (tick.ColumnBlocks, error) {
	if err := o.Range.Check(); err != nil {
		return nil, err
	}
	s := &columnScan{}
	s.rooms = [2]recordRoom{{set: set}, {set: set}}
	s.current, s.spare = &s.rooms[0], &s.rooms[1]
	if err := s.begin(db, tickSpan(in, o.Range), instrumentMark(in), o.Limit, o.Reverse); err != nil {
		return nil, err
	}
	return s, nil
}

var _ tick.ColumnSource = (*DB)(nil)

func (db *DB) scanSpan(keys span, marks uint64, limit int, reverse bool) (*tick.Rows, error) {
	s, err := db.newScan(keys, marks, limit, reverse)
	if err != nil {
		return nil, err
	}
	return tick.NewRows(s), nil
}

// newScan begins a scan of a span in rows.
func (db *DB) newScan(keys span, marks uint64, limit int, reverse bool) (*rowScan, error) {
	s := &rowScan{}
	s.current, s.spare = &s.rooms[0], &s.rooms[1]
	if err := s.begin(db, keys, marks, limit, reverse); err != nil {
		return nil, err
	}
	return s, nil
}

// rowScan is a scan in rows. It implements tick.Blocks.
type rowScan struct {
	scan
	rooms [2]rowRoom
}

// Read implements tick.Blocks.
func (s *rowScan) Read(b *tick.Block) bool {
	if !s.next() {
		return false
	}
	room := s.current.(*rowRoom)
	*b = room.block(s.rows, room.bytes)
	return true
}

// columnScan is a scan in columns. It implements tick.ColumnBlocks.
type columnScan struct {
	scan
	rooms [2]recordRoom
}

// Read implements tick.ColumnBlocks.
func (s *columnScan) Read(c *tick.Columns) bool {
	if !s.next() {
		return false
	}
	*c = s.current.(*recordRoom).columns(s.rows)
	return true
}

// newScanOptions returns options of iterators. The caller destroys them.
func newScanOptions() *grocksdb.ReadOptions {
	o := grocksdb.NewDefaultReadOptions()
	o.SetTotalOrderSeek(true) // ranges cross time chunks, the prefixes
	return o
}

// iterate returns an iterator over all rows of a span, in the order of its keys or in
// reverse. What is larger than the block cache only passes through it: then the blocks
// are not kept, which takes a fifth less time and leaves the cache to others. The caller
// has entered rocks, and closes the iterator.
func (db *DB) iterate(keys *span) iterator {
	// Of the table files. Ticks take about five times as much in the cache.
	const mostKept = blockCacheSize / 8
	if bytes.Compare(keys.first, keys.last) > 0 {
		return newIterator(db.rocks.db, db.scanOpts) // RocksDB asserts that ranges are none such
	}
	sizes, err := db.rocks.db.GetApproximateSizes([]grocksdb.Range{{Start: keys.first, Limit: keys.last}}) // 2 µs
	if err == nil && sizes[0] > mostKept {
		return newIterator(db.rocks.db, db.bulkOpts)
	}
	return newIterator(db.rocks.db, db.scanOpts) // which says what is wrong
}

// room is memory for a block of rows.
type room interface {
	// fill reads at most limit rows of a cursor, whose values have at most c.maxBytes
	// bytes, or as many as the first one needs. The caller has locked the cursor.
	fill(c *cursor, limit int) (rows int, end bool, err error)
}

// rowRoom is the room of a block in rows.
type rowRoom struct {
	columns
	bytes string // the values, which the caller may keep
}

func (r *rowRoom) fill(c *cursor, limit int) (n int, end bool, err error) {
	r.grow(limit)
	need := 0
	for {
		r.values = make([]byte, c.maxBytes)
		n, need, end, err = c.it.fill(c.reverse, &c.span, !c.started, &r.columns, limit)
		c.started = true
		if n > 0 || need == 0 || err != nil {
			break
		}
		c.maxBytes = need // and the iterator stands on the row of that value
	}
	size := int(r.offsets[n])
	r.bytes = unsafe.String(unsafe.SliceData(r.values), size) // which are never written again
	c.maxBytes = min(max(firstBytes, 2*size+size/4), mostBytes)
	return n, end, err
}

// recordRoom is the room of a block in columns of tick records.
type recordRoom struct {
	records
	set tick.ColumnSet
}

func (r *recordRoom) fill(c *cursor, limit int) (n int, end bool, err error) {
	r.grow(limit, r.set)
	for {
		need := 0
		n, need, end, err = c.it.fillRecords(c.reverse, &c.span, !c.started, &r.records, limit)
		c.started = true
		if need > 0 && (n == 0 || len(r.values) < c.maxBytes) {
			r.values = make([]byte, max(need, c.maxBytes))
			c.maxBytes = min(2*c.maxBytes, mostBytes)
		}
		if n > 0 || need == 0 || err != nil {
			return n, end, err
		}
	}
}

// scan reads the rows of a span block by block. It is the common part of all scans of a
// database.
type scan struct {
	db     *DB
	cursor *cursor // nil when there is no further block
	left   int     // rows that are still to be read; negative: no limit
	err    error

	current room            // the caller reads it
	spare   room            // of the block before; the next block goes there
	pending chan cursorRead // receives the next block while a goroutine reads it; else nil

	rows    int // of the current block
	maxRows int // of the next block
}

// begin begins a scan of a span. First it commits the buffers if they may hold something
// of the marks. The caller has set the rooms. The cursor is closed when the scan is garbage.
func (s *scan) begin(db *DB, keys span, marks uint64, limit int, reverse bool) error {
	r := db.rocks
	if err := db.enterSettled(marks); err != nil {
		return err
	}
	defer r.use.RUnlock()
	if limit <= 0 {
		limit = -1
	}
	c := &cursor{owner: db.view, span: keys, reverse: reverse, maxBytes: firstBytes}
	if 0 < limit && limit < firstBytes/smallValue {
		c.maxBytes = limit * smallValue
	}
	if limit > 0 {
		c.it = newIterator(r.db, db.scanOpts)
	} else {
		c.it = db.iterate(&keys)
	}
	r.cursorMu.Lock()
	r.cursors[c] = struct{}{}
	r.cursorMu.Unlock()
	s.db, s.cursor, s.left, s.maxRows = db, c, limit, firstRows
	runtime.AddCleanup(s, func(c *cursor) { c.close() }, c)
	return nil
}

// next moves to the next block and says whether there is one.
func (s *scan) next() bool {
	if s.cursor == nil || s.left == 0 {
		s.Close()
		return false
	}
	read := s.await()
	if read.err != nil {
		s.Close()
		s.err = read.err
		return false
	}
	isLong := s.rows == mostRows
	s.rows, s.current, s.spare = read.rows, s.spare, s.current
	if s.left > 0 {
		s.left -= read.rows
	}
	if read.end {
		s.cursor = nil // and closed
		return read.rows > 0
	}
	s.maxRows = min(2*s.maxRows, mostRows)
	if isLong && s.left != 0 && !s.db.oneCore {
		s.readAhead()
	}
	return true
}

// await returns the next block, which it reads now unless readAhead has. Between two
// calls into C it asks whether the scan must end.
func (s *scan) await() cursorRead {
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
		// All keys so far were no rows of the span.
	}
}

func (s *scan) read() cursorRead {
	if s.pending == nil {
		return s.cursor.read(s.spare, s.limit())
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
	c, into, limit, pending := s.cursor, s.spare, s.limit(), make(chan cursorRead, 1)
	go func() { pending <- c.read(into, limit) }()
	s.pending = pending
}

// Err implements tick.Blocks and tick.ColumnBlocks.
func (s *scan) Err() error { return s.err }

// Close implements tick.Blocks and tick.ColumnBlocks.
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

	mu       sync.Mutex // of what follows
	it       iterator
	started  bool // the iterator stands where the last read ended
	maxBytes int  // of the values of the next block
	closed   bool
}

// cursorRead is what one read of a cursor returns.
type cursorRead struct {
	rows int
	end  bool // there is no further block, and the cursor is closed
	err  error
}

// read reads at most limit rows into a room.
func (c *cursor) read(into room, limit int) cursorRead {
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
	n, end, err := into.fill(c, limit)
	if err == nil && end {
		c.closeLocked()
	}
	return cursorRead{n, end, err}
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
