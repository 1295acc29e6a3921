package glua

import (
	"reflect"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// checkLayout requires that two structs have the same fields at the same offsets.
func checkLayout(t *testing.T, theirs, ours reflect.Type, names ...string) {
	t.Helper()
	if theirs.NumField() != ours.NumField() || theirs.Size() != ours.Size() {
		t.Errorf("gopher-lua has changed: %v has %d fields and %d bytes, not %d and %d",
			theirs, theirs.NumField(), theirs.Size(), ours.NumField(), ours.Size())
	}
	for i := range min(theirs.NumField(), len(names)) {
		f, want := theirs.Field(i), ours.Field(i)
		if f.Name != names[i] || f.Type != want.Type || f.Offset != want.Offset {
			t.Errorf("gopher-lua has changed: field %d of %v is %s %v at %d, not %s %v at %d",
				i, theirs, f.Name, f.Type, f.Offset, names[i], want.Type, want.Offset)
		}
	}
}

// TestTableLayout pins how gopher-lua lays out a table.
func TestTableLayout(t *testing.T) {
	theirs, ours := reflect.TypeFor[lua.LTable](), reflect.TypeFor[tableLayout]()
	checkLayout(t, theirs, ours, "Metatable", "array", "dict", "strdict", "keys", "k2i")
}

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
