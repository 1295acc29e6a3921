package compat

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
)

// openSocket makes the module socket: the two functions of LuaSocket that need no
// network.
func openSocket(L *lua.LState) int {
	t := functions(L, map[string]lua.LGFunction{"gettime": gettime, "sleep": sleep})
	t.RawSetString("_VERSION", lua.LString("LuaSocket (microts: gettime and sleep)"))
	L.SetMetatable(t, functions(L, map[string]lua.LGFunction{
		"__index": func(L *lua.LState) int {
			L.RaiseError("socket.%s is not available in microts: it has socket.gettime and socket.sleep, and no network", convert.ToString(L, L.Get(2)))
			return 0
		},
	}))
	L.Push(t)
	return 1
}

// gettime is socket.gettime(): seconds since 1970, to the µs.
func gettime(L *lua.LState) int {
	L.Push(lua.LNumber(time.Now().UnixMicro()) / 1e6)
	return 1
}

// sleep is socket.sleep(seconds) and time.sleep(seconds). An interrupt ends it.
func sleep(L *lua.LState) int {
	seconds := convert.Number(L, 1)
	if seconds > 0 {
		d := time.Duration(min(seconds*1e9, math.MaxInt64))
		if ctx := L.Context(); ctx != nil {
			select {
			case <-ctx.Done():
				L.RaiseError("%v", ctx.Err())
			case <-time.After(d):
			}
			return 0
		}
		time.Sleep(d)
	}
	return 0
}
