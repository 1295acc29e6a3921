package archive

import (
	"context"
	"slices"
	"sort"
	"time"

	"microts/internal/tick"
)

// Union is a database and an archive as one tick.ColumnSource. A day comes from one side
// only: from the archive if it is sealed there, else from the database. Which days are
// sealed, it learns when it is made, with Refresh and from some puts (see CheckPut). What is
// sealed meanwhile it still reads from the database. That has it: nothing but this process,
// or a process that began after the database was closed, deletes from the database.
//
// Its instruments are those of the database. It is for one goroutine, as both sides are,
// and closes neither of them.
type Union struct {
	hot     Hot
	archive *Archive

	given map[tick.Instrument]tick.Name // of long codes that the database does not know

	// The times around the last put that CheckPut let pass: no day of them is sealed.
	market byte
	open   tick.Range
	looks  int // of the archive

	puts   int       // that CheckPut was asked about
	looked time.Time // when the days were last listed; see notice
	every  time.Duration
}

const (
	// noticeEvery is after what time a put into a day that is over makes a Union list the
	// days again, and noticePuts how many puts may pass before it looks at the clock.
	noticeEvery = 10 * time.Second
	noticePuts  = 64

	// noticeTimeout is for that listing, which a put waits for.
	noticeTimeout = 2 * time.Second
)

// NewUnion returns the union of a database and an archive.
func NewUnion(hot Hot, a *Archive) *Union {
	return &Union{
		hot: hot, archive: a, given: map[tick.Instrument]tick.Name{}, open: tick.Range{From: 1, To: 0},
		looked: time.Now(), every: noticeEvery,
	}
}

// Archive returns the archive.
func (u *Union) Archive() *Archive { return u.archive }

// Refresh makes u see the days that were sealed since. See Archive.Refresh.
func (u *Union) Refresh() error { return u.archive.Refresh() }

// SetInterrupt is Archive.SetInterrupt of the archive.
func (u *Union) SetInterrupt(interrupt func() error) { u.archive.SetInterrupt(interrupt) }

// CheckPut returns a *SealedError if the day of a tick that is to be written is sealed. In
// an open day it takes a few ns. Late ticks, of days that are over, which another process may
// have sealed meanwhile, make it list the days again now and then.
func (u *Union) CheckPut(in *tick.Instrument, ts int64) error {
	if u.puts++; u.puts%noticePuts == 1 {
		u.notice(ts)
	}
	if u.open.From <= ts && ts <= u.open.To && u.market == in.Market() && u.looks == u.archive.looks {
		return nil
	}
	days := u.archive.sealed[in.Market()]
	i := firstDay(days, ts)
	open := tick.Always
	if i < len(days) {
		if days[i].times.From <= ts {
			return sealedError(in.Market(), &days[i])
		}
		open.To = days[i].times.From - 1
	}
	if i > 0 {
		open.From = days[i-1].times.To + 1
	}
	u.market, u.open, u.looks = in.Market(), open, u.archive.looks
	return nil
}

// notice lists the days again if a time is in a day that is over and the last listing is a
// while ago. If the store cannot be reached, what is known stays: a database must be
// written to also then, and seal and prune find what is in it.
func (u *Union) notice(ts int64) {
	a, now := u.archive, time.Now()
	if a.options.Pins != nil || now.Sub(u.looked) < u.every {
		return
	}
	if c := a.calendar(); c.span(c.of(ts)).To >= now.UnixMicro() {
		return
	}
	u.looked = now
	_ = a.call(func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, noticeTimeout)
		defer cancel()
		return a.look(ctx)
	})
}

// CheckRange returns a *SealedError if a day of a market is sealed of which a range has
// times.
func (u *Union) CheckRange(market byte, r tick.Range) error {
	days := u.archive.sealed[market]
	if i := firstDay(days, r.From); i < len(days) && days[i].times.From <= r.To && !r.Empty() {
		return sealedError(market, &days[i])
	}
	return nil
}

func sealedError(market byte, d *openDay) error {
	return &SealedError{Day: dayID{market, d.date}.String(), Revision: d.number}
}

// firstDay returns the index of the first day that ends at or after a time.
func firstDay(days []openDay, ts int64) int {
	return sort.Search(len(days), func(i int) bool { return days[i].times.To >= ts })
}

// Find returns the instrument of a name, for reading.
func (u *Union) Find(n tick.Name) (tick.Instrument, error) {
	in, err := u.hot.Find(n)
	if err != nil || !in.IsStandIn() {
		return in, err
	}
	if known, err := u.hot.Name(&in); err != nil || known == n {
		return in, err
	}
	// The database does not know the code: the number may be proposed for another one too.
	for {
		other, taken := u.given[in]
		if !taken || other == n {
			u.given[in] = n
			return in, nil
		}
		in = tick.StandIn(n.Market, in.Number()+1)
	}
}

