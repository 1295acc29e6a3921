package luabind

import (
	"fmt"
	"math"

	"microts/internal/luavm"
	"microts/internal/tick"
	"microts/store"
)

// seriesID names a series of a database: the points of one symbol and data type.
type seriesID struct {
	symbol   string
	dataType uint8
}

// timestampKey is the key of the time of a point.
var timestampKey = luavm.Intern("timestamp")

// maxSeries is how many series a storage engine remembers.
const maxSeries = 4096

// seriesOf returns the series of argument 2, a symbol, and of argument i, a data
// type. The data type is 0 if its argument is nil or absent.
func (e *storageEngine) seriesOf(c call, i int) (*store.Series, error) {
	symbol := c.Arg(2)
	if !symbol.IsString() {
		return nil, c.bad(2, `symbol such as "SH600519"`)
	}
	dataType := int64(0)
	if v := c.Arg(i); !v.IsNil() {
		var ok bool
		if dataType, ok = integer(v, math.MaxUint8); !ok {
			return nil, c.bad(i, "integer 0..255")
		}
	}
	id := seriesID{symbol.Text(), uint8(dataType)}
	if id == e.last && e.recent != nil {
		return e.recent, nil
	}
	s := e.series[id]
	if s == nil {
		var err error
		if s, err = e.db.Series(id.symbol, id.dataType); err != nil {
			return nil, err
		}
		if len(e.series) >= maxSeries {
			clear(e.series)
		}
		e.series[id] = s
	}
	e.last, e.recent = id, s
	return s, nil
}

func (e *storageEngine) writePoint(c call) (luavm.Value, error) {
	s, err := e.seriesOf(c, 4)
	if err != nil {
		return luavm.Nil, err
	}
	point, ok := c.Arg(3).AsTable()
	if !ok {
		return luavm.Nil, c.bad(3, "table")
	}
	var seqs seqKind
	e.points = append(e.points[:0], tick.Point{})
	if err := readPoint(point, e.unit, &seqs, &e.points[0]); err != nil {
		return luavm.Nil, &argError{3, err}
	}
	_, err = e.write(s, point, store.WriteOptions{AutoSeq: seqs.auto})
	return luavm.Int(1), err
}

func (e *storageEngine) writePoints(c call) error {
	s, err := e.seriesOf(c, 4)
	if err != nil {
		return err
	}
	points, ok := c.Arg(3).AsTable()
	if !ok {
		return c.bad(3, "array of points")
	}
	o, err := writeOptions(c.Call, 5)
	if err != nil {
		return err
	}
	if err := e.readPoints(points, &o); err != nil {
		return &argError{3, err}
	}
	if len(e.points) == 0 {
		c.Return(luavm.True, luavm.Int(0), luavm.Int(0))
		return nil
	}
	first, _ := points.GetInt(1).AsTable()
	overwritten, err := e.write(s, first, o)
	if err != nil {
		return err
	}
	c.Return(luavm.True, luavm.Int(len(e.points)), luavm.Int(overwritten))
	return nil
}

// readPoints reads a script's array of points into e.points. If the points have automatic
// seqs, it sets o.AutoSeq.
func (e *storageEngine) readPoints(points *luavm.Table, o *store.WriteOptions) error {
	n := points.Len()
	if cap(e.points) < n {
		e.points = make([]tick.Point, n)
	}
	e.points = e.points[:n]
	if n == 0 {
		if k, _, _ := points.Next(luavm.Nil); !k.IsNil() {
			return fmt.Errorf("array of points expected, got a table with the key %s", describeValue(k))
		}
	}
	seqs := newSeqKind(o)
	for i := range e.points {
		v := points.GetInt(i + 1)
		point, ok := v.AsTable()
		if !ok {
			return fmt.Errorf("point %d: %w", i+1, expected("table", v))
		}
		if err := readPoint(point, e.unit, &seqs, &e.points[i]); err != nil {
			return fmt.Errorf("point %d: %w", i+1, err)
		}
	}
	o.AutoSeq = seqs.auto
	return nil
}

// write writes e.points, and returns how many were overwritten. first is the script's
// table of the first one.
func (e *storageEngine) write(s *store.Series, first *luavm.Table, o store.WriteOptions) (overwritten int, err error) {
	if err := e.noteUnit(first); err != nil {
		return 0, err
	}
	if overwritten, err = s.PutPoints(e.points, o); err == nil {
		e.writes += uint64(len(e.points))
	}
	return overwritten, err
}

// noteUnit makes the database remember the unit of the timestamp of a script's
// point, unless the database remembers one.
func (e *storageEngine) noteUnit(point *luavm.Table) error {
	if e.noted != tick.Auto {
		return nil
	}
	unit := e.unit.Resolve(point.GetStr(timestampKey).Float())
	if unit == tick.Auto {
		return nil
	}
	if err := e.db.NoteUnit(unit); err != nil {
		return err
	}
	var err error
	e.noted, err = e.db.NotedUnit()
	return err
}

