package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"microts/internal/tick"
)

const (
	maxBuffers = maxIngestion + 16    // of one chain; a put that finds all full waits
	maxBacklog = 8                    // full buffers that are no ingestion; a put that finds so many waits
	maxAge     = 5 * time.Millisecond // how long an entry waits in a buffer that is not full
	retryAfter = time.Second          // after a commit that failed
	checkEvery = time.Millisecond     // how often the folder is looked at, at most
)

// chain is the one order of all writes to a database: a chain of numbered buffers.
// Puts fill the current buffer. A buffer that is full or a few ms old is committed to
// RocksDB, strictly in the order of the numbers.
//
// One goroutine commits at a time: the committer, or one that waits for a commit.
// Several goroutines may share a chain.
type chain struct {
	commit    func(wire []byte) error       // writes a write batch to RocksDB
	ingest    func(buffers []*buffer) error // writes an ingestion (ingest.go) to RocksDB; nil: there are none
	newBuffer func() (*buffer, error)
	folder    *folder // of the database, which close closes; nil in tests
	eachWrite bool    // a write is committed before it returns
	held      bool    // tests: the committer commits nothing

	work chan struct{} // wakes the committer: a buffer got its first entry, or is full
	quit chan struct{}
	done chan struct{}

	current atomic.Pointer[buffer] // written under mu

	mu          sync.Mutex
	changed     sync.Cond // a commit ended
	full        []*buffer // not yet committed, in the order of their numbers
	free        []*buffer
	made        int // buffers in existence
	committing  bool
	committed   uint64 // number of the last buffer in RocksDB
	err         error  // of the first commit that failed; nothing is written after it
	closed      bool
	commits     uint64
	entries     uint64
	recent      recentPuts
	seqs        seqs
	overwritten uint64    // puts that were noticed to overwrite
	checked     time.Time // when the database was seen where it was
	seen        uint64    // where the puts were when growing was last asked with timer
}

// newChain makes a chain whose first buffer has the given number. close ends it.
func newChain(first uint64, newBuffer func() (*buffer, error), commit func([]byte) error) (*chain, error) {
	b, err := newBuffer()
	if err != nil {
		return nil, err
	}
	if err := b.guard(func() { b.begin(first) }); err != nil {
		return nil, errors.Join(err, b.release(false, false))
	}
	c := &chain{
		commit:    commit,
		newBuffer: newBuffer,
		work:      make(chan struct{}, 1),
		quit:      make(chan struct{}),
		done:      make(chan struct{}),
		made:      1,
		committed: first - 1,
	}
	c.changed.L = &c.mu
	c.current.Store(b)
	return c, nil
}

// start starts the committer, which close stops.
func (c *chain) start() { go c.commitLoop() }

// commitLoop is the committer. Until close, it commits full buffers, and the current
// one when that is maxAge old.
func (c *chain) commitLoop() {
	defer close(c.done)
	timer := time.NewTimer(maxAge)
	timer.Stop()
	armed := false
	for {
		select {
		case <-c.quit:
			timer.Stop()
			return
		case <-c.work:
			if c.held {
				continue
			}
			if !c.growing(!armed) {
				_ = c.drain(false) // an error of RocksDB is kept in c.err, for the next write
			}
			if !armed {
				timer.Reset(maxAge)
				armed = true
			}
		case <-timer.C:
			switch armed = c.growing(true); {
			case armed:
				timer.Reset(maxAge)
			case c.drain(true) != nil: // the disk may be full: there may be room later
				timer.Reset(retryAfter)
			}
		}
	}
}

// wake tells the committer that there is work.
func (c *chain) wake() {
	select {
	case c.work <- struct{}{}:
	default:
	}
}

// put writes one tick.
func (c *chain) put(in *tick.Instrument, ts int64, seq uint16, value string) error {
	c.mu.Lock()
	if c.err == nil && !c.closed {
		if b := c.current.Load(); !b.empty() && b.tryTick(in, ts, seq, value) {
			c.noteAt(&seriesID{in: *in}, moment{ts, seq})
			c.mu.Unlock()
			return c.endWrite()
		}
	}
	c.mu.Unlock()
	err := c.append(func(b *buffer) bool {
		if !b.putTick(in, ts, seq, value) {
			return false
		}
		c.noteAt(&seriesID{in: *in}, moment{ts, seq})
		return true
	})
	if err != nil {
		return err
	}
	return c.endWrite()
}

// endWrite ends a write of one or more appends. If each write is to be committed
// before it returns, endWrite commits it.
func (c *chain) endWrite() error {
	if c.eachWrite {
		return c.drain(true)
	}
	return nil
}

// append calls add with the current buffer. If add returns false, because there is no
// room, append calls it with the next buffer. Before the first entry of a buffer it looks
// whether the database is still where it was.
func (c *chain) append(add func(*buffer) bool) error {
	work, err := c.appendLocked(add)
	if work {
		c.wake() // not under mu, which the committer takes first of all
	}
	return err
}

// appendLocked does what append does. work says whether the committer has work now.
func (c *chain) appendLocked(add func(*buffer) bool) (work bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if err := c.usable(); err != nil {
			return work, err
		}
		b := c.current.Load()
		first := b.empty()
		if first {
			if err := c.checkFolder(b); err != nil {
				return work, err
			}
		}
		var fits bool
		if err := b.guard(func() { fits = add(b) }); err != nil {
			return work, err
		}
		if fits {
			return work || first, nil
		}
		if err := c.rotate(); err != nil {
			return work, err
		}
		work = true
	}
}

