package batch

import (
	"fmt"
	"math"
	"strings"

	"microts/internal/host"
	"microts/internal/luavm"
	"microts/luabind"
)

// valueColumn is the column of values that a job returns without a name.
const valueColumn = "value"

// tableOf makes a Table of what a job returned: nil or an empty table (no rows), a
// scalar (one row), a table of named scalars (one row), an array of scalars and of tables
// of named scalars (a row for each), or a frame. s is the state of the job, which may use
// limit bytes. params are those of the job: a field may have the name of one only if it
// has its value.
//
// If the error is a *columnError, the Table has all rows, with the values that must not
// stand in their columns in columns of their own.
func tableOf(s *luavm.State, limit int64, params Params, v luavm.Value) (*Table, error) {
	m := &tableMaker{state: s, limit: limit, params: params, index: map[string]int{}}
	if err := m.addAll(v); err != nil {
		return nil, err
	}
	t, err := m.table()
	if err == nil && m.wrong != nil {
		err = m.wrong
	}
	return t, err
}

// columnError says that a value must not stand in its column.
type columnError struct{ error }

// sizeValue is what a value costs, in bytes: in the table, while that grows, and in its
// block.
const sizeValue = 24

// tableMaker makes a Table.
type tableMaker struct {
	state  *luavm.State
	limit  int64
	params Params

	rows    int
	columns []*column
	given   []any          // by column: the parameter with its name, or nil
	index   map[string]int // in columns, by name
	size    int64          // bytes that the table takes
	asked   int64          // of these: bytes for which there is room
	wrong   error          // the first *columnError
}

// table returns the Table, without the columns that repeat a parameter.
func (m *tableMaker) table() (*Table, error) {
	t := &Table{Rows: m.rows}
	for i, c := range m.columns {
		if m.given[i] != nil {
			continue
		}
		if err := m.pad(c, m.rows); err != nil {
			return nil, err
		}
		c.index = nil
		t.Columns = append(t.Columns, c)
	}
	return t, nil
}

func (m *tableMaker) addAll(v luavm.Value) error {
	if v.IsNil() {
		return nil
	}
	if f := luabind.Frame(v); f != nil {
		return m.addFrame(f)
	}
	rows, ok := v.AsTable()
	if !ok {
		return m.add(valueColumn, v)
	}
	n := rows.Len()
	beside := keyBeside(rows, n)
	switch {
	case n == 0 && beside.IsNil():
		return nil
	case n == 0:
		return m.addRow(v)
	case !beside.IsNil():
		return fmt.Errorf("result: a row of named values, or an array of rows, expected, got a table with both places and the name %s", cut(luavm.PlainString(beside)))
	}
	for i := 1; i <= n; i++ {
		if err := m.addRow(rows.GetInt(i)); err != nil {
			return err
		}
	}
	return nil
}

// keyBeside returns the first key of a table that is none of 1 to n, or nil.
func keyBeside(t *luavm.Table, n int) luavm.Value {
	for k := range t.All() {
		if !k.IsNumber() {
			return k
		}
		if f := k.Float(); f < 1 || f > float64(n) || f != math.Trunc(f) {
			return k
		}
	}
	return luavm.Nil
}

// addRow adds a row: a scalar, or a table of named scalars.
func (m *tableMaker) addRow(v luavm.Value) error {
	row, ok := v.AsTable()
	if !ok {
		return m.add(valueColumn, v)
	}
	m.rows++
	next := 0 // the column that the key has if the row has its keys in the order of the columns
	for k, v := range row.All() {
		if !k.IsString() {
			return m.errorf("named values expected, got the key %s", cut(luavm.PlainString(k)))
		}
		at, err := m.set(k.Text(), next, v)
		if err != nil {
			return err
		}
		next = at + 1
	}
	return nil
}

// add adds a row that has one value.
func (m *tableMaker) add(column string, v luavm.Value) error {
	m.rows++
	_, err := m.set(column, 0, v)
	return err
}

// errorf returns an error of the last row.
func (m *tableMaker) errorf(format string, args ...any) error {
	return fmt.Errorf("result: row %d: %w", m.rows, fmt.Errorf(format, args...))
}

