package luabind

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/suggest"
	"microts/store"
)

// options returns argument i, a table of options. It returns nil if the argument
// is nil or absent.
func (s *signature) options(L *lua.LState, i int) *lua.LTable {
	switch t := L.Get(i).(type) {
	case *lua.LTable:
		return t
	case *lua.LNilType:
		return nil
	}
	s.bad(L, i, "table of options")
	return nil
}

// eachOption calls set for each option of argument i, in any order. It throws the
// first error that set returns.
func (s *signature) eachOption(L *lua.LState, i int, set func(name string, value lua.LValue) error) {
	t := s.options(L, i)
	if t == nil {
		return
	}
	t.ForEach(func(k, v lua.LValue) {
		name, ok := k.(lua.LString)
		if !ok {
			s.throw(L, &argError{i, expected("names of options", k)})
		}
		if err := set(string(name), v); err != nil {
			s.badOption(L, i, string(name), err)
		}
	})
}

// badOption throws the error of an option of argument i.
func (s *signature) badOption(L *lua.LState, i int, name string, err error) {
	s.throw(L, &argError{i, fmt.Errorf("option %q: %w", name, err)})
}

// unknownName returns the error of a name that is not in known. It suggests the nearest
// of known, or lists all.
func unknownName(name string, known ...string) error {
	if near := suggest.Nearest(name, known); near != "" {
		return fmt.Errorf("unknown; did you mean %q?", near)
	}
	return fmt.Errorf("unknown; there are %s", strings.Join(known, ", "))
}

// setOption sets an option of a database: mode, durability, or one of RocksDB's.
// Env.Open checks the names and values of RocksDB's options.
func setOption(o *store.Options, name string, value lua.LValue) error {
	switch name {
	case "mode":
		switch value {
		case lua.LString("r"):
			o.ReadOnly = true
		case lua.LString("rw"):
		default:
			return expected(`"r" or "rw"`, value)
		}
		return nil
	case "durability":
		name, _ := value.(lua.LString)
		d, err := store.ParseDurability(string(name))
		if err != nil {
			return expected(`"process", "sync" or "none"`, value)
		}
		o.Durability = d
		return nil
	}
	switch value.(type) {
	case lua.LString, lua.LNumber, lua.LBool:
	default:
		return expected("string, number or boolean", value)
	}
	if o.RocksDB == nil {
		o.RocksDB = map[string]string{}
	}
	o.RocksDB[name] = value.String()
	return nil
}
