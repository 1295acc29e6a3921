package luavm

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// TestMetatableMayChange asks for an absent metamethod, which is remembered, and adds it
// in each way.
func TestMetatableMayChange(t *testing.T) {
	for name, add := range map[string]func(*Table){
		"new key":     func(meta *Table) { meta.SetStr(NewString("__index"), True) },
		"removed key": func(meta *Table) { meta.Set(Intern("__index").Value(), True) },
	} {
		meta := NewTable(0, 0)
		if name == "removed key" {
			meta.SetStr(Intern("__index"), False)
			meta.SetStr(Intern("__index"), Nil)
		}
		table := NewTable(0, 0)
		table.setMetatable(&meta.LTable)
		for range 2 {
			if v := metamethod(&meta.LTable, eventIndex); !v.isNil() {
				t.Errorf("%s: there is an __index: %v", name, v)
			}
		}
		if meta.absent>>eventIndex&1 == 0 {
			t.Errorf("%s: the missing __index is not remembered", name)
		}
		add(meta)
		if v := metamethod(&meta.LTable, eventIndex); v != True || meta.absent>>eventIndex&1 != 0 {
			t.Errorf("%s: the __index is not seen: %v", name, v)
		}
	}
}

// TestEventsWithoutABit are looked up each time.
func TestEventsWithoutABit(t *testing.T) {
	meta := NewTable(0, 0)
	for e := range events {
		if v := metamethod(&meta.LTable, e); !v.isNil() {
			t.Errorf("%v", v)
		}
	}
	meta.SetStr(eventNames[eventGC], True)
	if metamethod(&meta.LTable, eventGC) != True {
		t.Error("__gc is not seen")
	}
}

func TestPlainTableAsMetatable(t *testing.T) {
	meta := &lua.LTable{Metatable: lua.LNil}
	table := NewTable(0, 0)
	table.setMetatable(meta)
	if v := metamethod(table.meta, eventIndex); !v.isNil() {
		t.Errorf("there is an __index: %v", v)
	}
	meta.RawSetString("__index", lua.LTrue)
	if metamethod(table.meta, eventIndex) != True {
		t.Error("the __index is not seen")
	}
}

// TestSetMetatableOfBothKinds does the same with a Table and with a plain table.
func TestSetMetatableOfBothKinds(t *testing.T) {
	for name, table := range map[string]*lua.LTable{"own": &NewTable(0, 0).LTable, "plain": {Metatable: lua.LNil}} {
		metatable := func() lua.LValue {
			if own, ok := asTable(table); ok {
				if own.meta == nil {
					return lua.LNil
				}
				return own.meta
			}
			return table.Metatable
		}
		meta := &NewTable(0, 0).LTable
		if SetMetatable(table, meta); metatable() != meta {
			t.Errorf("%s: the metatable is not the one that was set", name)
		}
		if SetMetatable(table, nil); metatable() != lua.LNil {
			t.Errorf("%s: the metatable is not removed", name)
		}
	}
}
