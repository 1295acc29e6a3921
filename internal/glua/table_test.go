package glua

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestTableParts pins what gopher-lua keeps in which part of a table.
func TestTableParts(t *testing.T) {
	L := newState(t)
	run(t, L, `t = setmetatable({10, 20, x = 30, [true] = 40, [2.5] = 50}, {})`)
	l := layoutOf(L.GetGlobal("t").(*lua.LTable))
	if l.metatable.Type() != lua.LTTable {
		t.Errorf("the metatable is %v", l.metatable)
	}
	if len(l.array) != 2 || l.array[1] != lua.LNumber(20) {
		t.Errorf("gopher-lua has changed: the array is %v", l.array)
	}
	if len(l.strdict) != 1 || l.strdict["x"] != lua.LNumber(30) {
		t.Errorf("gopher-lua has changed: the values of string keys are %v", l.strdict)
	}
	if len(l.dict) != 2 || l.dict[lua.LTrue] != lua.LNumber(40) || l.dict[lua.LNumber(2.5)] != lua.LNumber(50) {
		t.Errorf("gopher-lua has changed: the values of other keys are %v", l.dict)
	}
	if len(l.keys) != 3 || len(l.k2i) != 3 {
		t.Fatalf("gopher-lua has changed: the keys are %v and %v", l.keys, l.k2i)
	}
	for i, key := range l.keys {
		if l.k2i[key] != i {
			t.Errorf("gopher-lua has changed: key %v is said to stand at %d, not %d", key, l.k2i[key], i)
		}
	}
}
