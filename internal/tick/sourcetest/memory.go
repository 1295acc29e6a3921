package sourcetest

import (
	"errors"
	"maps"
	"slices"

	"microts/internal/tick"
)

// Memory is a Source that holds its ticks in memory, and knows the names of its
// instruments. It does all in the simplest way, for tests of what reads Sources.
type Memory struct {
	path      string
	ticks     Ticks
	codes     map[uint64]string // long codes by their numbers
	closed    bool
	interrupt func() error
}

// ErrClosed is returned by what reads a Memory that was closed.
var ErrClosed = errors.New("the source is closed")

// NewMemory returns a Memory with some ticks, whose path is path.
func NewMemory(path string, ticks map[tick.Name][]tick.Row) *Memory {
	m := &Memory{path: path, ticks: Ticks{}, codes: map[uint64]string{}}
	for n, rows := range ticks {
		in, ok := n.Instrument()
		if !ok {
			in = tick.StandIn(n.Market, tick.NumberOf(n.Code))
			m.codes[in.Number()] = n.Code
		}
		m.ticks[in] = slices.Clone(rows)
	}
	m.ticks.sort()
	return m
}

// ready returns why nothing can be read, or nil.
func (m *Memory) ready() error {
	switch {
	case m.closed:
		return ErrClosed
	case m.interrupt != nil:
		return m.interrupt()
	}
	return nil
}

// Instruments implements tick.Source.
func (m *Memory) Instruments(market byte) (all []tick.Instrument, err error) {
	for in, rows := range m.ticks {
		if len(rows) > 0 && (market == 0 || in.Market() == market) {
			all = append(all, in)
		}
	}
	slices.SortFunc(all, func(a, b tick.Instrument) int { return a.Compare(&b) })
	return all, m.ready()
}

// Get implements tick.Source.
func (m *Memory) Get(in *tick.Instrument, ts int64, seq uint16) (string, bool, error) {
	if err := errors.Join(tick.CheckTime("ts_us", ts), m.ready()); err != nil {
		return "", false, err
	}
	for _, r := range m.ticks[*in] {
		if r.Time == ts && r.Seq == seq {
			return r.Value, true, nil
		}
	}
	return "", false, nil
}

// First implements tick.Source.
func (m *Memory) First(in *tick.Instrument, ts int64) (tick.Row, bool, error) {
	return m.edge(in, ts, tick.ScanOptions{Range: tick.Range{From: ts, To: tick.MaxTime - 1}})
}

// Last implements tick.Source.
func (m *Memory) Last(in *tick.Instrument, ts int64) (tick.Row, bool, error) {
	return m.edge(in, ts, tick.ScanOptions{Range: tick.Range{To: ts}, Reverse: true})
}

func (m *Memory) edge(in *tick.Instrument, ts int64, o tick.ScanOptions) (tick.Row, bool, error) {
	if err := errors.Join(tick.CheckTime("ts_us", ts), m.ready()); err != nil {
		return tick.Row{}, false, err
	}
	o.Limit = 1
	rows := m.ticks.expect(*in, o)
	if len(rows) == 0 {
		return tick.Row{}, false, nil
	}
	return rows[0], true, nil
}

// Count implements tick.Source.
func (m *Memory) Count(in *tick.Instrument, r tick.Range) (int, error) {
	if err := errors.Join(r.Check(), m.ready()); err != nil {
		return 0, err
	}
	return len(m.ticks.expect(*in, tick.ScanOptions{Range: r})), nil
}

// Scan implements tick.Source.
func (m *Memory) Scan(in *tick.Instrument, o tick.ScanOptions) (*tick.Rows, error) {
	if err := errors.Join(o.Check(), m.ready()); err != nil {
		return nil, err
	}
	return tick.NewRows(&memoryScan{m: m, rows: m.ticks.expect(*in, o)}), nil
}

// Find returns the instrument of a name.
func (m *Memory) Find(n tick.Name) (tick.Instrument, error) {
	in, ok := n.Instrument()
	if !ok {
		in = tick.StandIn(n.Market, tick.NumberOf(n.Code))
	}
	return in, m.ready()
}

// Name returns the name of an instrument.
func (m *Memory) Name(in *tick.Instrument) (tick.Name, error) {
	n := tick.Name{Market: in.Market(), Code: in.Code()}
	if in.IsStandIn() {
		n.Code = m.codes[in.Number()]
	}
	return n, m.ready()
}

// Names returns the names of the instruments that have ticks.
func (m *Memory) Names(market byte) ([]tick.Name, error) {
	instruments, err := m.Instruments(market)
	if err != nil {
		return nil, err
	}
	names := map[tick.Name]bool{}
	for i := range instruments {
		n, err := m.Name(&instruments[i])
		if err != nil {
			return nil, err
		}
		names[n] = true
	}
	return slices.SortedFunc(maps.Keys(names), tick.Name.Compare), nil
}

// SetInterrupt sets a function that ends what reads the Memory with its error.
func (m *Memory) SetInterrupt(interrupt func() error) { m.interrupt = interrupt }

// Path returns the path that NewMemory got.
func (m *Memory) Path() string { return m.path }

// Closed says whether Close was called.
func (m *Memory) Closed() bool { return m.closed }

// Close makes everything that reads the Memory fail.
func (m *Memory) Close() error {
	m.closed = true
	return nil
}

// memoryScan reads the rows of a scan, a few at a time.
type memoryScan struct {
	m    *Memory
	rows []tick.Row // not yet read
	err  error
}

func (s *memoryScan) Read(b *tick.Block) bool {
	const most = 3
	if s.err == nil && len(s.rows) > 0 {
		s.err = s.m.ready()
	}
	n := min(most, len(s.rows))
	if s.err != nil || n == 0 {
		return false
	}
	*b = tick.Block{Values: tick.Values{Offsets: []uint32{0}}}
	for _, r := range s.rows[:n] {
		b.Times, b.Seqs = append(b.Times, r.Time), append(b.Seqs, r.Seq)
		b.Values.Bytes += r.Value
		b.Values.Offsets = append(b.Values.Offsets, uint32(len(b.Values.Bytes)))
	}
	s.rows = s.rows[n:]
	return true
}

func (s *memoryScan) Err() error { return s.err }
func (s *memoryScan) Close()     { s.rows = nil }
