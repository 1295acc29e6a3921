package compat

import (
	"math"
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
		"parse": luabind.ParseTime, "format": formatTime, "sleep": sleep,
	}).Value())
}

// formatTime is time.format(us [, format [, zone]]). The format is that of os.date.
func formatTime(c *luavm.Call) {
	f, format := c.Number(1), c.OptString(2, "")
	if !(math.Abs(f) < tick.MaxTime) {
		c.ArgError(1, "microseconds below 2^53 expected, got "+luavm.FormatNumber(f))
	}
	us := int64(math.Floor(f))
	zone, err := luabind.ZoneArg(c, 3)
	if err != nil {
		c.ArgError(3, err.Error())
	}
	if format == "" {
		c.Return(luavm.Part(tick.FormatTime(us, zone)))
		return
	}
	c.Return(lib.FormatDate(c, time.UnixMicro(us).In(zone), format))
}
