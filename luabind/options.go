package luabind

import (
	"fmt"
	"strings"

	"microts/internal/luavm"
	"microts/internal/suggest"
	"microts/store"
)

// eachOption calls set for each option of argument i, in any order. It throws the
// first error that set returns.
func (s *signature) eachOption(c *luavm.Call, i int, set func(name string, value luavm.Value) error) {
	if err := readOptions(c, i, set); err != nil {
		s.throw(c, err)
	}
}

// readOptions is eachOption, but returns the error.
func readOptions(c *luavm.Call, i int, set func(name string, value luavm.Value) error) error {
	v := c.Arg(i)
	if v.IsNil() {
		return nil
	}
	t, ok := v.AsTable()
	if !ok {
		return badArg(c, i, "table of options")
	}
	for k, v := range t.All() {
		if !k.IsString() {
			return &argError{i, expected("names of options", k)}
		}
		if err := set(k.Text(), v); err != nil {
			return &argError{i, optionError(k.Text(), err)}
		}
	}
	return nil
}

// badOption throws the error of an option of argument i.
func (s *signature) badOption(c *luavm.Call, i int, name string, err error) {
	s.throw(c, &argError{i, optionError(name, err)})
}

// optionError returns err as the error of an option.
func optionError(name string, err error) error { return fmt.Errorf("option %q: %w", name, err) }

// unknownName returns the error of a name that is not in known. It suggests the nearest
// of known, or lists all.
func unknownName(name string, known ...string) error {
	if near := suggest.Nearest(name, known); near != "" {
		return fmt.Errorf("unknown; did you mean %q?", near)
	}
	return fmt.Errorf("unknown; there are %s", strings.Join(known, ", "))
}

// nearest returns the one of names that is most like name, or "".
func nearest(name string, names []string) string { return suggest.Nearest(name, names) }

// setOption sets an option of a database: mode, durability, or one of RocksDB's.
// store.Env.Open checks the names and values of RocksDB's options.
func setOption(o *store.Options, name string, value luavm.Value) error {
	switch name {
	case "mode":
		switch optText(value) {
		case "r":
			o.ReadOnly = true
		case "rw":
		default:
			return expected(`"r" or "rw"`, value)
		}
		return nil
	case "durability":
		d, err := store.ParseDurability(optText(value))
		if err != nil {
			return expected(`"process", "sync" or "none"`, value)
		}
		o.Durability = d
		return nil
	}
	if !value.IsString() && !value.IsNumber() && value != luavm.True && value != luavm.False {
		return expected("string, number or boolean", value)
	}
	if o.RocksDB == nil {
		o.RocksDB = map[string]string{}
	}
	o.RocksDB[name] = luavm.PlainString(value)
	return nil
}
