package batch

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
	"microts/internal/host"
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
// tables of named scalars (a row for each). L is the state of the job, which may use
// limit bytes.
func tableOf(L *lua.LState, limit int64, v lua.LValue) (*Table, error) {
	m := &tableMaker{L: L, limit: limit, index: map[string]int{}}
	return &m.Table, m.addAll(v)
}

// tableMaker makes a Table.
type tableMaker struct {
	Table
	L     *lua.LState
	limit int64
	index map[string]int // in Columns, by name
	size  int64          // bytes that the table takes, and its JSON
	asked int64          // of these: bytes for which there is room
}

func (m *tableMaker) addAll(v lua.LValue) error {
	if v == lua.LNil {
		return nil
	}
	rows, ok := v.(*lua.LTable)
	if !ok {
		return m.add(valueColumn, 1, v)
	}
	if n := rows.Len(); n > 0 {
		if k, _ := rows.Next(lua.LNumber(n)); k != lua.LNil {
			return fmt.Errorf("result: a row of named values, or an array of rows, expected, got a table with both places and the name %s", cut(k.String()))
		}
		for i := 1; i <= n; i++ {
			if err := m.addRow(i, rows.RawGetInt(i)); err != nil {
				return err
			}
		}
		return nil
	}
	if k, _ := rows.Next(lua.LNil); k == lua.LNil {
		return nil
	}
	return m.addRow(1, rows)
}

// addRow adds row n, counted from 1: a scalar, or a table of named scalars.
func (m *tableMaker) addRow(n int, v lua.LValue) error {
	row, ok := v.(*lua.LTable)
	if !ok {
		return m.add(valueColumn, n, v)
	}
	if err := m.makeRow(); err != nil {
		return err
	}
	for k, v := row.Next(lua.LNil); k != lua.LNil; k, v = row.Next(k) {
		name, ok := k.(lua.LString)
		if !ok {
			return fmt.Errorf("result: row %d: named values expected, got the key %s", n, k)
		}
		if err := m.set(string(name), n, v); err != nil {
			return err
		}
	}
	return nil
}

// add adds row n, which has one value.
func (m *tableMaker) add(column string, n int, v lua.LValue) error {
	if err := m.makeRow(); err != nil {
		return err
	}
	return m.set(column, n, v)
}

// makeRow adds an empty row.
func (m *tableMaker) makeRow() error {
	if err := m.room(len(m.Columns)); err != nil {
		return err
	}
	m.Rows = append(m.Rows, make([]any, len(m.Columns)))
	return nil
}

// set sets a value of row n, the last one.
func (m *tableMaker) set(column string, n int, v lua.LValue) error {
	var value any
	switch v := v.(type) {
	case lua.LNumber:
		value = float64(v)
	case lua.LString:
		const copies = 4 // in the table, in JSON
		if err := m.grow(copies * int64(len(v))); err != nil {
			return err
		}
		value = strings.ToValidUTF8(string(v), "\ufffd")
	case lua.LBool:
		value = bool(v)
	default:
		return fmt.Errorf("result: row %d: %s: number, string or boolean expected, got %s", n, cut(column), v.Type())
	}
	k, err := m.column(strings.ToValidUTF8(column, "\ufffd"))
	if err != nil {
		return err
	}
	m.Rows[len(m.Rows)-1][k] = value
	return nil
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

// grow counts n bytes more. It returns an error if the job has no room for the table.
func (m *tableMaker) grow(n int64) error {
	const together = 1 << 20
	if m.size += n; m.size < m.asked+together {
		return nil
	}
	m.asked = m.size
	if room.For(m.L, m.size) != nil {
		return fmt.Errorf("result: %w by a table of %d rows and %d columns", &host.MemoryError{Limit: m.limit, Used: m.size}, len(m.Rows), len(m.Columns))
	}
	return nil
}
