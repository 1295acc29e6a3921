package luabind

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
	"microts/internal/tick"
	"microts/store"
)

var pointFields = []string{
	"timestamp", "value", "quality", "seq", "volume", "qty", "channel", "side", "order_no", "tick_no",
}

// readPoint reads a script's point into p. unit tells how its timestamp is meant.
func readPoint(t *lua.LTable, unit tick.Unit, p *tick.Point) (problem string) {
	*p = tick.Point{}
	volumes := 0
	var timestamp, value lua.LValue = lua.LNil, lua.LNil
	number := func(name string, v lua.LValue, to *float64) {
		n, ok := v.(lua.LNumber)
		if !ok {
			problem = fmt.Sprintf("%s: number expected, got %s", name, describeValue(v))
		}
		*to = float64(n)
	}
	t.ForEach(func(k, v lua.LValue) {
		if problem != "" {
			return
		}
		name, _ := k.(lua.LString)
		switch name {
		case "timestamp":
			timestamp = v
		case "value":
			value = v
		case "quality":
			number("quality", v, &p.Quality)
			p.Has |= tick.HasQuality
		case "seq":
			seq, ok := integer(v, tick.MaxSeq)
			if !ok {
				problem = fmt.Sprintf("seq: %s expected, got %s", wantSeq, describeValue(v))
			}
			p.Seq = uint16(seq)
		case "volume", "qty":
			had := p.Volume
			number(string(name), v, &p.Volume)
			p.Has |= tick.HasVolume
			if volumes++; volumes == 2 && had != p.Volume {
				problem = fmt.Sprintf("volume and qty are one field, and are %v and %v", had, p.Volume)
			}
		case "channel":
			number("channel", v, &p.Channel)
			p.Has |= tick.HasChannel
		case "side":
			side, ok := sideOf(v)
			if !ok {
				problem = `side: "B", "S" or "N", or 0, 1 or 2 expected, got ` + describeValue(v)
			}
			if _, isNumber := v.(lua.LNumber); isNumber {
				side += tick.SideNumber
			}
			p.Side = side
			p.Has |= tick.HasSide
		case "order_no":
			p.OrderNo, problem = longNumber("order_no", v)
			p.Has |= tick.HasOrderNo
		case "tick_no":
			p.TickNo, problem = longNumber("tick_no", v)
			p.Has |= tick.HasTickNo
		default:
			problem = fmt.Sprintf("field %s is %s", describeValue(k), unknownOption(k.String(), pointFields...))
		}
	})
	if problem != "" {
		return problem
	}
	number("timestamp", timestamp, new(float64))
	number("value", value, &p.Value)
	if problem != "" {
		return problem
	}
	ts, ok := unit.Micros(float64(timestamp.(lua.LNumber)))
	if !ok {
		return "timestamp: " + wantTimestamp(unit) + " expected, got " + describeValue(timestamp)
	}
	p.Time = ts
	return ""
}

func longNumber(name string, v lua.LValue) (n uint64, problem string) {
	n, ok := unsigned(v)
	if !ok {
		problem = fmt.Sprintf("%s: integer 0..2^53, or a decimal string up to 18446744073709551615, expected, got %s", name, describeValue(v))
	}
	return n, problem
}

func wantTimestamp(unit tick.Unit) string {
	switch unit {
	case tick.Seconds:
		return "seconds from 0 to the year 2255"
	case tick.Milliseconds:
		return "ms from 0 to the year 2255"
	case tick.Microseconds:
		return "integer µs from 0 to the year 2255"
	}
	return "seconds, ms or integer µs from 0 to the year 2255"
}

// points makes the points of a state for scripts.
type points struct {
	shapes    [256]*glua.Shape // by the fields that a point has
	metatable *lua.LTable
	values    glua.Allocator
}

// newPoints makes the metatable, by which a point's volume is its qty too.
func newPoints(L *lua.LState) *points {
	ps := &points{metatable: L.NewTable()}
	ps.metatable.RawSetString("__index", L.NewFunction(func(L *lua.LState) int {
		if t, ok := L.Get(1).(*lua.LTable); ok && L.Get(2) == lua.LString("qty") {
			L.Push(t.RawGetString("volume"))
			return 1
		}
		L.Push(lua.LNil)
		return 1
	}))
	return ps
}

