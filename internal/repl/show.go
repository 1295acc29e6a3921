package repl

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/luasyntax"
	"microts/internal/tick"
	"microts/luabind"
)

// How much of a value is shown; pp shows all.
const (
	mostRows  = 20  // of a table of rows: the first and the last half
	mostItems = 40  // of any other table
	mostDeep  = 4   // tables within tables
	mostText  = 800 // bytes of a string
	mostHex   = 128 // bytes of a binary string
)

// shower shows one value.
type shower struct {
	r     *REPL
	all   bool
	above []*lua.LTable // the tables around
	cut   bool          // something was left out
}

// show shows a value, shortened where it is long.
func (r *REPL) show(v lua.LValue) { r.showAll(v, false) }

func (r *REPL) showAll(v lua.LValue, all bool) {
	s := &shower{r: r, all: all}
	fmt.Fprintln(r.Out, s.value(v))
	if s.cut {
		fmt.Fprintln(r.Out, r.dim("(shortened: pp(_) shows all)"))
	}
}

// printFunction is pp(...): it shows values whole.
func (r *REPL) printFunction(L *lua.LState) int {
	for i := 1; i <= L.GetTop(); i++ {
		r.showAll(L.Get(i), true)
	}
	return 0
}

func (s *shower) value(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LNumber:
		n := string(luasyntax.AppendNumber(nil, float64(v)))
		if when := s.time(float64(v)); when != "" && len(s.above) == 0 {
			n += s.r.dim("  -- " + when)
		}
		return n
	case lua.LString:
		return s.text(string(v))
	case *lua.LTable:
		return s.table(v)
	case *lua.LFunction:
		if luabind.IsScan(s.r.L, v) && len(s.above) == 0 {
			return s.scan(v)
		}
		if !v.IsG {
			return fmt.Sprintf("function (%s:%d)", v.Proto.SourceName, v.Proto.LineDefined)
		}
		return "function (built in)"
	case *lua.LUserData:
		if stats, ok := v.Value.(luabind.Stats); ok && len(s.above) == 0 {
			return s.r.statsTable(stats)
		}
	}
	return convert.ToString(s.r.L, v)
}

// time returns a number as a time, if it is one in µs of this century.
func (s *shower) time(f float64) string {
	const from, to = 946_684_800_000_000, 4_102_444_800_000_000 // 2000 and 2100
	if f < from || f >= to || f != math.Trunc(f) {
		return ""
	}
	return tick.FormatTime(int64(f), s.r.zone)
}

// scan shows the next rows of a scan, which then begins after them.
func (s *shower) scan(next *lua.LFunction) string {
	L := s.r.L
	var rows []tick.Row
	for s.all || len(rows) < mostRows {
		if err := L.CallByParam(lua.P{Fn: next, NRet: 3, Protect: true}); err != nil {
			return s.r.red(err.Error())
		}
		us, ok := L.Get(-3).(lua.LNumber)
		value, seq := lua.LVAsString(L.Get(-2)), lua.LVAsNumber(L.Get(-1))
		L.Pop(3)
		if !ok {
			return s.r.ticks("end of the scan", rows)
		}
		rows = append(rows, tick.Row{Time: int64(us), Seq: uint16(seq), Value: value})
	}
	return s.r.ticks("the next rows of the scan; _ goes on after them", rows)
}

// statsTable shows the fields of stats.
func (r *REPL) statsTable(stats luabind.Stats) string {
	var rows [][]string
	for line := range strings.Lines(stats.String()) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		rows = append(rows, []string{name, strings.TrimSpace(value)})
	}
	return r.grid([]string{"field", "value"}, rows, false)
}

// text shows a string: as Lua would write it, or, if it is binary, in
// hexadecimal and as what it may be.
func (s *shower) text(str string) string {
	if printable(str) {
		if len(str) > mostText && !s.all {
			s.cut = true
			end := mostText
			for !utf8.RuneStart(str[end]) {
				end--
			}
			str = str[:end] + "..."
		}
		return strconv.Quote(str)
	}
	if decoded := decode(str); decoded != "" {
		if len(s.above) > 0 {
			return "<" + decoded + ">"
		}
		return s.hex(str) + decoded
	}
	if len(s.above) > 0 {
		return fmt.Sprintf("<%d bytes>", len(str))
	}
	return strings.TrimSuffix(s.hex(str), "\n")
}

func (s *shower) hex(str string) string {
	shown := str
	if len(shown) > mostHex && !s.all {
		shown, s.cut = shown[:mostHex], true
	}
	return fmt.Sprintf("%d bytes\n%s", len(str), hex.Dump([]byte(shown)))
}

