package compat

import (
	"runtime"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/ffi"
	"microts/internal/compat/room"
	"microts/internal/luavm/syntax"
)

func openBase(L *lua.LState) {
	for name, fn := range map[string]lua.LGFunction{
		"tonumber": toNumber, "tostring": tostring, "error": raise, "xpcall": xpcall, "collectgarbage": collectGarbage,
		"unpack": unpackTable,
	} {
		L.SetGlobal(name, L.NewFunction(fn))
	}
	for _, name := range []string{"channel", "_printregs"} { // gopher-lua's own
		L.SetGlobal(name, lua.LNil)
	}
	debug := global(L, "debug")
	if original, ok := debug.RawGetString("getinfo").(*lua.LFunction); ok && original.IsG {
		debug.RawSetString("getinfo", L.NewFunction(getInfo(original.GFunction)))
	}
}

// getInfo returns debug.getinfo with two fields as in LuaJIT. what is "C" for a
// function in Go, where gopher-lua says "G". source is the name under which a Lua
// chunk was loaded, where gopher-lua says [string "name"].
func getInfo(original lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		n := original(L)
		t, ok := L.Get(-1).(*lua.LTable)
		if !ok {
			return n
		}
		if t.RawGetString("what") == lua.LString("G") {
			t.RawSetString("what", lua.LString("C"))
		}
		source, hasPrefix := strings.CutPrefix(lua.LVAsString(t.RawGetString("source")), `[string "`)
		source, hasSuffix := strings.CutSuffix(source, `"]`)
		if hasPrefix && hasSuffix {
			t.RawSetString("source", lua.LString(source))
		}
		return n
	}
}

// space are the bytes that C's isspace accepts.
const space = " \t\n\v\f\r"

// toNumber is tonumber(value [, base]). It converts 64-bit integers of ffi too.
func toNumber(L *lua.LState) int {
	v := L.CheckAny(1)
	if L.Get(2) == lua.LNil || L.Get(2) == lua.LNumber(10) {
		switch v := v.(type) {
		case lua.LNumber:
			L.Push(v)
			return 1
		case lua.LString:
			if f, ok := syntax.ParseNumber(string(v)); ok {
				L.Push(lua.LNumber(f))
				return 1
			}
		case *lua.LUserData:
			if f, ok := ffi.Number(v); ok {
				L.Push(lua.LNumber(f))
				return 1
			}
		}
		L.Push(lua.LNil)
		return 1
	}
	base := L.CheckInt(2)
	if base < 2 || base > 36 {
		L.ArgError(2, "base out of range")
	}
	digits, negative := strings.CutPrefix(strings.ToLower(strings.Trim(convert.Text(L, 1), space)), "-")
	if base == 16 {
		digits = strings.TrimPrefix(digits, "0x")
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		L.Push(lua.LNil)
		return 1
	}
	f := float64(n)
	if negative {
		f = -f
	}
	L.Push(lua.LNumber(f))
	return 1
}

// xpcall is xpcall(f, handler, ...): it passes the further arguments to f, as
// LuaJIT does.
func xpcall(L *lua.LState) int {
	fn := L.CheckAny(1)
	handler := L.CheckFunction(2)
	n := L.GetTop()
	L.Push(fn)
	for i := 3; i <= n; i++ {
		L.Push(L.Get(i))
	}
	if err := L.PCall(n-2, lua.MultRet, handler); err != nil {
		L.Push(lua.LFalse)
		if api, ok := err.(*lua.ApiError); ok {
			L.Push(api.Object)
		} else {
			L.Push(lua.LString(err.Error()))
		}
		return 2
	}
	L.Insert(lua.LTrue, n+1)
	return L.GetTop() - n
}

// raise is error(value [, level]). Without a value it raises nil.
func raise(L *lua.LState) int {
	if message, ok := L.Get(1).(lua.LString); ok {
		room.Check(L, 2*int64(len(message))) // it is copied with its place
	}
	L.Error(L.Get(1), int(convert.OptNumber(L, 2, 1)))
	return 0
}

// collectGarbage is collectgarbage(option). "count" returns the KiB in use by the
// whole process, "collect" runs Go's collector, and the other options do nothing:
// scripts do not steer Go's collector.
func collectGarbage(L *lua.LState) int {
	switch option := convert.OptText(L, 1, "collect"); option {
	case "count":
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		L.Push(lua.LNumber(m.HeapAlloc) / 1024)
	case "collect":
		runtime.GC()
		L.Push(lua.LNumber(0))
	case "step", "isrunning":
		L.Push(lua.LTrue)
	case "stop", "restart", "setpause", "setstepmul":
		L.Push(lua.LNumber(0))
	default:
		L.ArgError(1, "invalid option '"+option+"'")
	}
	return 1
}
