package store

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unsafe"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// Series are the points of one symbol and data type. Their keys, integers
// big-endian:
//
//	storage engine tick.V1      size  field
//	                       8     symbol, left-aligned, padded with spaces
//	                       8     ts_us
//	                       1     data_type
//
//	tick.V2, data type 0              the key of a tick (key.go)
//
//	tick.V2, other data types   1     0x01
//	                       1     data_type
//	                       24    as the key of a tick
//
// So with tick.V2 the points of data type 0 are ticks, which micro_ts reads too, and
// the points of each other type stand together.
//
// A Series is for the goroutine of its DB.
type Series struct {
	db    *DB
	in    tick.Instrument
	marks uint64
	key   []byte // of the last point; its parts that never change are filled in
	value []byte // of the last point that was written
}

const (
	symbolSize = 8
	v1KeySize  = symbolSize + 8 + 1

	typedTag  = 0x01
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
		s.key = make([]byte, KeySize)
	default:
		s.key = make([]byte, typedSkip+KeySize)
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

// tick.Format returns the storage engine of the database.
func (db *DB) Format() tick.Format { return db.engine.options.Format }

// tick.Instrument returns the instrument of the symbol.
func (s *Series) Instrument() tick.Instrument { return s.in }

// seek makes key that of a time and a seq.
func (s *Series) seek(ts int64, seq uint16) {
	if s.db.Format() == tick.V1 {
		binary.BigEndian.PutUint64(s.key[symbolSize:], uint64(ts))
		return
	}
	(*Key)(s.key[len(s.key)-KeySize:]).set(s.in, ts, seq)
}

// span returns the keys of a range of time.
func (s *Series) span(start, end int64) span {
	keys := span{skip: len(s.key) - KeySize, kind: -1}
	if s.db.Format() == tick.V1 {
		keys.skip, keys.kind = 0, int(s.key[v1KeySize-1])
	}
	s.seek(start, 0)
	keys.first = append(keys.first, s.key...)
	s.seek(end, tick.MaxSeq)
	keys.last = append(keys.last, s.key...)
	return keys
}

// Put writes points over what is there, after it has checked all of them.
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
	isTick := len(s.key) == KeySize && db.Format() == tick.V2
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

// Get returns the point at a time and seq into p; ok is false where there is
// none. With tick.V1, which keeps one point a time, seq is of no meaning.
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

// First returns the first point at a time, whatever its seq.
func (s *Series) First(ts int64, p *tick.Point) (ok bool, err error) {
	if ok, err := s.Get(ts, 0, p); ok || err != nil || s.db.Format() == tick.V1 {
		return ok, err
	}
	return s.edge(ts, ts, false, p)
}

// Last returns the last point of all.
func (s *Series) Last(p *tick.Point) (ok bool, err error) { return s.edge(0, tick.MaxTime-1, true, p) }

func (s *Series) edge(start, end int64, reverse bool, p *tick.Point) (ok bool, err error) {
	points, err := s.scan(start, end, 1, reverse)
	if err != nil {
		return false, err
	}
	defer points.Close()
	ok = points.Next(p)
	return ok, points.Err()
}

// Scan begins a scan from start to end, both included, in µs.
func (s *Series) Scan(start, end int64) (*PointScan, error) { return s.scan(start, end, 0, false) }

func (s *Series) scan(start, end int64, limit int, reverse bool) (*PointScan, error) {
	if err := tick.CheckTime("start", start); err != nil {
		return nil, err
	}
	if err := tick.CheckTime("end", end); err != nil {
		return nil, err
	}
	rows, err := s.db.scanSpan(s.span(start, end), s.marks, limit, reverse)
	if err != nil {
		return nil, err
	}
	return &PointScan{series: s, rows: rows}, nil
}

// PointScan reads the points of a Series in a range of time, as Scan reads
// ticks.
type PointScan struct {
	series *Series
	rows   *Scan
	err    error
}

// Next reads the next point into p and says whether there is one. After false,
// Err tells the end of the scan from a failure.
func (s *PointScan) Next(p *tick.Point) bool {
	if s.err != nil || !s.rows.Next() {
		return false
	}
	if s.series.db.Format() == tick.V1 {
		p.Time = int64(binary.BigEndian.Uint64(s.rows.rows[s.rows.next-1].key[symbolSize:]))
	} else {
		p.Time, p.Seq = s.rows.Time(), s.rows.Seq()
	}
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

// Count returns the number of points from start to end, both included, in µs.
func (s *Series) Count(start, end int64) (int, error) {
	if err := checkRange(start, end); err != nil || start > end {
		return 0, err
	}
	return s.db.countSpan(s.span(start, end), s.marks)
}

// Delete removes the points from start to end, both included, in µs, and
// returns how many there were, as DeleteRange does.
func (s *Series) Delete(start, end int64) (int, error) {
	if err := checkRange(start, end); err != nil || start > end {
		return 0, err
	}
	return s.db.deleteSpan(s.span(start, end), s.marks)
}

// Compact rewrites the files that hold points of the symbol as few ones without
// what was overwritten and removed.
func (s *Series) Compact() error {
	first, last := timeRange(s.in, 0, tick.MaxTime-1)
	ranges := []grocksdb.Range{
		{Start: first[:], Limit: append(last[:], 0)},
		{Start: []byte{typedTag}, Limit: []byte{typedTag + 1}}, // the other data types, of all symbols
	}
	if s.db.Format() == tick.V1 {
		symbol := s.key[:symbolSize]
		ranges = []grocksdb.Range{{Start: symbol, Limit: append(slices.Clone(symbol), 0xff)}}
	}
	return s.db.compact(ranges...)
}

// Compact rewrites all files of the database as few ones without what was
// overwritten and removed.
func (db *DB) Compact() error { return db.compact(grocksdb.Range{}) }

func (db *DB) compact(ranges ...grocksdb.Range) error {
	if err := db.writable(); err != nil {
		return err
	}
	e := db.engine
	if err := db.enterSettled(allMarks); err != nil {
		return err
	}
	defer e.use.RUnlock()
	if err := e.flushMemtables(); err != nil {
		return err
	}
	for _, r := range ranges {
		e.rocks.CompactRange(r)
	}
	return nil
}
