package archive

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sort"
	"sync"

	"microts/internal/tick"
	"microts/internal/tickfile"
)

const (
	mostUnits     = 16       // that a scan reads at once
	mostUnitBytes = 16 << 20 // of them together
)

// scan reads the ticks of an instrument in columns, group by group. It reads and decodes
// ahead, in goroutines that end on their own: with what they have begun, or with Close,
// which waits for them. What it reads ahead grows, so that a scan of a few rows reads little.
type scan struct {
	plan *plan
	ctx  context.Context
	stop context.CancelFunc

	whole bool // views have all ticks of their span, whatever their times
	left  int  // rows that are still to be read; negative: no limit

	planned bool // the plan has no further unit
	units   int  // whose tasks are in the queue
	bytes   int64
	most    int // units at once
	width   int // tasks at once
	tasks   []*task
	running sync.WaitGroup

	current *tick.Columns // the buffer of what the caller reads
	free    []*tick.Columns
	err     error
	ended   bool
}

// task is to decode a span.
type task struct {
	unit    *unit
	span    span
	last    bool // of its unit
	started bool
	buffer  *tick.Columns
	view    tick.Columns // a part of buffer
	err     error
	done    chan struct{}
}

// newScan begins a scan.
func (a *Archive) newScan(in *tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) (*scan, error) {
	if err := o.Range.Check(); err != nil {
		return nil, err
	}
	if a.Closed() {
		return nil, ErrClosed
	}
	if o.Limit <= 0 {
		o.Limit = -1
	}
	s := &scan{left: o.Limit, most: 1, width: 1}
	s.ctx, s.stop = context.WithCancel(a.ctx)
	s.plan = a.newPlan(s.ctx, in, o, set)
	s.plan.running = &s.running
	return s, nil
}

// Read implements tick.ColumnBlocks.
func (s *scan) Read(c *tick.Columns) bool {
	*c = tick.Columns{}
	if s.current != nil {
		s.free = append(s.free, s.current)
		s.current = nil
	}
	for {
		if s.ended || s.left == 0 {
			s.Close()
			return false
		}
		t, err := s.next()
		if err == nil && t != nil {
			err = t.err
		}
		if err != nil {
			s.fail(err)
			return false
		}
		if t == nil {
			s.Close()
			return false
		}
		if n := t.view.Len(); n == 0 {
			s.free = append(s.free, t.buffer)
			continue
		} else if s.left >= 0 && n > s.left {
			t.view = t.view.Part(0, s.left)
		}
		if s.left > 0 {
			s.left -= t.view.Len()
		}
		s.current = t.buffer
		*c = t.view
		return true
	}
}

// fail ends the scan with an error.
func (s *scan) fail(err error) {
	s.Close()
	s.err = s.plan.a.ended(err)
}

// next returns the next task, decoded, or nil after the last one.
func (s *scan) next() (*task, error) {
	a := s.plan.a
	if a.Closed() {
		return nil, ErrClosed
	}
	if a.interrupt != nil {
		if err := a.interrupt(); err != nil {
			return nil, err
		}
	}
	if err := s.fill(); err != nil || len(s.tasks) == 0 {
		return nil, err
	}
	t := s.tasks[0]
	s.tasks = slices.Delete(s.tasks, 0, 1)
	if !t.started {
		s.start(t, false)
	}
	var none struct{}
	if err := wait(t.done, &none, a.interrupt); err != nil {
		return nil, err
	}
	if t.last {
		s.units--
		s.bytes -= t.unit.n
		s.most = min(2*s.most, mostUnits)
	}
	s.width = min(2*s.width, runtime.GOMAXPROCS(0)+2)
	return t, nil
}

// fill begins to read units and to decode spans ahead.
func (s *scan) fill() error {
	for !s.planned && (len(s.tasks) == 0 || s.units < s.most && s.bytes < mostUnitBytes) {
		u, err := s.plan.next()
		if err != nil {
			return err
		}
		if u == nil {
			s.planned = true
			break
		}
		s.units++
		s.bytes += u.n
		for i, span := range u.spans {
			s.tasks = append(s.tasks, &task{unit: u, span: span, last: i == len(u.spans)-1, done: make(chan struct{})})
		}
		if s.plan.a.shared.local && s.plan.a.options.OneCore {
			u.fetch(s.ctx, s.plan.a.shared)
			continue
		}
		s.running.Go(func() { u.fetch(s.ctx, s.plan.a.shared) })
	}
	if s.plan.a.options.OneCore {
		return nil
	}
	for _, t := range s.tasks[:min(s.width, len(s.tasks))] {
		if !t.started {
			s.start(t, true)
		}
	}
	return nil
}

