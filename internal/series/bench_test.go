package series

import (
	"fmt"
	"math"
	"testing"
)

const benchRows = 10_000_000

// walk returns a series that looks like prices.
func walk(n int) Series {
	x := make([]float64, n)
	state, v := uint64(1), 100.0
	for i := range x {
		state = state*6364136223846793005 + 1442695040888963407
		v *= 1 + (float64(state>>40)/(1<<24)-0.5)/1000
		x[i] = math.Round(v*100) / 100
	}
	return Series{Values: x}
}

func BenchmarkRoll(b *testing.B) {
	x := walk(benchRows)
	for _, rows := range []int{20, 1000} {
		for _, s := range []Stat{RollSum, RollMean, RollStd, RollMin, RollMax, RollZScore, RollSkew, RollRank, RollMedian} {
			b.Run(fmt.Sprintf("%s/%d", s, rows), func(b *testing.B) {
				for b.Loop() {
					if _, err := (Calc{}).Roll(x, Window{Rows: rows}, s, Option{DDOF: 1}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
			})
		}
	}
}

func BenchmarkBinary(b *testing.B) {
	x, y := walk(benchRows), walk(benchRows)
	report := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
	}
	b.Run("loop", func(b *testing.B) {
		for b.Loop() {
			z := make([]float64, len(x.Values))
			for i := range z {
				z[i] = x.Values[i] + y.Values[i]
			}
			sink = z
		}
		report(b)
	})
	for op, name := range map[Op]string{Add: "add", Div: "div", Lt: "lt"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				z, _ := Calc{}.Binary(op, x.Operand(), y.Operand())
				sink = z.Values
			}
			report(b)
		})
	}
	b.Run("add number", func(b *testing.B) {
		for b.Loop() {
			z, _ := Calc{}.Binary(Add, x.Operand(), Number(1))
			sink = z.Values
		}
		report(b)
	})
}

var sink []float64