// shape returns the shape of points with some fields.
func (ps *points) shape(has tick.Field) *glua.Shape {
	s := ps.shapes[has]
	if s == nil {
		keys := []string{"timestamp", "value", "seq"}
		for _, f := range []struct {
			field tick.Field
			name  string
		}{
			{tick.HasQuality, "quality"},
			{tick.HasVolume, "volume"},
			{tick.HasChannel, "channel"},
			{tick.HasSide, "side"},
			{tick.HasOrderNo, "order_no"},
			{tick.HasTickNo, "tick_no"},
		} {
			if has&f.field != 0 {
				keys = append(keys, f.name)
			}
		}
		s = glua.NewShape(keys...)
		ps.shapes[has] = s
	}
	return s
}

// table makes a point for a script, its timestamp in a unit.
func (ps *points) table(p *tick.Point, unit tick.Unit) *lua.LTable {
	t, fields := ps.shape(p.Has).NewTable(ps.metatable)
	fields["timestamp"] = ps.values.Number(unit.Time(p.Time))
	fields["value"] = ps.values.Number(p.Value)
	fields["seq"] = lua.LNumber(p.Seq)
	if p.Has&tick.HasQuality != 0 {
		fields["quality"] = ps.values.Number(p.Quality)
	}
	if p.Has&tick.HasVolume != 0 {
		fields["volume"] = ps.values.Number(p.Volume)
	}
	if p.Has&tick.HasChannel != 0 {
		fields["channel"] = ps.values.Number(p.Channel)
	}
	if p.Has&tick.HasSide != 0 {
		fields["side"] = sideValues[p.Side]
	}
	if p.Has&tick.HasOrderNo != 0 {
		fields["order_no"] = ps.exact(p.OrderNo)
	}
	if p.Has&tick.HasTickNo != 0 {
		fields["tick_no"] = ps.exact(p.TickNo)
	}
	return t
}

// exact is exactNumber with a boxed number.
func (ps *points) exact(n uint64) lua.LValue {
	if n > exact {
		return exactNumber(n)
	}
	return ps.values.Number(float64(n))
}

// sideValues are the sides as scripts gave them: letters, or numbers.
var sideValues = []lua.LValue{
	lua.LString("B"), lua.LString("S"), lua.LString("N"), lua.LNumber(0), lua.LNumber(1), lua.LNumber(2),
}

func (e *engine) writePoint(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 4)
	if err != nil {
		return nil, err
	}
	point, ok := c.Get(3).(*lua.LTable)
	if !ok {
		return nil, c.bad(3, "table")
	}
	e.points = append(e.points[:0], tick.Point{})
	if problem := readPoint(point, e.unit, &e.points[0]); problem != "" {
		return nil, c.badAs(3, problem)
	}
	return e.write(s, point)
}

func (e *engine) writePoints(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 4)
	if err != nil {
		return nil, err
	}
	points, ok := c.Get(3).(*lua.LTable)
	if !ok {
		return nil, c.bad(3, "array of points")
	}
	n := points.Len()
	if cap(e.points) < n {
		e.points = make([]tick.Point, n)
	}
	e.points = e.points[:n]
	for i := range e.points {
		point, ok := points.RawGetInt(i + 1).(*lua.LTable)
		if !ok {
			return nil, c.badAs(3, fmt.Sprintf("point %d: table expected, got %s", i+1, describeValue(points.RawGetInt(i+1))))
		}
		if problem := readPoint(point, e.unit, &e.points[i]); problem != "" {
			return nil, c.badAs(3, fmt.Sprintf("point %d: %s", i+1, problem))
		}
	}
	if n == 0 {
		if k, _ := points.Next(lua.LNil); k != lua.LNil {
			return nil, c.badAs(3, fmt.Sprintf("array of points expected, got a table with the key %s", describeValue(k)))
		}
		return lua.LNumber(0), nil
	}
	return e.write(s, points.RawGetInt(1).(*lua.LTable))
}

