package bars

import (
	"fmt"

	"microts/internal/agg"
	"microts/internal/tick"
)

// Columns returns the columns that Push needs.
func (b *Builder) Columns() tick.ColumnSet {
	set := tick.PriceColumn | tick.QtyColumn
	for _, a := range b.o.Aggs {
		for _, name := range a.Of.Names() {
			set |= fields[name].column
		}
	}
	return set
}

// Push adds the ticks of a block, which has the columns of Columns. It keeps nothing of c.
func (b *Builder) Push(c *tick.Columns) error {
	if len(b.columns) > 0 {
		made := map[string][]float64{}
		err := b.evaluate(c.Len(), func(name string) ([]float64, error) {
			if _, ok := fields[name]; !ok {
				return nil, unknownColumn(name, Fields)
			}
			if made[name] == nil {
				made[name] = fields[name].numbers(c)
			}
			return made[name], nil
		})
		if err != nil {
			return err
		}
	}
	first := 0
	for i, other := range c.Others {
		if !b.o.Skip {
			return fmt.Errorf("the tick of %s, seq %d, is no tick record; skip=true leaves such ticks out", tick.FormatTime(c.Times[other], b.o.Zone), c.OtherSeqs[i])
		}
		b.bars.Skipped++
		if err := b.push(c.Times, (*records)(c), first, other); err != nil {
			return err
		}
		first = other + 1
	}
	return b.push(c.Times, (*records)(c), first, c.Len())
}

// records are rows of tick records.
type records tick.Columns

func (r *records) stop(row int) int64 { return r.Times[row] }

func (r *records) grow(b *bar, from, to int) {
	prices := r.Prices[from:to]
	t := totalsOf(prices, r.Qtys[from:to])
	b.trade(currency(prices[0]), currency(t.high), currency(t.low), currency(prices[len(prices)-1]),
		agg.Integer(0, t.qty), agg.Integer(t.amountHigh, t.amount-t.amountHigh<<32), int64(len(prices)))
}

// totals are what a bar needs of all its ticks.
type totals struct {
	high, low  int32
	qty        int64
	amount     int64 // the low 64 bits of the sum
	amountHigh int64 // the sum of all amounts / 2^32, each rounded down
}

// totalsOf returns the totals of some ticks, which are at least one.
//
//go:noinline
func totalsOf(prices []int32, qtys []uint32) (t totals) {
	high, low := prices[0], prices[0]
	var qty, amount, amountHigh int64
	qtys = qtys[:len(prices)]
	for i, p := range prices {
		q := int64(qtys[i])
		a := int64(p) * q
		high, low = max(high, p), min(low, p)
		qty += q
		amount += a
		amountHigh += a >> 32
	}
	return totals{high, low, qty, amount, amountHigh}
}

func (r *records) enough(b *bar, by By, step float64, from, to int) (n int, ok bool) {
	if by == ByCount {
		return enoughRows(b, step, from, to)
	}
	qty, amount := b.qty, b.amount
	for i := from; i < to; i++ {
		var reached float64
		if by == ByQty {
			qty = qty.Plus(agg.Of(float64(r.Qtys[i])))
			reached = qty.Value()
		} else {
			amount = amount.Plus(agg.Product(float64(r.Prices[i]), float64(r.Qtys[i])))
			reached = amount.Value() / tick.PriceScale
		}
		if reached >= step {
			return i + 1 - from, true
		}
	}
	return to - from, false
}

// enoughRows is enough where each row counts 1.
func enoughRows(b *bar, step float64, from, to int) (n int, ok bool) {
	missing := step - float64(b.count)
	if float64(to-from) < missing {
		return to - from, false
	}
	n = int(missing)
	if float64(n) < missing {
		n++
	}
	return n, n <= to-from
}

func currency(price int32) float64 { return float64(price) / tick.PriceScale }

// field is a field of tick records as expressions see it.
type field struct {
	column  tick.ColumnSet
	numbers func(*tick.Columns) []float64
}

var fields = map[string]field{
	"price": {tick.PriceColumn, func(c *tick.Columns) []float64 { return convert(c.Prices, currency) }},
	"qty":   {tick.QtyColumn, func(c *tick.Columns) []float64 { return convert(c.Qtys, number) }},
	"side":  {tick.SideColumn, func(c *tick.Columns) []float64 { return convert(c.Sides, sign) }},
	"channel": {tick.ChannelColumn, func(c *tick.Columns) []float64 {
		return convert(c.Channels, number)
	}},
	"order_no": {tick.OrderNoColumn, func(c *tick.Columns) []float64 { return convert(c.OrderNos, number) }},
	"tick_no":  {tick.TickNoColumn, func(c *tick.Columns) []float64 { return convert(c.TickNos, number) }},
}

func number[T uint8 | uint32 | uint64](n T) float64 { return float64(n) }

func sign(s tick.Side) float64 { return float64(s.Sign()) }

func convert[T any](from []T, f func(T) float64) []float64 {
	to := make([]float64, len(from))
	for i, v := range from {
		to[i] = f(v)
	}
	return to
}
