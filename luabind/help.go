package luabind

import (
	"slices"

	"microts/internal/luavm"
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
func HelpOf(s *luavm.State, of luavm.Value, name string) string {
	var functions []Function
	switch t, _ := of.AsTable(); {
	case Database(of) != nil, t != nil && !t.GetString(packRowSig.name).IsNil():
		functions = Functions
	case t != nil && (!t.GetStr(engineKey).IsNil() || slices.Contains(ofState(s).classes[:], t)):
		functions = EngineMethods
	}
	if f := find(functions, name); f != nil {
		return f.Text()
	}
	return ""
}
