package tablefile

import (
	"encoding/json"
	"io"
	"time"
)

// jsonWriter writes a JSON object a line.
type jsonWriter struct {
	w       io.Writer
	fields  []Field
	keys    [][]byte // what stands before the value of a field
	clock   *clock
	lines   []byte
	appends []func(line []byte, row int) []byte
}

func newJSON(w io.Writer, fields []Field, zone *time.Location) *jsonWriter {
	j := &jsonWriter{w: w, fields: fields, clock: newClock(zone)}
	for i, f := range fields {
		key := appendJSON(nil, f.Name)
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		j.keys = append(j.keys, append(append([]byte{before}, key...), ':'))
	}
	return j
}

func (w *jsonWriter) Write(rows int, columns []Column) error {
	w.appends = w.appends[:0]
	for i, f := range w.fields {
		w.appends = append(w.appends, w.appender(f.Kind, &columns[i]))
	}
	for row := range rows {
		for i, appendValue := range w.appends {
			w.lines = append(w.lines, w.keys[i]...)
			if columns[i].missing(row) {
				w.lines = append(w.lines, "null"...)
			} else {
				w.lines = appendValue(w.lines, row)
			}
		}
		if len(w.fields) == 0 {
			w.lines = append(w.lines, '{')
		}
		w.lines = append(w.lines, "}\n"...)
		if err := w.flush(chunk); err != nil {
			return err
		}
	}
	return nil
}

func (w *jsonWriter) flush(most int) error {
	if len(w.lines) <= most {
		return nil
	}
	_, err := w.w.Write(w.lines)
	w.lines = w.lines[:0]
	return err
}

func (w *jsonWriter) Close() error { return w.flush(0) }

// appender returns a function that appends a value as JSON has it.
func (w *jsonWriter) appender(kind Kind, c *Column) func(line []byte, row int) []byte {
	switch kind {
	case Text:
		return func(line []byte, row int) []byte { return appendJSON(line, c.Texts[row]) }
	case Float:
		return func(line []byte, row int) []byte {
			if v := c.Floats[row]; isNumber(v) {
				return appendFloat(line, v)
			}
			return append(line, "null"...)
		}
	case Time, Bytes: // ASCII without quotes
		plain := appender(kind, c, w.clock)
		return func(line []byte, row int) []byte { return append(plain(append(line, '"'), row), '"') }
	}
	return appender(kind, c, w.clock)
}

// appendJSON appends a string; bytes that are not UTF-8 become U+FFFD.
func appendJSON(line []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(text) // of a string
			return append(line, quoted...)
		}
	}
	line = append(line, '"')
	line = append(line, text...)
	return append(line, '"')
}
