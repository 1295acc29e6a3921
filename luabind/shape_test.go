package luabind

import (
	"reflect"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestTableLayout pins how gopher-lua lays out a table, on which shape relies.
func TestTableLayout(t *testing.T) {
	got, want := reflect.TypeFor[lua.LTable](), reflect.TypeFor[TableLayout]()
	if got.Size() != want.Size() || got.NumField() != want.NumField() {
		t.Fatalf("a table is %v, not %v", got, want)
	}
	for i := range got.NumField() {
		g, w := got.Field(i), want.Field(i)
		if !strings.EqualFold(g.Name, w.Name) || g.Type != w.Type || g.Offset != w.Offset {
			t.Errorf("field %d is %s %v, not %s %v", i, g.Name, g.Type, w.Name, w.Type)
		}
	}
	a, fields := newShape("x", "y").table(lua.LNil)
	fields["x"], fields["y"] = lua.LNumber(1), lua.LNumber(2)
	b, fields := newShape("x", "y").table(lua.LNil)
	fields["x"], fields["y"] = lua.LNumber(3), lua.LNumber(4)
	a.RawSetString("z", lua.LNumber(5))
	if l := LayoutOf(b); len(l.Keys) != 2 || len(l.K2i) != 2 {
		t.Error("tables of one shape share what they hold")
	}
	if k, v := a.Next(lua.LString("y")); k != lua.LString("z") || v != lua.LNumber(5) {
		t.Errorf("next key %v = %v", k, v)
	}
}
