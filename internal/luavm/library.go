package luavm

import (
	"iter"
	"maps"
	"slices"
)

// NewLibrary makes a table of functions, in the order of their names.
func NewLibrary(functions map[string]Native) *Table {
	t := NewTable(0, len(functions))
	t.SetFunctions(functions)
	return t
}

// SetFunctions makes natives fields of a table, in the order of their names.
func (t *Table) SetFunctions(functions map[string]Native) {
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		t.SetString(name, NewFunction(name, functions[name]).Value())
	}
}

// GetString returns the value of a string key.
func (t *Table) GetString(name string) Value { return t.GetStr(&String{s: name}) }

// SetString sets the value of a string key.
func (t *Table) SetString(name string, v Value) { t.SetStr(Intern(name), v) }

// All iterates over the keys with values, in the order of Next. The body may change and
// remove these keys.
func (t *Table) All() iter.Seq2[Value, Value] {
	return func(yield func(key, v Value) bool) {
		for key, v, position := t.nextAt(firstPosition); !key.isNil(); key, v, position = t.nextAt(position) {
			if !yield(key, v) {
				return
			}
		}
	}
}

// MetaTable returns the metatable, or nil.
func (t *Table) MetaTable() Value { return tableOrNil(t.meta) }

// SetMetaTable sets the metatable; nil removes it.
func (t *Table) SetMetaTable(metatable *Table) {
	if metatable == nil {
		t.setMetatable(nil)
		return
	}
	t.setMetatable(&metatable.LTable)
}

// SetPreload makes a module that require finds: open makes it and returns it.
func (s *State) SetPreload(name string, open Native) {
	s.Preload.SetString(name, NewFunction(name, open).Value())
}

// SetBuiltin is SetPreload of a module that gives way to a file of the same name.
func (s *State) SetBuiltin(name string, open Native) {
	s.Builtin.SetString(name, NewFunction(name, open).Value())
}

// SetModule makes a module a global and a module that require finds.
func (s *State) SetModule(name string, module *Table) {
	s.Globals.SetString(name, module.Value())
	s.Loaded.SetString(name, module.Value())
}
