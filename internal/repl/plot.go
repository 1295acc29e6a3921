package repl

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/guptarohit/asciigraph"

	"microts/internal/human"
	"microts/internal/luavm"
	"microts/internal/tick"
	"microts/store"
)

// plotCommand draws the ticks of a range as bars, as many as the screen is wide.
func (r *REPL) plotCommand(args []string) error {
	db, in, start, end, err := r.targetRange(args)
	if err != nil {
		return err
	}
	start, end, err = filledRange(db, &in, start, end)
	if err != nil {
		return err
	}
	step := (end-start)/int64(r.plotWidth()) + 1
	bars, n, err := r.barsOf(db, &in, start, end, step)
	if err != nil {
		return err
	}
	fmt.Fprint(r.Out, r.drawBars(bars))
	fmt.Fprintf(r.Out, "%v, %s, a bar is %s\n%s to %s\n", in, human.Count(n, "tick"), human.Span(time.Duration(step)*time.Microsecond),
		tick.FormatTime(start, r.zone), tick.FormatTime(end, r.zone))
	return nil
}

// plotWidth returns the columns of a plot, beside the prices on its left.
func (r *REPL) plotWidth() int { return max(r.width()-14, 10) }

// filledRange returns the times of the first and the last tick of a range.
func filledRange(db *store.DB, in *tick.Instrument, start, end int64) (first, last int64, err error) {
	head, ok, err := db.First(in, start)
	if err != nil {
		return 0, 0, err
	}
	if ok && head.Time <= end {
		var tail tick.Row
		if tail, ok, err = db.Last(in, end); err != nil {
			return 0, 0, err
		}
		if ok && head.Time <= tail.Time {
			return head.Time, tail.Time, nil
		}
	}
	return 0, 0, fmt.Errorf("no ticks of %v there", *in)
}

// barsOf returns the bars of a range, each of step µs, and how many ticks they hold.
// A bar without ticks is nil. Ticks without a price are left out; if none has one,
// that is an error.
func (r *REPL) barsOf(db *store.DB, in *tick.Instrument, start, end, step int64) (bars []*bar, priced int, err error) {
	scan, err := db.Scan(in, tick.ScanOptions{Range: tick.Range{From: start, To: end}})
	if err != nil {
		return nil, 0, err
	}
	defer scan.Close()
	bars = make([]*bar, (end-start)/step+1)
	n := 0
	for scan.Next() {
		n++
		p, ok := priceOf(scan.Value())
		if !ok {
			continue
		}
		priced++
		at := (scan.Time() - start) / step
		empty := bars[at] == nil
		if empty {
			bars[at] = &bar{}
		}
		bars[at].add(p, empty)
	}
	if err := scan.Err(); err != nil {
		return nil, 0, err
	}
	if priced == 0 {
		return nil, 0, fmt.Errorf("the %d values of %v there are no tick records and no numbers", n, *in)
	}
	return bars, priced, nil
}

// priceOf returns the price in a value: in a tick record, in a point record or in
// digits.
func priceOf(value string) (float64, bool) {
	if v, err := tick.DecodeValue([]byte(value)); err == nil {
		return v.Price(), drawable(v.Price())
	}
	f, err := strconv.ParseFloat(value, 64)
	return f, err == nil && drawable(f)
}

// mostDrawn is the largest number that is drawn: the difference of two numbers and the
// steps between them must be numbers too.
const mostDrawn = 1e300

// drawable says whether a number has a place in a plot. NaN has none.
func drawable(f float64) bool { return math.Abs(f) <= mostDrawn }

// plotFunction is the Lua function plot(series). A series is an array of numbers, of
// tables with a field price, value or close, or of bars: tables with open, high,
// low and close.
func (r *REPL) plotFunction(c *luavm.Call) {
	t, ok := c.Arg(1).AsTable()
	if !ok || t.Len() == 0 {
		c.ArgError(1, "array of numbers, of points or of bars expected, got "+c.Arg(1).TypeName())
	}
	text, err := r.plot(t)
	if err != nil {
		c.ArgError(1, err.Error())
	}
	fmt.Fprint(r.Out, text)
	c.Return()
}

// plot draws a series: as bars if all rows are bars and there is room, else as a
// line.
func (r *REPL) plot(t *luavm.Table) (string, error) {
	var series []float64
	var bars []*bar
	for i := 1; i <= t.Len(); i++ {
		v := t.GetInt(i)
		if v.IsNumber() {
			if math.Abs(v.Float()) > mostDrawn {
				return "", fmt.Errorf("row %d: number from -%g to %g expected, got %g", i, mostDrawn, mostDrawn, v.Float())
			}
			series = append(series, v.Float()) // NaN is a gap
			continue
		}
		row, ok := v.AsTable()
		if !ok {
			return "", fmt.Errorf("row %d: number or table expected, got %s", i, v.TypeName())
		}
		b, p, err := rowOf(row)
		if err != nil {
			return "", fmt.Errorf("row %d: %w", i, err)
		}
		if b != nil {
			bars = append(bars, b)
		}
		series = append(series, p)
	}
	if !slices.ContainsFunc(series, drawable) {
		return "", errors.New("no row is a number that can be drawn")
	}
	width := r.plotWidth()
	if len(bars) == len(series) && len(bars) <= width {
		return r.drawBars(bars), nil
	}
	const wide = 8 // columns a point at most
	return r.drawn(asciigraph.Plot(series, asciigraph.Height(plotHeight-1), asciigraph.Precision(4),
		asciigraph.Width(min(width, wide*len(series))))) + "\n", nil
}

// rowOf returns a row's price, and the row as a bar if it is one, else nil.
func rowOf(row *luavm.Table) (*bar, float64, error) {
	get := func(name string) (float64, bool) {
		v := row.GetString(name)
		if !v.IsNumber() {
			return 0, false
		}
		return v.Float(), drawable(v.Float())
	}
	open, ok1 := get("open")
	high, ok2 := get("high")
	low, ok3 := get("low")
	close, ok4 := get("close")
	if ok1 && ok2 && ok3 && ok4 {
		return &bar{open, high, low, close}, close, nil
	}
	for _, name := range []string{"price", "value", "close"} {
		if p, ok := get(name); ok {
			return nil, p, nil
		}
	}
	return nil, 0, fmt.Errorf("a field price, value or close expected, a number from -%g to %g", mostDrawn, mostDrawn)
}
