package compat

import (
	"fmt"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luasyntax"
)

// encode appends a value as JSON; depth counts the tables around it, and itself.
func (c *cjson) encode(b []byte, v lua.LValue, depth int) ([]byte, error) {
	switch v := v.(type) {
	case lua.LString:
		return c.appendString(b, string(v)), nil
	case lua.LNumber:
		return c.appendNumber(b, float64(v))
	case lua.LBool:
		return strconv.AppendBool(b, bool(v)), nil
	case *lua.LNilType:
		return append(b, "null"...), nil
	case *lua.LUserData:
		switch v {
		case c.null:
			return append(b, "null"...), nil
		case c.emptyArray:
			return append(b, "[]"...), nil
		}
	case *lua.LTable:
		return c.encodeTable(b, v, depth)
	}
	return nil, messagef("Cannot serialise %s: type not supported", v.Type())
}

func (c *cjson) encodeTable(b []byte, t *lua.LTable, depth int) ([]byte, error) {
	if depth > c.encodeDepth {
		return nil, messagef("Cannot serialise, excessive nesting (%d)", depth)
	}
	length, empty, err := c.arrayLength(t)
	if err != nil {
		return nil, err
	}
	isArray := length > 0 || empty && (!c.emptyAsObject || t.Metatable == c.emptyMT)
	if t.Metatable == c.arrayMT {
		isArray, length = true, t.Len()
	}
	if isArray {
		b = append(b, '[')
		for i := 1; i <= length; i++ {
			if i > 1 {
				b = append(b, ',')
			}
			if b, err = c.encode(b, t.RawGetInt(i), depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	}
	b = append(b, '{')
	first := true
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if !first {
			b = append(b, ',')
		}
		first = false
		switch k := k.(type) {
		case lua.LString:
			b = c.appendString(b, string(k))
		case lua.LNumber:
			b = append(b, '"')
			if b, err = c.appendNumber(b, float64(k)); err != nil {
				return nil, err
			}
			b = append(b, '"')
		default:
			return nil, messagef("Cannot serialise %s: table key must be a number or string", k.Type())
		}
		b = append(b, ':')
		if b, err = c.encode(b, v, depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// arrayLength returns the largest index of a table that is an array, or -1 if it is
// none. An array has only integers from 1 on for keys.
func (c *cjson) arrayLength(t *lua.LTable) (length int, empty bool, err error) {
	most, items, isArray := 0, 0, true
	t.ForEach(func(k, _ lua.LValue) {
		n, ok := k.(lua.LNumber)
		if !ok || n < 1 || n != lua.LNumber(int(n)) {
			isArray = false
		}
		items++
		most = max(most, int(n))
	})
	switch {
	case items == 0:
		return -1, true, nil
	case !isArray:
		return -1, false, nil
	case c.sparseRatio > 0 && most > items*c.sparseRatio && most > c.sparseSafe:
		if !c.sparseConvert {
			return 0, false, message("Cannot serialise table: excessively sparse array")
		}
		return -1, false, nil
	}
	return most, false, nil
}

func (c *cjson) appendNumber(b []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		switch c.encodeInvalid {
		case "null":
			return append(b, "null"...), nil
		case true:
			return luasyntax.AppendNumber(b, f), nil
		}
		return nil, message("Cannot serialise number: must not be NaN or Inf")
	}
	return luasyntax.AppendG(b, f, c.precision, false), nil
}

func (c *cjson) appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		var escape string
		switch ch := s[i]; {
		case ch == '"':
			escape = `\"`
		case ch == '\\':
			escape = `\\`
		case ch == '/' && c.escapeSlash:
			escape = `\/`
		case ch == '\b':
			escape = `\b`
		case ch == '\t':
			escape = `\t`
		case ch == '\n':
			escape = `\n`
		case ch == '\f':
			escape = `\f`
		case ch == '\r':
			escape = `\r`
		case ch < ' ' || ch == 0x7f:
			escape = fmt.Sprintf(`\u%04x`, ch)
		default:
			continue
		}
		b = append(append(b, s[start:i]...), escape...)
		start = i + 1
	}
	return append(append(b, s[start:]...), '"')
}
