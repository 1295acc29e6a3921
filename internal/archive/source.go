package archive

import (
	"sort"

	"microts/internal/tick"
)

// recent is the ticks of the span that Get has read last.
type recent struct {
	in      tick.Instrument
	columns tick.Columns
}

// covers says whether the ticks of recent tell what a time and seq have.
func (r *recent) covers(in *tick.Instrument, ts int64, seq uint16) bool {
	n := r.columns.Len()
	return n > 0 && r.in == *in && !before(ts, seq, r.columns.Times[0], r.columns.Seqs[0]) &&
		!before(r.columns.Times[n-1], r.columns.Seqs[n-1], ts, seq)
}

// before says whether a time and seq come before others.
func before(ts int64, seq uint16, otherTS int64, otherSeq uint16) bool {
	return ts < otherTS || ts == otherTS && seq < otherSeq
}

// find returns the value of a tick.
func (r *recent) find(ts int64, seq uint16) (value string, ok bool) {
	c := &r.columns
	i := sort.Search(c.Len(), func(i int) bool { return !before(c.Times[i], c.Seqs[i], ts, seq) })
	if i == c.Len() || c.Times[i] != ts || c.Seqs[i] != seq {
		return "", false
	}
	var b tick.Block
	c.Block(&b, i, i+1)
	return b.Values.At(0), true
}

// Get implements tick.Source. It keeps the ticks around the one that it returns: gets of
// ascending times read each group once.
func (a *Archive) Get(in *tick.Instrument, ts int64, seq uint16) (value string, ok bool, err error) {
	if err := tick.CheckTime("ts_us", ts); err != nil {
		return "", false, err
	}
	if a.Closed() {
		return "", false, ErrClosed
	}
	if a.last.covers(in, ts, seq) {
		value, ok = a.last.find(ts, seq)
		return value, ok, nil
	}
	s, err := a.newScan(in, tick.ScanOptions{Range: tick.Range{From: ts, To: ts}}, tick.AllColumns)
	if err != nil {
		return "", false, err
	}
	defer s.Close()
	s.whole = true
	for c := (tick.Columns{}); s.Read(&c); {
		if a.last = (recent{*in, c}); a.last.covers(in, ts, seq) {
			value, ok = a.last.find(ts, seq)
			return value, ok, nil
		}
		s.current = nil // it is a.last's now
	}
	return "", false, s.Err()
}

// First implements tick.Source.
func (a *Archive) First(in *tick.Instrument, ts int64) (r tick.Row, ok bool, err error) {
	return edge(a, in, tick.ScanOptions{Range: tick.Range{From: ts, To: tick.MaxTime - 1}, Limit: 1})
}

// Last implements tick.Source.
func (a *Archive) Last(in *tick.Instrument, ts int64) (r tick.Row, ok bool, err error) {
	return edge(a, in, tick.ScanOptions{Range: tick.Range{From: 0, To: ts}, Limit: 1, Reverse: true})
}

// edge returns the first row of a scan.
func edge(s tick.Source, in *tick.Instrument, o tick.ScanOptions) (r tick.Row, ok bool, err error) {
	rows, err := s.Scan(in, o)
	if err != nil {
		return r, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return r, false, rows.Err()
	}
	return rows.Row(), true, nil
}

// Count implements tick.Source. It reads only the groups at the ends of the range.
func (a *Archive) Count(in *tick.Instrument, r tick.Range) (n int, err error) {
	s, err := a.newScan(in, tick.ScanOptions{Range: r}, 0)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	s.plan.skip = func(sp span) bool {
		if !sp.within(r) {
			return false
		}
		n += sp.to - sp.from
		return true
	}
	for c := (tick.Columns{}); s.Read(&c); {
		n += c.Len()
	}
	return n, s.Err()
}

// Scan implements tick.Source. A block has at most 2048 rows, and at most 256 KiB of values
// or one value. A scan that was not closed holds nothing but memory once it is garbage.
func (a *Archive) Scan(in *tick.Instrument, o tick.ScanOptions) (*tick.Rows, error) {
	s, err := a.newScan(in, o, tick.AllColumns)
	if err != nil {
		return nil, err
	}
	return tick.NewRows(&rowBlocks{scan: s}), nil
}

// ScanColumns implements tick.ColumnSource. It reads the columns of the set, and no others.
// A block is what a group has of the instrument.
func (a *Archive) ScanColumns(in *tick.Instrument, o tick.ScanOptions, set tick.ColumnSet) (tick.ColumnBlocks, error) {
	return a.newScan(in, o, set)
}

var _ tick.ColumnSource = (*Archive)(nil)
