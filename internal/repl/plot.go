package repl

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/guptarohit/asciigraph"
	lua "github.com/yuin/gopher-lua"

	"microts/internal/human"
	"microts/internal/tick"
)

const plotHeight = 14 // rows

// bar is the prices of a stretch of time.
type bar struct{ open, high, low, close float64 }

// add takes a price into a bar, of which it is the first when empty.
func (b *bar) add(p float64, empty bool) {
	if empty {
		*b = bar{p, p, p, p}
		return
	}
	b.high, b.low, b.close = max(b.high, p), min(b.low, p), p
}

// plotCommand is .plot.
func (r *REPL) plotCommand(args []string) error {
	db, in, start, end, err := r.targetSpan(args)
	if err != nil {
		return err
	}
	// What is there of the range, so that bars are as narrow as they can be.
	first, ok, err := db.First(&in, start)
	if err == nil && ok {
		start = first.Time
		var last tick.Row
		if last, ok, err = db.Last(&in, end); ok {
			end = last.Time
		}
	}
	if err != nil {
		return err
	}
	if !ok || start > end {
		return fmt.Errorf("no ticks of %v there", in)
	}
	columns := int64(max(r.width()-14, 10))
	step := (end-start)/columns + 1
	bars := make([]*bar, (end-start)/step+1)
	scan, err := db.Scan(&in, tick.ScanOptions{Range: tick.Range{From: start, To: end}})
	if err != nil {
		return err
	}
	defer scan.Close()
	n, unknown := 0, 0
	for scan.Next() {
		if n++; n%1024 == 0 {
			if err := r.L.Context().Err(); err != nil {
				return err
			}
		}
		p, ok := priceOf(scan.Value())
		if !ok {
			unknown++
			continue
		}
		at := (scan.Time() - start) / step
		empty := bars[at] == nil
		if empty {
			bars[at] = &bar{}
		}
		bars[at].add(p, empty)
	}
	if scan.Err() != nil {
		return scan.Err()
	}
	if unknown == n {
		return fmt.Errorf("the %d values of %v there are no tick records and no numbers", n, in)
	}
	fmt.Fprint(r.Out, r.bars(bars))
	fmt.Fprintf(r.Out, "%v, %d ticks, a bar is %s\n%s to %s\n", in, n-unknown, human.Span(time.Duration(step)*time.Microsecond),
		tick.FormatTime(start, r.zone), tick.FormatTime(end, r.zone))
	return nil
}

// priceOf returns the price in the value of a tick: of a tick record, a point
// record or a number in digits.
func priceOf(value string) (float64, bool) {
	if v, err := tick.DecodeValue([]byte(value)); err == nil {
		return v.Price(), true
	}
	f, err := strconv.ParseFloat(value, 64)
	return f, err == nil
}

// bars draws bars, one a column; a nil one is a gap. Red is up, as in China.
func (r *REPL) bars(bars []*bar) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, b := range bars {
		if b != nil {
			low, high = min(low, b.low), max(high, b.high)
		}
	}
	if high == low {
		high, low = high+0.5, low-0.5
	}
	step := (high - low) / (plotHeight - 1)
	row := func(p float64) int { return int(math.Round((high - p) / step)) }
	var out strings.Builder
	for y := range plotHeight {
		fmt.Fprintf(&out, "%11s ┤", strconv.FormatFloat(high-float64(y)*step, 'f', 4, 64))
		for _, b := range bars {
			out.WriteString(r.cell(b, y, row))
		}
		line := strings.TrimRight(out.String(), " ")
		out.Reset()
		out.WriteString(line + "\n")
	}
	return out.String()
}

func (r *REPL) cell(b *bar, y int, row func(float64) int) string {
	if b == nil || y < row(b.high) || y > row(b.low) {
		return " "
	}
	up := b.close >= b.open
	top, bottom := row(max(b.open, b.close)), row(min(b.open, b.close))
	switch {
	case y < top || y > bottom:
		return "│"
	case up:
		return r.colour("31", "┃")
	}
	return r.colour("32", "█")
}

// plotFunction is plot(series): of numbers, of points or ticks with a field
// price, value or close, or of bars with open, high, low and close.
func (r *REPL) plotFunction(L *lua.LState) int {
	t, ok := L.Get(1).(*lua.LTable)
	if !ok || t.Len() == 0 {
		L.ArgError(1, "array of numbers, of points or of bars expected, got "+L.Get(1).Type().String())
	}
	text, err := r.plot(t)
	if err != nil {
		L.ArgError(1, err.Error())
	}
	fmt.Fprint(r.Out, text)
	return 0
}

func (r *REPL) plot(t *lua.LTable) (string, error) {
	var series []float64
	var bars []*bar
	for i := 1; i <= t.Len(); i++ {
		switch v := t.RawGetInt(i).(type) {
		case lua.LNumber:
			series = append(series, float64(v))
		case *lua.LTable:
			b, p, err := rowOf(v)
			if err != nil {
				return "", fmt.Errorf("row %d: %w", i, err)
			}
			if b != nil {
				bars = append(bars, b)
			}
			series = append(series, p)
		default:
			return "", fmt.Errorf("row %d: number or table expected, got %s", i, v.Type())
		}
	}
	width := max(r.width()-14, 10)
	if len(bars) == len(series) && len(bars) <= width {
		return r.bars(bars), nil
	}
	const wide = 8 // columns a point where there are few
	return asciigraph.Plot(series, asciigraph.Height(plotHeight-1), asciigraph.Precision(4),
		asciigraph.Width(min(width, wide*len(series)))) + "\n", nil
}

// rowOf returns the bar that a row is, or nil, and its price.
func rowOf(row *lua.LTable) (*bar, float64, error) {
	get := func(name string) (float64, bool) {
		n, ok := row.RawGetString(name).(lua.LNumber)
		return float64(n), ok
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
	return nil, 0, errors.New("a field price, value or close expected")
}
