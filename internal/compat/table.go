package compat

import (
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
		"sort": sortTable, "insert": insert,
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
	array, hash := min(int(convert.Number(L, 1)), most), min(int(convert.Number(L, 2)), most)
	const sizeItem, sizeEntry = 16, 48 // bytes
	room.Check(L, int64(max(array, 0)*sizeItem+max(hash, 0)*sizeEntry))
	L.Push(L.CreateTable(array, hash))
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
	text := &room.Text{L: L}
	pace := room.Pace{L: L}
	var scratch [32]byte
	for i := first; i <= last; i++ {
		pace.Step(1)
		switch v := t.RawGetInt(i).(type) {
		case lua.LString:
			text.Add(string(v))
		case lua.LNumber:
			text.AddBytes(luasyntax.AppendNumber(scratch[:0], float64(v)))
		default:
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", v.Type(), i)
		}
		if i < last {
			text.Add(sep)
		}
	}
	L.Push(text.Value())
	return 1
}

// insert is table.insert(t, [place,] value).
func insert(L *lua.LState) int {
	t := L.CheckTable(1)
	switch L.GetTop() {
	case 2:
		t.Append(L.Get(2))
		return 0
	case 3:
	default:
		L.RaiseError("wrong number of arguments to 'insert'")
	}
	at := int(convert.Number(L, 2))
	checkPlace(L, t, at)
	t.Insert(at, L.Get(3))
	return 0
}

// checkPlace raises an error if there is no room for the array of a table that gets a
// value at a place: gopher-lua fills the places before with nil.
func checkPlace(L *lua.LState, t *lua.LTable, place int) {
	const sizeValue, growth = 16, 2
	if n := t.Len(); place > 2*n && place < lua.MaxArrayIndex {
		room.Check(L, int64(place)*sizeValue*growth)
	}
}

// move is table.move(a1, f, e, t [, a2]) of Lua 5.3.
func move(L *lua.LState) int {
	from := L.CheckTable(1)
	f, e, t := int(convert.Number(L, 2)), int(convert.Number(L, 3)), int(convert.Number(L, 4))
	to := from
	if L.Get(5) != lua.LNil {
		to = L.CheckTable(5)
	}
	pace := room.Pace{L: L}
	get := func(i int) lua.LValue {
		pace.Step(1)
		return L.GetTable(from, lua.LNumber(i))
	}
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
	if first > last {
		return 0
	}
	if last-first < 0 { // the difference is too large for an int
		first, last = 0, mostResults
	}
	checkResults(L, last-first+1, "too many results to unpack")
	for i := first; i <= last; i++ {
		L.Push(L.GetTable(t, lua.LNumber(i)))
	}
	return last - first + 1
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
