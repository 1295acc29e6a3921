package tablefile

import (
	"encoding/base64"
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"microts/internal/tick"
)

// csvWriter writes CSV as encoding/csv does.
type csvWriter struct {
	w       io.Writer
	fields  []Field
	clock   *clock
	lines   []byte
	appends []func(line []byte, row int) []byte
}

func newCSV(w io.Writer, fields []Field, zone *time.Location) (*csvWriter, error) {
	c := &csvWriter{w: w, fields: fields, clock: newClock(zone)}
	for i, f := range fields {
		if i > 0 {
			c.lines = append(c.lines, ',')
		}
		c.lines = append(c.lines, Quoted(f.Name)...)
	}
	c.lines = append(c.lines, '\n')
	return c, c.flush(0)
}

// flush writes the lines if there are more than most bytes.
func (w *csvWriter) flush(most int) error {
	if len(w.lines) <= most {
		return nil
	}
	_, err := w.w.Write(w.lines)
	w.lines = w.lines[:0]
	return err
}

// chunk is how many bytes of lines are written at once.
const chunk = 64 << 10

func (w *csvWriter) Write(rows int, columns []Column) error {
	w.appends = w.appends[:0]
	for i, f := range w.fields {
		w.appends = append(w.appends, appender(f.Kind, &columns[i], w.clock))
	}
	for row := range rows {
		for i, appendValue := range w.appends {
			if i > 0 {
				w.lines = append(w.lines, ',')
			}
			if !columns[i].missing(row) {
				w.lines = appendValue(w.lines, row)
			}
		}
		w.lines = append(w.lines, '\n')
		if err := w.flush(chunk); err != nil {
			return err
		}
	}
	return nil
}

func (w *csvWriter) Close() error { return w.flush(0) }

// appendFloat appends a number with as many digits as tell it from all others. Numbers
// that people read as such, from 1e-6 to 1e21, have no exponent: 3056300, not 3.0563e+06.
func appendFloat(line []byte, v float64) []byte {
	format := byte('g')
	if a := math.Abs(v); a >= 1e-6 && a < 1e21 {
		format = 'f'
	}
	return strconv.AppendFloat(line, v, format, -1, 64)
}

// appender returns a function that appends a value as CSV has it.
func appender(kind Kind, c *Column, clock *clock) func(line []byte, row int) []byte {
	switch kind {
	case Float:
		return func(line []byte, row int) []byte { return appendFloat(line, c.Floats[row]) }
	case Int:
		return func(line []byte, row int) []byte { return strconv.AppendInt(line, c.Ints[row], 10) }
	case Unsigned:
		return func(line []byte, row int) []byte { return strconv.AppendUint(line, c.Unsigned[row], 10) }
	case Time:
		return func(line []byte, row int) []byte { return clock.append(line, c.Ints[row]) }
	case Truth:
		return func(line []byte, row int) []byte { return strconv.AppendBool(line, c.Truths[row]) }
	case Price:
		return func(line []byte, row int) []byte { return appendPrice(line, c.Ints[row]) }
	case Bytes:
		return func(line []byte, row int) []byte {
			return base64.StdEncoding.AppendEncode(line, []byte(c.Texts[row]))
		}
	}
	return func(line []byte, row int) []byte { return append(line, Quoted(c.Texts[row])...) }
}

// appendPrice appends an integer in 1/10000 as a decimal without zeros at its end.
func appendPrice(line []byte, price int64) []byte {
	if price < 0 {
		line = append(line, '-')
	}
	n := uint64(max(price, -price)) // of the least int64 too
	line = strconv.AppendUint(line, n/tick.PriceScale, 10)
	n %= tick.PriceScale
	if n == 0 {
		return line
	}
	line = append(line, '.', '0'+byte(n/1000), '0'+byte(n/100%10), '0'+byte(n/10%10), '0'+byte(n%10))
	for line[len(line)-1] == '0' {
		line = line[:len(line)-1]
	}
	return line
}

// Quoted returns a field of CSV, in quotes if it needs some.
func Quoted(text string) string {
	if !strings.ContainsAny(text, "\",\r\n") && !strings.HasPrefix(text, " ") && text != `\.` {
		return text
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{text, ""}) // a Builder takes everything; ",\n" follows the field
	w.Flush()
	return strings.TrimSuffix(b.String(), ",\n")
}

// isNumber says whether JSON has the number.
func isNumber(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
