package repl

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"microts/internal/luavm"
	"microts/internal/tick"
)

// firstColumns are the fields that stand before all others, in this order.
var firstColumns = []string{
	"market", "code", "symbol", "timestamp", "ts_us", "us", "time", "seq", "open", "high", "low", "close", "price", "value", "quality", "volume", "qty", "channel", "side", "order_no", "tick_no",
}

// columnsOf returns the fields of an array of rows: of tables with names for keys
// and no tables for values. It returns nil for any other table. Only the first most
// rows are looked at.
func columnsOf(t *luavm.Table, most int) []string {
	n := t.Len()
	if n == 0 || len(keysBeside(t, n, 1)) > 0 {
		return nil
	}
	var names []string
	seen := map[string]bool{}
	for i := 1; i <= min(n, most); i++ {
		row, ok := t.GetInt(i).AsTable()
		if !ok {
			return nil
		}
		for k, v := range row.All() {
			if !k.IsString() || v.IsTable() {
				return nil
			}
			if !seen[k.Text()] {
				seen[k.Text()] = true
				names = append(names, k.Text())
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(columnPlace(a), columnPlace(b)), cmp.Compare(a, b))
	})
	return names
}

func columnPlace(name string) int {
	if i := slices.Index(firstColumns, name); i >= 0 {
		return i
	}
	return len(firstColumns)
}

// column is one field of an array of rows.
type column struct {
	field  string
	isTime bool // a column beside it shows its timestamps as times
}

// rows shows an array of rows as a table.
func (s *shower) rows(t *luavm.Table, fields []string) string {
	s.above = append(s.above, t) // values within are short
	defer func() { s.above = s.above[:len(s.above)-1] }()
	columns, header := s.columns(t, fields)
	var cells [][]string
	n := t.Len()
	for i := 1; i <= n && !s.r.interrupted(); i++ {
		if n > mostRows && !s.all && i == mostRows/2+1 {
			s.cut = true
			i = n - mostRows/2 + 1
			cells = append(cells, []string{fmt.Sprintf("... %d more", n-mostRows)})
		}
		cells = append(cells, s.row(t.GetInt(i), columns))
	}
	return s.r.grid(header, cells, s.all)
}

// columns returns the columns of an array of rows, and the header over them.
func (s *shower) columns(t *luavm.Table, fields []string) (columns []column, header []string) {
	for _, field := range fields {
		header = append(header, field)
		isTime := slices.Contains([]string{"timestamp", "ts_us", "us", "time"}, field) && s.when(fieldOf(t.GetInt(1), field)) != ""
		columns = append(columns, column{field, isTime})
		if isTime {
			header = append(header, "when")
		}
	}
	return columns, header
}

// row returns the cells of one row.
func (s *shower) row(row luavm.Value, columns []column) (cells []string) {
	for _, c := range columns {
		v := fieldOf(row, c.field)
		cells = append(cells, s.cell(v))
		if c.isTime {
			cells = append(cells, s.when(v))
		}
	}
	return cells
}

// cell returns a value as a cell shows it: nil as nothing, text without quotes.
func (s *shower) cell(v luavm.Value) string {
	switch {
	case v.IsNil():
		return ""
	case v.IsString():
		shown := s.text(v.Text())
		if printable(v.Text()) {
			shown = strings.Trim(shown, `"`)
		}
		return shown
	}
	return s.value(v)
}

// fieldOf returns a field of a row; nil if the row is no table.
func fieldOf(row luavm.Value, name string) luavm.Value {
	if t, ok := row.AsTable(); ok {
		return t.GetString(name)
	}
	return luavm.Nil
}

// when shows a timestamp, in seconds, ms or µs, as a time; "" if v is none.
func (s *shower) when(v luavm.Value) string {
	if !v.IsNumber() {
		return ""
	}
	us, ok := tick.Auto.Micros(v.Float())
	if !ok || us == 0 {
		return ""
	}
	return tick.FormatTime(us, s.r.zone)
}

// grid lays cells out in columns; columns of numbers are aligned on the right.
// Lines are cut at the terminal's width, unless whole is set. After an interrupt only
// the first rows are laid out.
func (r *REPL) grid(header []string, rows [][]string, whole bool) string {
	if r.interrupted() {
		rows = rows[:min(len(rows), mostRows)]
	}
	w := table.NewWriter()
	w.SetStyle(r.tableStyle())
	w.Style().Options = table.Options{SeparateHeader: true, SeparateColumns: true}
	w.Style().Format.Header = text.FormatDefault
	w.Style().Box.PaddingLeft, w.Style().Box.PaddingRight = " ", " "
	toRow := func(cells []string) (row table.Row) {
		for _, c := range cells {
			row = append(row, c)
		}
		return row
	}
	w.AppendHeader(toRow(header))
	if !whole && !r.whole {
		w.SetAllowedRowLength(r.width())
	}
	var configs []table.ColumnConfig
	for c := range header {
		numbers := true
		for _, row := range rows {
			if c < len(row) && row[c] != "" && !strings.HasPrefix(row[c], "...") {
				_, err := strconv.ParseFloat(row[c], 64)
				numbers = numbers && err == nil
			}
		}
		if numbers {
			configs = append(configs, table.ColumnConfig{Number: c + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	w.SetColumnConfigs(configs)
	for _, row := range rows {
		w.AppendRow(toRow(row))
	}
	return w.Render()
}
