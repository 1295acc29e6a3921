package store

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestPointRecords(t *testing.T) {
	market := Point{Value: 10.5, Has: marketFields, Volume: 300, Channel: 1, Side: Buy, OrderNo: 7, TickNo: 8}
	for _, c := range []struct {
		name   string
		point  Point
		format Format
		want   string
	}{
		{"value in 1/10000", Point{Value: 100.5}, V2, "e101" + hexOf(0x90, 0xd7, 0x7a)},
		{"quality", Point{Value: 1, Has: HasQuality, Quality: 100}, V2, "e103" + hexOf(0xa0, 0x9c, 0x01) + hexOf(0x90, 0x03)},
		{"value of all bits", Point{Value: math.Pi}, V1, "e100" + "400921fb54442d18"},
		{"seq with V1", Point{Value: 0, Seq: 300}, V1, "e10500" + "ac02"},
		{"a tick record", market, V2, "00019a280000012c010000000000000000070000000000000008" + "000000000000000000000000000000000000000000000000"},
		{"no tick record with V1", market, V1, "e1f9" + hexOf(0xd0, 0xe8, 0x0c) + hexOf(0xb0, 0x09) + "04" + "00" + "07" + "08"},
	} {
		got := hex.EncodeToString(AppendPoint(nil, &c.point, c.format))
		want := ""
		for _, r := range c.want {
			if r != ' ' {
				want += string(r)
			}
		}
		if got != want {
			t.Errorf("%s: %s, not %s", c.name, got, want)
		}
	}
}

func hexOf(b ...byte) string { return hex.EncodeToString(b) }

var anyNumber = rapid.OneOf(
	rapid.Float64(),
	rapid.Map(rapid.Int64Range(-1<<54, 1<<54), func(n int64) float64 { return float64(n) }),
	rapid.Map(rapid.Int64Range(-1<<32, 1<<32), func(n int64) float64 { return float64(n) / PriceScale }),
	rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 255, 256, math.Inf(1), math.Inf(-1), math.NaN(), exactInt, math.MaxFloat64}),
)

func drawPoint(t *rapid.T) Point {
	p := Point{
		Value: anyNumber.Draw(t, "value"), Seq: rapid.Uint16().Draw(t, "seq"),
		Has: Field(rapid.Byte().Draw(t, "has")) &^ (scaledValue | hasSeq),
	}
	if rapid.Bool().Draw(t, "market") {
		p.Has = marketFields
	}
	if p.Has&HasQuality != 0 {
		p.Quality = anyNumber.Draw(t, "quality")
	}
	if p.Has&HasVolume != 0 {
		p.Volume = anyNumber.Draw(t, "volume")
	}
	if p.Has&HasChannel != 0 {
		p.Channel = anyNumber.Draw(t, "channel")
	}
	if p.Has&HasSide != 0 {
		p.Side = Side(rapid.IntRange(0, 5).Draw(t, "side"))
	}
	if p.Has&HasOrderNo != 0 {
		p.OrderNo = rapid.Uint64().Draw(t, "order_no")
	}
	if p.Has&HasTickNo != 0 {
		p.TickNo = rapid.Uint64().Draw(t, "tick_no")
	}
	return p
}

// equal compares bit by bit.
func (p Point) equal(q Point) bool {
	return p.Time == q.Time && p.Seq == q.Seq && p.Has == q.Has && same(p.Value, q.Value) && same(p.Quality, q.Quality) &&
		same(p.Volume, q.Volume) && same(p.Channel, q.Channel) && p.Side == q.Side && p.OrderNo == q.OrderNo && p.TickNo == q.TickNo
}

func TestPointsComeBackEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPoint(t)
		for _, f := range []Format{V1, V2} {
			record := AppendPoint(nil, &p, f)
			if len(record) > maxPointRecord {
				t.Fatalf("%d bytes", len(record))
			}
			got := Point{}
			if f == V2 {
				got.Seq = p.Seq // from the key
			}
			if err := DecodePoint(record, &got, f); err != nil || !got.equal(p) {
				t.Fatalf("%v: %+v comes back as %+v, %v", f, p, got, err)
			}
		}
	})
}

func FuzzDecodePoint(f *testing.F) {
	f.Add([]byte{pointTag, 1, 2}, true)
	f.Add(AppendTick(nil, Tick{Price: 1}), false)
	f.Add([]byte{pointTag, 0xff, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 0, 1, 1}, true)
	f.Fuzz(func(t *testing.T, value []byte, v1 bool) {
		format := V2
		if v1 {
			format = V1
		}
		var p, q Point
		if DecodePoint(value, &p, format) != nil {
			return
		}
		record := AppendPoint(nil, &p, format)
		if err := DecodePoint(record, &q, format); err != nil || !q.equal(p) {
			t.Fatalf("%x: %+v, written as %x, is read as %+v, %v", value, p, record, q, err)
		}
		if len(value) == TickSize && format == V2 && !bytes.Equal(record, value) {
			t.Fatalf("tick record %x is written as %x", value, record)
		}
	})
}

// exactSeconds is the time in µs, in 2242, from which seconds are not exact to the µs.
const exactSeconds = 1 << 33 * 1_000_000

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		t    float64
		us   int64
		ok   bool
		is   Unit
	}{
		{Auto, 1700000000, 1700000000000000, true, Seconds},
		{Auto, 1700000000.0001, 1700000000000100, true, Seconds},
		{Auto, 1700000000000, 1700000000000000, true, Milliseconds},
		{Auto, 1700000000000.1, 1700000000000100, true, Milliseconds},
		{Auto, 1700000000000100, 1700000000000100, true, Microseconds},
		{Auto, 1700000000000100.5, 0, false, Microseconds},
		{Auto, 0, 0, true, Auto},
		{Auto, -1, 0, false, Seconds},
		{Auto, math.NaN(), 0, false, Microseconds},
		{Auto, math.Inf(1), 0, false, Microseconds},
		{Auto, 99999999999, 0, false, Seconds}, // the year 5138 is past 2^53 µs
		{Seconds, 8589934591.999999, 8589934591999999, true, Seconds},
		{Seconds, 9007199255, 0, false, Seconds},
		{Microseconds, 100, 100, true, Microseconds},
		{Milliseconds, 100, 100_000, true, Milliseconds},
	} {
		us, ok := c.unit.Micros(c.t)
		if us != c.us || ok != c.ok || c.unit.Resolve(c.t) != c.is {
			t.Errorf("%v %v: %d, %v, %v", c.unit, c.t, us, ok, c.unit.Resolve(c.t))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.Int64Range(1e6, exactSeconds).Draw(t, "us")
		for _, u := range []Unit{Seconds, Milliseconds, Microseconds} {
			if back, ok := u.Micros(u.Time(us)); back != us || !ok {
				t.Fatalf("%d µs as %v %v is %d µs", us, u.Time(us), u, back)
			}
		}
	})
}
