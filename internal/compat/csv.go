package compat

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
)

// openCSV makes the module csv. It reads and writes CSV as RFC 4180 describes it,
// through Go's encoding/csv.
func openCSV(L *lua.LState) int {
	L.Push(functions(L, map[string]lua.LGFunction{"parse": parseCSV, "encode": encodeCSV, "lines": linesCSV}))
	return 1
}

// csvOptions are the options that all functions of csv take.
type csvOptions struct {
	separator rune
	header    bool     // the first line names the columns
	columns   []string // names of the columns; nil if rows are arrays
}

func readCSVOptions(L *lua.LState, i int) csvOptions {
	o := csvOptions{separator: ','}
	if L.Get(i) == lua.LNil {
		return o
	}
	L.CheckTable(i).ForEach(func(k, v lua.LValue) {
		switch k {
		case lua.LString("separator"):
			r, n := utf8.DecodeRuneInString(lua.LVAsString(v))
			if n == 0 || n != len(lua.LVAsString(v)) || r == '"' || r == '\n' || r == '\r' {
				L.ArgError(i, `option "separator": one character expected, got `+convert.ToString(L, v))
			}
			o.separator = r
		case lua.LString("header"):
			o.header = lua.LVAsBool(v)
		case lua.LString("columns"):
			if t, ok := v.(*lua.LTable); ok {
				for n := 1; n <= t.Len(); n++ {
					o.columns = append(o.columns, convert.ToString(L, t.RawGetInt(n)))
				}
			}
		default:
			L.ArgError(i, `option `+convert.ToString(L, k)+` is unknown; there are separator, header, columns`)
		}
	})
	return o
}

// csvRows reads rows as tables.
type csvRows struct {
	r       *csv.Reader
	options csvOptions
}

func newCSVRows(r io.Reader, o csvOptions) *csvRows {
	c := csv.NewReader(r)
	c.Comma, c.FieldsPerRecord, c.ReuseRecord = o.separator, -1, true
	return &csvRows{c, o}
}

// next returns the next row. The error at the end is io.EOF.
func (c *csvRows) next(L *lua.LState) (*lua.LTable, error) {
	if c.options.header && c.options.columns == nil {
		names, err := c.r.Read()
		if err != nil {
			return nil, err
		}
		c.options.columns = append([]string(nil), names...)
	}
	fields, err := c.r.Read()
	if err != nil {
		return nil, err
	}
	const sizeField = 64 // bytes of a field and its place in the row, besides its text
	size := 0
	for _, f := range fields {
		size += sizeField + len(f)
	}
	room.Check(L, int64(size))
	if c.options.columns == nil {
		t := L.CreateTable(len(fields), 0)
		for _, f := range fields {
			t.Append(lua.LString(strings.Clone(f)))
		}
		return t, nil
	}
	t := L.CreateTable(0, len(fields))
	for i, f := range fields {
		if i < len(c.options.columns) {
			t.RawSetString(c.options.columns[i], lua.LString(strings.Clone(f)))
		}
	}
	return t, nil
}

// rowSteps is how many steps of a room.Pace a row counts.
const rowSteps = 16

// parseCSV is csv.parse(text [, opts]): an array of rows.
func parseCSV(L *lua.LState) int {
	rows := newCSVRows(strings.NewReader(convert.Text(L, 1)), readCSVOptions(L, 2))
	all := L.NewTable()
	L.Push(all) // so that the memory of the state includes it
	pace := room.Pace{L: L}
	for {
		pace.Step(rowSteps)
		row, err := rows.next(L)
		if errors.Is(err, io.EOF) {
			return 1
		}
		if err != nil {
			L.RaiseError("csv.parse: %v", err)
		}
		all.Append(row)
	}
}

// linesCSV is csv.lines(path [, opts]): an iterator of the rows of a file.
func linesCSV(L *lua.LState) int {
	path := convert.Text(L, 1)
	o := readCSVOptions(L, 2)
	f, err := os.Open(path)
	if err != nil {
		L.RaiseError("csv.lines: %v", err)
	}
	in := &scriptReader{r: f}
	rows := newCSVRows(in, o) // f is closed at its end, or by Go's collector
	L.Push(L.NewFunction(func(L *lua.LState) int {
		in.L, in.row = L, 0
		row, err := rows.next(L)
		if err == nil {
			L.Push(row)
			return 1
		}
		f.Close()
		if !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) {
			L.RaiseError("csv.lines: %s: %v", path, err)
		}
		L.Push(lua.LNil)
		return 1
	}))
	return 1
}

// scriptReader reads a file for a script. It ends with the script, and with a row for
// which there is no room.
type scriptReader struct {
	L   *lua.LState
	r   io.Reader
	row int64 // bytes read for the current row
}

func (s *scriptReader) Read(p []byte) (int, error) {
	room.Interrupt(s.L)
	n, err := s.r.Read(p)
	s.row += int64(n)
	if noRoom := room.For(s.L, s.row); noRoom != nil {
		return n, noRoom
	}
	return n, err
}

// encodeCSV is csv.encode(rows [, opts]). Rows are arrays, or, with the option
// columns, tables by column name.
func encodeCSV(L *lua.LState) int {
	rows, o := L.CheckTable(1), readCSVOptions(L, 2)
	text := &room.Text{L: L}
	text.Keep()
	pace := room.Pace{L: L}
	w := csv.NewWriter(text)
	w.Comma = o.separator
	write := func(fields []string) {
		if err := w.Write(fields); err != nil {
			L.RaiseError("csv.encode: %v", err)
		}
	}
	if o.header && o.columns != nil {
		write(o.columns)
	}
	for i := 1; i <= rows.Len(); i++ {
		pace.Step(rowSteps)
		row, ok := rows.RawGetInt(i).(*lua.LTable)
		if !ok {
			L.ArgError(1, "row "+convert.ToString(L, lua.LNumber(i))+": table expected, got "+rows.RawGetInt(i).Type().String())
		}
		var fields []string
		field := func(v lua.LValue) {
			if v == lua.LNil {
				fields = append(fields, "")
				return
			}
			fields = append(fields, convert.ToString(L, v))
		}
		for _, name := range o.columns {
			field(row.RawGetString(name))
		}
		for n := 1; o.columns == nil && n <= row.Len(); n++ {
			field(row.RawGetInt(n))
		}
		write(fields)
	}
	w.Flush()
	L.Push(text.Value())
	return 1
}