// write writes e.points, of which the first was read of a script's table.
func (e *engine) write(s *store.Series, first *lua.LTable) (lua.LValue, error) {
	if e.noted == tick.Auto {
		t, _ := first.RawGetString("timestamp").(lua.LNumber)
		if unit := e.unit.Resolve(float64(t)); unit != tick.Auto {
			if err := e.db.NoteUnit(unit); err != nil {
				return nil, err
			}
			var err error
			if e.noted, err = e.db.NotedUnit(); err != nil {
				return nil, err
			}
		}
	}
	if err := s.Put(e.points); err != nil {
		return nil, err
	}
	e.writes += uint64(len(e.points))
	return lua.LNumber(len(e.points)), nil
}

// answerUnit returns the unit in which points are returned: the one that is
// fixed, or else that of the question's times, or that in which points were
// first written to the database, or seconds.
func (e *engine) answerUnit(times ...float64) (tick.Unit, error) {
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

func (e *engine) readPoint(c *call) (lua.LValue, error) {
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
	var found bool
	if v := c.Get(5); v == lua.LNil {
		found, err = s.First(ts, &p)
	} else {
		seq, ok := integer(v, tick.MaxSeq)
		if !ok {
			return nil, c.bad(5, wantSeq)
		}
		found, err = s.Get(ts, uint16(seq), &p)
	}
	if err == nil && !found {
		err = fmt.Errorf("no point of %s at %s", tick.SymbolOf(s.Instrument()), describeValue(t))
	}
	if err != nil {
		return nil, err
	}
	e.reads++
	return e.module.points.table(&p, unit), nil
}

func (e *engine) latestPoint(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 3)
	if err != nil {
		return nil, err
	}
	var p tick.Point
	found, err := s.Last(&p)
	if err == nil && !found {
		err = fmt.Errorf("no point of %s", tick.SymbolOf(s.Instrument()))
	}
	if err != nil {
		return nil, err
	}
	unit, err := e.answerUnit()
	if err != nil {
		return nil, err
	}
	e.reads++
	return e.module.points.table(&p, unit), nil
}

// times returns the arguments 3 and 4 as a range of time in µs, which ends where
// time does.
func (e *engine) times(c *call, optional bool) (start, end int64, unit tick.Unit, err error) {
	given := [2]float64{math.Inf(-1), math.Inf(1)}
	var us [2]int64
	for i := range given {
		v := c.Get(3 + i)
		t, ok := v.(lua.LNumber)
		switch {
		case ok && t == t:
			given[i] = float64(t)
		case !optional || v != lua.LNil:
			return 0, 0, 0, c.bad(3+i, "seconds, ms or µs")
		}
		unit := e.unit.Resolve(given[i])
		if unit == tick.Auto {
			continue // 0
		}
		us[i] = unit.Clamp(given[i])
	}
	unit, err = e.answerUnit(given[:]...)
	return us[0], us[1], unit, err
}

func (e *engine) readRange(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 5)
	if err != nil {
		return nil, err
	}
	start, end, unit, err := e.times(c, true)
	if err != nil {
		return nil, err
	}
	points, err := s.Scan(start, end)
	if err != nil {
		return nil, err
	}
	defer points.Close()
	t := c.NewTable()
	for p := (tick.Point{}); points.Next(&p); {
		if t.Len()%1024 == 0 {
			if err := e.module.interrupted(); err != nil {
				return nil, err
			}
		}
		t.Append(e.module.points.table(&p, unit))
	}
	e.reads += uint64(t.Len())
	return t, points.Err()
}

func (e *engine) deleteData(c *call) (lua.LValue, error) {
	s, err := e.seriesOf(c, 5)
	if err != nil {
		return nil, err
	}
	start, end, _, err := e.times(c, false)
	if err != nil {
		return nil, err
	}
	n, err := s.Delete(start, end)
	return lua.LNumber(n), err
}
