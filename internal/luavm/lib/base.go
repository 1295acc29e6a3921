package lib

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm"
)

// openBase adds the globals that concern the garbage collector and userdata.
func openBase(globals *luavm.Table) {
	gc := &collector{pause: 200, stepMultiplier: 200, running: true}
	add(globals, []function{{"collectgarbage", gc.collectGarbage}, {"gcinfo", gcInfo}, {"newproxy", newProxy}})
}

// collector keeps what a script has set with collectgarbage. It has no effect: scripts do
// not steer Go's collector.
type collector struct {
	pause, stepMultiplier int
	running               bool
	stepped               float64 // KiB that the steps of this cycle have passed
}

// collectGarbage is collectgarbage([option [, argument]]). "count" returns the KiB in use
// by the whole process, and "collect" runs Go's collector.
func (gc *collector) collectGarbage(c *luavm.Call) {
	switch option := c.OptString(1, "collect"); option {
	case "count":
		c.Return(luavm.Number(memoryInUse()))
	case "collect":
		gc.collect(c)
		c.Return(luavm.Int(0))
	case "step":
		c.Return(luavm.Bool(gc.step(c, c.OptInt(2, 0))))
	case "isrunning":
		c.Return(luavm.Bool(gc.running))
	case "setpause":
		before := gc.pause
		gc.pause = c.OptInt(2, 0)
		c.Return(luavm.Int(before))
	case "setstepmul":
		before := gc.stepMultiplier
		gc.stepMultiplier = c.OptInt(2, 0)
		c.Return(luavm.Int(before))
	case "stop", "restart":
		gc.running = option == "restart"
		c.Return(luavm.Int(0))
	default:
		c.ArgError(1, "invalid option '"+option+"'")
	}
}

// released is when the process last gave free memory back to the system, in ns since 1970.
var released atomic.Int64

// collect runs Go's collector. It gives free memory back to the system, at most once a
// second in the process: scripts may soon need it again, and to get it anew takes time.
func (gc *collector) collect(c *luavm.Call) {
	gc.stepped = 0
	c.DropLeftovers()
	now, last := time.Now().UnixNano(), released.Load()
	if now-last < int64(time.Second) || !released.CompareAndSwap(last, now) {
		runtime.GC()
		return
	}
	debug.FreeOSMemory()
}

// step passes a few KiB of those in use, and the KiB that the script wants. It reports
// whether they were the last: then Go's collector runs. So a script that steps at each tick
// pays for a collection now and then, as on LuaJIT.
func (gc *collector) step(c *luavm.Call, kib int) bool {
	const least = 8
	gc.stepped += least + float64(max(kib, 0))
	last := gc.stepped >= memoryInUse()
	if last {
		gc.collect(c)
	}
	return last
}

func gcInfo(c *luavm.Call) { c.Return(luavm.Number(memoryInUse())) }

// memoryInUse returns the KiB of objects in use. It stops no other goroutine, as
// runtime.ReadMemStats would.
func memoryInUse() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) / 1024
}

// newProxy is newproxy([true or proxy]): a userdata without a metatable, with a new one,
// or with that of another proxy.
func newProxy(c *luavm.Call) {
	made := luavm.FromLValue(&lua.LUserData{Metatable: lua.LNil})
	s := c.State()
	switch v := c.Arg(1); {
	case v == luavm.True:
		s.SetRawMetatable(made, luavm.NewTable(0, 0).Value())
	case !v.Truth():
	case v.Type() == lua.LTUserData && !s.RawMetatable(v).IsNil():
		s.SetRawMetatable(made, s.RawMetatable(v))
	default:
		c.ArgError(1, "boolean or proxy expected")
	}
	c.Return(made)
}
