package main

import (
	"fmt"
	"time"

	"microts/internal/series"
)

// seriesRows is how many rows the series have.
const seriesRows = 10_000_000

// measureSeries measures operations on series once, without Lua. The other side of the
// arithmetic is a loop over slices that does the same.
func (b *bench) measureSeries() error {
	x := series.Series{Values: make([]float64, seriesRows)}
	price, state := 100.0, uint64(1)
	for i := range x.Values {
		state = state*6364136223846793005 + 1442695040888963407
		price += float64(state>>40)/(1<<24) - 0.5
		x.Values[i] = price
	}
	y := series.Calc{}.Shift(x, 1)
	const nanoseconds = 1e9 / seriesRows
	add := b.row("x + y over 10 M rows of series; a loop over slices", "ns a row", true, "1/1.5 x")
	start := time.Now()
	z := make([]float64, seriesRows)
	for i := range z {
		z[i] = x.Values[i] + y.Values[i]
	}
	add.Original = append(add.Original, value(time.Since(start).Seconds()*nanoseconds))
	start = time.Now()
	sum, err := series.Calc{}.Binary(series.Add, x.Operand(), y.Operand())
	if err != nil {
		return err
	}
	add.Microts = append(add.Microts, value(time.Since(start).Seconds()*nanoseconds))
	if sum.Values[seriesRows-1] != z[seriesRows-1] {
		return fmt.Errorf("x + y is %v, not %v", sum.Values[seriesRows-1], z[seriesRows-1])
	}
	for _, s := range []series.Stat{series.RollMean, series.RollStd, series.RollMin, series.RollMax} {
		start := time.Now()
		if _, err := (series.Calc{}).Roll(x, series.Window{Rows: 20}, s, series.Option{DDOF: 1}); err != nil {
			return err
		}
		b.add(fmt.Sprintf("rolling %s of 20 over 10 M rows, in Go", s), "ns a row", true, "10 ns", time.Since(start).Seconds()*nanoseconds)
	}
	return nil
}
