package batch

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"microts/internal/host"
	"microts/internal/luavm"
)

// Table is what a job returned, in rows. Each row has a value for each column: a
// string, a float64, a bool, or nil if the job gave none.
type Table struct {
	Columns []string
	Rows    [][]any
}

// tableJSON is a Table in JSON. Numbers that JSON lacks are objects: {"number": "NaN"},
// {"number": "+Inf"} and {"number": "-Inf"}.
type tableJSON struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

// oddNumber is a number that JSON lacks.
type oddNumber struct {
	Number string `json:"number"`
}

// MarshalJSON implements json.Marshaler.
func (t *Table) MarshalJSON() ([]byte, error) {
	rows := make([][]any, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = row
		for k, v := range row {
			if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
				if &rows[i][0] == &row[0] {
					rows[i] = slices.Clone(row)
				}
				rows[i][k] = oddNumber{showValue(f)}
			}
		}
	}
	return json.Marshal(tableJSON{t.Columns, rows})
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Table) UnmarshalJSON(text []byte) error {
	var j tableJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	for _, row := range j.Rows {
		if len(row) != len(j.Columns) {
			return fmt.Errorf("a row of %d values in a table of %d columns", len(row), len(j.Columns))
		}
		for k, v := range row {
			switch v := v.(type) {
			case map[string]any:
				switch v["number"] {
				case "NaN":
					row[k] = math.NaN()
				case "+Inf":
					row[k] = math.Inf(1)
				case "-Inf":
					row[k] = math.Inf(-1)
				default:
					return fmt.Errorf("a value is an object")
				}
			case []any:
				return fmt.Errorf("a value is an array")
			}
		}
	}
	*t = Table(j)
	return nil
}

// valueColumn is the column of values that a job returns without a name.
const valueColumn = "value"

// tableOf makes a Table of what a job returned: nil or an empty table (no rows), a
// scalar (one row), a table of named scalars (one row), or an array of scalars and of
// tables of named scalars (a row for each). s is the state of the job, which may use
// limit bytes.
func tableOf(s *luavm.State, limit int64, v luavm.Value) (*Table, error) {
	m := &tableMaker{state: s, limit: limit, index: map[string]int{}}
	return &m.Table, m.addAll(v)
}

// tableMaker makes a Table.
type tableMaker struct {
	Table
	state *luavm.State
	limit int64
	index map[string]int // in Columns, by name
	size  int64          // bytes that the table takes, and its JSON
	asked int64          // of these: bytes for which there is room
}

func (m *tableMaker) addAll(v luavm.Value) error {
	if v.IsNil() {
		return nil
	}
	rows, ok := v.AsTable()
	if !ok {
		return m.add(valueColumn, 1, v)
	}
	n := rows.Len()
	beside := keyBeside(rows, n)
	switch {
	case n == 0 && beside.IsNil():
		return nil
	case n == 0:
		return m.addRow(1, v)
	case !beside.IsNil():
		return fmt.Errorf("result: a row of named values, or an array of rows, expected, got a table with both places and the name %s", cut(luavm.PlainString(beside)))
	}
	for i := 1; i <= n; i++ {
		if err := m.addRow(i, rows.GetInt(i)); err != nil {
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

// addRow adds row n, counted from 1: a scalar, or a table of named scalars.
func (m *tableMaker) addRow(n int, v luavm.Value) error {
	row, ok := v.AsTable()
	if !ok {
		return m.add(valueColumn, n, v)
	}
	if err := m.makeRow(); err != nil {
		return err
	}
	next := 0 // the column that the key has if the row has its keys in the order of the columns
	for k, v := range row.All() {
		if !k.IsString() {
			return fmt.Errorf("result: row %d: named values expected, got the key %s", n, cut(luavm.PlainString(k)))
		}
		at, err := m.set(k.Text(), next, n, v)
		if err != nil {
			return err
		}
		next = at + 1
	}
	return nil
}

// add adds row n, which has one value.
func (m *tableMaker) add(column string, n int, v luavm.Value) error {
	if err := m.makeRow(); err != nil {
		return err
	}
	_, err := m.set(column, 0, n, v)
	return err
}

// makeRow adds an empty row.
func (m *tableMaker) makeRow() error {
	if err := m.room(len(m.Columns)); err != nil {
		return err
	}
	m.Rows = append(m.Rows, make([]any, len(m.Columns)))
	return nil
}

// set sets a value of row n, the last one, and returns the index of its column, which is
// likely to be next.
func (m *tableMaker) set(column string, next, n int, v luavm.Value) (at int, err error) {
	var value any
	switch {
	case v.IsNumber():
		value = v.Float()
	case v.IsString():
		const copies = 4 // in the table, in JSON
		if err := m.grow(copies * int64(len(v.Text()))); err != nil {
			return 0, err
		}
		value = strings.ToValidUTF8(v.Text(), "\ufffd")
	case v.Equal(luavm.True), v.Equal(luavm.False):
		value = v.Truth()
	default:
		return 0, fmt.Errorf("result: row %d: %s: number, string or boolean expected, got %s", n, cut(column), v.TypeName())
	}
	if at = next; at >= len(m.Columns) || m.Columns[at] != column {
		if at, err = m.column(strings.ToValidUTF8(column, "\ufffd")); err != nil {
			return 0, err
		}
	}
	m.Rows[len(m.Rows)-1][at] = value
	return at, nil
}

// column returns the index of a column, which it adds if it is new.
func (m *tableMaker) column(name string) (int, error) {
	if i, ok := m.index[name]; ok {
		return i, nil
	}
	if err := m.room(len(m.Rows)); err != nil {
		return 0, err
	}
	m.index[name] = len(m.Columns)
	m.Columns = append(m.Columns, name)
	for i := range m.Rows {
		m.Rows[i] = append(m.Rows[i], nil)
	}
	return len(m.Columns) - 1, nil
}

// room returns an error if the job has no room for so many values more.
func (m *tableMaker) room(values int) error {
	const sizeValue = 64 // bytes, with its JSON
	return m.grow(int64(values) * sizeValue)
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
		return fmt.Errorf("result: %w by a table of %d rows and %d columns", &host.MemoryError{Limit: m.limit, Used: m.size}, len(m.Rows), len(m.Columns))
	}
	return nil
}
