package store

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"microts/internal/tick"
)

// Series are the points of one symbol and data type. Their keys, integers
// big-endian:
//
//	format V1                    size  field
//	                             8     symbol, left-aligned, padded with spaces
//	                             8     ts_us
//	                             1     data_type
//
//	format V2, data type 0       24    the key of a tick (key.go)
//
//	format V2, other data types  1     0x01
//	                             1     data_type
//	                             24    the key of a tick
//
// In format V2 the points of data type 0 are ticks, which DB.Get and DB.Scan read too.
// The points of each other data type stand together.
//
// A Series is for the goroutine of its DB.
type Series struct {
	db    *DB
	in    tick.Instrument
	marks uint64
	key   []byte // of one point, at a time and seq that seek sets
	value []byte // of the last point that was written
}

const (
	symbolSize = 8
	v1KeySize  = symbolSize + 8 + 1

	typedSkip = 2
)

// Series returns the points of a symbol (see tick.ParseSymbol) and a data type. The
// error is a *tick.RangeError.
func (db *DB) Series(symbol string, dataType uint8) (*Series, error) {
	in, err := tick.ParseSymbol(symbol)
	if err != nil {
		return nil, err
	}
	s := &Series{db: db, in: in, marks: instrumentMark(&in)}
	switch {
	case db.Format() == tick.V1:
		name := tick.SymbolOf(in)
		if len(name) > symbolSize || !noSpaces(name) {
			return nil, &tick.RangeError{Name: "symbol", Want: "at most 8 characters without spaces, which is what storage engine V1 has room for,", Got: fmt.Sprintf("%.40q", symbol)}
		}
		s.key = fmt.Appendf(nil, "%-8s%8s%c", name, "", 0)
		s.key[v1KeySize-1] = dataType
		s.marks = mark(binary.LittleEndian.Uint64(s.key))
	case dataType == 0:
		s.key = make([]byte, tickKeySize)
	default:
		s.key = make([]byte, typedSkip+tickKeySize)
		s.key[0], s.key[1] = typedTag, dataType
	}
	return s, nil
}

func noSpaces(s string) bool {
	for i := range len(s) {
		if s[i] == ' ' {
			return false
		}
	}
	return true
}

// Instrument returns the instrument of the symbol.
func (s *Series) Instrument() tick.Instrument { return s.in }

// seek makes s.key the key of a time and a seq.
func (s *Series) seek(ts int64, seq uint16) {
	if s.db.Format() == tick.V1 {
		binary.BigEndian.PutUint64(s.key[symbolSize:], uint64(ts))
		return
	}
	(*tickKey)(s.key[len(s.key)-tickKeySize:]).set(s.in, ts, seq)
}

// span returns the keys of a range of time.
func (s *Series) span(r tick.Range) span {
	kind := anyKind
	if s.db.Format() == tick.V1 {
		kind = int(s.key[v1KeySize-1])
	}
	keys := newSpan(len(s.key), kind)
	s.seek(r.From, 0)
	copy(keys.first, s.key)
	s.seek(r.To, tick.MaxSeq)
	copy(keys.last, s.key)
	return keys
}

// Put writes points over what is there. It checks the times of all of them before it
// writes the first. It keeps nothing of points.
func (s *Series) Put(points []tick.Point) error {
	db := s.db
	if err := db.writable(); err != nil {
		return err
	}
	for i := range points {
		if err := tick.CheckTime("timestamp", points[i].Time); err != nil {
			return fmt.Errorf("point %d: %w", i+1, err)
		}
	}
	isTick := len(s.key) == tickKeySize && db.Format() == tick.V2
	for i := range points {
		p := &points[i]
		s.value = tick.AppendPoint(s.value[:0], p, db.Format())
		value := unsafe.String(unsafe.SliceData(s.value), len(s.value)) // copied into a buffer
		s.seek(p.Time, p.Seq)
		err := db.chain.append(func(b *buffer) bool {
			if isTick {
				return b.putTick(&s.in, p.Time, p.Seq, value)
			}
			return b.putPoint(s.key, value, s.marks)
		})
		if err != nil {
			return fmt.Errorf("point %d: %w", i+1, err)
		}
	}
	return db.chain.endWrite()
}