func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) && r != '\n' && r != '\t' {
			return false
		}
	}
	return true
}

// decode shows the fields of a tick record or the value of a point. For any other
// value it returns "".
func decode(s string) string {
	v, err := tick.DecodeValue([]byte(s))
	if err != nil {
		return ""
	}
	if !v.IsRecord {
		return fmt.Sprintf("point: value %s", luasyntax.AppendNumber(nil, v.Point.Value))
	}
	t := v.Record
	return fmt.Sprintf("tick: price %s qty %d channel %d side %v order_no %d tick_no %d", price(t.Price), t.Qty, t.Channel, t.Side, t.OrderNo, t.TickNo)
}

func price(p int32) string { return strconv.FormatFloat(float64(p)/tick.PriceScale, 'f', 4, 64) }

// table shows a table: as rows and columns where it is an array of tables with
// the same fields, else as Lua would write it.
func (s *shower) table(t *lua.LTable) string {
	if slices.Contains(s.above, t) {
		return "<cycle>"
	}
	if len(s.above) >= mostDeep && !s.all {
		s.cut = true
		return "{...}"
	}
	if len(s.above) == 0 {
		if columns := columnsOf(t); columns != nil {
			return s.rows(t, columns)
		}
	}
	s.above = append(s.above, t)
	defer func() { s.above = s.above[:len(s.above)-1] }()
	var items []string
	n := t.Len()
	for i := 1; i <= min(n, mostItems); i++ { // up to the first hole
		if t.RawGetInt(i) == lua.LNil {
			n = i - 1
		}
	}
	count := 0
	add := func(text string) bool {
		if count++; count > mostItems && !s.all {
			return false
		}
		items = append(items, text)
		return true
	}
	total := n
	for i := 1; i <= n && add(s.value(t.RawGetInt(i))); i++ {
	}
	keys := s.keys(t, n)
	total += len(keys)
	for _, k := range keys {
		if !add(s.key(k) + " = " + s.value(t.RawGet(k))) {
			break
		}
	}
	if total > len(items) {
		s.cut = true
		items = append(items, fmt.Sprintf("... %d more", total-len(items)))
	}
	if len(items) == 0 {
		return "{}"
	}
	line := "{ " + strings.Join(items, ", ") + " }"
	if !strings.Contains(line, "\n") && len(line)+2*len(s.above) <= s.r.width() {
		return line
	}
	indent := strings.Repeat("  ", len(s.above))
	return "{\n" + indent + strings.Join(items, ",\n"+indent) + ",\n" + indent[2:] + "}"
}

// keys returns the keys of a table apart from 1..n: numbers, then strings, then
// others, each in their order.
func (s *shower) keys(t *lua.LTable, n int) []lua.LValue {
	var keys []lua.LValue
	t.ForEach(func(k, _ lua.LValue) {
		if i, ok := k.(lua.LNumber); !ok || i < 1 || i > lua.LNumber(n) || i != lua.LNumber(int(i)) {
			keys = append(keys, k)
		}
	})
	slices.SortFunc(keys, func(a, b lua.LValue) int {
		x, xNumber := a.(lua.LNumber)
		y, yNumber := b.(lua.LNumber)
		if xNumber && yNumber {
			return cmp.Compare(x, y)
		}
		return cmp.Or(cmp.Compare(a.Type(), b.Type()), cmp.Compare(a.String(), b.String()))
	})
	return keys
}

func (s *shower) key(k lua.LValue) string {
	if str, ok := k.(lua.LString); ok && word.FindString(string(str)) == string(str) && !('0' <= str[0] && str[0] <= '9') &&
		!slices.Contains(keywords, string(str)) {
		return string(str)
	}
	return "[" + s.value(k) + "]"
}

// columnOrder are the fields that stand first in tables of rows.
var columnOrder = []string{
	"market", "code", "symbol", "timestamp", "ts_us", "us", "time", "seq", "open", "high", "low", "close", "price", "value", "quality", "volume", "qty", "channel", "side", "order_no", "tick_no",
}

// columnsOf returns the fields of an array of tables of scalars, or nil.
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
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
	return names
}

func place(name string) int {
	if i := slices.Index(columnOrder, name); i >= 0 {
		return i
	}
	return len(columnOrder)
}

// rows shows an array of tables as a table.
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
	for i := 1; i <= n; i++ {
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

// when shows a timestamp in seconds, ms or µs.
func (s *shower) when(t float64) string {
	us, ok := tick.Auto.Micros(t)
	if !ok || us == 0 {
		return ""
	}
	return tick.FormatTime(us, s.r.zone)
}

// grid lays cells out in columns; numbers stand on the right. Unless whole is set,
// lines are cut at the terminal's width.
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
