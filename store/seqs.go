package store

import (
	"fmt"
	"slices"

	"microts/internal/tick"
)

// The next free seq of a time is one above the last that the time has; of a time without
// rows it is 0. If the time has a row of MaxSeq, it is the lowest seq that the time lacks.
//
// To know it without a read for each row, the chain remembers what writes and reads have
// shown of a series: in windows, ranges of time of which it knows all rows. A window
// whose series ends in it reaches to the end of time, so a load that ascends, or fills a
// gap in any order, reads once. A load into the midst of other rows reads them once, in
// blocks. What lies far from where a load is, is forgotten again.
//
// seqs holds the windows of the series whose next seq was ever asked for; the others cost
// nothing. The lock of the chain guards it. So a seq that next returns stays free until
// the caller, under the same lock, has written it.
type seqs struct {
	series map[seriesID]*seriesSeqs
	lastID seriesID // of last
	last   *seriesSeqs
}

// seriesID tells series apart: the instrument, and the data type of a Series, which is 0
// for ticks.
type seriesID struct {
	in       tick.Instrument
	dataType uint8
}

// seriesSeqs is what is known of a series.
type seriesSeqs struct {
	windows []*window
	oldest  int                // the index of the window that the next one replaces
	free    map[int64][]uint16 // of times that have MaxSeq: the seqs that they lack, ascending
	look    int                // how many rows the next lookup reads ahead
	lookups []*seqLookup       // that have begun and not ended
}

const (
	maxTracked = 1 << 16 // series; with more, those that were known are looked up anew
	maxWindows = 4       // of a series: so many loads of different ranges may run at once
	maxFree    = 16      // times of a series

	minLook  = 16 // rows that a lookup reads ahead
	maxLook  = 2048
	nearby   = 3_600_000_000 // µs; a window so close to the end of another goes on with its load
	keepRows = 64            // times before and after the last put that a window keeps at least
)

// window is all times of a series, from start on and below until, that have rows.
type window struct {
	start, until int64
	times        []moment // each with the last seq of its time, ascending
	most         int      // times that may be after that of the last put
}

func (w *window) covers(ts int64) bool { return w.start <= ts && ts < w.until }

// find returns the index of a time, or where it would be.
func (w *window) find(ts int64) (i int, ok bool) {
	switch n := len(w.times); {
	case n == 0 || w.times[n-1].ts < ts:
		return n, false
	case w.times[n-1].ts == ts:
		return n - 1, true
	}
	i, _ = slices.BinarySearchFunc(w.times, ts, func(m moment, ts int64) int { return m.compare(moment{ts, 0}) })
	return i, i < len(w.times) && w.times[i].ts == ts
}

// last returns the last seq of a time, or -1.
func (w *window) last(ts int64) int {
	if i, ok := w.find(ts); ok {
		return int(w.times[i].seq)
	}
	return -1
}

// put tells of a row that was put.
func (w *window) put(at moment) {
	if !w.covers(at.ts) {
		return
	}
	i, ok := w.find(at.ts)
	if ok {
		w.times[i].seq = max(w.times[i].seq, at.seq)
		return
	}
	w.times = slices.Insert(w.times, i, at)
	if i > 2*keepRows {
		w.times = slices.Delete(w.times, 0, i-keepRows)
		w.start = w.times[0].ts
	} else if i+w.most < len(w.times) {
		w.until = w.times[i+keepRows].ts
		w.times = w.times[:i+keepRows]
	}
}

// What next returns if it returns no seq.
const (
	seqUnknown = -1 - iota // a lookup tells
	seqNone                // all seqs of the time are taken
)

// of returns what is known of a series, or nil.
func (s *seqs) of(id *seriesID) *seriesSeqs {
	if s.last != nil && s.lastID == *id {
		return s.last
	}
	known := s.series[*id]
	if known != nil {
		s.lastID, s.last = *id, known
	}
	return known
}

