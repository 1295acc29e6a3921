package compat

import (
	"time"

	"microts/internal/luavm"
	"microts/internal/luavm/lib"
	"microts/internal/tick"
	"microts/luabind"
)

// openTime makes the module time. Times are µs since 1970. A date without a zone
// is in the zone of the state, which is Shanghai unless the command line says
// otherwise.
func openTime(c *luavm.Call) {
	c.Return(luavm.NewLibrary(map[string]luavm.Native{
		"now":   func(c *luavm.Call) { c.Return(luavm.Number(float64(time.Now().UnixMicro()))) },
		"parse": parseTime, "format": formatTime, "sleep": sleep,
	}).Value())
}

// zoneArg returns argument i, the name of a time zone; without it that of the
// state.
func zoneArg(c *luavm.Call, i int) *time.Location {
	name := c.OptString(i, "")
	if name == "" {
		return luabind.Zone(c.State())
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		c.ArgError(i, `name of a time zone such as "Asia/Shanghai" or "UTC" expected, got "`+name+`"`)
	}
	return loc
}

// parseTime is time.parse(text [, zone]) in µs. It reads what micro_ts.time reads.
func parseTime(c *luavm.Call) {
	text := c.String(1)
	us, err := tick.ParseTime(text, zoneArg(c, 2), time.Now())
	if err != nil {
		c.ArgError(1, err.Error()+`, got "`+text+`"`)
	}
	c.Return(luavm.Number(float64(us)))
}

// formatTime is time.format(us [, format [, zone]]). The format is that of os.date.
func formatTime(c *luavm.Call) {
	us, format, zone := int64(c.Number(1)), c.OptString(2, ""), zoneArg(c, 3)
	if format == "" {
		c.Return(luavm.Part(tick.FormatTime(us, zone)))
		return
	}
	c.Return(lib.FormatDate(c, time.UnixMicro(us).In(zone), format))
}
