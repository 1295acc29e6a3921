package luavm

import (
	"errors"

	lua "github.com/yuin/gopher-lua"
)

// The functions of this file give Go code the content of a *lua.LTable, whether it is a
// Table of the engine or a plain one, which gopher-lua or gopher-luar made. They know no
// metamethods. The methods of lua.LTable are right only for a plain one.

var (
	// ErrNilKey is returned when nil is set as a key.
	ErrNilKey = errors.New("table index is nil")
	// ErrNaNKey is returned when NaN is set as a key.
	ErrNaNKey = errors.New("table index is NaN")
)

// Get returns the value of a key.
func Get(t *lua.LTable, key lua.LValue) lua.LValue {
	if own, ok := asTable(t); ok {
		return own.Get(FromLValue(key)).LValue()
	}
	return t.RawGet(key)
}

// GetInt returns the value of an integer key.
func GetInt(t *lua.LTable, key int) lua.LValue {
	if own, ok := asTable(t); ok {
		return own.GetInt(key).LValue()
	}
	return t.RawGet(lua.LNumber(key))
}

// GetString returns the value of a string key.
func GetString(t *lua.LTable, key string) lua.LValue {
	if own, ok := asTable(t); ok {
		return own.GetStr(&String{s: key}).LValue()
	}
	return t.RawGetString(key)
}

// Set sets the value of a key. The error is ErrNilKey, ErrNaNKey or nil.
func Set(t *lua.LTable, key, v lua.LValue) error {
	if key == lua.LNil {
		return ErrNilKey
	}
	if n, ok := key.(lua.LNumber); ok && n != n {
		return ErrNaNKey
	}
	if own, ok := asTable(t); ok {
		own.Set(FromLValue(key), FromLValue(v))
	} else {
		t.RawSet(key, v)
	}
	return nil
}

// SetInt sets the value of an integer key.
func SetInt(t *lua.LTable, key int, v lua.LValue) {
	if own, ok := asTable(t); ok {
		own.SetInt(key, FromLValue(v))
	} else {
		t.RawSet(lua.LNumber(key), v)
	}
}

// SetString sets the value of a string key.
func SetString(t *lua.LTable, key string, v lua.LValue) {
	if own, ok := asTable(t); ok {
		own.SetStr(Intern(key), FromLValue(v))
	} else {
		t.RawSetString(key, v)
	}
}

// Len returns a border, as the operator # does.
func Len(t *lua.LTable) int {
	if own, ok := asTable(t); ok {
		return own.Len()
	}
	return t.Len()
}

// Append sets the value of the key after the border.
func Append(t *lua.LTable, v lua.LValue) {
	if own, ok := asTable(t); ok {
		own.Append(FromLValue(v))
	} else {
		t.Append(v)
	}
}

// Next returns the key after another one, and its value. The key before the first and
// after the last is nil. ok is false if the table does not have the key.
func Next(t *lua.LTable, key lua.LValue) (next, v lua.LValue, ok bool) {
	if own, is := asTable(t); is {
		next, v, ok := own.Next(FromLValue(key))
		return next.LValue(), v.LValue(), ok
	}
	next, v = t.Next(key)
	return next, v, true
}

// ForEach calls do for each key with a value, in the order of Next. do may change and
// remove these keys.
func ForEach(t *lua.LTable, do func(key, v lua.LValue)) {
	own, ok := asTable(t)
	if !ok {
		t.ForEach(do)
		return
	}
	for key, v, position := own.nextAt(firstPosition); !key.isNil(); key, v, position = own.nextAt(position) {
		do(key.LValue(), v.LValue())
	}
}

// Metatable returns the metatable, or lua.LNil.
func Metatable(t *lua.LTable) lua.LValue {
	if own, ok := asTable(t); !ok {
		return t.Metatable
	} else if own.meta != nil {
		return own.meta
	}
	return lua.LNil
}

// SetMetatable sets the metatable; nil removes it.
func SetMetatable(t, metatable *lua.LTable) {
	switch own, ok := asTable(t); {
	case ok:
		own.setMetatable(metatable)
	case metatable == nil:
		t.Metatable = lua.LNil
	default:
		t.Metatable = metatable
	}
}