// start begins to decode, in a goroutine or now.
func (s *scan) start(t *task, parallel bool) {
	t.started = true
	if n := len(s.free); n > 0 {
		t.buffer, s.free = s.free[n-1], s.free[:n-1]
	} else {
		t.buffer = new(tick.Columns)
	}
	if parallel {
		s.running.Go(func() { s.run(t) })
		return
	}
	s.run(t)
}

// run decodes a span.
func (s *scan) run(t *task) {
	defer close(t.done)
	select {
	case <-t.unit.done:
	case <-s.ctx.Done():
		t.err = context.Cause(s.ctx)
		return
	}
	if t.err = t.unit.err; t.err != nil {
		return
	}
	p, data, off := s.plan, t.unit.data, t.unit.off
	_, err := t.span.decode(data, off, p.set, t.buffer)
	if malformed := (*tickfile.FormatError)(nil); errors.As(err, &malformed) {
		err = s.again(t)
	}
	if t.err = err; err != nil {
		return
	}
	t.view = t.buffer.Part(t.span.from, t.span.to)
	if !s.whole {
		from := sort.Search(len(t.view.Times), func(i int) bool { return t.view.Times[i] >= p.times.From })
		to := sort.Search(len(t.view.Times), func(i int) bool { return t.view.Times[i] > p.times.To })
		t.view = t.view.Part(from, to)
	}
	if p.reverse {
		reverse(&t.view)
	}
}

// again reads a span that is damaged once more, from the store: it may be the cache that is
// damaged, or the network.
func (s *scan) again(t *task) error {
	p := s.plan
	shared := p.a.shared
	from, to := t.span.needs(p.set)
	if shared.cache != nil {
		shared.cache.drop(rangeName(t.span.part.sum, t.unit.off, t.unit.n))
	}
	data, err := shared.read(s.ctx, t.span.part, from, to-from, true)
	if err != nil {
		return err
	}
	_, err = t.span.decode(data, from, p.set, t.buffer)
	if malformed := (*tickfile.FormatError)(nil); errors.As(err, &malformed) {
		return &DamagedError{p.a.url, t.span.part.key, malformed.Error()}
	}
	return err
}

// reverse reverses the rows of columns.
func reverse(c *tick.Columns) {
	slices.Reverse(c.Times)
	slices.Reverse(c.Seqs)
	slices.Reverse(c.Prices)
	slices.Reverse(c.Qtys)
	slices.Reverse(c.Channels)
	slices.Reverse(c.Sides)
	slices.Reverse(c.OrderNos)
	slices.Reverse(c.TickNos)
	slices.Reverse(c.Others)
	for i, row := range c.Others {
		c.Others[i] = c.Len() - 1 - row
	}
	slices.Reverse(c.OtherSeqs)
	slices.Reverse(c.OtherValues)
}

// Err implements tick.ColumnBlocks.
func (s *scan) Err() error { return s.err }

// Close implements tick.ColumnBlocks.
func (s *scan) Close() {
	if s.ended {
		return
	}
	s.ended = true
	s.stop()
	s.running.Wait()
	s.tasks, s.free, s.current = nil, nil, nil
}

// rowBlocks reads a scan in blocks of rows. It implements tick.Blocks.
type rowBlocks struct {
	scan *scan
	view tick.Columns
	next int // the row of view after the last block
}

const (
	blockRows  = 2048
	blockBytes = 256 << 10 // of values, unless one is longer
)

// Read implements tick.Blocks.
func (r *rowBlocks) Read(b *tick.Block) bool {
	if r.next == r.view.Len() {
		r.next = 0
		if !r.scan.Read(&r.view) {
			return false
		}
	}
	if err := r.failed(); err != nil {
		r.scan.fail(err)
		r.view, r.next = tick.Columns{}, 0
		return false
	}
	to := min(r.next+blockRows, r.view.Len())
	other, _ := slices.BinarySearch(r.view.Others, r.next)
	bytes := (to - r.next) * tick.RecordSize
	for ; other < len(r.view.Others) && r.view.Others[other] < to; other++ {
		if bytes += len(r.view.OtherValues[other]); bytes > blockBytes {
			to = max(r.view.Others[other], r.next+1)
		}
	}
	r.view.Block(b, r.next, to)
	r.next = to
	return true
}

// failed returns why a scan ends between two of its blocks, or nil.
func (r *rowBlocks) failed() error {
	switch a := r.scan.plan.a; {
	case a.Closed():
		return ErrClosed
	case a.interrupt != nil:
		return a.interrupt()
	}
	return nil
}

// Err implements tick.Blocks.
func (r *rowBlocks) Err() error { return r.scan.Err() }

// Close implements tick.Blocks.
func (r *rowBlocks) Close() {
	r.scan.Close()
	r.view, r.next = tick.Columns{}, 0
}
