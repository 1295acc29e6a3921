package batch

import (
	"io"
	"strconv"

	"microts/internal/tablefile"
)

// csvWriter writes rows as CSV, as encoding/csv does: a value that is missing is empty,
// and there are NaN, +Inf and -Inf.
type csvWriter struct {
	w    io.Writer
	line []byte
}

// header writes the names of the columns.
func (w *csvWriter) header(names []string) error {
	for i, name := range names {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		w.line = append(w.line, tablefile.Quoted(name)...)
	}
	return w.end()
}

// rows writes the rows from (included) to to (not included), from 0 on.
func (w *csvWriter) rows(origins []origin, from, to int) error {
	appends := make([]func([]byte, int) []byte, len(origins))
	for i, s := range origins {
		appends[i] = s.csv()
	}
	for row := from; row < to; row++ {
		for i, appendValue := range appends {
			if i > 0 {
				w.line = append(w.line, ',')
			}
			w.line = appendValue(w.line, row)
		}
		if err := w.end(); err != nil {
			return err
		}
	}
	return nil
}

// end ends a line.
func (w *csvWriter) end() error {
	w.line = append(w.line, '\n')
	_, err := w.w.Write(w.line)
	w.line = w.line[:0]
	return err
}

// csv returns a function that appends the value of a row.
func (s origin) csv() func(line []byte, row int) []byte {
	c := s.column
	switch {
	case c == nil:
		text := tablefile.Quoted(showValue(s.value))
		return func(line []byte, _ int) []byte { return append(line, text...) }
	case c.numbers != nil:
		return func(line []byte, row int) []byte {
			if !c.has(row) {
				return line
			}
			return strconv.AppendFloat(line, c.numbers[row], 'f', -1, 64)
		}
	case c.texts != nil:
		words := make([]string, len(c.words))
		for i, word := range c.words {
			words[i] = tablefile.Quoted(word)
		}
		return func(line []byte, row int) []byte {
			if !c.has(row) {
				return line
			}
			return append(line, words[c.texts[row]]...)
		}
	}
	return func(line []byte, row int) []byte {
		if !c.has(row) {
			return line
		}
		return strconv.AppendBool(line, c.truths[row])
	}
}
