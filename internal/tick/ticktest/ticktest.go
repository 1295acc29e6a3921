// Package ticktest draws random ticks and points for property tests.
//
// Of this module it imports internal/tick.
package ticktest

import (
	"math"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

var anyNumber = rapid.OneOf(
	rapid.Float64(),
	rapid.Map(rapid.Int64Range(-1<<54, 1<<54), func(n int64) float64 { return float64(n) }),
	rapid.Map(rapid.Int64Range(-1<<32, 1<<32), func(n int64) float64 { return float64(n) / tick.PriceScale }),
	rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 255, 256, math.Inf(1), math.Inf(-1), math.NaN(), 1 << 53, math.MaxFloat64}),
)

// DrawPoint draws a point with any of the fields, of values that are hard to keep.
func DrawPoint(t *rapid.T) tick.Point {
	p := tick.Point{
		Value: anyNumber.Draw(t, "value"), Seq: rapid.Uint16().Draw(t, "seq"),
		Has: tick.Field(rapid.Byte().Draw(t, "has")) & tick.AllFields,
	}
	if rapid.Bool().Draw(t, "market") {
		p.Has = tick.AllFields &^ tick.HasQuality
	}
	if p.Has&tick.HasQuality != 0 {
		p.Quality = anyNumber.Draw(t, "quality")
	}
	if p.Has&tick.HasVolume != 0 {
		p.Volume = anyNumber.Draw(t, "volume")
	}
	if p.Has&tick.HasChannel != 0 {
		p.Channel = anyNumber.Draw(t, "channel")
	}
	if p.Has&tick.HasSide != 0 {
		p.Side = tick.Side(rapid.IntRange(0, 5).Draw(t, "side"))
	}
	if p.Has&tick.HasOrderNo != 0 {
		p.OrderNo = rapid.Uint64().Draw(t, "order_no")
	}
	if p.Has&tick.HasTickNo != 0 {
		p.TickNo = rapid.Uint64().Draw(t, "tick_no")
	}
	return p
}

// EqualPoints compares two points bit by bit: NaN equals NaN, and 0 differs from -0.
func EqualPoints(p, q tick.Point) bool {
	return p.Time == q.Time && p.Seq == q.Seq && p.Has == q.Has && sameBits(p.Value, q.Value) && sameBits(p.Quality, q.Quality) &&
		sameBits(p.Volume, q.Volume) && sameBits(p.Channel, q.Channel) && p.Side == q.Side && p.OrderNo == q.OrderNo && p.TickNo == q.TickNo
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
