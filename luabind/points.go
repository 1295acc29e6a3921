package luabind

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
	"microts/store"
)

// seriesID names a series of a database: the points of one symbol and data type.
type seriesID struct {
	symbol   string
	dataType uint8
}

// maxSeries is how many series a storage engine remembers.
const maxSeries = 4096

// seriesOf returns the series of argument 2, a symbol, and of argument i, a data
// type. The data type is 0 if its argument is nil or absent.
func (e *storageEngine) seriesOf(c *call, i int) (*store.Series, error) {
	symbol, ok := c.Get(2).(lua.LString)
	if !ok {
		return nil, c.bad(2, `symbol such as "SH600519"`)
	}
	dataType := int64(0)
	if v := c.Get(i); v != lua.LNil {
		if dataType, ok = integer(v, math.MaxUint8); !ok {
			return nil, c.bad(i, "integer 0..255")
		}
	}
	id := seriesID{string(symbol), uint8(dataType)}
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

func (e *storageEngine) writePoint(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 4)
	if err != nil {
		return nil, err
	}
	point, ok := c.Get(3).(*lua.LTable)
	if !ok {
		return nil, c.bad(3, "table")
	}
	e.points = append(e.points[:0], tick.Point{})
	if err := readPoint(point, e.unit, &e.points[0]); err != nil {
		return nil, &argError{3, err}
	}
	return e.write(s, point)
}

func (e *storageEngine) writePoints(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 4)
	if err != nil {
		return nil, err
	}
	points, ok := c.Get(3).(*lua.LTable)
	if !ok {
		return nil, c.bad(3, "array of points")
	}
	if err := e.readPoints(points); err != nil {
		return nil, &argError{3, err}
	}
	if len(e.points) == 0 {
		return lua.LNumber(0), nil
	}
	return e.write(s, points.RawGetInt(1).(*lua.LTable))
}

// readPoints reads a script's array of points into e.points.
func (e *storageEngine) readPoints(points *lua.LTable) error {
	n := points.Len()
	if cap(e.points) < n {
		e.points = make([]tick.Point, n)
	}
	e.points = e.points[:n]
	if n == 0 {
		if k, _ := points.Next(lua.LNil); k != lua.LNil {
			return fmt.Errorf("array of points expected, got a table with the key %s", describeValue(k))
		}
	}
	for i := range e.points {
		v := points.RawGetInt(i + 1)
		point, ok := v.(*lua.LTable)
		if !ok {
			return fmt.Errorf("point %d: %w", i+1, expected("table", v))
		}
		if err := readPoint(point, e.unit, &e.points[i]); err != nil {
			return fmt.Errorf("point %d: %w", i+1, err)
		}
	}
	return nil
}

// write writes e.points. first is the script's table of the first one.
func (e *storageEngine) write(s *store.Series, first *lua.LTable) (lua.LValue, error) {
	if err := e.noteUnit(first); err != nil {
		return nil, err
	}
	if err := s.Put(e.points); err != nil {
		return nil, err
	}
	e.writes += uint64(len(e.points))
	return lua.LNumber(len(e.points)), nil
}

// noteUnit makes the database remember the unit of the timestamp of a script's
// point, unless the database remembers one.
func (e *storageEngine) noteUnit(point *lua.LTable) error {
	if e.noted != tick.Auto {
		return nil
	}
	t, _ := point.RawGetString("timestamp").(lua.LNumber)
	unit := e.unit.Resolve(float64(t))
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

func (e *storageEngine) readPoint(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 4)
	if err != nil {
		return nil, err
	}
	t, ok := c.Get(3).(lua.LNumber)
	if !ok {
		return nil, c.bad(3, wantTimestamp(e.unit))
	}
	ts, ok := e.unit.Micros(float64(t))
	if !ok {
		return nil, c.bad(3, wantTimestamp(e.unit))
	}
	unit, err := e.answerUnit(float64(t))
	if err != nil {
		return nil, err
	}
	var p tick.Point
	found, err := findPoint(c, s, ts, &p)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("no point of %s at %s", tick.SymbolOf(s.Instrument()), describeValue(t))
	}
	e.reads++
	return e.module.points.table(&p, unit), nil
}

// findPoint reads the point at ts that has the seq of argument 5. If the argument is nil
// or absent, it reads the one of the lowest seq.
func findPoint(c *call, s *store.Series, ts int64, p *tick.Point) (found bool, err error) {
	v := c.Get(5)
	if v == lua.LNil {
		return s.First(ts, p)
	}
	seq, ok := integer(v, tick.MaxSeq)
	if !ok {
		return false, c.bad(5, wantSeq)
	}
	return s.Get(ts, uint16(seq), p)
}

func (e *storageEngine) latestPoint(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 3)
	if err != nil {
		return nil, err
	}
	var p tick.Point
	found, err := s.Last(&p)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("no point of %s", tick.SymbolOf(s.Instrument()))
	}
	unit, err := e.answerUnit()
	if err != nil {
		return nil, err
	}
	e.reads++
	return e.module.points.table(&p, unit), nil
}

// times returns arguments 3 and 4 as a range of time, and the unit of the answer. A time
// before the beginning of time becomes the beginning, one after the end the end. If
// optional, nil is the beginning or the end.
func (e *storageEngine) times(c *call, optional bool) (r tick.Range, unit tick.Unit, err error) {
	given := [2]float64{math.Inf(-1), math.Inf(1)}
	var us [2]int64
	for i := range given {
		v := c.Get(3 + i)
		t, ok := v.(lua.LNumber)
		switch {
		case ok && t == t:
			given[i] = float64(t)
		case !optional || v != lua.LNil:
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

func (e *storageEngine) readRange(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 5)
	if err != nil {
		return nil, err
	}
	r, unit, err := e.times(c, true)
	if err != nil {
		return nil, err
	}
	points, err := s.Scan(r)
	if err != nil {
		return nil, err
	}
	defer points.Close()
	t := c.NewTable()
	for p := (tick.Point{}); points.Next(&p); {
		t.Append(e.module.points.table(&p, unit))
	}
	e.reads += uint64(t.Len())
	return t, points.Err()
}

func (e *storageEngine) deleteData(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 5)
	if err != nil {
		return nil, err
	}
	r, _, err := e.times(c, false)
	if err != nil {
		return nil, err
	}
	n, err := s.Delete(r)
	return lua.LNumber(n), err
}
