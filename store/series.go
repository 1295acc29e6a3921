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
//	                             8     symbol, left-aligned, padded with spaces, or the stand-in of
//	                                   a longer one (dictionary.go)
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
	db       *DB
	name     tick.Name
	dataType uint8
	settled  bool            // in, marks and key are the name's for good
	in       tick.Instrument // of format V1 with a long code: no keys have it
	marks    uint64
	key      []byte // of one point, at a time and seq that seek sets
	value    []byte // of the last point that was written
}

const (
	symbolSize = 8
	v1KeySize  = symbolSize + 8 + 1

	typedSkip = 2
)

// Series returns the points of a symbol (see tick.ParseName) and a data type. It writes
// nothing: a long code gets its entry in the dictionary with the first points. The error
// is a *tick.RangeError, or of reading the dictionary.
func (db *DB) Series(symbol string, dataType uint8) (*Series, error) {
	name, err := tick.ParseName(symbol)
	if err != nil {
		return nil, err
	}
	return db.SeriesOf(name, dataType)
}

// SeriesOf is Series for a name.
func (db *DB) SeriesOf(name tick.Name, dataType uint8) (*Series, error) {
	s := &Series{db: db, name: name, dataType: dataType}
	switch {
	case db.Format() == tick.V1:
		s.key = make([]byte, v1KeySize)
		s.key[v1KeySize-1] = dataType
	case dataType == 0:
		s.key = make([]byte, tickKeySize)
	default:
		s.key = make([]byte, typedSkip+tickKeySize)
		s.key[0], s.key[1] = typedTag, dataType
	}
	var short bool
	if s.in, short = name.Instrument(); !short {
		s.in = tick.StandIn(name.Market, tick.NumberOf(name.Code))
	}
	if db.Format() == tick.V1 {
		short = fitsV1(name.Symbol())
	}
	if !short {
		return s, s.find()
	}
	s.setCode(name.Symbol())
	s.settled = true
	return s, nil
}

// fitsV1 says whether a symbol has a place in the keys of format V1.
func fitsV1(symbol string) bool {
	for i := range len(symbol) {
		if c := symbol[i]; !tick.Printable(c) || c == ' ' {
			return false
		}
	}
	return len(symbol) <= symbolSize
}

// setCode sets what the keys begin with: in format V1 the symbol, or the stand-in of a
// long one. In format V2 it is s.in, which seek writes.
func (s *Series) setCode(symbol string) {
	if s.db.Format() == tick.V1 {
		copy(s.key[:symbolSize], symbol+"        ")
		s.marks = mark(binary.LittleEndian.Uint64(s.key))
		return
	}
	s.marks = instrumentMark(&s.in)
}

// longCode returns the long code as the dictionary has it: in format V1 the symbol.
func (s *Series) longCode() string {
	if s.db.Format() == tick.V1 {
		return s.name.Symbol()
	}
	return s.name.Code
}

// setStandIn makes a stand-in the beginning of the keys.
func (s *Series) setStandIn(standIn string) {
	if s.db.Format() == tick.V2 {
		s.in = withStandIn(s.name.Market, standIn)
	}
	s.setCode(standIn)
}

// find sets the keys for reading.
func (s *Series) find() error {
	if s.settled {
		return nil
	}
	standIn, known, err := s.db.findCode(s.longCode())
	if err != nil {
		return err
	}
	s.setStandIn(standIn)
	s.settled = known
	return nil
}

// define sets the keys for writing.
func (s *Series) define() error {
	if s.settled {
		return nil
	}
	standIn, err := s.db.defineCode(s.longCode())
	if err != nil {
		return err
	}
	s.setStandIn(standIn)
	s.settled = true
	return nil
}

// Name returns the name of the symbol.
func (s *Series) Name() tick.Name { return s.name }

// Instrument returns the instrument of the symbol. That of a long code is a stand-in,
// which tells the name to DB.Name alone: see Name.
func (s *Series) Instrument() tick.Instrument { return s.in }

// DataType returns the data type of the points.
func (s *Series) DataType() uint8 { return s.dataType }

// seek makes s.key the key of a time and a seq.
func (s *Series) seek(ts int64, seq uint16) {
	if s.db.Format() == tick.V1 {
		binary.BigEndian.PutUint64(s.key[symbolSize:], uint64(ts))
		return
	}
	(*tickKey)(s.key[len(s.key)-tickKeySize:]).set(s.in, ts, seq)
}

// id tells the series from others of the database.
func (s *Series) id() seriesID { return seriesID{s.in, s.dataType} }

// span returns the keys of a range of time.
func (s *Series) span(r tick.Range) span {
	return s.momentSpan(moment{r.From, 0}, moment{r.To, tick.MaxSeq})
}

// momentSpan returns the keys from one moment to another.
func (s *Series) momentSpan(from, to moment) span {
	kind := anyKind
	if s.db.Format() == tick.V1 {
		kind = int(s.dataType)
	}
	keys := newSpan(len(s.key), kind)
	s.seek(from.ts, from.seq)
	copy(keys.first, s.key)
	s.seek(to.ts, to.seq)
	copy(keys.last, s.key)
	return keys
}

// Put writes points over what is there. It checks the times of all of them before it
// writes the first. It keeps nothing of points. PutPoints does the same and more.
func (s *Series) Put(points []tick.Point) error {
	_, err := s.PutPoints(points, WriteOptions{})
	return err
}

