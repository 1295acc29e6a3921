package repl

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

const plotHeight = 14 // rows

// bar is the prices of one column of a plot.
type bar struct{ open, high, low, close float64 }

// add adds a price to a bar. If empty is set it is the first.
func (b *bar) add(p float64, empty bool) {
	if empty {
		*b = bar{p, p, p, p}
		return
	}
	b.high, b.low, b.close = max(b.high, p), min(b.low, p), p
}

// drawBars draws bars, one a column; a nil one is a gap. Rising bars are red and
// falling ones green, as in China.
func (r *REPL) drawBars(bars []*bar) string {
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
	return r.drawn(out.String())
}

// cell returns what row y of a bar's column shows; row converts a price to its row.
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
