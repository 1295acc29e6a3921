package archive

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
	"microts/internal/tickfile"
)

// benchStore returns a store with a sealed day of made-up ticks.
func benchStore(b *testing.B, codes, perCode int) *testStore {
	b.Helper()
	s := newTestStore(b)
	db := newDB(b, nil)
	var rows []tick.Row
	for c := range codes {
		in := sourcetest.Instrument('S', fmt.Sprint(600000+c))
		r := rand.New(rand.NewPCG(uint64(c), 1))
		us, price, step := at(9, 30, 0, 0), 50_000+r.Float64()*500_000, 4*3600e6/float64(perCode)
		rows = rows[:0]
		for i := range perCode {
			us += min(int64(r.ExpFloat64()*step), int64(20*step)) + 1
			price *= math.Exp(0.0002 * r.NormFloat64())
			rows = append(rows, tick.Row{Time: us, Seq: uint16(i % 3), Value: string(tick.AppendRecord(nil, tick.Record{
				Price: int32(price/100) * 100, Qty: 100 * uint32(1+math.Exp(1.2*math.Abs(r.NormFloat64()))), Channel: uint8(c % 8),
				Side: tick.Side(r.IntN(2)), OrderNo: uint64(i)*7 + r.Uint64N(5), TickNo: uint64(i),
			}))})
		}
		if err := db.PutMany(&in, rows); err != nil {
			b.Fatal(err)
		}
	}
	report := s.seal(b, db, SealOptions{Date: day, PartSize: DefaultPartSize, GroupRows: tickfile.DefaultGroupRows})
	b.Logf("%d ticks, %.2f bytes a tick", report.Days[0].Rows, float64(report.Days[0].Bytes)/float64(report.Days[0].Rows))
	return s
}

// BenchmarkColumns reads three columns of 5 M ticks.
func BenchmarkColumns(b *testing.B) {
	const n = 5_000_000
	s := benchStore(b, 1, n)
	a := s.open(b, Options{})
	in := sourcetest.Instrument('S', "600000")
	b.SetBytes(n)
	for b.Loop() {
		blocks, err := a.ScanColumns(&in, tick.ScanOptions{Range: tick.Always}, tick.PriceColumn|tick.QtyColumn)
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for c := (tick.Columns{}); blocks.Read(&c); {
			rows += c.Len()
		}
		if rows != n || blocks.Err() != nil {
			b.Fatal(rows, blocks.Err())
		}
	}
}

// BenchmarkRows reads 5 M ticks as rows.
func BenchmarkRows(b *testing.B) {
	const n = 5_000_000
	s := benchStore(b, 1, n)
	a := s.open(b, Options{})
	in := sourcetest.Instrument('S', "600000")
	b.SetBytes(n)
	for b.Loop() {
		rows, err := a.Scan(&in, tick.ScanOptions{Range: tick.Always})
		if err != nil {
			b.Fatal(err)
		}
		found := 0
		for rows.Next() {
			found += len(rows.Value()) / tick.RecordSize
		}
		if found != n {
			b.Fatal(found, rows.Err())
		}
	}
}

// BenchmarkOneCode opens an archive and reads a code of a day of 5,000 codes.
func BenchmarkOneCode(b *testing.B) {
	s := benchStore(b, 5000, 1000)
	for b.Loop() {
		a := s.open(b, Options{})
		in := sourcetest.Instrument('S', "602500")
		if n := len(sourcetest.Scan(b, a, in, tick.ScanOptions{Range: tick.Always})); n != 1000 {
			b.Fatal(n)
		}
		_ = a.Close()
	}
}

// BenchmarkGet reads 10,000 ticks one by one.
func BenchmarkGet(b *testing.B) {
	s := benchStore(b, 1, 20_000)
	a := s.open(b, Options{})
	in := sourcetest.Instrument('S', "600000")
	rows := sourcetest.Scan(b, a, in, tick.ScanOptions{Range: tick.Always})[5000:15_000]
	for b.Loop() {
		for _, r := range rows {
			if _, ok, err := a.Get(&in, r.Time, r.Seq); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	}
}