// Get reads the point at a time, in µs, and seq into p; ok is false if there is none.
// In format V1, which keeps one point a time, seq does not matter.
func (s *Series) Get(ts int64, seq uint16, p *tick.Point) (ok bool, err error) {
	if err := tick.CheckTime("timestamp", ts); err != nil {
		return false, err
	}
	if err := s.db.settleMarks(s.marks); err != nil {
		return false, err
	}
	s.seek(ts, seq)
	value, ok, err := s.db.lookup(s.key)
	if err != nil || !ok {
		return false, err
	}
	p.Time, p.Seq = ts, seq
	return true, s.decode(value, p)
}

// First reads the point of the lowest seq at a time, in µs, into p; ok is false if
// there is none.
func (s *Series) First(ts int64, p *tick.Point) (ok bool, err error) {
	if ok, err := s.Get(ts, 0, p); ok || err != nil || s.db.Format() == tick.V1 {
		return ok, err
	}
	return s.edge(tick.ScanOptions{Range: tick.Range{From: ts, To: ts}, Limit: 1}, p)
}

// Last reads the last point of all into p; ok is false if there is none.
func (s *Series) Last(p *tick.Point) (ok bool, err error) {
	return s.edge(tick.ScanOptions{Range: tick.Always, Limit: 1, Reverse: true}, p)
}

func (s *Series) edge(o tick.ScanOptions, p *tick.Point) (ok bool, err error) {
	points, err := s.scan(o)
	if err != nil {
		return false, err
	}
	defer points.Close()
	ok = points.Next(p)
	return ok, points.Err()
}

// Scan begins a scan of the points in a range.
func (s *Series) Scan(r tick.Range) (*PointScan, error) { return s.scan(tick.ScanOptions{Range: r}) }

func (s *Series) scan(o tick.ScanOptions) (*PointScan, error) {
	if err := tick.CheckTime("start", o.From); err != nil {
		return nil, err
	}
	if err := tick.CheckTime("end", o.To); err != nil {
		return nil, err
	}
	rows, err := s.db.scanSpan(s.span(o.Range), s.marks, o.Limit, o.Reverse)
	if err != nil {
		return nil, err
	}
	return &PointScan{series: s, rows: rows}, nil
}

// PointScan reads the points of a Series in a range, as tick.Rows reads ticks.
type PointScan struct {
	series *Series
	rows   *tick.Rows
	err    error
}

// Next reads the next point into p and says whether there is one. After false, Err
// returns nil at the end of the scan, or why reading failed.
func (s *PointScan) Next(p *tick.Point) bool {
	if s.err != nil || !s.rows.Next() {
		return false
	}
	p.Time, p.Seq = s.rows.Time(), s.rows.Seq()
	s.err = s.series.decode(s.rows.Value(), p)
	return s.err == nil
}

// Err returns why the scan ended before its range did, or nil.
func (s *PointScan) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.rows.Err()
}

// Close frees what the scan holds. Closing twice is no error.
func (s *PointScan) Close() { s.rows.Close() }

func (s *Series) decode(value string, p *tick.Point) error {
	err := tick.DecodePoint(unsafe.Slice(unsafe.StringData(value), len(value)), p, s.db.Format())
	if err != nil {
		return fmt.Errorf("the value of %s at %d µs (%d bytes) is no point: %w", tick.SymbolOf(s.in), p.Time, len(value), err)
	}
	return nil
}

// Count returns the number of points in a range.
func (s *Series) Count(r tick.Range) (int, error) {
	if err := r.Check(); err != nil || r.Empty() {
		return 0, err
	}
	return s.db.countSpan(s.span(r), s.marks)
}

// Delete removes the points in a range and returns how many there were, as
// DB.DeleteRange does.
func (s *Series) Delete(r tick.Range) (int, error) {
	if err := r.Check(); err != nil || r.Empty() {
		return 0, err
	}
	return s.db.deleteSpan(s.span(r), s.marks, s.key, s.seek)
}
