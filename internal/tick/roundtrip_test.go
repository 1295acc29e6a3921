package tick_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/internal/tick/ticktest"
)

func TestPointsComeBackEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := ticktest.DrawPoint(t)
		for _, f := range []tick.Format{tick.V1, tick.V2} {
			record := tick.AppendPoint(nil, &p, f)
			if len(record) > 64 {
				t.Fatalf("%d bytes", len(record))
			}
			got := tick.Point{}
			if f == tick.V2 {
				got.Seq = p.Seq // from the key
			}
			if err := tick.DecodePoint(record, &got, f); err != nil || !ticktest.EqualPoints(got, p) {
				t.Fatalf("%v: %+v comes back as %+v, %v", f, p, got, err)
			}
		}
	})
}

func FuzzDecodePoint(f *testing.F) {
	f.Add([]byte{0xe1, 1, 2}, true)
	f.Add(tick.AppendRecord(nil, tick.Record{Price: 1}), false)
	f.Add([]byte{0xe1, 0xff, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 0, 1, 1}, true)
	f.Fuzz(func(t *testing.T, value []byte, v1 bool) {
		format := tick.V2
		if v1 {
			format = tick.V1
		}
		var p, q tick.Point
		if tick.DecodePoint(value, &p, format) != nil {
			return
		}
		record := tick.AppendPoint(nil, &p, format)
		if err := tick.DecodePoint(record, &q, format); err != nil || !ticktest.EqualPoints(q, p) {
			t.Fatalf("%x: %+v, written as %x, is read as %+v, %v", value, p, record, q, err)
		}
		if len(value) == tick.RecordSize && format == tick.V2 && !bytes.Equal(record, value) {
			t.Fatalf("tick record %x is written as %x", value, record)
		}
	})
}
