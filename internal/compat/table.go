package compat

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
	"microts/internal/luasyntax"
)

// openTable corrects table.concat and adds the functions of LuaJIT and Lua 5.3
// that gopher-lua lacks.
func openTable(L *lua.LState) {
	L.SetFuncs(global(L, "table"), map[string]lua.LGFunction{
		"concat": concat, "move": move, "pack": packTable, "unpack": unpackTable,
		"new": newTable, "clear": clearTable, "foreach": forEach, "foreachi": forEachI,
	})
}

func openTableNew(L *lua.LState) int {
	L.Push(L.NewFunction(newTable))
	return 1
}

func openTableClear(L *lua.LState) int {
	L.Push(L.NewFunction(clearTable))
	return 1
}

// newTable is table.new(narray, nhash).
func newTable(L *lua.LState) int {
	const most = 1 << 24 // more is not reserved ahead
	L.Push(L.CreateTable(min(int(convert.Number(L, 1)), most), min(int(convert.Number(L, 2)), most)))
	return 1
}

// clearTable is table.clear(t): it removes all keys.
func clearTable(L *lua.LState) int {
	t := L.CheckTable(1)
	var keys []lua.LValue
	t.ForEach(func(k, _ lua.LValue) { keys = append(keys, k) })
	for i := len(keys) - 1; i >= 0; i-- { // from the end, where an array shrinks cheaply
		t.RawSet(keys[i], lua.LNil)
	}
	for n := t.Len(); n > 0; n = t.Len() {
		t.Remove(n)
	}
	return 0
}

// concat is table.concat(t [, separator [, first [, last]]]). Numbers look as print
// shows them.
func concat(L *lua.LState) int {
	t, sep := L.CheckTable(1), convert.OptText(L, 2, "")
	first := int(convert.OptNumber(L, 3, 1))
	last := t.Len()
	if L.Get(4) != lua.LNil {
		last = int(convert.Number(L, 4))
	}
	var b strings.Builder
	var scratch [32]byte
	for i := first; i <= last; i++ {
		switch v := t.RawGetInt(i).(type) {
		case lua.LString:
			room.CheckGrowth(L, b.Len(), len(v))
			b.WriteString(string(v))
		case lua.LNumber:
			b.Write(luasyntax.AppendNumber(scratch[:0], float64(v)))
		default:
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", v.Type(), i)
		}
		if i < last {
			b.WriteString(sep)
		}
	}
	L.Push(lua.LString(b.String()))
	return 1
}

// move is table.move(a1, f, e, t [, a2]) of Lua 5.3.
func move(L *lua.LState) int {
	from := L.CheckTable(1)
	f, e, t := int(convert.Number(L, 2)), int(convert.Number(L, 3)), int(convert.Number(L, 4))
	to := from
	if L.Get(5) != lua.LNil {
		to = L.CheckTable(5)
	}
	get := func(i int) lua.LValue { return L.GetTable(from, lua.LNumber(i)) }
	set := func(i int, v lua.LValue) { L.SetTable(to, lua.LNumber(i), v) }
	if t > e || t <= f || to != from {
		for i := 0; i <= e-f; i++ {
			set(t+i, get(f+i))
		}
	} else {
		for i := e - f; i >= 0; i-- {
			set(t+i, get(f+i))
		}
	}
	L.Push(to)
	return 1
}

// packTable is table.pack(...).
func packTable(L *lua.LState) int {
	n := L.GetTop()
	t := L.CreateTable(n, 1)
	for i := 1; i <= n; i++ {
		t.RawSetInt(i, L.Get(i))
	}
	t.RawSetString("n", lua.LNumber(n))
	L.Push(t)
	return 1
}

// unpackTable is table.unpack(t [, first [, last]]).
func unpackTable(L *lua.LState) int {
	t := L.CheckTable(1)
	first := int(convert.OptNumber(L, 2, 1))
	last := t.Len()
	if L.Get(3) != lua.LNil {
		last = int(convert.Number(L, 3))
	}
	const most = 1 << 18
	if last-first >= most {
		L.RaiseError("too many results to unpack")
	}
	for i := first; i <= last; i++ {
		L.Push(L.GetTable(t, lua.LNumber(i)))
	}
	return max(last-first+1, 0)
}

// forEach is table.foreach(t, f) of Lua 5.1.
func forEach(L *lua.LState) int {
	t, fn := L.CheckTable(1), L.CheckFunction(2)
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if callEach(L, fn, k, v) {
			return 1
		}
	}
	return 0
}

// forEachI is table.foreachi(t, f) of Lua 5.1.
func forEachI(L *lua.LState) int {
	t, fn := L.CheckTable(1), L.CheckFunction(2)
	for i := 1; i <= t.Len(); i++ {
		if callEach(L, fn, lua.LNumber(i), t.RawGetInt(i)) {
			return 1
		}
	}
	return 0
}

// callEach calls fn(k, v). It says whether fn returned a value other than nil,
// which it then leaves on the stack.
func callEach(L *lua.LState, fn *lua.LFunction, k, v lua.LValue) bool {
	L.Push(fn)
	L.Push(k)
	L.Push(v)
	L.Call(2, 1)
	if L.Get(-1) != lua.LNil {
		return true
	}
	L.Pop(1)
	return false
}
