package compat

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"microts/internal/luavm"
	"microts/internal/stdio"
)

// openCSV makes the module csv. It reads and writes CSV as RFC 4180 describes it.
func openCSV(c *luavm.Call) {
	c.Return(luavm.NewLibrary(map[string]luavm.Native{"parse": parseCSV, "encode": encodeCSV, "lines": linesCSV}).Value())
}

// csvOptions are the options that all functions of csv take.
type csvOptions struct {
	separator rune
	header    bool     // the first line names the columns
	noHeader  bool     // the option header is false
	columns   []string // names of the columns; nil if rows are arrays
}

// readCSVOptions reads argument i, which may be nil.
func readCSVOptions(c *luavm.Call, i int) csvOptions {
	o := csvOptions{separator: ','}
	if c.Arg(i).IsNil() {
		return o
	}
	for name, v := range c.Table(i).All() {
		switch luavm.PlainString(name) {
		case "separator":
			text := luavm.PlainString(v)
			r, n := utf8.DecodeRuneInString(text)
			if !v.IsString() || n == 0 || n != len(text) || r == utf8.RuneError || strings.ContainsRune("\"\r\n", r) {
				c.ArgError(i, `option "separator": one character expected, got `+text)
			}
			o.separator = r
		case "header":
			o.header, o.noHeader = v.Truth(), !v.Truth()
		case "columns":
			o.columns = columnNames(c, i, v)
		default:
			c.ArgError(i, `option "`+luavm.PlainString(name)+`" is unknown; there are separator, header, columns`)
		}
	}
	return o
}

// columnNames returns the names in a list.
func columnNames(c *luavm.Call, i int, v luavm.Value) []string {
	t, ok := v.AsTable()
	if !ok || t.Len() == 0 {
		c.ArgError(i, `option "columns": list of names expected, got `+v.TypeName())
	}
	names := make([]string, 0, 8)
	for n := 1; n <= t.Len(); n++ {
		name := t.GetInt(n)
		if !name.IsString() && !name.IsNumber() {
			c.ArgError(i, `option "columns": name expected, got `+name.TypeName())
		}
		names = append(names, luavm.PlainString(name))
	}
	return names
}

// csvRows reads rows as tables.
type csvRows struct {
	text    *bufio.Reader
	r       *csv.Reader
	options csvOptions
	begun   bool
	keys    []*luavm.String // the names of the columns
	shape   *luavm.Shape    // of a row with all columns; nil if their names are not distinct
	last    []luavm.Value   // the fields of the row before: columns often repeat a value
}

func newCSVRows(r io.Reader, o csvOptions) *csvRows {
	text := bufio.NewReader(r)
	c := csv.NewReader(text)
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = o.separator, -1, true
	return &csvRows{text: text, r: c, options: o}
}

// begin reads what stands before the first row.
func (r *csvRows) begin() error {
	const mark = "\xef\xbb\xbf" // the byte order mark that some programs begin a file with
	if first, _ := r.text.Peek(len(mark)); string(first) == mark {
		_, _ = r.text.Discard(len(mark))
	}
	names := r.options.columns
	if r.options.header {
		header, err := r.r.Read()
		if err != nil {
			return err
		}
		if names == nil {
			names = header
		}
	}
	for _, name := range names {
		r.keys = append(r.keys, luavm.Intern(strings.Clone(name)))
	}
	if names != nil && distinct(r.keys) {
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
	if err != nil {
		return nil, err
	}
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
	if r.shape != nil {
		t := r.shape.NewTable()
		for i, f := range fields {
			t.SetField(i, r.field(i, f))
		}
		return t, nil
	}
	t := luavm.NewTable(0, len(fields))
	for i, f := range fields {
		t.SetStr(r.keys[i], r.field(i, f))
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

// linesCSV is csv.lines(path [, opts]): an iterator of the rows of a file.
func linesCSV(c *luavm.Call) {
	path := c.String(1)
	o := readCSVOptions(c, 2)
	f, err := stdio.Open(c.State().Context(), path, stdio.Mode{Read: true})
	if err != nil {
		c.CheckStop()
		c.Errorf("csv.lines: %v", err)
	}
	in := &scriptReader{file: f}
	rows := newCSVRows(in, o) // f is closed at its end, or by Go's collector
	c.Return(luavm.NewFunction("lines", func(c *luavm.Call) {
		in.call, in.row = c, 0
		row, err := rows.next()
		c.Hold(0)
		if err == nil {
			c.Return(row.Value())
			return
		}
		_ = f.Close()
		in.closed = true
		switch {
		case errors.Is(err, errNoRoom):
			c.Raise(luavm.Intern(luavm.NoRoom).Value())
		case !errors.Is(err, io.EOF):
			c.CheckStop()
			c.Errorf("csv.lines: %s: %v", path, err)
		}
		c.Return(luavm.Nil)
	}).Value())
}

// scriptReader reads a file for a script. It ends with the script, and with a row for
// which there is no room.
type scriptReader struct {
	call   *luavm.Call // the native function that reads
	file   *stdio.OSDevice
	row    int // bytes read for the current row
	closed bool
}

var errNoRoom = errors.New(luavm.NoRoom)

func (r *scriptReader) Read(p []byte) (int, error) {
	if r.closed {
		return 0, io.EOF
	}
	s := r.call.State()
	if err := s.Ended(); err != nil {
		return 0, err
	}
	n, err := r.file.Read(s.Context(), p)
	if r.row += n; !s.Room(n) {
		return n, errNoRoom
	}
	r.call.Hold(r.row)
	return n, err
}

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
	c.Return(w.text.Value())
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
