package compat

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"microts/internal/luavm"
)

// openCSV makes the module csv. It reads and writes CSV as RFC 4180 describes it.
func openCSV(c *luavm.Call) {
	c.Return(luavm.NewLibrary(map[string]luavm.Native{"parse": parseCSV, "encode": encodeCSV, "lines": linesCSV}).Value())
}

// csvRows reads rows as tables.
type csvRows struct {
	text    *bufio.Reader
	r       *csv.Reader
	options csvOptions
	begun   bool
	keys    []*luavm.String // the names of the columns
	shape   *luavm.Shape    // of a row with all columns; nil if they have no names
	rows    int             // that next has returned
	last    []luavm.Value   // the fields of the row before: columns often repeat a value
}

func newCSVRows(r io.Reader, o csvOptions) *csvRows {
	if o.encoding != nil {
		r = o.encoding.reader(r)
	}
	text := bufio.NewReader(r)
	c := csv.NewReader(text)
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = o.separator, -1, true
	return &csvRows{text: text, r: c, options: o}
}

// begin reads what stands before the first row.
func (r *csvRows) begin() error {
	if first, _ := r.text.Peek(len(byteOrderMark)); string(first) == byteOrderMark {
		_, _ = r.text.Discard(len(byteOrderMark))
	}
	names := r.options.columns
	if r.options.header {
		header, err := r.r.Read()
		if err != nil {
			return err
		}
		if names == nil {
			if names, err = namedColumns(header); err != nil {
				return err
			}
		}
	}
	for _, name := range names {
		r.keys = append(r.keys, luavm.Intern(name))
	}
	if names != nil {
		r.shape = luavm.NewShape(0, 0, r.keys...)
	}
	r.begun = true
	return nil
}

// next returns the next row. The error at the end is io.EOF.
func (r *csvRows) next() (*luavm.Table, error) {
	if !r.begun {
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	fields, err := r.r.Read()
	if errors.Is(err, errNotEncoded) {
		return nil, fmt.Errorf("row %d: %w", r.rows+1, err)
	}
	if err != nil {
		return nil, err
	}
	r.rows++
	if r.keys == nil {
		t := luavm.NewTable(len(fields), 0)
		for i, f := range fields {
			t.Append(r.field(i, f))
		}
		return t, nil
	}
	if len(fields) > len(r.keys) {
		fields = fields[:len(r.keys)]
	}
	t := r.shape.NewTable()
	for i, f := range fields {
		t.SetField(i, r.field(i, f))
	}
	return t, nil
}

// field makes a string of field i, which is part of a larger one.
func (r *csvRows) field(i int, f string) luavm.Value {
	const (
		short = 40  // longer parts of other strings keep these in memory
		most  = 256 // columns that last has
	)
	if i < len(r.last) && r.last[i].Text() == f {
		return r.last[i]
	}
	if len(f) > short {
		f = strings.Clone(f)
	}
	v := luavm.Part(f)
	if i < len(r.last) {
		r.last[i] = v
	} else if i == len(r.last) && i < most {
		r.last = append(r.last, v)
	}
	return v
}

// parseCSV is csv.parse(text [, opts]): an array of rows.
func parseCSV(c *luavm.Call) {
	rows := newCSVRows(strings.NewReader(c.String(1)), readCSVOptions(c, 2))
	all := luavm.NewTable(0, 0)
	m := making{call: c}
	before := int64(0)
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			c.Errorf("csv.parse: %v", err)
		}
		read := rows.r.InputOffset()
		const fieldSize = sizeValue + sizeString
		m.add(sizeValue + int(row.MemorySize()) + int(read-before) + fieldSize*len(rows.keys))
		m.steps += int(read-before) / bytesInStep
		before = read
		all.Append(row.Value())
	}
	m.end()
	c.Return(all.Value())
}

// bytesInStep is how many bytes of text are read in a step of making.
const bytesInStep = 128

// byteOrderMark is what some programs begin a file with.
const byteOrderMark = "\xef\xbb\xbf"

// csvWriter writes rows as CSV. Its text is a *luavm.Builder.
type csvWriter struct {
	call      *luavm.Call
	text      luavm.Builder
	separator string
	numbers   bool // numbers need no quotes: the separator stands in none of them
	fields    int  // in the row so far
	empty     bool // the last field is
}

func newCSVWriter(c *luavm.Call, separator rune) *csvWriter {
	return &csvWriter{
		call: c, text: luavm.NewBuilder(c), separator: string(separator),
		numbers: !strings.ContainsRune("+-.0123456789aefin", separator),
	}
}

