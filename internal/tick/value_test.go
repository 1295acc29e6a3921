package tick_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/internal/tick/ticktest"
)

func TestDecodeValue(t *testing.T) {
	record := tick.Record{Price: 105_000, Qty: 300, Side: tick.Sell}
	point := tick.Point{Value: math.Pi, Has: tick.HasVolume, Volume: 7}
	for _, c := range []struct {
		name  string
		value []byte
		want  tick.Value
		price float64
	}{
		{"a tick record", tick.AppendRecord(nil, record), tick.Value{IsRecord: true, Record: record}, 10.5},
		{"a point", tick.AppendPoint(nil, &point, tick.V2), tick.Value{Point: point}, math.Pi},
	} {
		got, err := tick.DecodeValue(c.value)
		if err != nil || got != c.want || got.Price() != c.price {
			t.Errorf("%s: %+v of price %v, %v", c.name, got, got.Price(), err)
		}
	}
	for value, want := range map[string]string{
		"":       "not a tick record: 0 bytes, not 50",
		"101201": "not a tick record: 6 bytes, not 50",
		"\xe1":   "not a tick record: 1 bytes, not 50",
	} {
		if got, err := tick.DecodeValue([]byte(value)); err == nil || err.Error() != want || got != (tick.Value{}) {
			t.Errorf("%q: %+v, %v", value, got, err)
		}
	}
}

// TestValueOfEveryPoint: what AppendPoint writes in format V2 is decoded as that
// point, or as the tick record that holds the same.
func TestValueOfEveryPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := ticktest.DrawPoint(t)
		p.Seq = 0 // which the key holds
		value := tick.AppendPoint(nil, &p, tick.V2)
		got, err := tick.DecodeValue(value)
		switch {
		case err != nil:
			t.Fatalf("%+v: %v", p, err)
		case math.Float64bits(got.Price()) != math.Float64bits(p.Value):
			t.Fatalf("%+v: price %v", p, got.Price())
		case got.IsRecord != (len(value) == tick.RecordSize):
			t.Fatalf("%+v: %d bytes, record: %v", p, len(value), got.IsRecord)
		case !got.IsRecord && !ticktest.EqualPoints(got.Point, p):
			t.Fatalf("%+v is decoded as %+v", p, got.Point)
		}
	})
}

// FuzzDecodeValue: DecodeValue takes just what DecodeRecord or DecodePoint takes.
func FuzzDecodeValue(f *testing.F) {
	f.Add([]byte("101201"))
	f.Add([]byte{0xe1, 1, 2})
	f.Add(tick.AppendRecord(nil, tick.Record{Price: 1}))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := tick.DecodeValue(b)
		record, noRecord := tick.DecodeRecord(b)
		p := tick.Point{}
		noPoint := tick.DecodePoint(b, &p, tick.V2)
		switch {
		case noRecord == nil:
			if err != nil || !v.IsRecord || v.Record != record {
				t.Errorf("%x: %+v, %v", b, v, err)
			}
		case noPoint == nil:
			if err != nil || v.IsRecord || !ticktest.EqualPoints(v.Point, p) {
				t.Errorf("%x: %+v, %v", b, v, err)
			}
		case err == nil || err.Error() != noRecord.Error():
			t.Errorf("%x: %+v, %v", b, v, err)
		}
	})
}
