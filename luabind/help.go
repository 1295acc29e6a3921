package luabind

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// Help returns the signature of a function of micro_ts, of a method of the
// storage engines or of a function of the C library, and what it does, or "".
func Help(name string) string {
	for _, f := range slices.Concat(Functions, EngineMethods, CFunctions) {
		if f.Name == name {
			returns := ""
			if f.Returns != "" {
				returns = " -> " + f.Returns
			}
			return f.Usage() + returns + "\n" + f.Help
		}
	}
	return ""
}

// IsModule says whether a value is the module micro_ts, a handle of a database, a
// storage engine or its class: what Help tells about.
func IsModule(L *lua.LState, v lua.LValue) bool {
	if Database(v) != nil {
		return true
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		return false
	}
	m := moduleOf(L)
	return t == m.classes[0] || t == m.classes[1] || t.RawGetString("put_many") != lua.LNil && t.RawGetString("pack_row") != lua.LNil
}
