package luabind

import (
	"slices"

	"microts/internal/luavm"
)

// Also returns the other names of a method of the storage engines, in alphabetical order.
func (f *Function) Also() (names []string) {
	if len(f.Args) == 0 || f.Args[0] != engineArg {
		return nil
	}
	for other, name := range engineAliases {
		if name == f.Name {
			names = append(names, other)
		}
	}
	slices.Sort(names)
	return names
}

// HelpOf returns the text of the function that a script finds under name in a
// value: the module micro_ts, a database handle, a calendar, a storage engine or its
// class. It returns "" if the value is none of these or has no such function.
func HelpOf(s *luavm.State, of luavm.Value, name string) string {
	var functions []Function
	switch t, _ := of.AsTable(); {
	case Source(of) != nil, t != nil && !t.GetString(packRowSig.name).IsNil():
		functions = Functions
	case t != nil && (!t.GetStr(engineKey).IsNil() || slices.Contains(ofState(s).classes[:], t)):
		functions = EngineMethods
	case Calendar(of) != nil:
		functions = CalendarMethods
	}
	if f := find(functions, name); f != nil {
		return f.Text()
	}
	return ""
}
