package compat

import (
	"math"
	"runtime"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

const space = " \t\n\v\f\r" // what C's isspace takes

// ParseNumber reads a number as LuaJIT's tonumber does: decimal or hexadecimal,
// with a fraction and an exponent, inf or nan, and space around it.
func ParseNumber(s string) (float64, bool) {
	s = strings.Trim(s, space)
	digits := strings.TrimLeft(s, "+-")
	if digits == "" || len(s)-len(digits) > 1 || strings.Contains(s, "_") {
		return 0, false
	}
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		if !strings.ContainsAny(digits, "pP") {
			s += "p0"
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) { // a range error is inf, as in C
		return 0, false
	}
	return f, true
}

func openBase(L *lua.LState) {
	for name, fn := range map[string]lua.LGFunction{
		"tonumber": toNumber, "tostring": tostring, "error": raise, "xpcall": xpcall, "collectgarbage": collectGarbage,
		"load": load, "loadstring": load, "loadfile": loadFile, "dofile": doFile,
	} {
		L.SetGlobal(name, L.NewFunction(fn))
	}
	debug := global(L, "debug")
	if getInfo, ok := debug.RawGetString("getinfo").(*lua.LFunction); ok && getInfo.IsG {
		// What gopher-lua calls a G function is a C function to scripts, and the
		// name of a chunk is one to it in messages and elsewhere.
		debug.RawSetString("getinfo", L.NewFunction(func(L *lua.LState) int {
			n := getInfo.GFunction(L)
			if t, ok := L.Get(-1).(*lua.LTable); ok {
				if t.RawGetString("what") == lua.LString("G") {
					t.RawSetString("what", lua.LString("C"))
				}
				source, ok := strings.CutPrefix(lua.LVAsString(t.RawGetString("source")), `[string "`)
				if name, isString := strings.CutSuffix(source, `"]`); ok && isString {
					t.RawSetString("source", lua.LString(name))
				}
			}
			return n
		}))
	}
}

func toNumber(L *lua.LState) int {
	v := L.CheckAny(1)
	if L.Get(2) == lua.LNil || L.Get(2) == lua.LNumber(10) {
		switch v := v.(type) {
		case lua.LNumber:
			L.Push(v)
			return 1
		case lua.LString:
			if f, ok := ParseNumber(string(v)); ok {
				L.Push(lua.LNumber(f))
				return 1
			}
		case *lua.LUserData:
			if f, ok := cdataNumber(v); ok {
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
	digits, negative := strings.CutPrefix(strings.ToLower(strings.Trim(text(L, 1), space)), "-")
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

// xpcall passes the arguments after the handler on, as LuaJIT does.
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

// raise is error, which takes no value for nil.
func raise(L *lua.LState) int {
	L.Error(L.Get(1), int(optNumber(L, 2, 1)))
	return 0
}

// collectGarbage is collectgarbage. Go's collector is not steered by scripts:
// beside "count" and "collect" the options do nothing.
func collectGarbage(L *lua.LState) int {
	switch option := optText(L, 1, "collect"); option {
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