// next returns the next free seq of a time, or seqUnknown or seqNone.
func (s *seqs) next(id *seriesID, ts int64) int {
	known := s.of(id)
	if known == nil {
		return seqUnknown
	}
	for _, w := range known.windows {
		if !w.covers(ts) {
			continue
		}
		if last := w.last(ts); last < tick.MaxSeq {
			return last + 1
		}
		switch free, ok := known.free[ts]; {
		case !ok:
			return seqUnknown
		case len(free) == 0:
			return seqNone
		default:
			return int(free[0])
		}
	}
	return seqUnknown
}

// put tells of a row that was put.
func (s *seqs) put(id *seriesID, at moment) {
	if len(s.series) == 0 {
		return
	}
	known := s.of(id)
	if known == nil {
		return
	}
	known.put(at)
	for _, l := range known.lookups {
		l.puts = append(l.puts, at)
	}
}

func (s *seriesSeqs) put(at moment) {
	for _, w := range s.windows {
		w.put(at)
	}
	if free, ok := s.free[at.ts]; ok {
		if i, ok := slices.BinarySearch(free, at.seq); ok {
			s.free[at.ts] = slices.Delete(free, i, i+1)
		}
	}
}

// forget tells that rows of a series were removed.
func (s *seqs) forget(id *seriesID) {
	if len(s.series) == 0 {
		return
	}
	known := s.of(id)
	if known == nil {
		return
	}
	known.windows, known.oldest, known.free = nil, 0, nil
	for _, l := range known.lookups {
		l.void = true
	}
}

// seqLookup is a read that a window is made of. Others may write meanwhile.
type seqLookup struct {
	series *seriesSeqs
	look   int
	puts   []moment // of the series, since the lookup began
	void   bool     // rows of the series were removed since
}

// begin begins a lookup. The caller ends it with end.
func (s *seqs) begin(id *seriesID) *seqLookup {
	known := s.of(id)
	if known == nil {
		if len(s.series) >= maxTracked {
			s.shrink()
		}
		if s.series == nil {
			s.series = map[seriesID]*seriesSeqs{}
		}
		known = &seriesSeqs{look: minLook}
		s.series[*id] = known
	}
	l := &seqLookup{series: known, look: known.look}
	known.lookups = append(known.lookups, l)
	return l
}

// shrink forgets the series of which no lookup runs.
func (s *seqs) shrink() {
	for id, known := range s.series {
		if len(known.lookups) == 0 {
			delete(s.series, id)
		}
	}
	s.last = nil
}

// seqsFound is what a lookup of a time has found.
type seqsFound struct {
	ts     int64
	window *window
	free   []uint16 // if the time has MaxSeq
}

// end ends a lookup. found is nil if it failed.
func (l *seqLookup) end(found *seqsFound) {
	s := l.series
	s.lookups = slices.DeleteFunc(s.lookups, func(other *seqLookup) bool { return other == l })
	if found == nil || l.void {
		return
	}
	w := found.window
	s.windows = slices.DeleteFunc(s.windows, func(old *window) bool { return old.covers(found.ts) })
	s.oldest = min(s.oldest, max(len(s.windows)-1, 0))
	left := slices.IndexFunc(s.windows, func(old *window) bool { return old.until <= found.ts && found.ts-old.until < nearby })
	switch {
	case left >= 0:
		s.windows[left] = w
		s.look = min(2*s.look, maxLook)
	case len(s.windows) < maxWindows:
		s.windows = append(s.windows, w)
		s.look = minLook
	default:
		s.windows[s.oldest] = w
		s.oldest = (s.oldest + 1) % maxWindows
		s.look = minLook
	}
	if w.last(found.ts) == tick.MaxSeq {
		if s.free == nil || len(s.free) >= maxFree {
			s.free = map[int64][]uint16{}
		}
		s.free[found.ts] = found.free
	}
	for _, at := range l.puts {
		s.put(at)
	}
}

// FullError is returned when all seqs of a time are taken.
type FullError struct {
	Name tick.Name
	Time int64 // µs
}

