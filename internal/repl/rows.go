package repl

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
)

// firstColumns are the fields that stand before all others, in this order.
var firstColumns = []string{
	"market", "code", "symbol", "timestamp", "ts_us", "us", "time", "seq", "open", "high", "low", "close", "price", "value", "quality", "volume", "qty", "channel", "side", "order_no", "tick_no",
}

// columnsOf returns the fields of an array of rows: of tables with names for keys
// and no tables for values. It returns nil for any other table. Only the first
// rows are looked at.
func columnsOf(t *lua.LTable) []string {
	n := t.Len()
	if n == 0 {
		return nil
	}
	if k, _ := t.Next(lua.LNumber(n)); k != lua.LNil {
		return nil
	}
	var names []string
	for i := 1; i <= min(n, mostRows); i++ {
		row, ok := t.RawGetInt(i).(*lua.LTable)
		if !ok || row.Len() > 0 {
			return nil
		}
		flat := true
		row.ForEach(func(k, v lua.LValue) {
			name, isString := k.(lua.LString)
			if _, isTable := v.(*lua.LTable); !isString || isTable {
				flat = false
			} else if !slices.Contains(names, string(name)) {
				names = append(names, string(name))
			}
		})
		if !flat {
			return nil
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

// rows shows an array of rows as a table. A column of timestamps gets a column
// beside it that shows them as times.
func (s *shower) rows(t *lua.LTable, columns []string) string {
	n := t.Len()
	get := func(row int, name string) lua.LValue {
		if r, ok := t.RawGetInt(row).(*lua.LTable); ok {
			return r.RawGetString(name)
		}
		return lua.LNil
	}
	s.above = append(s.above, t) // values within are short
	defer func() { s.above = s.above[:len(s.above)-1] }()
	var header []string
	var times []bool
	for _, name := range columns {
		header = append(header, name)
		v, isNumber := get(1, name).(lua.LNumber)
		isTime := isNumber && (name == "timestamp" || name == "ts_us" || name == "us" || name == "time")
		times = append(times, isTime && s.when(float64(v)) != "")
		if times[len(times)-1] {
			header = append(header, "when")
		}
	}
	var rows [][]string
	for i := 1; i <= n && !s.r.interrupted(); i++ {
		if n > mostRows && !s.all && i == mostRows/2+1 {
			s.cut = true
			i = n - mostRows/2 + 1
			rows = append(rows, []string{fmt.Sprintf("... %d more", n-mostRows)})
		}
		var cells []string
		for c, name := range columns {
			v := get(i, name)
			cell := ""
			switch v := v.(type) {
			case *lua.LNilType:
			case lua.LString:
				if cell = s.text(string(v)); printable(string(v)) {
					cell = strings.Trim(cell, `"`)
				}
			default:
				cell = s.value(v)
			}
			cells = append(cells, cell)
			if times[c] {
				f, _ := v.(lua.LNumber)
				cells = append(cells, s.when(float64(f)))
			}
		}
		rows = append(rows, cells)
	}
	return s.r.grid(header, rows, s.all)
}

// when shows a timestamp, in seconds, ms or µs, as a time; "" if it is none.
func (s *shower) when(t float64) string {
	us, ok := tick.Auto.Micros(t)
	if !ok || us == 0 {
		return ""
	}
	return tick.FormatTime(us, s.r.zone)
}

// grid lays cells out in columns; columns of numbers are aligned on the right.
// Lines are cut at the terminal's width, unless whole is set.
func (r *REPL) grid(header []string, rows [][]string, whole bool) string {
	w := table.NewWriter()
	w.SetStyle(table.StyleLight)
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
	if !whole {
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
