package repl

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/guptarohit/asciigraph"

	"microts/internal/human"
	"microts/internal/luavm"
	"microts/internal/tick"
)

// plotCommand draws the ticks of a range as bars, as many as the screen is wide.
func (r *REPL) plotCommand(args []string) error {
	t, err := r.target("plot", args, false)
	if err != nil {
		return err
	}
	fine, n, err := r.fineBars(&t)
	if err != nil {
		return err
	}
	columns, step := fit(fine, r.plotWidth(), r.zone)
	if r.format != tableFormat {
		return r.showSheet(r.barSheet(&t.name, columns))
	}
	var bars []*bar
	for _, c := range columns {
		bars = append(bars, c.bar)
	}
	fmt.Fprint(r.w, r.drawBars(bars))
	first, last := columns[0], columns[len(columns)-1]
	fmt.Fprint(r.w, r.drawn(timeAxis(columns, step, r.zone)))
	fmt.Fprintf(r.w, "%v, %s", t.name, human.Count(n, "tick"))
	if len(columns) > 1 {
		fmt.Fprintf(r.w, ", a bar is %s", spanOf(step))
	}
	_, err = fmt.Fprintf(r.w, "\n%s to %s\n", r.time(first.first), r.time(last.last))
	return err
}

// barSheet returns the sheet of bars: the time of the first tick of each, and its prices.
func (r *REPL) barSheet(in *tick.Name, columns []plotColumn) *sheet {
	s := &sheet{columns: []string{"market", "code", "ts_us", "when", "open", "high", "low", "close"}}
	for _, c := range columns {
		if b := c.bar; b != nil {
			s.rows = append(s.rows, []cell{
				textCell(string(in.Market)), textCell(in.CodeText()), plainCell(c.first), textCell(tick.FormatTime(c.first, r.zone)),
				numberCell(b.open), numberCell(b.high), numberCell(b.low), numberCell(b.close),
			})
		}
	}
	return s
}

// plotWidth returns the columns of a plot, beside the prices on its left.
func (r *REPL) plotWidth() int { return max(r.width()-labelWidth-2, 10) }

// fineBars returns the bars of a range, shorter ones than a plot has, and how many
// ticks they hold. Ticks without a price are left out; if none has one, that is an error.
func (r *REPL) fineBars(t *target) (bars []timedBar, priced int, err error) {
	scan, err := t.db.Scan(&t.in, tick.ScanOptions{Range: t.span})
	if err != nil {
		return nil, 0, err
	}
	defer scan.Close()
	var c collector
	n := 0
	for scan.Next() {
		n++
		if p, ok := priceOf(scan.Value()); ok {
			priced++
			c.add(scan.Time(), p)
		}
	}
	switch err := scan.Err(); {
	case err != nil:
		return nil, 0, err
	case n == 0:
		return nil, 0, errors.New(r.noTicks(t))
	case priced == 0:
		return nil, 0, fmt.Errorf("the %d values of %v there are no tick records and no numbers", n, t.name)
	}
	return c.bars, priced, nil
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
	fmt.Fprint(r.w, text)
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