// answerUnit returns the unit of the timestamps of points that a method returns.
// That is the first known of: the option time_unit, the unit of the times that the
// script asked for, the unit in which points were first written to the database,
// and seconds.
func (e *storageEngine) answerUnit(times ...float64) (tick.Unit, error) {
	if e.unit != tick.Auto {
		return e.unit, nil
	}
	for _, t := range times {
		if math.IsInf(t, 0) {
			continue
		}
		if unit := e.unit.Resolve(t); unit != tick.Auto {
			return unit, nil
		}
	}
	if e.noted == tick.Auto {
		var err error
		if e.noted, err = e.db.NotedUnit(); err != nil {
			return tick.Auto, err
		}
	}
	if e.noted == tick.Auto {
		return tick.Seconds, nil
	}
	return e.noted, nil
}

func (e *storageEngine) readPoint(c call) (luavm.Value, error) {
	s, err := e.seriesOf(c, 4)
	if err != nil {
		return luavm.Nil, err
	}
	t := c.Arg(3)
	if !t.IsNumber() {
		return luavm.Nil, c.bad(3, wantTimestamp(e.unit))
	}
	ts, ok := e.unit.Micros(t.Float())
	if !ok {
		return luavm.Nil, c.bad(3, wantTimestamp(e.unit))
	}
	unit, err := e.answerUnit(t.Float())
	if err != nil {
		return luavm.Nil, err
	}
	var p tick.Point
	found, err := findPoint(c, s, ts, &p)
	if err != nil {
		return luavm.Nil, err
	}
	if !found {
		return luavm.Nil, fmt.Errorf("no point of %s at %s", s.Name().Symbol(), describeValue(t))
	}
	e.reads++
	return e.module.points.table(&p, unit).Value(), nil
}

// findPoint reads the point at ts that has the seq of argument 5. If the argument is nil
// or absent, it reads the one of the lowest seq.
func findPoint(c call, s *store.Series, ts int64, p *tick.Point) (found bool, err error) {
	v := c.Arg(5)
	if v.IsNil() {
		return s.First(ts, p)
	}
	seq, ok := integer(v, tick.MaxSeq)
	if !ok {
		return false, c.bad(5, wantSeq)
	}
	return s.Get(ts, uint16(seq), p)
}

func (e *storageEngine) latestPoint(c call) (luavm.Value, error) {
	s, err := e.seriesOf(c, 3)
	if err != nil {
		return luavm.Nil, err
	}
	var p tick.Point
	found, err := s.Last(&p)
	if err != nil {
		return luavm.Nil, err
	}
	if !found {
		return luavm.Nil, fmt.Errorf("no point of %s", s.Name().Symbol())
	}
	unit, err := e.answerUnit()
	if err != nil {
		return luavm.Nil, err
	}
	e.reads++
	return e.module.points.table(&p, unit).Value(), nil
}

// times returns arguments 3 and 4 as a range of time, and the unit of the answer. A time
// before the beginning of time becomes the beginning, one after the end the end. If
// optional, nil is the beginning or the end.
func (e *storageEngine) times(c call, optional bool) (r tick.Range, unit tick.Unit, err error) {
	given := [2]float64{math.Inf(-1), math.Inf(1)}
	var us [2]int64
	for i := range given {
		v := c.Arg(3 + i)
		switch {
		case v.IsNumber() && v.Float() == v.Float():
			given[i] = v.Float()
		case !optional || !v.IsNil():
			return r, 0, c.bad(3+i, "seconds, ms or µs")
		}
		unit := e.unit.Resolve(given[i])
		if unit == tick.Auto {
			continue // 0
		}
		us[i] = unit.Clamp(given[i])
	}
	unit, err = e.answerUnit(given[:]...)
	return tick.Range{From: us[0], To: us[1]}, unit, err
}

func (e *storageEngine) readRange(c call) (luavm.Value, error) {
	s, err := e.seriesOf(c, 5)
	if err != nil {
		return luavm.Nil, err
	}
	r, unit, err := e.times(c, true)
	if err != nil {
		return luavm.Nil, err
	}
	points, err := s.Scan(r)
	if err != nil {
		return luavm.Nil, err
	}
	defer points.Close()
	memory := growing{c: c.Call}
	list := luavm.NewTable(0, 0)
	for p := (tick.Point{}); points.Next(&p); {
		t := e.module.points.table(&p, unit)
		list.Append(t.Value())
		memory.add(int(t.MemorySize()))
	}
	memory.end()
	e.reads += uint64(list.Len())
	return list.Value(), points.Err()
}

func (e *storageEngine) deleteData(c call) (luavm.Value, error) {
	s, err := e.seriesOf(c, 5)
	if err != nil {
		return luavm.Nil, err
	}
	r, _, err := e.times(c, false)
	if err != nil {
		return luavm.Nil, err
	}
	n, err := s.Delete(r)
	return luavm.Int(n), err
}