// PutPoints writes points as DB.PutRows writes rows. In format V1, points of one time
// overwrite each other whatever their seqs.
func (s *Series) PutPoints(points []tick.Point, o WriteOptions) (overwritten int, err error) {
	db, format := s.db, s.db.Format()
	if err := db.writable(); err != nil {
		return 0, err
	}
	if o.AutoSeq && format == tick.V1 {
		return 0, &tick.RangeError{Name: "seq", Want: "0..65535, as storage engine V1 keeps one point a time,", Got: `"auto"`}
	}
	for i := range points {
		if err := tick.CheckTime("timestamp", points[i].Time); err != nil {
			return 0, fmt.Errorf("point %d: %w", i+1, err)
		}
	}
	if err := s.define(); err != nil {
		return 0, err
	}
	w := rowWriter{
		db: db, rows: s.rows(), o: o, n: len(points), what: "point",
		at: func(i int) moment { return s.moment(points[i].Time, points[i].Seq) },
		key: func(at moment) []byte {
			s.seek(at.ts, at.seq)
			return s.key
		},
		add: func(b *buffer, i int, seq uint16) bool {
			p := &points[i]
			if o.AutoSeq {
				p.Seq = seq
			}
			s.value = tick.AppendPoint(s.value[:0], p, format)
			value := unsafe.String(unsafe.SliceData(s.value), len(s.value)) // copied into the buffer
			return s.add(b, p.Time, p.Seq, value)
		},
	}
	return w.write()
}

// add appends a point to a buffer; false: there is no room.
func (s *Series) add(b *buffer, ts int64, seq uint16, value string) bool {
	if len(s.key) == tickKeySize && s.db.Format() == tick.V2 {
		return b.putTick(&s.in, ts, seq, value)
	}
	s.seek(ts, seq)
	return b.putPoint(s.key, value, s.marks)
}

// PutRows writes points over what is there, as they are encoded: the values that Rows of a
// database of the same format returns. In format V1 the seqs of rows do not matter. A value
// that is no point is an error before the first is written.
func (s *Series) PutRows(rows []tick.Row) error {
	if err := s.db.writable(); err != nil {
		return err
	}
	var p tick.Point
	for i := range rows {
		if err := tick.CheckTime("timestamp", rows[i].Time); err != nil {
			return fmt.Errorf("point %d: %w", i+1, err)
		}
		p.Time = rows[i].Time
		if err := s.Decode(rows[i].Value, &p); err != nil {
			return err
		}
	}
	if err := s.define(); err != nil {
		return err
	}
	w := rowWriter{
		db: s.db, rows: s.rows(), n: len(rows), what: "point",
		at:  func(i int) moment { return s.moment(rows[i].Time, rows[i].Seq) },
		add: func(b *buffer, i int, seq uint16) bool { return s.add(b, rows[i].Time, seq, rows[i].Value) },
	}
	_, err := w.write()
	return err
}

// moment returns where the key of a point stands among those of the series.
func (s *Series) moment(ts int64, seq uint16) moment {
	if s.db.Format() == tick.V1 {
		return moment{ts, 0}
	}
	return moment{ts, seq}
}

// rows returns the rows of the series.
func (s *Series) rows() seriesRows {
	return seriesRows{
		s.id(), s.marks,
		func(from, to moment) span { return s.momentSpan(from, to) },
		func() (tick.Name, error) { return s.name, nil },
	}
}

// Get reads the point at a time, in µs, and seq into p; ok is false if there is none.
// In format V1, which keeps one point a time, seq does not matter.
func (s *Series) Get(ts int64, seq uint16, p *tick.Point) (ok bool, err error) {
	if err := tick.CheckTime("timestamp", ts); err != nil {
		return false, err
	}
	if err := s.find(); err != nil {
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
	return true, s.Decode(value, p)
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
	rows, err := s.scan(o)
	if err != nil {
		return false, err
	}
	points := &PointScan{series: s, rows: rows}
	defer points.Close()
	ok = points.Next(p)
	return ok, points.Err()
}

// Scan begins a scan of the points in a range.
func (s *Series) Scan(r tick.Range) (*PointScan, error) {
	rows, err := s.Rows(r)
	if err != nil {
		return nil, err
	}
	return &PointScan{series: s, rows: rows}, nil
}

// Rows implements tick.PointSeries.
func (s *Series) Rows(r tick.Range) (*tick.Rows, error) { return s.scan(tick.ScanOptions{Range: r}) }

func (s *Series) scan(o tick.ScanOptions) (*tick.Rows, error) {
	if err := tick.CheckTime("start", o.From); err != nil {
		return nil, err
	}
	if err := tick.CheckTime("end", o.To); err != nil {
		return nil, err
	}
	if err := s.find(); err != nil {
		return nil, err
	}
	return s.db.scanSpan(s.span(o.Range), s.marks, o.Limit, o.Reverse)
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
	s.err = s.series.Decode(s.rows.Value(), p)
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

// Decode implements tick.PointSeries. The error names the time that p has.
func (s *Series) Decode(value string, p *tick.Point) error {
	err := tick.DecodePoint(unsafe.Slice(unsafe.StringData(value), len(value)), p, s.db.Format())
	if err != nil {
		return fmt.Errorf("the value of %s at %d µs (%d bytes) is no point: %w", s.name.Symbol(), p.Time, len(value), err)
	}
	return nil
}

// Count returns the number of points in a range.
func (s *Series) Count(r tick.Range) (int, error) {
	if err := r.Check(); err != nil || r.Empty() {
		return 0, err
	}
	if err := s.find(); err != nil {
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
	if err := s.find(); err != nil {
		return 0, err
	}
	id := s.id()
	return s.db.deleteSpan(s.span(r), s.marks, &id, s.key, s.seek)
}
