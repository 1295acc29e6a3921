package bars

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microts/internal/agg"
	"microts/internal/calendar"
	"microts/internal/expr"
	"microts/internal/tick"
)

// drawTicks draws ticks on two trading days and a weekend, many of them at the edges of
// sessions, with ties, and with values that overflow sums of int64.
func drawTicks(t *rapid.T) *tick.Columns {
	first, last := int64(1699569000e6), int64(1699938000e6) // Friday 2023-11-10 06:30 to Tuesday 2023-11-14 13:00
	times := rapid.SliceOfN(rapid.OneOf(
		rapid.Int64Range(first, last),
		rapid.Map(rapid.Int64Range(first/60e6, last/60e6), func(n int64) int64 { return n * 60e6 }),
		rapid.Map(rapid.Int64Range(first/3600e6, last/3600e6), func(n int64) int64 { return n * 3600e6 }),
		rapid.Map(rapid.Int64Range(first/3600e6, last/3600e6), func(n int64) int64 { return n*3600e6 + 1800e6 }),
	), 0, 60).Draw(t, "times")
	for i := range times { // sorting by insertion keeps the shrunk cases readable
		for j := i; j > 0 && times[j] < times[j-1]; j-- {
			times[j], times[j-1] = times[j-1], times[j]
		}
	}
	n := len(times)
	c := &tick.Columns{Times: times, Seqs: make([]uint16, n)}
	price := rapid.OneOf(rapid.Int32(), rapid.Int32Range(99_000, 101_000), rapid.SampledFrom([]int32{math.MaxInt32, math.MinInt32, 0}))
	qty := rapid.OneOf(rapid.Uint32(), rapid.Uint32Range(0, 500), rapid.SampledFrom([]uint32{math.MaxUint32}))
	c.Prices, c.Qtys = rapid.SliceOfN(price, n, n).Draw(t, "prices"), rapid.SliceOfN(qty, n, n).Draw(t, "qtys")
	c.Sides = rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 2), func(s int) tick.Side { return tick.Side(s) }), n, n).Draw(t, "sides")
	return c
}

func drawOptions(t *rapid.T, calendars ...string) Options {
	o := Options{
		By:   rapid.SampledFrom([]By{ByTime, ByTime, ByTime, ByQty, ByAmount, ByCount}).Draw(t, "by"),
		Step: rapid.Float64Range(1, 1e6).Draw(t, "step"),
	}
	o.Width = rapid.SampledFrom([]int64{second, 7 * second, 60 * second, 420 * second, 3600 * second, 10800 * second, fullDay}).Draw(t, "width")
	if name := rapid.SampledFrom(calendars).Draw(t, "calendar"); name != "" {
		o.Calendar, _ = calendar.Open(name)
	} else {
		o.Zone, _ = time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu"}).Draw(t, "zone"))
	}
	if o.By == ByTime && o.Width >= 420*second {
		o.Fill = rapid.SampledFrom([]Fill{FillNone, FillPrev, FillNaN}).Draw(t, "fill")
	}
	for _, a := range []struct{ op, of string }{{"std", "price"}, {"sum", "price * qty"}, {"last", "side"}, {"quantile(0.3)", "price"}} {
		op, _ := agg.Parse(a.op)
		of, _ := expr.Parse(a.of)
		o.Aggs = append(o.Aggs, Agg{a.op, op, of})
	}
	return o
}

// made pushes blocks of ticks and returns the bars.
func made(t *rapid.T, o Options, blocks ...*tick.Columns) *Bars {
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range blocks {
		if err := b.Push(c); err != nil {
			t.Fatal(err)
		}
	}
	bars, err := b.Bars()
	if err != nil {
		t.Fatal(err)
	}
	return bars
}

// cut cuts ticks into blocks.
func cut(t *rapid.T, c *tick.Columns) (blocks []*tick.Columns) {
	for from := 0; from < c.Len(); {
		to := rapid.IntRange(from, c.Len()).Draw(t, "cut")
		blocks = append(blocks, part(c, from, to))
		from = to
	}
	return blocks
}

// compare compares all bits of bars, but not their aggregations if withAggs is false.
func compare(t *rapid.T, got, want *Bars, withAggs bool) {
	t.Helper()
	if g, w := bits(got, withAggs), bits(want, withAggs); g != w {
		t.Fatalf("the bars are\n%s\nand not\n%s", g, w)
	}
}

func bits(b *Bars, withAggs bool) string {
	text := fmt.Sprintf("left out %d, skipped %d, reached %d\n", b.LeftOut, b.Skipped, b.Reached)
	for i := range b.Start {
		text += fmt.Sprintf("%d..%d %x %x %x %x %x %x %x %d %v %x %x", b.Start[i], b.Stop[i], b.Open[i], b.High[i], b.Low[i], b.Close[i],
			b.Qty[i], b.Amount[i], b.VWAP[i], b.Count[i], b.Complete[i], b.Qtys[i], b.Amounts[i])
		for j := range b.Aggs {
			if withAggs {
				text += fmt.Sprintf(" %x", b.Aggs[j][i])
			}
		}
		text += "\n"
	}
	return text
}

func TestAnyCutIntoBlocksGivesTheSameBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ticks, o := drawTicks(t), drawOptions(t, "", "cn", "cn-futures")
		compare(t, made(t, o, cut(t, ticks)...), made(t, o, ticks), true)
	})
}

func TestBarsOfBarsAreBarsOfTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ticks, o := drawTicks(t), drawOptions(t, "", "cn", "cn-futures")
		o.By, o.Aggs = ByTime, nil
		short := o
		short.Width = rapid.SampledFrom([]int64{60 * second, 300 * second, 900 * second, 1800 * second}).Draw(t, "short width")
		o.Width = rapid.SampledFrom([]int64{1800 * second, 3600 * second, fullDay}).Draw(t, "long width")
		short.Fill = rapid.SampledFrom([]Fill{FillNone, FillPrev, FillNaN}).Draw(t, "short fill")
		b, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.PushBars(made(t, short, ticks), nil); err != nil {
			t.Fatal(err)
		}
		got, err := b.Bars()
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, made(t, o, ticks), false)
	})
}

// TestRowsOfAFrameGiveTheSameBars pushes the same ticks as numbers in the currency.
func TestRowsOfAFrameGiveTheSameBars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ticks, o := drawTicks(t), drawOptions(t, "", "cn")
		b, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cut(t, ticks) {
			columns := map[string][]float64{
				"price": convert(c.Prices, currency), "qty": convert(c.Qtys, number), "side": convert(c.Sides, sign),
			}
			if err := b.PushRows(&Rows{c.Times, columns["price"], columns["qty"], columns}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := b.Bars()
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, made(t, o, ticks), true)
	})
}

// TestBarsAreThoseOfPlainLoops finds the bar of each tick by counting, and adds with
// integers of any size.
func TestBarsAreThoseOfPlainLoops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ticks, o := drawTicks(t), drawOptions(t, "", "cn", "cn-futures")
		o.Fill, o.Aggs = FillNone, nil
		if o.Calendar == nil {
			o.Zone = time.UTC
		}
		got := made(t, o, ticks)
		type sums struct {
			start, stop            int64
			open, high, low, close int32
			qty, amount            *big.Int
			count                  int64
		}
		var want []*sums
		leftOut := 0
		full := true // whether the last bar by a sum is
		for i, us := range ticks.Times {
			start, stop, ok := plainBar(t, o, us)
			if !ok {
				leftOut++
				continue
			}
			n := len(want)
			if o.By == ByTime && (n == 0 || want[n-1].start != start) || o.By != ByTime && full {
				want = append(want, &sums{start: start, stop: stop, open: ticks.Prices[i], high: ticks.Prices[i], low: ticks.Prices[i], qty: new(big.Int), amount: new(big.Int)})
				n++
			}
			s := want[n-1]
			s.high, s.low, s.close = max(s.high, ticks.Prices[i]), min(s.low, ticks.Prices[i]), ticks.Prices[i]
			q := big.NewInt(int64(ticks.Qtys[i]))
			s.qty.Add(s.qty, q)
			s.amount.Add(s.amount, new(big.Int).Mul(q, big.NewInt(int64(ticks.Prices[i]))))
			s.count++
			s.stop = stop
			reached := new(big.Float).SetInt64(s.count)
			switch o.By {
			case ByQty:
				reached.SetInt(s.qty)
			case ByAmount:
				reached.SetPrec(200).SetInt(s.amount)
				reached.Quo(reached, big.NewFloat(tick.PriceScale))
			}
			full = reached.Cmp(big.NewFloat(o.Step)) >= 0
		}
		if got.Len() != len(want) || got.LeftOut != leftOut {
			t.Fatalf("%d bars and %d ticks left out, not %d and %d", got.Len(), got.LeftOut, len(want), leftOut)
		}
		nearest := func(n *big.Int) float64 {
			f, _ := new(big.Float).SetInt(n).Float64()
			return f
		}
		for i, s := range want {
			if got.Start[i] != s.start || got.Stop[i] != s.stop || got.Count[i] != s.count ||
				got.Open[i] != currency(s.open) || got.High[i] != currency(s.high) || got.Low[i] != currency(s.low) || got.Close[i] != currency(s.close) ||
				got.Qty[i] != nearest(s.qty) || got.Amounts[i].Value() != nearest(s.amount) || got.Amount[i] != nearest(s.amount)/tick.PriceScale {
				t.Fatalf("bar %d is\n%sand not %+v", i, bits(got, false), s)
			}
		}
	})
}

// plainBar returns the bar by time to which a tick belongs; of bars that end by a sum, the
// tick's own time.
func plainBar(t *rapid.T, o Options, us int64) (start, stop int64, ok bool) {
	if o.Calendar == nil {
		if o.By != ByTime {
			return us, us, true
		}
		return us / o.Width * o.Width, (us/o.Width + 1) * o.Width, true
	}
	day, err := o.Calendar.TradingDay(us)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := o.Calendar.Sessions(day)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range sessions {
		if us < s.Auction || us > s.Stop || i > 0 && us == sessions[i-1].Stop {
			continue
		}
		switch {
		case o.By != ByTime:
			return us, us, true
		case o.Width == fullDay:
			return sessions[0].Start, sessions[len(sessions)-1].Stop, true
		}
		start = s.Start
		for start+o.Width <= us && start+o.Width < s.Stop {
			start += o.Width
		}
		return start, min(start+o.Width, s.Stop), true
	}
	return 0, 0, false
}
