package compat

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/tick"
	"microts/luabind"
)

// openTime makes the module time. Times are µs since 1970. A date without a zone
// is in the zone of the state, which is Shanghai unless the command line says
// otherwise.
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

// zoneArg returns argument i, the name of a time zone; without it that of the
// state.
func zoneArg(L *lua.LState, i int) *time.Location {
	name := convert.OptText(L, i, "")
	if name == "" {
		return luabind.Zone(L)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		L.ArgError(i, "name of a time zone such as \"Asia/Shanghai\" or \"UTC\" expected, got \""+name+"\"")
	}
	return loc
}

// parseTime is time.parse(text [, zone]) in µs. It reads what micro_ts.time reads.
func parseTime(L *lua.LState) int {
	us, err := tick.ParseTime(convert.Text(L, 1), zoneArg(L, 2), time.Now())
	if err != nil {
		L.ArgError(1, err.Error()+", got \""+convert.Text(L, 1)+"\"")
	}
	L.Push(lua.LNumber(us))
	return 1
}

// formatTime is time.format(us [, format [, zone]]). The format is that of os.date.
func formatTime(L *lua.LState) int {
	us, format, zone := int64(convert.Number(L, 1)), convert.OptText(L, 2, ""), zoneArg(L, 3)
	if format == "" {
		L.Push(lua.LString(tick.FormatTime(us, zone)))
		return 1
	}
	L.Push(formatDate(L, time.UnixMicro(us).In(zone), format))
	return 1
}
