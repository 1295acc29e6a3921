package luabind

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// Text returns the function's signature and what it does, in two lines.
func (f *Function) Text() string {
	returns := ""
	if f.Returns != "" {
		returns = " -> " + f.Returns
	}
	return f.Usage() + returns + "\n" + f.Help
}

// Help returns the texts of all functions of a name: of micro_ts, of the storage
// engines and of the C library.
func Help(name string) (texts []string) {
	for _, f := range slices.Concat(Functions, EngineMethods, CFunctions) {
		if f.Name == name {
			texts = append(texts, f.Text())
		}
	}
	return texts
}

// HelpOf returns the text of a field of what a script holds: the module micro_ts,
// a handle of a database, a storage engine or its class; "" for anything else.
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
