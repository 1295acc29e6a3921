package bars

import (
	"math"

	"microts/internal/agg"
	"microts/internal/tick"
)

// Bars are bars in columns of one length.
type Bars struct {
	Start, Stop []int64 // µs since 1970

	Open, High, Low, Close []float64 // in the currency; NaN without ticks
	Qty                    []float64
	Amount                 []float64 // the sum of price times qty, in the currency
	VWAP                   []float64 // Amount / Qty; NaN if Qty is 0
	Count                  []int64   // of ticks
	Complete               []bool    // whether Reached is at or after Stop; by qty, amount and count, whether Step was reached

	Aggs [][]float64 // the columns of Options.Aggs, in their order

	LeftOut int // ticks that belong to no bar
	Skipped int // values that are no tick records, with Options.Skip

	// Reached is up to when the ticks are known, in µs since 1970: the time of the last
	// one, or what Builder.Reach said if that is later; -1 without any. For PushBars 0 is
	// not known.
	Reached int64

	// Qtys and Amounts are what Qty and Amount were rounded from; Amounts are in
	// 1/tick.PriceScale of the currency. Bars of these bars are made from them.
	Qtys, Amounts []agg.Sum
}

// Len returns the number of bars.
func (b *Bars) Len() int { return len(b.Start) }

// bar is a bar that grows.
type bar struct {
	start, stop            int64
	open, high, low, close float64 // in the currency
	qty, amount            agg.Sum // amount in 1/tick.PriceScale of the currency
	count                  int64
	any                    bool // whether there were rows, with or without prices
}

// units returns a price, or an amount, in 1/tick.PriceScale of the currency: the integer
// that was divided, if there was one.
func units(x float64) float64 {
	if n := math.Round(x * tick.PriceScale); n/tick.PriceScale == x {
		return n
	}
	return x * tick.PriceScale
}

// trade adds prices and sums of ticks after those that the bar has.
func (b *bar) trade(open, high, low, close float64, qty, amount agg.Sum, count int64) {
	if b.count == 0 {
		b.open, b.high, b.low = open, high, low
	} else {
		b.high, b.low = max(b.high, high), min(b.low, low)
	}
	b.close = close
	b.qty, b.amount = b.qty.Plus(qty), b.amount.Plus(amount)
	b.count += count
	b.any = true
}

// append appends a bar.
func (b *Bars) append(r *bar) {
	qty, amount := r.qty.Value(), r.amount.Value()
	if r.count == 0 {
		nan := math.NaN()
		r.open, r.high, r.low, r.close = nan, nan, nan, nan
	}
	vwap := math.NaN()
	if qty != 0 {
		vwap = amount / (qty * tick.PriceScale)
	}
	b.put(r.start, r.stop, [4]float64{r.open, r.high, r.low, r.close}, vwap)
	last := b.Len() - 1
	b.Qty[last], b.Amount[last], b.Count[last] = qty, amount/tick.PriceScale, r.count
	b.Qtys[last], b.Amounts[last] = r.qty, r.amount
}

// put appends a bar without ticks.
func (b *Bars) put(start, stop int64, prices [4]float64, vwap float64) {
	b.Start, b.Stop = append(b.Start, start), append(b.Stop, stop)
	b.Open, b.High = append(b.Open, prices[0]), append(b.High, prices[1])
	b.Low, b.Close = append(b.Low, prices[2]), append(b.Close, prices[3])
	b.Qty, b.Amount, b.VWAP = append(b.Qty, 0), append(b.Amount, 0), append(b.VWAP, vwap)
	b.Count, b.Complete = append(b.Count, 0), append(b.Complete, false)
	b.Qtys, b.Amounts = append(b.Qtys, agg.Sum{}), append(b.Amounts, agg.Sum{})
}
