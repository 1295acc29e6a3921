package lib

import (
	"runtime"

	"microts/internal/luavm"
)

// baseFunctions are globals that concern the garbage collector.
var baseFunctions = []function{{"collectgarbage", collectGarbage}, {"gcinfo", gcInfo}}

// collectGarbage is collectgarbage([option [, argument]]). "count" returns the KiB in use
// by the whole process, "collect" runs Go's collector, and the other options do nothing:
// scripts do not steer Go's collector.
func collectGarbage(c *luavm.Call) {
	switch option := c.OptString(1, "collect"); option {
	case "count":
		c.Return(luavm.Number(memoryInUse()))
	case "collect":
		runtime.GC()
		c.Return(luavm.Int(0))
	case "step":
		c.Return(luavm.False)
	case "isrunning":
		c.Return(luavm.True)
	case "setpause", "setstepmul":
		const preset = 200
		c.Return(luavm.Int(preset))
	case "stop", "restart":
		c.Return(luavm.Int(0))
	default:
		c.ArgError(1, "invalid option '"+option+"'")
	}
}

func gcInfo(c *luavm.Call) { c.Return(luavm.Number(memoryInUse())) }

// memoryInUse returns the KiB of objects in use.
func memoryInUse() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1024
}
