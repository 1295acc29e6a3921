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

	"microts/internal/human"
	"microts/internal/luavm"
	"microts/internal/luavm/syntax"
	"microts/internal/tick"
	"microts/luabind"
)

// mostLevels is how many levels of tables within tables pp shows. Each line of a level
// begins with two spaces more.
const mostLevels = 100

// How much of a value is shown; pp shows all, down to mostLevels.
const (
	mostRows  = 20  // rows of an array of rows: half of them the first, half the last
	mostItems = 40  // items of any other table
	mostDeep  = 4   // levels of tables within tables
	mostText  = 800 // bytes of a string
	mostHex   = 128 // bytes of a binary string
)

// shower shows one value. An interrupt ends it early.
type shower struct {
	r      *REPL
	thread *luavm.Thread  // runs __tostring and scans; nil: they do not run
	all    bool           // does not shorten
	above  []*luavm.Table // the tables around what is shown; values within tables are short
	cut    bool           // something was left out
}

// showValue shows a value; unless all is set, shortened if it is long. A thread that runs
// a Go function runs what showing it takes, such as __tostring.
//
// Rows are shown in the format of the console.
func (r *REPL) showValue(th *luavm.Thread, v luavm.Value, all bool) {
	s := &shower{r: r, thread: th, all: all}
	if f := luabind.Frame(v); f != nil {
		_ = r.showFrame(f, "", all) // a write that fails is told at the end
		return
	}
	if r.format != tableFormat {
		if rows := s.sheetOf(v); rows != nil {
			_ = r.showSheet(rows) // a write that fails is told at the end
			return
		}
	}
	text := s.value(v) + "\n"
	if s.cut && all {
		text += r.dim(fmt.Sprintf("(shortened: pp shows %d levels of tables)", mostLevels)) + "\n"
	} else if s.cut {
		text += r.dim("(shortened: pp(_) shows all)") + "\n"
	}
	r.page(text)
}

// printFunction is the Lua function pp(...): it shows values whole.
func (r *REPL) printFunction(c *luavm.Call) {
	for i := 1; i <= c.NumArgs(); i++ {
		r.showValue(c.Thread(), c.Arg(i), true)
	}
	c.Return()
}

// value returns a value as text.
func (s *shower) value(v luavm.Value) string {
	if t, ok := v.AsTable(); ok {
		return s.table(t)
	}
	switch {
	case v.IsNumber():
		n := luavm.FormatNumber(v.Float())
		if when := s.time(v.Float()); when != "" && len(s.above) == 0 {
			n += s.r.dim("  -- " + when)
		}
		return n
	case v.IsString():
		return s.text(v.Text())
	case v.IsFunction():
		return s.function(v)
	}
	if f := luabind.Frame(v); f != nil {
		return "<frame: " + f.Size() + ">"
	}
	if stats, ok := v.Data().(luabind.Stats); ok && len(s.above) == 0 {
		return s.r.table(statsSheet(stats))
	}
	if s.thread != nil {
		v = s.thread.ToString(v)
	}
	return luavm.PlainString(v)
}

// function shows where a Lua function is, and the next rows of a scan.
func (s *shower) function(f luavm.Value) string {
	if luabind.IsScan(f) && len(s.above) == 0 && s.thread != nil {
		return s.scan(f)
	}
	info := luavm.InspectFunction(f)
	if info.What == "C" {
		return "function (built in)"
	}
	return fmt.Sprintf("function (%s:%d)", info.ShortSource, info.Line)
}

// time returns a number as a time, if it is µs since 1970 and in this century, else
// "".
func (s *shower) time(f float64) string {
	const from, to = 946_684_800_000_000, 4_102_444_800_000_000 // 2000 and 2100
	if f < from || f >= to || f != math.Trunc(f) {
		return ""
	}
	return tick.FormatTime(int64(f), s.r.zone)
}

// scan shows the next rows of a scan, which goes on after them.
func (s *shower) scan(next luavm.Value) string {
	rows, ended, err := s.scanRows(next)
	switch {
	case err != nil && s.r.interrupted():
		return fmt.Sprintf("interrupted after %s of the scan", human.Count(len(rows), "row"))
	case err != nil:
		return s.r.red(err.Error())
	case ended && len(rows) == 0:
		return "end of the scan: no ticks"
	case ended:
		return s.r.table(s.r.ticks("end of the scan", nil, rows))
	}
	return s.r.table(s.r.ticks("the next rows of the scan; _ goes on after them", nil, rows))
}

