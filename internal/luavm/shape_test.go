package luavm

import "testing"

func TestShapeMakesTables(t *testing.T) {
	x, y, z := Intern("x"), Intern("y"), Intern("z")
	for _, room := range []int{0, 1, 7} {
		shape := NewShape(room, room, x, y)
		a, b := shape.NewTable(), shape.NewTable()
		a.SetField(1, True)
		a.SetStr(z, True)
		a.Append(True)
		if got := order(a); got != "1 y z" {
			t.Errorf("keys %q", got)
		}
		if got := order(b); got != "" {
			t.Errorf("keys %q of another table of the Shape", got)
		}
		a.SetStr(x, Int(1))
		if got := order(a); a.GetStr(x) != Int(1) || room > 0 && got != "1 x y z" {
			t.Errorf("keys %q", got)
		}
	}
}

func TestTablesOfAShapeHaveItsMetatable(t *testing.T) {
	shape := NewShape(0, 0, Intern("x"))
	before := shape.NewTable()
	meta := NewTable(0, 1)
	shape.SetMetaTable(meta)
	if got := shape.NewTable().MetaTable(); got != meta.Value() {
		t.Errorf("metatable %v", got)
	}
	if !before.MetaTable().IsNil() {
		t.Error("a table made before has the metatable")
	}
}
