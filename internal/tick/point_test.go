package tick

import (
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
		{Auto, 99999999999, 0, false, Seconds},                        // the year 5138 is past 2^53 µs
		{Seconds, 4294967296.000093, 4294967296000093, true, Seconds}, // the product has a half, and a little less before it is rounded
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
