package compat

import (
	"math"
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
	for name, fn := range map[string]lua.LGFunction{"tonumber": toNumber, "tostring": tostring, "xpcall": xpcall, "load": load} {
		L.SetGlobal(name, L.NewFunction(fn))
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
	base := n
	if err := L.PCall(n-2, lua.MultRet, handler); err != nil {
		L.Push(lua.LFalse)
		if api, ok := err.(*lua.ApiError); ok {
			L.Push(api.Object)
		} else {
			L.Push(lua.LString(err.Error()))
		}
		return 2
	}
	L.Insert(lua.LTrue, base+1)
	return L.GetTop() - base
}

// load takes a string or a function that returns the pieces of one, a name, a
// mode and an environment, as LuaJIT does.
func load(L *lua.LState) int {
	var source string
	switch v := L.Get(1).(type) {
	case lua.LString:
		source = string(v)
	case *lua.LFunction:
		var pieces strings.Builder
		for {
			L.Push(v)
			L.Call(0, 1)
			piece := L.Get(-1)
			L.Pop(1)
			if piece == lua.LNil || piece == lua.LString("") {
				break
			}
			if piece.Type() != lua.LTString {
				L.RaiseError("reader function must return a string")
			}
			pieces.WriteString(string(piece.(lua.LString)))
		}
		source = pieces.String()
	default:
		L.CheckTypes(1, lua.LTString, lua.LTFunction)
	}
	name := optText(L, 2, source)
	mode := optText(L, 3, "bt")
	fail := func(message string) int {
		L.Push(lua.LNil)
		L.Push(lua.LString(message))
		return 2
	}
	if strings.HasPrefix(source, "\x1b") {
		return fail("attempt to load bytecode, which only the Lua that made it can run")
	}
	if !strings.Contains(mode, "t") {
		return fail("attempt to load chunk with wrong mode")
	}
	fn, err := L.Load(strings.NewReader(source), ChunkName(name))
	if err != nil {
		if api, ok := err.(*lua.ApiError); ok {
			return fail(strings.TrimRight(lua.LVAsString(api.Object), "\n"))
		}
		return fail(err.Error())
	}
	if env, ok := L.Get(4).(*lua.LTable); ok {
		fn.Env = env
	}
	L.Push(fn)
	return 1
}

// ChunkName shortens the name of a chunk as Lua's messages do.
func ChunkName(name string) string {
	if rest, ok := strings.CutPrefix(name, "@"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(name, "="); ok {
		return rest
	}
	const most = 60
	line, _, more := strings.Cut(name, "\n")
	if keep := most - len(`[string "..."]`) - 1; more || len(line) > keep {
		line = line[:min(len(line), keep)] + "..."
	}
	return `[string "` + line + `"]`
}
