package frame

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"microts/internal/tick"
)

var nan = math.NaN()

// Table shows a frame as text, in aligned columns.
type Table struct {
	frame   *Frame
	columns []tableColumn
}

// tableColumn says how the values of a column are shown.
type tableColumn struct {
	*Column
	width    int
	decimals int  // of floats; -1: as many as they have
	seconds  bool // times have no fractions
}

// sampled is how many rows at the beginning and at the end say how wide columns are.
const sampled = 500

// Table returns the table of the frame. Its columns are as wide as the first and the last
// rows need.
func (f *Frame) Table() *Table {
	t := &Table{frame: f}
	for _, c := range f.columns {
		tc := tableColumn{Column: c, seconds: true}
		f.eachSample(func(i int) {
			switch {
			case c.Missing(i):
			case c.Kind == Float:
				tc.decimals = decimals(tc.decimals, c.floats[i])
			case c.Kind == Time:
				tc.seconds = tc.seconds && c.ints[i]%1e6 == 0
			}
		})
		tc.width = displayWidth(c.Name)
		t.columns = append(t.columns, tc)
		f.eachSample(func(i int) { t.widen(&t.columns[len(t.columns)-1], i) })
	}
	return t
}

func (f *Frame) eachSample(do func(i int)) {
	for i := 0; i < f.rows; i++ {
		if i == sampled && f.rows > 2*sampled {
			i = f.rows - sampled
		}
		do(i)
	}
}

func (t *Table) widen(c *tableColumn, row int) {
	c.width = max(c.width, displayWidth(t.cell(c, row)))
}

// decimals returns how many decimals show a value and those before it: at most 6, -1 if
// those are too few or the value is too large for them.
func decimals(before int, v float64) int {
	const most = 6
	switch a := math.Abs(v); {
	case before < 0 || math.IsInf(v, 0):
		return before
	case a >= 1e15 || a != 0 && a < 1e-4:
		return -1
	}
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if dot := strings.IndexByte(text, '.'); dot >= 0 {
		return max(before, min(most, len(text)-dot-1))
	}
	return before
}

// FormatFloat formats a number as strconv.FormatFloat does, but nan, inf and -inf as print
// shows them.
func FormatFloat(v float64, format byte, digits int) string {
	text := strconv.FormatFloat(v, format, digits, 64)
	if v-v != 0 {
		return strings.ToLower(strings.TrimPrefix(text, "+"))
	}
	return text
}

// displayWidth returns how many places of a terminal a text takes.
func displayWidth(text string) (n int) {
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || 0xff00 <= r && r <= 0xff60:
			n += 2
		default:
			n++
		}
	}
	return n
}

// cell returns a value as the table shows it.
func (t *Table) cell(c *tableColumn, row int) string {
	if c.Kind == Float && c.decimals >= 0 && !c.Missing(row) {
		return FormatFloat(c.floats[row], 'f', c.decimals)
	}
	if c.Kind == Float && !c.Missing(row) {
		const digits = 8
		return FormatFloat(c.floats[row], 'g', digits)
	}
	text := t.frame.Cell(c.Column, row)
	if c.Kind == Time && c.seconds {
		text, _, _ = strings.Cut(text, ".")
	}
	return text
}

// Cell returns a value in full, as text: a time in the zone of the frame, "" for a missing
// value.
func (f *Frame) Cell(c *Column, row int) string {
	if c.Missing(row) {
		return ""
	}
	switch c.Kind {
	case Float:
		return FormatFloat(c.floats[row], 'g', -1)
	case Time:
		return tick.FormatTime(c.ints[row], f.Zone)
	case Unsigned:
		return strconv.FormatUint(c.unsigned[row], 10)
	case Text:
		return c.Text(row)
	case Mask:
		return strconv.FormatBool(c.truths[row])
	}
	return strconv.FormatInt(c.ints[row], 10)
}

// line joins cells; texts are aligned on the left, everything else on the right.
func (t *Table) line(cell func(c *tableColumn) string) string {
	var b strings.Builder
	for i := range t.columns {
		c := &t.columns[i]
		if i > 0 {
			b.WriteString("  ")
		}
		text := cell(c)
		space := strings.Repeat(" ", max(0, c.width-displayWidth(text)))
		if c.Kind == Text {
			b.WriteString(text + space)
		} else {
			b.WriteString(space + text)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// Fit leaves out the last columns of the table, as many as do not fit in so many places of
// a terminal, and returns their names. The first column stays.
func (t *Table) Fit(places int) (left []string) {
	const between = 2 // spaces
	used := -between
	for i, c := range t.columns {
		if used += between + c.width; used > places && i > 0 {
			for _, c := range t.columns[i:] {
				left = append(left, c.Name)
			}
			t.columns = t.columns[:i]
			return left
		}
	}
	return nil
}

// Header returns the line with the names of the columns.
func (t *Table) Header() string { return t.line(func(c *tableColumn) string { return c.Name }) }

// Line returns the line of a row.
func (t *Table) Line(row int) string {
	return t.line(func(c *tableColumn) string { return t.cell(c, row) })
}

// String shows the frame: its first and its last rows if it has many.
func (f *Frame) String() string { return f.Text(10) }

// Text shows the frame: if it has more than most rows, half of most from the beginning and
// half from the end. The last line says how many rows there are.
func (f *Frame) Text(most int) string {
	var b strings.Builder
	head, tail := f.rows, 0
	shown := f
	if f.rows > most {
		head, tail = (most+1)/2, most/2
		var err error
		if shown, err = Concat(NoHost, f.Head(head), f.Tail(tail)); err != nil {
			shown = f // columns of equal kinds always go together
		}
	}
	t := shown.Table()
	b.WriteString(t.Header() + "\n")
	for i := range head + tail {
		if i == head {
			b.WriteString("...\n")
		}
		b.WriteString(t.Line(i) + "\n")
	}
	b.WriteString(f.Size())
	return b.String()
}

// Size says how many rows and columns the frame has.
func (f *Frame) Size() string {
	text := fmt.Sprintf("%s x %s", plural(f.rows, "row"), plural(len(f.columns), "column"))
	if f.LeftOut > 0 {
		text += fmt.Sprintf("; %s left out", plural(f.LeftOut, "tick"))
	}
	if f.Skipped > 0 {
		text += fmt.Sprintf("; %s skipped", plural(f.Skipped, "tick"))
	}
	return text
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
