package luabind

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// Help returns the texts of all functions that have the name: of micro_ts, of the
// storage engines and of libmicro_ts, in this order.
func Help(name string) (texts []string) {
	for _, f := range slices.Concat(Functions, EngineMethods, CFunctions) {
		if f.Name == name {
			texts = append(texts, f.Text())
		}
	}
	return texts
}

// HelpOf returns the text of the function that a script finds under name in a
// value: the module micro_ts, a database handle, a storage engine or its class. It
// returns "" if the value is none of these or has no such function.
func HelpOf(L *lua.LState, of lua.LValue, name string) string {
	var functions []Function
	switch t, _ := of.(*lua.LTable); {
	case Database(of) != nil, t != nil && t.RawGetString(packRowSig.name) != lua.LNil:
		functions = Functions
	case t != nil && (t.RawGetString(engineField) != lua.LNil || slices.Contains(moduleOf(L).classes[:], t)):
		functions = EngineMethods
	}
	if f := find(functions, name); f != nil {
		return f.Text()
	}
	return ""
}
