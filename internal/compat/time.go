package compat

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/tick"
	"microts/luabind"
)

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
		return luabind.Zone(L)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		L.ArgError(i, "name of a time zone such as \"Asia/Shanghai\" or \"UTC\" expected, got \""+name+"\"")
	}
	return loc
}

// parseTime is time.parse(text [, zone]): µs, as of micro_ts.time.
func parseTime(L *lua.LState) int {
	us, err := tick.ParseTime(text(L, 1), zoneArg(L, 2), time.Now())
	if err != nil {
		L.ArgError(1, err.Error()+", got \""+text(L, 1)+"\"")
	}
	L.Push(lua.LNumber(us))
	return 1
}

// formatTime is time.format(us [, format [, zone]]), the format as os.date's.
func formatTime(L *lua.LState) int {
	us, format, zone := int64(number(L, 1)), optText(L, 2, ""), zoneArg(L, 3)
	if format == "" {
		L.Push(lua.LString(tick.FormatTime(us, zone)))
		return 1
	}
	L.Push(lua.LString(formatDate(time.UnixMicro(us).In(zone), format)))
	return 1
}
