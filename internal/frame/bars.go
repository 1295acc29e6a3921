package frame

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"microts/internal/agg"
	"microts/internal/bars"
	"microts/internal/expr"
	"microts/internal/tick"
)

// barNames are the columns of a frame of bars, before those of its aggregates.
var barNames = []string{"start", "stop", "open", "high", "low", "close", "qty", "amount", "vwap", "count", "complete"}

// OfBars returns a frame of bars. Its axis is stop, when a bar is known: so a join with an
// earlier time does not see the bar. aggs are the names of the aggregates.
func OfBars(b *bars.Bars, aggs []string, zone *time.Location) (*Frame, error) {
	floats := [][]float64{b.Open, b.High, b.Low, b.Close, b.Qty, b.Amount, b.VWAP}
	columns := []*Column{NewTimes(barNames[0], b.Start), NewTimes(barNames[1], b.Stop)}
	for i, values := range floats {
		columns = append(columns, NewFloats(barNames[2+i], values))
	}
	columns = append(columns, NewInts("count", b.Count), NewMask("complete", b.Complete))
	for i, name := range aggs {
		columns = append(columns, NewFloats(name, b.Aggs[i]))
	}
	f, err := New(zone, "stop", columns...)
	if err == nil {
		f.LeftOut, f.Skipped = b.LeftOut, b.Skipped
	}
	return f, err
}

// Bars makes bars of the ticks of the frame, or longer bars of its bars. Ticks have the
// columns price and qty. Times are shown in the zone of the options, or else of the frame.
func (f *Frame) Bars(h Host, o bars.Options) (*Frame, error) {
	b, err := bars.New(o)
	if err != nil {
		return nil, err
	}
	more, err := f.expressionColumns(h, o.Aggs)
	if err != nil {
		return nil, err
	}
	h.CheckStop()
	if f.isBars() {
		err = f.pushBars(h, b, more)
	} else {
		err = f.pushTicks(h, b, more)
	}
	if err != nil {
		return nil, err
	}
	made, err := b.Bars()
	if err != nil {
		return nil, err
	}
	return OfBars(made, AggNames(o.Aggs), cmp.Or(o.Zone, f.Zone))
}

// AggNames returns the names of aggregates.
func AggNames(aggs []bars.Agg) []string {
	names := make([]string, len(aggs))
	for i, a := range aggs {
		names[i] = a.Name
	}
	return names
}

// isBars says whether the frame is one of bars.
func (f *Frame) isBars() bool {
	for _, name := range barNames {
		if name != "vwap" && name != "complete" && f.find(name) == nil {
			return false
		}
	}
	return true
}

// expressionColumns returns the columns that the expressions of aggregates name.
func (f *Frame) expressionColumns(h Host, aggs []bars.Agg) (map[string][]float64, error) {
	columns := map[string][]float64{}
	for _, a := range aggs {
		for _, name := range a.Of.Names() {
			c, err := f.Column(name)
			if err != nil {
				return nil, fmt.Errorf("column %q: %w", a.Name, err)
			}
			if columns[name], err = c.Floats(h); err != nil {
				return nil, err
			}
		}
	}
	return columns, nil
}

// floatsOf returns the values of a column by its name.
func (f *Frame) floatsOf(h Host, name string) ([]float64, error) {
	c, err := f.Column(name)
	if err != nil {
		return nil, err
	}
	return c.Floats(h)
}

func (f *Frame) pushTicks(h Host, b *bars.Builder, more map[string][]float64) error {
	times, err := f.times()
	if err != nil {
		return err
	}
	prices, err := f.floatsOf(h, "price")
	if err != nil {
		return err
	}
	qtys, err := f.floatsOf(h, "qty")
	if err != nil {
		return err
	}
	part := bars.Rows{Columns: map[string][]float64{}}
	inSteps(h, f.rows, func(from, to int) {
		part.Times, part.Prices, part.Qtys = times[from:to], prices[from:to], qtys[from:to]
		for name, values := range more {
			part.Columns[name] = values[from:to]
		}
		if err == nil {
			err = b.PushRows(&part)
		}
	})
	return err
}

func (f *Frame) pushBars(h Host, b *bars.Builder, more map[string][]float64) error {
	var r bars.Bars
	for _, t := range []struct {
		name string
		to   *[]int64
	}{{"start", &r.Start}, {"stop", &r.Stop}, {"count", &r.Count}} {
		c := f.find(t.name)
		if c.Kind != Time && c.Kind != Int || c.missing != nil {
			return fmt.Errorf("bars: column %q: times or integers expected in every row, got a column of kind %v", t.name, c.Kind)
		}
		*t.to = c.ints
	}
	for _, t := range []struct {
		name string
		to   *[]float64
	}{{"open", &r.Open}, {"high", &r.High}, {"low", &r.Low}, {"close", &r.Close}, {"qty", &r.Qty}, {"amount", &r.Amount}} {
		var err error
		if *t.to, err = f.floatsOf(h, t.name); err != nil {
			return err
		}
	}
	var err error
	qtys, amounts := make([]agg.Sum, min(stride, f.rows)), make([]agg.Sum, min(stride, f.rows))
	inSteps(h, f.rows, func(from, to int) {
		if err != nil {
			return
		}
		n := to - from
		part := bars.Bars{
			Start: r.Start[from:to], Stop: r.Stop[from:to], Count: r.Count[from:to], Open: r.Open[from:to], High: r.High[from:to],
			Low: r.Low[from:to], Close: r.Close[from:to], Qty: r.Qty[from:to], Amount: r.Amount[from:to], Qtys: qtys[:n], Amounts: amounts[:n],
		}
		for i := range n {
			qtys[i], amounts[i] = agg.Of(part.Qty[i]), agg.Of(math.Round(part.Amount[i]*tick.PriceScale))
		}
		columns := make(map[string][]float64, len(more))
		for name, values := range more {
			columns[name] = values[from:to]
		}
		err = b.PushBars(&part, columns)
	})
	return err
}

// CheckBarAggs returns an error if an aggregate has the name of a column of bars, or needs
// what is not there: a field of tick records, or a column of f unless f is nil.
func CheckBarAggs(f *Frame, aggs []bars.Agg) error {
	known, what := bars.Fields, "field"
	if f != nil {
		known, what = f.Names(), "column"
	}
	for _, a := range aggs {
		if slices.Contains(barNames, a.Name) {
			return fmt.Errorf("column %q: bars have a column of this name", a.Name)
		}
		for _, name := range a.Of.Names() {
			if !slices.Contains(known, name) {
				return fmt.Errorf("column %q: %w", a.Name, unknown(what, name, known))
			}
		}
	}
	return nil
}

// ParseBarAgg makes an aggregate of bars of the name of an agg.Op and an expression.
func ParseBarAgg(name, op, of string) (bars.Agg, error) {
	a := bars.Agg{Name: name}
	var err error
	if a.Op, err = agg.Parse(op); err == nil {
		a.Of, err = expr.Parse(of)
	}
	if err != nil {
		return a, fmt.Errorf("column %q: %w", name, err)
	}
	return a, nil
}
