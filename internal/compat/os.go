package compat

import (
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
	"microts/internal/luavm/syntax"
)

// openOS corrects the functions of os that deal with time.
func openOS(L *lua.LState) {
	L.SetFuncs(global(L, "os"), map[string]lua.LGFunction{"date": date, "time": osTime, "difftime": difftime})
}

// difftime is os.difftime(a [, b]) in seconds.
func difftime(L *lua.LState) int {
	L.Push(lua.LNumber(convert.Number(L, 1) - convert.OptNumber(L, 2, 0)))
	return 1
}

// date is os.date([format [, time]]). It knows "*t", all conversions of C, and "!"
// for UTC. The time is seconds since 1970.
func date(L *lua.LState) int {
	format := convert.OptText(L, 1, "%c")
	t := time.Now()
	if L.Get(2) != lua.LNil {
		t = time.Unix(int64(convert.Number(L, 2)), 0)
	}
	if rest, ok := strings.CutPrefix(format, "!"); ok {
		format, t = rest, t.UTC()
	}
	if strings.HasPrefix(format, "*t") {
		fields := L.CreateTable(0, 9)
		for name, n := range map[string]int{
			"year": t.Year(), "month": int(t.Month()), "day": t.Day(), "hour": t.Hour(), "min": t.Minute(), "sec": t.Second(),
			"wday": int(t.Weekday()) + 1, "yday": t.YearDay(),
		} {
			fields.RawSetString(name, lua.LNumber(n))
		}
		fields.RawSetString("isdst", lua.LBool(t.IsDST()))
		L.Push(fields)
		return 1
	}
	L.Push(formatDate(L, t, format))
	return 1
}

// formatDate formats a time as C's strftime does in the C locale.
func formatDate(L *lua.LState, t time.Time, format string) lua.LString {
	text := room.Text{L: L}
	pace := room.Pace{L: L}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			text.AddByte(format[i])
			continue
		}
		i++
		if (format[i] == 'E' || format[i] == 'O') && i+1 < len(format) {
			i++ // asks for another calendar or other digits; the C locale has none
		}
		pace.Step(1)
		text.Add(dateField(t, format[i]))
	}
	return text.Value()
}

// dateField formats one conversion of strftime.
func dateField(t time.Time, verb byte) string {
	switch verb {
	case 'C':
		return fmt.Sprintf("%02d", t.Year()/100)
	case 'G', 'g', 'V':
		year, week := t.ISOWeek()
		switch verb {
		case 'G':
			return fmt.Sprint(year)
		case 'g':
			return fmt.Sprintf("%02d", year%100)
		}
		return fmt.Sprintf("%02d", week)
	case 'U':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()))/7)
	case 'W':
		return fmt.Sprintf("%02d", (t.YearDay()+6-(int(t.Weekday())+6)%7)/7)
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay())
	case 'k':
		return fmt.Sprintf("%2d", t.Hour())
	case 'l':
		return fmt.Sprintf("%2d", (t.Hour()+11)%12+1)
	case 's':
		return fmt.Sprint(t.Unix())
	case 'u':
		return fmt.Sprint((int(t.Weekday())+6)%7 + 1)
	case 'w':
		return fmt.Sprint(int(t.Weekday()))
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case '%':
		return "%"
	}
	if layout := dateLayouts[verb]; layout != "" {
		return t.Format(layout)
	}
	return "%" + string(verb)
}

// dateLayouts are Go's layouts for the conversions that have one.
var dateLayouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'h': "Jan", 'B': "January", 'c': "Mon Jan _2 15:04:05 2006",
	'd': "02", 'D': "01/02/06", 'e': "_2", 'F': "2006-01-02", 'H': "15", 'I': "03", 'm': "01", 'M': "04",
	'p': "PM", 'P': "pm", 'r': "03:04:05 PM", 'R': "15:04", 'S': "05", 'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05",
	'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
}

// osTime is os.time([fields]) in seconds since 1970: now, or the local time that
// the fields give. Fields out of range carry over, such as month 13.
func osTime(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(time.Now().Unix()))
		return 1
	}
	fields := L.CheckTable(1)
	get := func(name string, preset int) int {
		switch v := fields.RawGetString(name).(type) {
		case lua.LNumber:
			return int(v)
		case lua.LString:
			if f, ok := syntax.ParseNumber(string(v)); ok {
				return int(f)
			}
		}
		if preset < 0 {
			L.RaiseError("field '%s' missing in date table", name)
		}
		return preset
	}
	t := time.Date(get("year", -1), time.Month(get("month", -1)), get("day", -1), get("hour", 12), get("min", 0), get("sec", 0), 0, time.Local)
	L.Push(lua.LNumber(t.Unix()))
	return 1
}