// scanRows returns the next rows of a scan, and whether it ended.
func (s *shower) scanRows(next luavm.Value) (rows []tick.Row, ended bool, err error) {
	for s.all || len(rows) < mostRows {
		row, err := s.r.L.Call(next)
		if err != nil {
			return rows, false, err
		}
		if row[0].IsNil() {
			return rows, true, nil
		}
		rows = append(rows, tick.Row{Time: int64(row[0].Float()), Value: row[1].Text(), Seq: uint16(row[2].Float())})
	}
	return rows, false, nil
}

// text shows a string as Lua would write it. A binary one is shown in hexadecimal,
// and decoded if it is a record.
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
		return "<" + human.Count(len(str), "byte") + ">"
	}
	return strings.TrimSuffix(s.hex(str), "\n")
}

func (s *shower) hex(str string) string {
	shown := str
	if len(shown) > mostHex && !s.all {
		shown, s.cut = shown[:mostHex], true
	}
	return human.Count(len(str), "byte") + "\n" + hex.Dump([]byte(shown))
}

// printable says whether a string is text.
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
		return "point: value " + luavm.FormatNumber(v.Point.Value)
	}
	t := v.Record
	return fmt.Sprintf("tick: price %s qty %d channel %d side %v order_no %d tick_no %d", price(t.Price), t.Qty, t.Channel, t.Side, t.OrderNo, t.TickNo)
}

// price returns a price of a tick record in units of the currency.
func price(p int32) string { return strconv.FormatFloat(float64(p)/tick.PriceScale, 'f', 4, 64) }

// table shows a table: in rows and columns if it is an array of rows, else as Lua
// would write it.
func (s *shower) table(t *luavm.Table) string {
	if slices.Contains(s.above, t) {
		return "<cycle>"
	}
	if len(s.above) >= mostDeep && !s.all || len(s.above) >= mostLevels {
		s.cut = true
		return "{...}"
	}
	if len(s.above) == 0 {
		if columns := columnsOf(t, mostRows); columns != nil {
			return s.rows(t, columns)
		}
	}
	s.above = append(s.above, t)
	defer func() { s.above = s.above[:len(s.above)-1] }()
	var items []string
	n := t.Len()
	for i := 1; i <= min(n, mostItems); i++ { // the array ends at the first hole
		if t.GetInt(i).IsNil() {
			n = i - 1
		}
	}
	add := func(text string) bool {
		if len(items) >= mostItems && !s.all || s.r.interrupted() {
			return false
		}
		items = append(items, text)
		return true
	}
	total := n
	for i := 1; i <= n && add(s.value(t.GetInt(i))); i++ {
	}
	keys := sortedKeys(t, n)
	total += len(keys)
	for _, k := range keys {
		if !add(s.key(k) + " = " + s.value(t.Get(k))) {
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

// sortedKeys returns the keys of a table except 1..n: numbers in their order, then others
// by type and text.
func sortedKeys(t *luavm.Table, n int) []luavm.Value {
	keys := keysBeside(t, n, math.MaxInt)
	slices.SortFunc(keys, func(a, b luavm.Value) int {
		if a.IsNumber() && b.IsNumber() {
			return cmp.Compare(a.Float(), b.Float())
		}
		return cmp.Or(cmp.Compare(a.Type(), b.Type()), cmp.Compare(luavm.PlainString(a), luavm.PlainString(b)))
	})
	return keys
}

// keysBeside returns the first keys of a table except 1..n, up to a bound.
func keysBeside(t *luavm.Table, n, most int) (keys []luavm.Value) {
	for k := range t.All() {
		if k.IsNumber() {
			if f := k.Float(); f >= 1 && f <= float64(n) && f == math.Trunc(f) {
				continue
			}
		}
		if keys = append(keys, k); len(keys) == most {
			break
		}
	}
	return keys
}

// key returns a key as a table constructor writes it: a name, or a value in
// brackets.
func (s *shower) key(k luavm.Value) string {
	if k.IsString() && isName(k.Text()) {
		return k.Text()
	}
	return "[" + s.value(k) + "]"
}

// isName says whether a text is a name in Lua.
func isName(text string) bool {
	for t := range syntax.Tokens([]byte(text)) {
		return t.Kind == syntax.Name && t.Start == 0 && t.End == len(text)
	}
	return false
}
