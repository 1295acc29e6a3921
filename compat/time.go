package compat

import (
	"strings"
	"time"
	_ "time/tzdata" // for machines without one

	lua "github.com/yuin/gopher-lua"
)

// zone is that of the exchanges whose dates have none with them.
var zone = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err) // it is embedded
	}
	return loc
}()

// openTime makes the module time: times are µs since 1970, dates those of
// Shanghai unless a zone is given.
func openTime(L *lua.LState) int {
	L.Push(functions(L, map[string]lua.LGFunction{
		"now": func(L *lua.LState) int {
			L.Push(lua.LNumber(time.Now().UnixMicro()))
			return 1
		},
		"parse": parseTime, "format": formatTime, "sleep": sleep,
	}))
	return 1
}

func zoneArg(L *lua.LState, i int) *time.Location {
	name := optText(L, i, "")
	if name == "" {
		return zone
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		L.ArgError(i, "name of a time zone such as \"Asia/Shanghai\" or \"UTC\" expected, got \""+name+"\"")
	}
	return loc
}

// timeLayouts are the forms of a date and time, their fractions aside.
var timeLayouts = []string{
	"2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02",
	"20060102 15:04:05", "20060102150405", "20060102",
}

// parseTime is time.parse(text [, zone]): µs.
func parseTime(L *lua.LState) int {
	s, loc := strings.TrimSpace(text(L, 1)), zoneArg(L, 2)
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			L.Push(lua.LNumber(t.UnixMicro()))
			return 1
		}
	}
	L.ArgError(1, "date and time such as \"2023-11-14 22:13:20.000100\" expected, got \""+s+"\"")
	return 0
}

// formatTime is time.format(us [, format [, zone]]), the format as os.date's.
func formatTime(L *lua.LState) int {
	us, format := int64(number(L, 1)), optText(L, 2, "")
	t := time.UnixMicro(us).In(zoneArg(L, 3))
	if format == "" {
		L.Push(lua.LString(t.Format("2006-01-02 15:04:05.000000")))
		return 1
	}
	L.Push(lua.LString(formatDate(t, format)))
	return 1
}
