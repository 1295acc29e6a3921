package compat

import (
	"math"
	"time"

	"microts/internal/luavm"
)

// openSocket makes the module socket: the two functions of LuaSocket that need no
// network.
func openSocket(c *luavm.Call) {
	t := luavm.NewLibrary(map[string]luavm.Native{"gettime": gettime, "sleep": sleep})
	t.SetString("_VERSION", luavm.Part("LuaSocket (microts: gettime and sleep)"))
	t.SetMetaTable(luavm.NewLibrary(map[string]luavm.Native{
		"__index": func(c *luavm.Call) {
			c.Errorf("socket.%s is not available in microts: it has socket.gettime and socket.sleep, and no network", luavm.PlainString(c.Arg(2)))
		},
	}))
	c.Return(t.Value())
}

// gettime is socket.gettime(): seconds since 1970, to the µs.
func gettime(c *luavm.Call) { c.Return(luavm.Number(float64(time.Now().UnixMicro()) / 1e6)) }

// sleep is socket.sleep(seconds) and time.sleep(seconds). It ends with the script.
func sleep(c *luavm.Call) {
	if seconds := c.Number(1); seconds > 0 {
		timer := time.NewTimer(time.Duration(min(seconds*1e9, math.MaxInt64)))
		defer timer.Stop()
		select {
		case <-c.State().Context().Done():
			c.CheckStop()
		case <-timer.C:
		}
	}
	c.Return()
}
