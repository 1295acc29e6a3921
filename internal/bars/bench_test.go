package bars

import (
	"testing"

	"microts/internal/calendar"
	"microts/internal/tick"
)

// someTicks returns ticks of one session, so many a second.
func someTicks(n, aSecond int, first int64) *tick.Columns {
	c := &tick.Columns{}
	for i := range n {
		c.Times = append(c.Times, first+int64(i)*1e6/int64(aSecond))
		c.Seqs = append(c.Seqs, 0)
		c.Prices = append(c.Prices, 100000+int32(i*7919%1000))
		c.Qtys = append(c.Qtys, uint32(100+i%900))
		c.Sides = append(c.Sides, tick.Side(i%3))
	}
	return c
}

// BenchmarkBars makes bars of 1 s of blocks of ticks, 350 a second.
func BenchmarkBars(b *testing.B) {
	cn, err := calendar.Open("cn")
	if err != nil {
		b.Fatal(err)
	}
	const rows = 1 << 20
	ticks := someTicks(rows, 350, shanghai(b, "2023-11-14 09:30"))
	for _, o := range []struct {
		name string
		Options
	}{
		{"1s", Options{Width: second}},
		{"1s session", Options{Width: second, Calendar: cn}},
		{"1m session", Options{Width: 60 * second, Calendar: cn}},
		{"qty", Options{By: ByQty, Step: 1e5}},
	} {
		b.Run(o.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				builder, err := New(o.Options)
				if err != nil {
					b.Fatal(err)
				}
				const block = 2048
				for from := 0; from < rows; from += block {
					if err := builder.Push(part(ticks, from, from+block)); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := builder.Bars(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/tick")
		})
	}
}

// part returns some rows of ticks without Others.
func part(c *tick.Columns, from, to int) *tick.Columns {
	return &tick.Columns{
		Times: c.Times[from:to], Seqs: c.Seqs[from:to],
		Prices: c.Prices[from:to], Qtys: c.Qtys[from:to], Sides: c.Sides[from:to],
	}
}
