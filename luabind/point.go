package luabind

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/glua"
	"microts/internal/tick"
)

var pointFields = []string{
	"timestamp", "value", "quality", "seq", "volume", "qty", "channel", "side", "order_no", "tick_no",
}

// readPoint reads a script's point into p. unit is the unit of its timestamp.
func readPoint(t *lua.LTable, unit tick.Unit, p *tick.Point) error {
	*p = tick.Point{}
	r := pointReader{p: p, timestamp: lua.LNil, value: lua.LNil}
	var err error
	t.ForEach(func(k, v lua.LValue) {
		if err == nil {
			err = r.field(k, v)
		}
	})
	if err != nil {
		return err
	}
	if err := readNumber("value", r.value, &p.Value); err != nil {
		return err
	}
	p.Time, err = readTimestamp(r.timestamp, unit)
	return err
}

// pointReader reads the fields of a script's point.
type pointReader struct {
	p *tick.Point

	timestamp, value lua.LValue // the fields that a point must have
	volumes          int        // how many of volume and qty it has
}

// field reads the field k, except timestamp and value, which it only remembers.
func (r *pointReader) field(k, v lua.LValue) (err error) {
	p := r.p
	name, _ := k.(lua.LString)
	switch name {
	case "timestamp":
		r.timestamp = v
	case "value":
		r.value = v
	case "quality":
		p.Has |= tick.HasQuality
		return readNumber("quality", v, &p.Quality)
	case "seq":
		seq, ok := integer(v, tick.MaxSeq)
		if !ok {
			return badField("seq", wantSeq, v)
		}
		p.Seq = uint16(seq)
	case "volume", "qty":
		return r.volume(string(name), v)
	case "channel":
		p.Has |= tick.HasChannel
		return readNumber("channel", v, &p.Channel)
	case "side":
		p.Has |= tick.HasSide
		if p.Side, err = readSide(v); err != nil {
			return err
		}
		if _, isNumber := v.(lua.LNumber); isNumber {
			p.Side += tick.SideNumber
		}
	case "order_no":
		p.Has |= tick.HasOrderNo
		return readUnsigned("order_no", v, &p.OrderNo)
	case "tick_no":
		p.Has |= tick.HasTickNo
		return readUnsigned("tick_no", v, &p.TickNo)
	default:
		return unknownField(k, pointFields)
	}
	return nil
}

// volume reads volume or qty, which are two names of one field.
func (r *pointReader) volume(name string, v lua.LValue) error {
	had := r.p.Volume
	r.p.Has |= tick.HasVolume
	if err := readNumber(name, v, &r.p.Volume); err != nil {
		return err
	}
	if r.volumes++; r.volumes == 2 && had != r.p.Volume {
		return fmt.Errorf("volume and qty are one field, and are %v and %v", had, r.p.Volume)
	}
	return nil
}

// readNumber reads v, the field name of a script's table, into f.
func readNumber(name string, v lua.LValue, f *float64) error {
	n, ok := v.(lua.LNumber)
	if !ok {
		return badField(name, "number", v)
	}
	*f = float64(n)
	return nil
}

// readTimestamp returns a timestamp of a unit in µs.
func readTimestamp(v lua.LValue, unit tick.Unit) (int64, error) {
	var t float64
	if err := readNumber("timestamp", v, &t); err != nil {
		return 0, err
	}
	ts, ok := unit.Micros(t)
	if !ok {
		return 0, badField("timestamp", wantTimestamp(unit), v)
	}
	return ts, nil
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

// pointTables makes the points that the scripts of a state get.
type pointTables struct {
	shapes    [256]*glua.Shape // by the set of optional fields; nil until needed
	metatable *lua.LTable      // of all points; it makes volume readable as qty too
	values    glua.Allocator
}

func newPointTables(L *lua.LState) *pointTables {
	ps := &pointTables{metatable: L.NewTable()}
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

// shape returns the shape of points that have the optional fields has.
func (ps *pointTables) shape(has tick.Field) *glua.Shape {
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

// table returns p as a table, its timestamp in a unit.
func (ps *pointTables) table(p *tick.Point, unit tick.Unit) *lua.LTable {
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
		fields["order_no"] = ps.unsigned(p.OrderNo)
	}
	if p.Has&tick.HasTickNo != 0 {
		fields["tick_no"] = ps.unsigned(p.TickNo)
	}
	return t
}

// unsigned is unsignedValue, but takes the number from values.
func (ps *pointTables) unsigned(n uint64) lua.LValue {
	if n > maxExact {
		return unsignedValue(n)
	}
	return ps.values.Number(float64(n))
}

// sideValues are the sides of points as scripts gave them, by tick.Side: letters,
// then numbers from tick.SideNumber on.
var sideValues = []lua.LValue{
	lua.LString("B"), lua.LString("S"), lua.LString("N"), lua.LNumber(0), lua.LNumber(1), lua.LNumber(2),
}
