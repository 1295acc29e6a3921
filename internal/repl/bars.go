package repl

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"
)

const (
	plotHeight = 14 // rows at most
	labelWidth = 11 // columns of the prices beside a plot
)

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
// falling ones green, as in China. The rows are as far apart as a person counts.
func (r *REPL) drawBars(bars []*bar) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, b := range bars {
		if b != nil {
			low, high = min(low, b.low), max(high, b.high)
		}
	}
	s := newScale(low, high, r.plotHeight())
	var out strings.Builder
	for y := range s.rows {
		line := fmt.Sprintf("%*s ┤", labelWidth, s.label(y))
		for _, b := range bars {
			line += r.cell(b, y, s.row)
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return r.drawn(out.String())
}

// plotHeight returns the most rows of a plot: fewer on a terminal that has fewer.
func (r *REPL) plotHeight() int {
	const least, below = 5, 6 // below are rows for the axis and what stands under it
	if _, h, err := term.GetSize(int(os.Stdout.Fd())); err == nil && r.Terminal {
		return min(plotHeight, max(h-below, least))
	}
	return plotHeight
}

// scale is the prices of a plot's rows: multiples of step, the greatest above.
type scale struct {
	top      float64 // of the first row, in steps
	step     float64
	rows     int
	decimals int
}

// newScale returns the scale of the prices from low to high with the smallest step, a
// round number, that takes at most so many rows.
func newScale(low, high float64, rows int) scale {
	if high == low {
		pad := max(math.Abs(high)/1e4, 1e-4)
		low, high, rows = low-pad, high+pad, 3
	}
	exponent := int(math.Floor(math.Log10((high/2 - low/2) / float64(rows) * 2)))
	for ; ; exponent++ {
		for _, digit := range []float64{1, 2, 2.5, 4, 5} {
			step := digit * math.Pow(10, float64(exponent))
			top, bottom := math.Ceil(high/step), math.Floor(low/step)
			// The halves of the last rows may be empty: a price is in the row that is nearest.
			if top-0.5 >= high/step {
				top--
			}
			if bottom+0.5 <= low/step {
				bottom++
			}
			if n := top - bottom + 1; n <= float64(rows) {
				decimals := -exponent
				if digit != math.Trunc(digit) {
					decimals++
				}
				return scale{top, step, int(n), max(decimals, 0)}
			}
		}
	}
}

// row returns the row of a price.
func (s *scale) row(p float64) int { return min(max(int(math.Round(s.top-p/s.step)), 0), s.rows-1) }

// label returns the price of a row. Large and small numbers have an exponent.
func (s *scale) label(y int) string {
	p := (s.top - float64(y)) * s.step
	if text := strconv.FormatFloat(p, 'f', s.decimals, 64); len(text) <= labelWidth {
		return text
	}
	return strconv.FormatFloat(p, 'g', 4, 64)
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
