package tickfile

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"microts/internal/tick"
)

// dayOf makes rows that are like a day of a stock: gaps of random length, prices that move
// by a tick or two, round lots, orders that count up.
func dayOf(rows int) tick.Columns {
	r := rand.New(rand.NewPCG(1, 2))
	us, price, order := int64(1_699_839_000_000_000), 105_000.0, uint64(1000)
	var c tick.Columns
	for i := range rows {
		us += int64(r.ExpFloat64()*2_880) * 1000 // ms
		price *= math.Exp(0.0002 * r.NormFloat64())
		order += uint64(r.IntN(12))
		c.Times, c.Seqs = append(c.Times, us), append(c.Seqs, uint16(i&1))
		c.Prices = append(c.Prices, int32(price/100)*100)
		c.Qtys = append(c.Qtys, 100*uint32(1+math.Exp(1.2*math.Abs(r.NormFloat64()))))
		c.Channels, c.Sides = append(c.Channels, 3), append(c.Sides, tick.Side(r.IntN(2)))
		c.OrderNos, c.TickNos = append(c.OrderNos, order), append(c.TickNos, uint64(i))
		if i > 0 && us == c.Times[i-1] {
			c.Seqs[i] = c.Seqs[i-1] + 1
		}
	}
	return c
}

// cpuTime returns the processor time of this process: other programs on the machine do
// not count.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// perRow runs a benchmark and reports the processor time of a row.
func perRow(b *testing.B, rows int, f func()) {
	start := cpuTime()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/float64(b.N)/float64(rows), "cpu-ns/row")
}

func BenchmarkWrite(b *testing.B) {
	rows := dayOf(200_000)
	var size int64
	perRow(b, rows.Len(), func() {
		w := NewWriter(io.Discard, 'S', WriterOptions{})
		if err := w.Write("600000", &rows); err != nil {
			b.Fatal(err)
		}
		if _, err := w.Close(); err != nil {
			b.Fatal(err)
		}
		size = w.Size()
	})
	b.ReportMetric(float64(size)/float64(rows.Len()), "B/row")
}

func BenchmarkDecode(b *testing.B) {
	rows := dayOf(200_000)
	file, groups := write(b, 'S', 0, rows.Len(), []codeRows{{"600000", rows}})
	decode := func(b *testing.B, set tick.ColumnSet, use func(c *tick.Columns)) {
		b.ReportAllocs()
		var c tick.Columns
		perRow(b, rows.Len(), func() {
			for i := range groups {
				r := groups[i].Range()
				chunks := groups[i].Cut(file[r.Offset:r.Offset+r.Length], r.Offset)
				if _, err := groups[i].Decode(&chunks, set, &c); err != nil {
					b.Fatal(err)
				}
				use(&c)
			}
		})
	}
	b.Run("price+qty", func(b *testing.B) {
		decode(b, tick.PriceColumn|tick.QtyColumn, func(*tick.Columns) {})
	})
	b.Run("all", func(b *testing.B) { decode(b, tick.AllColumns, func(*tick.Columns) {}) })
	b.Run("values", func(b *testing.B) {
		var block tick.Block
		decode(b, tick.AllColumns, func(c *tick.Columns) { c.Block(&block, 0, c.Len()) })
	})
	for _, column := range []Column{Time, Seq, Price, Qty, Side, Channel, OrderNo, TickNo} {
		b.Run(column.String(), func(b *testing.B) {
			d := new(decoder)
			var c tick.Columns
			size := 0
			perRow(b, rows.Len(), func() {
				for i := range groups {
					chunks := groups[i].Cut(file, 0)
					if err := d.column(&groups[i], column, &chunks, &c); err != nil {
						b.Fatal(err)
					}
				}
			})
			for i := range groups {
				size += groups[i].Lengths[column]
			}
			b.ReportMetric(float64(size)/float64(rows.Len()), "B/row")
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	rows := dayOf(1_000_000)
	file, _ := write(b, 'S', 0, rows.Len(), []codeRows{{"600000", rows}})
	for b.Loop() {
		if _, err := Open(bytes.NewReader(file), int64(len(file))); err != nil {
			b.Fatal(err)
		}
	}
}
