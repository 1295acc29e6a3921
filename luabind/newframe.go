package luabind

import (
	"fmt"
	"math"

	"microts/internal/frame"
	"microts/internal/luavm"
)

var newFrameSig = newSignature("frame", "data")

const wantRows = "array or iterator of rows, or table of columns,"

// makeFrame makes a frame of what a script has: an array of rows, an iterator that returns
// rows, or a table of columns by name.
func makeFrame(c *luavm.Call) {
	host := hold(c)
	defer host.end()
	s := &newFrameSig
	v := c.Arg(1)
	var columns []*frame.Column
	var err error
	t, isTable := v.AsTable()
	first := luavm.Nil
	if isTable {
		first, _, _ = t.Next(luavm.Nil)
	}
	switch {
	case isTable && first.IsString():
		columns, err = columnsByName(host, t)
	case isTable:
		columns, err = columnsOfRows(host, func(i int) luavm.Value { return t.GetInt(i) }, t.Len())
	case v.IsFunction():
		columns, err = columnsOfRows(host, func(int) luavm.Value { return c.Call1(v) }, -1)
	default:
		s.bad(c, 1, wantRows)
	}
	if err != nil {
		s.throw(c, &argError{1, err})
	}
	f, err := frame.New(Zone(c.State()), "", columns...)
	for _, axis := range []string{"ts", "stop"} {
		if err != nil || f.Axis() != nil {
			break
		}
		if with, bad := f.WithAxis(axis); bad == nil {
			f = with
		}
	}
	s.returnFrame(c, f, argumentError(1, err))
}

// columnsByName makes columns of series, arrays, and values that all rows get.
func columnsByName(h *holder, t *luavm.Table) (columns []*frame.Column, err error) {
	n := -1
	for k, v := range t.All() {
		if !k.IsString() {
			return nil, expected("names of columns", k)
		}
		if err := checkColumnName(k.Text()); err != nil {
			return nil, err
		}
		length := -1
		if x, ok := Series(v); ok {
			length = x.Len()
		} else if array, ok := v.AsTable(); ok {
			length = array.Len()
		}
		switch {
		case length < 0:
		case n >= 0 && length != n:
			return nil, fmt.Errorf("column %q: lengths differ: %d and %d", k.Text(), n, length)
		default:
			n = length
		}
	}
	if n < 0 {
		n = 1
	}
	for k, v := range t.All() {
		column, err := newColumn(h, k.Text(), v, n)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", k.Text(), err)
		}
		columns = append(columns, column)
	}
	return columns, nil
}

// columnsOfRows makes columns of n rows, or if n is -1 of those that come before nil. The
// columns are the fields of all rows, in the order in which they come first.
func columnsOfRows(h *holder, row func(i int) luavm.Value, n int) ([]*frame.Column, error) {
	r := rowReader{host: h, index: map[string]int{}}
	for i := 1; n < 0 || i <= n; i++ {
		if i%growStep == 0 {
			h.CheckStop()
		}
		v := row(i)
		if n < 0 && v.IsNil() {
			break
		}
		t, ok := v.AsTable()
		if !ok {
			return nil, fmt.Errorf("row %d: %w", i, expected("table of values by name", v))
		}
		if err := r.add(t); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	columns := make([]*frame.Column, len(r.columns))
	for i, c := range r.columns {
		r.pad(c, r.rows)
		columns[i] = c.column()
	}
	return columns, nil
}

// rowReader collects the fields of rows.
type rowReader struct {
	host    *holder
	rows    int
	columns []*rowColumn
	index   map[string]int // in columns, by name
}

// rowColumn is a column of rows: all numbers, all texts, or all truth values.
type rowColumn struct {
	name    string
	first   luavm.Value // the first value
	row     int         // of the first value, from 1 on
	floats  []float64
	codes   []uint32
	words   *frame.Words
	truths  []bool
	missing []bool // nil: none is
	n       int    // rows so far
}

// add adds a row.
func (r *rowReader) add(t *luavm.Table) error {
	r.rows++
	next := 0 // the column that the key has if the row has its keys in the order of the columns
	for k, v := range t.All() {
		if !k.IsString() {
			return expected("names of columns", k)
		}
		name := k.Text()
		if next >= len(r.columns) || r.columns[next].name != name {
			i, known := r.index[name]
			if !known {
				if err := checkColumnName(name); err != nil {
					return err
				}
				i = len(r.columns)
				r.index[name] = i
				r.columns = append(r.columns, &rowColumn{name: name, first: v, row: r.rows})
			}
			next = i
		}
		c := r.columns[next]
		next++
		r.pad(c, r.rows-1)
		if err := c.add(v); err != nil {
			return fmt.Errorf("column %q: %w", name, err)
		}
		r.counted(c)
	}
	return nil
}

// pad adds rows without a value, until there are n.
func (r *rowReader) pad(c *rowColumn, n int) {
	for c.n < n {
		if c.missing == nil {
			c.missing = make([]bool, c.n)
		}
		switch {
		case c.first.IsNumber():
			c.floats = append(c.floats, math.NaN())
		case c.first.IsString():
			c.codes = append(c.codes, 0)
		default:
			c.truths = append(c.truths, false)
		}
		c.missing = append(c.missing, true)
		r.counted(c)
	}
}

// counted counts a row of a column, and its memory.
func (r *rowReader) counted(c *rowColumn) {
	if c.n%growStep == 0 {
		const value = 2 * 9 // bytes; append may make room for twice as many
		r.host.Room(growStep * value)
	}
	c.n++
}

// add adds a value, which has the type of the first one.
func (c *rowColumn) add(v luavm.Value) error {
	like := func(what string) error {
		return expected(fmt.Sprintf("%s, as in row %d,", what, c.row), v)
	}
	switch {
	case c.first.IsNumber():
		if !v.IsNumber() {
			return like("number")
		}
		c.floats = append(c.floats, v.Float())
	case c.first.IsString():
		if !v.IsString() {
			return like("string")
		}
		if c.words == nil {
			c.words = &frame.Words{}
		}
		c.codes = append(c.codes, c.words.Code(v.Text()))
	case c.first == luavm.True, c.first == luavm.False:
		truth := false
		if truthOf(v, &truth) != nil {
			return like("boolean")
		}
		c.truths = append(c.truths, truth)
	default:
		return expected("number, string or boolean", v)
	}
	if c.missing != nil {
		c.missing = append(c.missing, false)
	}
	return nil
}

func (c *rowColumn) column() *frame.Column {
	switch {
	case c.first.IsString():
		return frame.NewText(c.name, c.codes, c.words).WithMissing(c.missing)
	case c.first.IsNumber():
		return frame.NewNumbers(c.name, c.floats, c.missing)
	}
	return frame.NewMask(c.name, c.truths).WithMissing(c.missing)
}