// checkFolder returns an error if the database is no longer where it was, or the file of
// the buffer. It looks every checkEvery at most. The caller holds mu.
func (c *chain) checkFolder(b *buffer) error {
	if c.folder == nil {
		return nil
	}
	now := time.Now()
	if now.Sub(c.checked) < checkEvery {
		return nil
	}
	if err := c.folder.check(b); err != nil {
		return err
	}
	c.checked = now
	return nil
}

// usable returns why nothing can be written, or nil. The caller holds mu.
func (c *chain) usable() error {
	if c.closed {
		return ErrClosed
	}
	return c.err
}

// rotate adds the current buffer to the full ones and begins the next. If all buffers
// are full, it first commits the oldest one, or waits until another goroutine has
// committed it. If a third goroutine rotates meanwhile, rotate does nothing more. The
// caller holds mu.
func (c *chain) rotate() error {
	b := c.current.Load()
	var next *buffer
	for next == nil {
		if n := len(c.full); n >= maxBacklog && !(c.ingest != nil && b.plain && c.full[n-1].plain) && !c.held {
			if err := c.commitUpTo(c.committed + 1); err != nil || c.current.Load() != b {
				return err
			}
			continue
		}
		err := fmt.Errorf("all %d buffers are full", maxBuffers)
		switch n := len(c.free); {
		case n > 0:
			next, c.free = c.free[n-1], c.free[:n-1]
			continue
		case c.made < maxBuffers:
			if next, err = c.newBuffer(); err == nil {
				c.made++
				continue
			}
			err = fmt.Errorf("make a write buffer: %w", err)
		}
		if c.held || len(c.full) == 0 {
			return err
		}
		if err := c.commitUpTo(c.committed + 1); err != nil || c.current.Load() != b {
			return err
		}
	}
	if err := next.guard(func() { next.begin(b.number + 1) }); err != nil {
		c.free = append(c.free, next)
		return err
	}
	c.full = append(c.full, b)
	c.current.Store(next)
	return nil
}

// flush commits everything. If the database is no longer where it was, that is an error,
// and nothing is written after it.
func (c *chain) flush() error {
	c.mu.Lock()
	if c.folder != nil && c.err == nil {
		c.err = c.folder.check(nil)
	}
	c.mu.Unlock()
	return c.drain(true)
}

// drain commits all full buffers, and with current also the current one. It returns
// when they are in RocksDB.
func (c *chain) drain(current bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if current && !c.current.Load().empty() && c.err == nil {
		if err := c.rotate(); err != nil {
			return err
		}
	}
	if len(c.full) == 0 && !c.committing {
		return c.err
	}
	return c.commitUpTo(c.current.Load().number - 1)
}

// commitUpTo commits all buffers up to number. The caller holds mu.
func (c *chain) commitUpTo(number uint64) error {
	for c.committed < number && c.err == nil {
		if c.committing {
			c.changed.Wait()
			continue
		}
		n := c.ingestionLength(number)
		buffers := slices.Clone(c.full[:n])
		c.committing = true
		c.mu.Unlock()
		err := readable(buffers)
		switch {
		case err != nil:
		case n > 1:
			err = c.ingest(buffers)
		default:
			err = c.commit(buffers[0].writeBatch())
		}
		c.mu.Lock()
		c.committing = false
		if err != nil {
			c.err = adviseIfFull(fmt.Errorf("commit to RocksDB: %w", err), keptBy(buffers))
		} else {
			c.committed = buffers[n-1].number
			c.commits++
			for _, b := range buffers {
				c.entries += uint64(b.count - 1)
			}
			c.full = slices.Delete(c.full, 0, n)
			c.free = append(c.free, buffers...)
		}
		c.changed.Broadcast()
	}
	return c.err
}

// keptBy says what becomes of buffers that could not be committed, as the disk is full.
func keptBy(buffers []*buffer) string {
	if buffers[0].file == nil {
		return "what was flushed is kept; once there is room, close the database and open it again"
	}
	return "what was put is kept; once there is room, close the database and open it again to go on"
}

// settle commits all buffers if one of them may hold something of the marks.
func (c *chain) settle(marks uint64) error {
	c.mu.Lock()
	pending := c.current.Load().marks
	if c.current.Load().empty() {
		pending = 0
	}
	for _, b := range c.full {
		pending |= b.marks
	}
	err := c.err
	c.mu.Unlock()
	if pending&marks == 0 || err != nil {
		return err
	}
	return c.drain(true)
}

// generation returns a number that changes with each write. It takes no lock.
func (c *chain) generation() uint64 { return c.current.Load().word.Load() }

// close commits everything and ends the chain. If a commit fails, the files of the
// buffers stay, and the next open recovers them. With keepMapped the buffers stay
// mapped: other goroutines may read them, by generation, until the process ends.
func (c *chain) close(keepMapped bool) error {
	err := c.flush()
	close(c.quit)
	<-c.done
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	// Another goroutine may have written since the drain.
	if err == nil && !c.current.Load().empty() {
		err = c.rotate()
	}
	if err == nil {
		err = c.commitUpTo(c.current.Load().number - 1)
	}
	buffers := slices.Concat(c.free, c.full, []*buffer{c.current.Load()})
	c.free, c.full = nil, nil
	c.current.Store(newHeapBuffer()) // for callers of generation
	for _, b := range buffers {
		if e := b.release(keepMapped, err != nil); err == nil {
			err = e
		}
	}
	if c.folder != nil {
		err = errors.Join(err, c.folder.close())
	}
	c.changed.Broadcast()
	return err
}