// field appends a field to the row.
func (w *csvWriter) field(v luavm.Value) {
	if w.fields++; w.fields > 1 {
		w.text.Add(w.separator)
	}
	if v.IsNumber() && w.numbers {
		const longest = 32 // bytes
		w.text.Grow(longest)
		w.text.AddBytes(luavm.AppendNumber(w.text.Spare(), v.Float()))
		w.empty = false
		return
	}
	s := w.fieldText(v)
	w.empty = s == ""
	if !w.quotes(s) {
		w.text.Add(s)
		return
	}
	w.text.AddByte('"')
	for {
		n := strings.IndexByte(s, '"')
		if n < 0 {
			break
		}
		w.text.Add(s[:n])
		w.text.Add(`""`)
		s = s[n+1:]
	}
	w.text.Add(s)
	w.text.AddByte('"')
}

// fieldText returns what tostring shows, and for nil nothing.
func (w *csvWriter) fieldText(v luavm.Value) string {
	switch {
	case v.IsNil():
		return ""
	case v.IsString() || v.IsNumber():
		return luavm.PlainString(v)
	}
	w.call.Hold(w.text.Len())
	shown := w.call.Thread().ToString(v)
	w.call.Hold(0)
	return luavm.PlainString(shown)
}

// quotes reports whether a field stands in quotes.
func (w *csvWriter) quotes(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == ' ' || s[0] == '\t' || s == `\.` { // the last one ends a table in PostgreSQL
		return true
	}
	if strings.HasPrefix(s, byteOrderMark) { // at the beginning of a text it would be skipped
		return true
	}
	first := w.separator[0]
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\n' || c == '\r' || c == first && strings.HasPrefix(s[i:], w.separator):
			return true
		}
	}
	return false
}

// end ends the row.
func (w *csvWriter) end() {
	if w.fields == 1 && w.empty {
		w.text.Add(`""`) // an empty line is no row
	}
	w.text.AddByte('\n')
	w.fields = 0
}

// encodeCSV is csv.encode(rows [, opts]). Rows are arrays, or tables by column name. If the
// option columns does not name the columns, they are the names in all rows, and the first
// line has them.
func encodeCSV(c *luavm.Call) {
	rows, o := c.Table(1), readCSVOptions(c, 2)
	w := newCSVWriter(c, o.separator)
	if o.columns == nil && rows.Len() > 0 && isNamed(csvRow(c, rows, 1)) {
		o.columns = namesOf(c, rows)
		o.header = !o.noHeader
	}
	var keys []*luavm.String
	for _, name := range o.columns {
		keys = append(keys, luavm.Intern(name))
	}
	if o.header {
		for _, key := range keys {
			w.field(key.Value())
		}
		if keys != nil {
			w.end()
		}
	}
	for i := 1; i <= rows.Len(); i++ {
		c.CheckStop()
		row := csvRow(c, rows, i)
		if keys == nil && isNamed(row) {
			c.ArgError(1, "row "+luavm.FormatNumber(float64(i))+": array expected as in row 1, got a table with names")
		}
		for _, key := range keys {
			w.field(row.GetStr(key))
		}
		for n := 1; keys == nil && n <= row.Len(); n++ {
			w.field(row.GetInt(n))
		}
		w.end()
	}
	if o.encoding != nil {
		c.Return(encodeText(c, o.encoding, w.text.Value()))
		return
	}
	c.Return(w.text.Value())
}

// encodeText returns a text in UTF-8 as bytes of an encoding.
func encodeText(c *luavm.Call, e *textEncoding, text luavm.Value) luavm.Value {
	const most = 2 // bytes of an encoding for one of UTF-8, about
	c.Hold(len(text.Text()))
	c.Room(most * len(text.Text()))
	encoded, err := e.encode(text.Text())
	c.Hold(0)
	if err != nil {
		c.Errorf("csv.encode: %v", err)
	}
	return luavm.OwnText(encoded)
}

// csvRow returns a row, which must be a table.
func csvRow(c *luavm.Call, rows *luavm.Table, i int) *luavm.Table {
	row, ok := rows.GetInt(i).AsTable()
	if !ok {
		c.ArgError(1, "row "+luavm.FormatNumber(float64(i))+": table expected, got "+rows.GetInt(i).TypeName())
	}
	return row
}

// isNamed reports whether a row has names and no items.
func isNamed(row *luavm.Table) bool {
	_, ok := row.List()
	return !ok && row.Len() == 0
}

// namesOf returns the names in rows, in the order in which they come.
func namesOf(c *luavm.Call, rows *luavm.Table) []string {
	var names []string
	seen := map[string]bool{}
	m := making{call: c}
	for i := 1; i <= rows.Len(); i++ {
		for key := range csvRow(c, rows, i).All() {
			if !key.IsString() {
				c.ArgError(1, "row "+luavm.FormatNumber(float64(i))+": name expected as in row 1, got the key "+luavm.PlainString(key))
			}
			m.add(0)
			if name := key.Text(); !seen[name] {
				m.add(sizeString + sizeValue + len(name))
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	m.end()
	return slices.Clip(names)
}
