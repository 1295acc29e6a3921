package luabind

import (
	"fmt"
	"slices"

	"microts/internal/luavm"
	"microts/internal/tick"
)

var pointFields = []string{
	"timestamp", "value", "quality", "seq", "volume", "qty", "channel", "side", "order_no", "tick_no",
}

// readPoint reads a script's point into p. unit is the unit of its timestamp.
func readPoint(t *luavm.Table, unit tick.Unit, seqs *seqKind, p *tick.Point) error {
	*p = tick.Point{}
	r := pointReader{p: p}
	for k, v := range t.All() {
		if err := r.field(k, v); err != nil {
			return err
		}
	}
	if err := readNumber("value", r.value, &p.Value); err != nil {
		return err
	}
	var err error
	if p.Seq, err = seqs.read(r.seq); err != nil {
		return err
	}
	p.Time, err = readTimestamp(r.timestamp, unit)
	return err
}

// pointReader reads the fields of a script's point.
type pointReader struct {
	p *tick.Point

	timestamp, value luavm.Value // the fields that a point must have
	seq              luavm.Value
	volumes          int // how many of volume and qty it has
}

// field reads the field k, except timestamp, value and seq, which it only remembers.
func (r *pointReader) field(k, v luavm.Value) (err error) {
	p := r.p
	switch name := optText(k); name {
	case "timestamp":
		r.timestamp = v
	case "value":
		r.value = v
	case "quality":
		p.Has |= tick.HasQuality
		return readNumber("quality", v, &p.Quality)
	case "seq":
		r.seq = v
	case "volume", "qty":
		return r.volume(name, v)
	case "channel":
		p.Has |= tick.HasChannel
		return readNumber("channel", v, &p.Channel)
	case "side":
		p.Has |= tick.HasSide
		if p.Side, err = readSide(v); err != nil {
			return err
		}
		if v.IsNumber() {
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
func (r *pointReader) volume(name string, v luavm.Value) error {
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
func readNumber(name string, v luavm.Value, f *float64) error {
	if !v.IsNumber() {
		return badField(name, "number", v)
	}
	*f = v.Float()
	return nil
}

// readTimestamp returns a timestamp of a unit in µs.
func readTimestamp(v luavm.Value, unit tick.Unit) (int64, error) {
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
	points pointShapes // with timestamp, value and seq
	prices pointShapes // with price and value
}

func newPointTables() *pointTables {
	meta := luavm.NewTable(0, 1)
	meta.SetString("__index", luavm.NewFunction("__index", volumeAsQty).Value())
	return &pointTables{
		points: pointShapes{first: keysOf("timestamp", "value", "seq"), metatable: meta},
		prices: pointShapes{first: keysOf("price", "value"), metatable: meta},
	}
}

// volumeKey is the key of the field that is readable as qty too.
var volumeKey = luavm.Intern("volume")

// volumeAsQty is the __index of points.
func volumeAsQty(c *luavm.Call) {
	if t, ok := c.Arg(1).AsTable(); ok && isText(c.Arg(2), "qty") {
		c.Return(t.GetStr(volumeKey))
		return
	}
	c.Return(luavm.Nil)
}

// pointShapes are the shapes of tables that have some fields, and the optional fields of
// a point.
type pointShapes struct {
	first     []*luavm.String
	metatable *luavm.Table      // of the tables; it makes volume readable as qty too
	shapes    [256]*luavm.Shape // by the set of optional fields; nil until needed
}

// optionalFields are the optional fields of a point, in the order of their bits in
// tick.Field.
var optionalFields = []struct {
	field tick.Field
	key   *luavm.String
}{
	{tick.HasQuality, luavm.Intern("quality")},
	{tick.HasVolume, volumeKey},
	{tick.HasChannel, luavm.Intern("channel")},
	{tick.HasSide, luavm.Intern("side")},
	{tick.HasOrderNo, luavm.Intern("order_no")},
	{tick.HasTickNo, luavm.Intern("tick_no")},
}

// newTable returns a table with the optional fields of p. The caller sets the first
// fields.
func (ps *pointShapes) newTable(p *tick.Point) *luavm.Table {
	shape := ps.shapes[p.Has]
	if shape == nil {
		shape = ps.newShape(p.Has)
		ps.shapes[p.Has] = shape
	}
	t := shape.NewTable()
	if p.Has == 0 {
		return t
	}
	i := len(ps.first)
	add := func(v luavm.Value) {
		t.SetField(i, v)
		i++
	}
	if p.Has&tick.HasQuality != 0 {
		add(luavm.Number(p.Quality))
	}
	if p.Has&tick.HasVolume != 0 {
		add(luavm.Number(p.Volume))
	}
	if p.Has&tick.HasChannel != 0 {
		add(luavm.Number(p.Channel))
	}
	if p.Has&tick.HasSide != 0 {
		add(sideValues[p.Side])
	}
	if p.Has&tick.HasOrderNo != 0 {
		add(unsignedValue(p.OrderNo))
	}
	if p.Has&tick.HasTickNo != 0 {
		add(unsignedValue(p.TickNo))
	}
	return t
}

func (ps *pointShapes) newShape(has tick.Field) *luavm.Shape {
	keys := slices.Clone(ps.first)
	for _, f := range optionalFields {
		if has&f.field != 0 {
			keys = append(keys, f.key)
		}
	}
	shape := luavm.NewShape(0, 0, keys...)
	shape.SetMetaTable(ps.metatable)
	return shape
}

// table returns p as a table, its timestamp in a unit.
func (ps *pointTables) table(p *tick.Point, unit tick.Unit) *luavm.Table {
	t := ps.points.newTable(p)
	t.SetField(0, luavm.Number(unit.Time(p.Time)))
	t.SetField(1, luavm.Number(p.Value))
	t.SetField(2, luavm.Int(int(p.Seq)))
	return t
}

// priced returns p as a table without timestamp and seq, which the value of a tick does
// not hold, and with a price like that of a record.
func (ps *pointTables) priced(p *tick.Point) *luavm.Table {
	t := ps.prices.newTable(p)
	t.SetField(0, luavm.Number(p.Value*tick.PriceScale))
	t.SetField(1, luavm.Number(p.Value))
	return t
}

// sideValues are the sides of points as scripts gave them, by tick.Side: letters,
// then numbers from tick.SideNumber on.
var sideValues = []luavm.Value{
	luavm.Byte('B'), luavm.Byte('S'), luavm.Byte('N'), luavm.Int(0), luavm.Int(1), luavm.Int(2),
}