// set sets a value of the last row and returns the index of its column, which is likely
// to be next.
func (m *tableMaker) set(name string, next int, v luavm.Value) (at int, err error) {
	if !v.IsString() && !v.IsNumber() && !v.Equal(luavm.True) && !v.Equal(luavm.False) {
		return 0, m.errorf("%s: number, string or boolean expected, got %s", cut(name), luabind.TypeName(v))
	}
	if err := m.grow(sizeValue); err != nil {
		return 0, err
	}
	if at = next; at >= len(m.columns) || m.columns[at].Name != name {
		if at, err = m.column(strings.ToValidUTF8(name, "\ufffd")); err != nil {
			return 0, err
		}
	}
	given := m.given[at]
	switch {
	case given == nil:
		return at, m.setIn(m.columns[at], v)
	case name == jobColumn:
		return at, m.setAside(at, "returned", v, "the field %s has the name of the column of job IDs: give it another name", jobColumn)
	case luavm.PlainString(v) != showValue(given):
		return at, m.setAside(at, "returned", v, "the field %s has the name of a parameter, but its value is %s instead of %s: give it another name",
			cut(name), cut(luavm.PlainString(v)), showValue(given))
	}
	return at, nil
}

// setAside sets a value that must not stand in column at in one of its own. format says
// why.
func (m *tableMaker) setAside(at int, suffix string, v luavm.Value, format string, args ...any) error {
	if m.wrong == nil {
		m.wrong = &columnError{m.errorf(format, args...)}
	}
	aside, err := m.column(m.columns[at].Name + "_" + suffix)
	if err != nil {
		return err
	}
	return m.setIn(m.columns[aside], v)
}

// setIn sets the value of the last row in a column.
func (m *tableMaker) setIn(c *column, v luavm.Value) error {
	if err := m.pad(c, m.rows-1); err != nil {
		return err
	}
	var ok bool
	switch {
	case v.IsNumber():
		ok = c.addNumber(v.Float())
	case v.IsString():
		if _, known := c.index[v.Text()]; !known {
			const copies = 3 // in the table, in its block, in the error of a column
			if err := m.grow(copies * int64(len(v.Text()))); err != nil {
				return err
			}
		}
		ok = c.addText(strings.ToValidUTF8(v.Text(), "\ufffd"))
	default:
		ok = c.addTruth(v.Truth())
	}
	if !ok {
		return m.setAside(m.index[c.Name], v.TypeName(), v, "%s: a %s expected, as in row %d, got a %s: a column has one type", cut(c.Name), c.Kind.family(), c.Row, v.TypeName())
	}
	return nil
}

// pad adds rows without a value to a column, until it has n.
func (m *tableMaker) pad(c *column, n int) error {
	if c.rows >= n {
		return nil
	}
	if err := m.grow(int64(n-c.rows) * sizeValue); err != nil {
		return err
	}
	c.miss(n)
	return nil
}

// column returns the index of a column, which it adds if it is new.
func (m *tableMaker) column(name string) (int, error) {
	if i, ok := m.index[name]; ok {
		return i, nil
	}
	const sizeColumn = 256 // bytes
	if err := m.grow(sizeColumn + int64(m.rows)*8); err != nil {
		return 0, err
	}
	m.index[name] = len(m.columns)
	m.columns = append(m.columns, &column{Column: Column{Name: name}})
	given := m.params.Get(name)
	if name == jobColumn {
		given = jobColumn
	}
	m.given = append(m.given, given)
	return len(m.columns) - 1, nil
}

// grow counts n bytes more. It returns an error if the job has no room for the table. The
// state does not know the table: it is asked for all of it, each time it has grown by an
// eighth, since it may measure what the script holds.
func (m *tableMaker) grow(n int64) error {
	const (
		together = 1 << 20
		share    = 8
	)
	if m.size += n; m.size < m.asked+max(together, m.asked/share) {
		return nil
	}
	m.asked = m.size
	if !m.state.Room(int(m.size)) {
		return fmt.Errorf("result: %w by a table of %d rows and %d columns", &host.MemoryError{Limit: m.limit, Used: m.size}, m.rows, len(m.columns))
	}
	return nil
}