// Name returns the name of an instrument.
func (u *Union) Name(in *tick.Instrument) (tick.Name, error) {
	n, err := u.hot.Name(in)
	if err != nil || !in.IsStandIn() {
		return n, err
	}
	if _, unknown := tick.ParseUnnamed(n.Code); !unknown {
		return n, nil
	}
	if given, ok := u.given[*in]; ok {
		return given, nil
	}
	return u.archive.Name(in)
}

// Names returns the names of the instruments that have ticks, in the order of
// tick.Name.Compare; market, unless it is 0, chooses those of one market. It costs what
// Archive.Names costs.
func (u *Union) Names(market byte) ([]tick.Name, error) {
	names, err := u.archive.Names(market)
	if err != nil {
		return nil, err
	}
	sealed := map[tick.Name]bool{}
	for _, n := range names {
		sealed[n] = true
	}
	hot, err := u.hot.Names(market)
	if err != nil {
		return nil, err
	}
	for _, n := range hot {
		if sealed[n] {
			continue
		}
		shown, err := u.isShown(n)
		if err != nil {
			return nil, err
		}
		if shown {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, tick.Name.Compare)
	return names, nil
}

// isShown says whether the database has ticks of an instrument on a day that is not sealed.
func (u *Union) isShown(n tick.Name) (bool, error) {
	in, err := u.hot.Find(n)
	if err != nil {
		return false, err
	}
	for parts := u.parts(n.Market, tick.Always, true); ; {
		p, ok := parts.next()
		if !ok {
			return false, nil
		}
		if p.sealed {
			continue
		}
		row, ok, err := u.hot.Last(&in, p.times.To)
		if err != nil || ok && row.Time >= p.times.From {
			return err == nil, err
		}
		if !ok {
			return false, nil
		}
	}
}

// Instruments implements tick.Source.
func (u *Union) Instruments(market byte) ([]tick.Instrument, error) {
	names, err := u.Names(market)
	if err != nil {
		return nil, err
	}
	var found []tick.Instrument
	for _, n := range names {
		in, err := u.Find(n)
		if err != nil {
			return nil, err
		}
		found = append(found, in)
	}
	slices.SortFunc(found, func(x, y tick.Instrument) int { return x.Compare(&y) })
	return found, nil
}

// Get implements tick.Source.
func (u *Union) Get(in *tick.Instrument, ts int64, seq uint16) (value string, ok bool, err error) {
	if err := tick.CheckTime("ts_us", ts); err != nil {
		return "", false, err
	}
	days := u.archive.sealed[in.Market()]
	i := firstDay(days, ts)
	s, of, err := u.side(i < len(days) && days[i].times.From <= ts, in)
	if err != nil {
		return "", false, err
	}
	return s.Get(&of, ts, seq)
}

// side returns the archive or the database, and the instrument as it has it.
func (u *Union) side(sealed bool, in *tick.Instrument) (Hot, tick.Instrument, error) {
	if !sealed {
		return u.hot, *in, nil
	}
	if !in.IsStandIn() {
		return u.archive, *in, nil
	}
	n, err := u.Name(in)
	if err != nil {
		return nil, *in, err
	}
	of, err := u.archive.Find(n)
	return u.archive, of, err
}

// First implements tick.Source.
func (u *Union) First(in *tick.Instrument, ts int64) (r tick.Row, ok bool, err error) {
	return edge(u, in, tick.ScanOptions{Range: tick.Range{From: ts, To: tick.MaxTime - 1}, Limit: 1})
}

// Last implements tick.Source.
func (u *Union) Last(in *tick.Instrument, ts int64) (r tick.Row, ok bool, err error) {
	return edge(u, in, tick.ScanOptions{Range: tick.Range{From: 0, To: ts}, Limit: 1, Reverse: true})
}

// Count implements tick.Source.
func (u *Union) Count(in *tick.Instrument, r tick.Range) (n int, err error) {
	if err := r.Check(); err != nil {
		return 0, err
	}
	for parts := u.parts(in.Market(), r, false); ; {
		p, ok := parts.next()
		if !ok {
			return n, nil
		}
		s, of, err := u.side(p.sealed, in)
		if err != nil {
			return n, err
		}
		some, err := s.Count(&of, p.times)
		if err != nil {
			return n, err
		}
		n += some
	}
}

// Scan implements tick.Source.
func (u *Union) Scan(in *tick.Instrument, o tick.ScanOptions) (*tick.Rows, error) {
	c, err := newChain(u, in, o, (*tick.Block).Len, func(s Hot, in *tick.Instrument, o tick.ScanOptions) (reader[tick.Block], error) {
		rows, err := s.Scan(in, o)
		return rowsReader{rows}, err
	})
	if err != nil {
		return nil, err
	}
	return tick.NewRows(c), nil
}

// ScanColumns implements tick.ColumnSource.
func (u *Union) ScanColumns(in *tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) (tick.ColumnBlocks, error) {
	return newChain(u, in, o, (*tick.Columns).Len, func(s Hot, in *tick.Instrument, o tick.ScanOptions) (reader[tick.Columns], error) {
		return tick.ScanColumns(s, in, o, set)
	})
}

var (
	_ tick.ColumnSource = (*Union)(nil)
	_ Hot               = (*Union)(nil)
	_ Hot               = (*Archive)(nil)
)

// timePart is a range of time that one side of a union has.
type timePart struct {
	times  tick.Range
	sealed bool
}

// timeParts cuts a range of time into parts, one after the other.
type timeParts struct {
	days    []openDay
	left    tick.Range
	reverse bool
}

func (u *Union) parts(market byte, r tick.Range, reverse bool) *timeParts {
	return &timeParts{u.archive.sealed[market], r, reverse}
}

// next returns the next part; ok is false after the last one.
func (p *timeParts) next() (part timePart, ok bool) {
	switch {
	case p.left.Empty():
		return part, false
	case p.reverse:
		return p.nextDown(), true
	}
	return p.nextUp(), true
}

func (p *timeParts) nextUp() timePart {
	r := p.left
	i := firstDay(p.days, r.From)
	sealed := i < len(p.days) && p.days[i].times.From <= r.From
	switch {
	case sealed:
		for i+1 < len(p.days) && p.days[i+1].times.From == p.days[i].times.To+1 {
			i++
		}
		r.To = min(r.To, p.days[i].times.To)
	case i < len(p.days):
		r.To = min(r.To, p.days[i].times.From-1)
	}
	p.left.From = r.To + 1
	return timePart{r, sealed}
}

func (p *timeParts) nextDown() timePart {
	r := p.left
	i := sort.Search(len(p.days), func(i int) bool { return p.days[i].times.From > r.To }) - 1 // the last one that begins at or before
	sealed := i >= 0 && p.days[i].times.To >= r.To
	switch {
	case sealed:
		for i > 0 && p.days[i-1].times.To+1 == p.days[i].times.From {
			i--
		}
		r.From = max(r.From, p.days[i].times.From)
	case i >= 0:
		r.From = max(r.From, p.days[i].times.To+1)
	}
	p.left.To = r.From - 1
	return timePart{r, sealed}
}

// reader reads blocks of type B.
type reader[B any] interface {
	Read(b *B) bool
	Err() error
	Close()
}

// chain reads the scans of both sides one after the other.
type chain[B any] struct {
	union  *Union
	in     tick.Instrument
	parts  *timeParts
	left   int // rows; 0: no limit
	length func(*B) int
	begin  func(Hot, *tick.Instrument, tick.ScanOptions) (reader[B], error)

	current reader[B] // nil between two
	err     error
	ended   bool
}

func newChain[B any](u *Union, in *tick.Instrument, o tick.ScanOptions, length func(*B) int, begin func(Hot, *tick.Instrument, tick.ScanOptions) (reader[B], error)) (*chain[B], error) {
	if err := o.Range.Check(); err != nil {
		return nil, err
	}
	return &chain[B]{union: u, in: *in, parts: u.parts(in.Market(), o.Range, o.Reverse), left: max(o.Limit, 0), length: length, begin: begin}, nil
}

// Read implements tick.Blocks and tick.ColumnBlocks.
func (c *chain[B]) Read(b *B) bool {
	for !c.ended {
		if c.current == nil {
			if c.err = c.open(); c.err != nil || c.ended {
				c.Close()
				return false
			}
		}
		if c.current.Read(b) {
			if c.left > 0 {
				if c.left -= c.length(b); c.left == 0 {
					c.parts.left = tick.Range{From: 1, To: 0}
				}
			}
			return true
		}
		if c.err = c.current.Err(); c.err != nil {
			c.Close()
			return false
		}
		c.current.Close()
		c.current = nil
	}
	return false
}

// open begins the scan of the next part.
func (c *chain[B]) open() error {
	part, ok := c.parts.next()
	if !ok {
		c.ended = true
		return nil
	}
	s, of, err := c.union.side(part.sealed, &c.in)
	if err != nil {
		return err
	}
	c.current, err = c.begin(s, &of, tick.ScanOptions{Range: part.times, Limit: c.left, Reverse: c.parts.reverse})
	return err
}

// Err implements tick.Blocks and tick.ColumnBlocks.
func (c *chain[B]) Err() error { return c.err }

// Close implements tick.Blocks and tick.ColumnBlocks.
func (c *chain[B]) Close() {
	c.ended = true
	if c.current != nil {
		c.current.Close()
		c.current = nil
	}
}

// rowsReader reads the blocks of Rows.
type rowsReader struct{ rows *tick.Rows }

func (r rowsReader) Read(b *tick.Block) bool {
	block := r.rows.NextBlock()
	if block == nil {
		return false
	}
	*b = *block
	return true
}

func (r rowsReader) Err() error { return r.rows.Err() }

func (r rowsReader) Close() { r.rows.Close() }