func (e *FullError) Error() string {
	return fmt.Sprintf("all %d seqs of %v at %s (%d µs) are taken", tick.MaxSeq+1, e.Name, tick.FormatTime(e.Time, tick.Shanghai), e.Time)
}

// seriesRows is a series as a lookup reads it.
type seriesRows struct {
	id    seriesID
	marks uint64
	span  func(from, to moment) span
	name  func() (tick.Name, error) // for an error
}

// tickRows returns the ticks of an instrument.
func (db *DB) tickRows(in *tick.Instrument) seriesRows {
	return seriesRows{
		seriesID{in: *in},
		instrumentMark(in),
		func(from, to moment) span { return momentSpan(in, from, to) },
		func() (tick.Name, error) { return db.Name(in) },
	}
}

// lookUpSeqs reads what next has to know of a series at a time.
func (db *DB) lookUpSeqs(rows *seriesRows, ts int64) error {
	c := db.chain
	c.mu.Lock()
	l := c.seqs.begin(&rows.id)
	c.mu.Unlock()
	found, err := db.findSeqs(rows, ts, l.look)
	c.mu.Lock()
	l.end(found)
	c.mu.Unlock()
	return err
}

// findSeqs reads a window around a time, with about so many rows after it. Of the rows
// before, it reads the last one.
func (db *DB) findSeqs(rows *seriesRows, ts int64, look int) (*seqsFound, error) {
	w := &window{until: tick.MaxTime}
	if ts > 0 {
		before, _, err := db.readTimes(rows, moment{0, 0}, moment{ts - 1, tick.MaxSeq}, 1, true)
		if err != nil {
			return nil, err
		}
		if w.times = before; len(before) > 0 {
			w.start = before[0].ts
		}
	}
	at, _, err := db.readTimes(rows, moment{ts, 0}, moment{ts, tick.MaxSeq}, 1, true)
	if err != nil {
		return nil, err
	}
	w.times = append(w.times, at...)
	if ts+1 < tick.MaxTime {
		after, whole, err := db.readTimes(rows, moment{ts + 1, 0}, moment{tick.MaxTime - 1, tick.MaxSeq}, look, false)
		if err != nil {
			return nil, err
		}
		if n := len(after); !whole {
			w.until = after[n-1].ts // which may have more rows
			after = after[:n-1]
		}
		w.times = append(w.times, after...)
	}
	w.most = len(w.times) + 2*keepRows
	found := &seqsFound{ts: ts, window: w}
	if len(at) > 0 && at[0].seq == tick.MaxSeq {
		found.free, err = db.readFree(rows, ts)
	}
	return found, err
}

// readTimes reads at most limit rows from one moment to another, and returns the times
// that they have, each with the last seq that was read. whole says that there are no
// more rows.
func (db *DB) readTimes(rows *seriesRows, from, to moment, limit int, reverse bool) (times []moment, whole bool, err error) {
	read, err := db.scanSpan(rows.span(from, to), rows.marks, limit, reverse)
	if err != nil {
		return nil, false, err
	}
	defer read.Close()
	n := 0
	for b := read.NextBlock(); b != nil; b = read.NextBlock() {
		n += b.Len()
		for i, ts := range b.Times {
			if k := len(times) - 1; k >= 0 && times[k].ts == ts {
				times[k].seq = b.Seqs[i]
			} else {
				times = append(times, moment{ts, b.Seqs[i]})
			}
		}
	}
	return times, n < limit, read.Err()
}

// readFree returns the seqs that no row at a time has, ascending.
func (db *DB) readFree(rows *seriesRows, ts int64) (free []uint16, err error) {
	read, err := db.scanSpan(rows.span(moment{ts, 0}, moment{ts, tick.MaxSeq}), rows.marks, 0, false)
	if err != nil {
		return nil, err
	}
	defer read.Close()
	next := 0
	for read.Next() {
		for ; next < int(read.Seq()); next++ {
			free = append(free, uint16(next))
		}
		next++
	}
	return free, read.Err()
}
