package compat

import (
	"fmt"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
	"microts/internal/luasyntax"
)

// encoder encodes one value.
type encoder struct {
	*cjson
	text *room.Text
	pace room.Pace
}

// stepBytes is how many bytes count as one step of a room.Pace.
const stepBytes = 256

// encode returns a value as JSON.
func (c *cjson) encode(L *lua.LState, v lua.LValue) (lua.LValue, error) {
	e := &encoder{c, &room.Text{L: L}, room.Pace{L: L}}
	if err := e.encode(v, 1); err != nil {
		return nil, err
	}
	return e.text.Value(), nil
}

// encode appends a value as JSON; depth counts the tables around it, and itself.
func (e *encoder) encode(v lua.LValue, depth int) (err error) {
	e.pace.Step(1)
	switch v := v.(type) {
	case lua.LString:
		e.appendString(string(v))
		return nil
	case lua.LNumber:
		return e.appendNumber(float64(v))
	case lua.LBool:
		e.text.Add(strconv.FormatBool(bool(v)))
		return nil
	case *lua.LNilType:
		e.text.Add("null")
		return nil
	case *lua.LUserData:
		switch v {
		case e.null:
			e.text.Add("null")
			return nil
		case e.emptyArray:
			e.text.Add("[]")
			return nil
		}
	case *lua.LTable:
		return e.encodeTable(v, depth)
	}
	return messagef("Cannot serialise %s: type not supported", v.Type())
}

func (e *encoder) encodeTable(t *lua.LTable, depth int) error {
	if depth > min(e.encodeDepth, mostNested) {
		return messagef("Cannot serialise, excessive nesting (%d)", depth)
	}
	length, empty, err := e.arrayLength(t)
	if err != nil {
		return err
	}
	isArray := length > 0 || empty && (!e.emptyAsObject || t.Metatable == e.emptyMT)
	if t.Metatable == e.arrayMT {
		isArray, length = true, t.Len()
	}
	if isArray {
		return e.encodeArray(t, length, depth)
	}
	return e.encodeObject(t, depth)
}

func (e *encoder) encodeArray(t *lua.LTable, length, depth int) error {
	e.text.AddByte('[')
	for i := 1; i <= length; i++ {
		if i > 1 {
			e.text.AddByte(',')
		}
		if err := e.encode(t.RawGetInt(i), depth+1); err != nil {
			return err
		}
	}
	e.text.AddByte(']')
	return nil
}

func (e *encoder) encodeObject(t *lua.LTable, depth int) error {
	e.text.AddByte('{')
	first := true
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if !first {
			e.text.AddByte(',')
		}
		first = false
		if err := e.encodeKey(k); err != nil {
			return err
		}
		e.text.AddByte(':')
		if err := e.encode(v, depth+1); err != nil {
			return err
		}
	}
	e.text.AddByte('}')
	return nil
}

func (e *encoder) encodeKey(k lua.LValue) error {
	switch k := k.(type) {
	case lua.LString:
		e.appendString(string(k))
		return nil
	case lua.LNumber:
		e.text.AddByte('"')
		err := e.appendNumber(float64(k))
		e.text.AddByte('"')
		return err
	}
	return messagef("Cannot serialise %s: table key must be a number or string", k.Type())
}

// arrayLength returns the largest index of a table that is an array, or -1 if it is
// none. An array has only integers from 1 on for keys.
func (e *encoder) arrayLength(t *lua.LTable) (length int, empty bool, err error) {
	most, items, isArray := 0, 0, true
	t.ForEach(func(k, _ lua.LValue) {
		n, ok := k.(lua.LNumber)
		if !ok || n < 1 || n != lua.LNumber(int(n)) {
			isArray = false
		}
		e.pace.Step(1)
		items++
		most = max(most, int(n))
	})
	switch {
	case items == 0:
		return -1, true, nil
	case !isArray:
		return -1, false, nil
	case e.sparseRatio > 0 && most > items*e.sparseRatio && most > e.sparseSafe:
		if !e.sparseConvert {
			return 0, false, message("Cannot serialise table: excessively sparse array")
		}
		return -1, false, nil
	}
	return most, false, nil
}

func (e *encoder) appendNumber(f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		switch e.encodeInvalid {
		case "null":
			e.text.Add("null")
			return nil
		case true:
			e.text.AddBytes(luasyntax.AppendNumber(e.text.Spare(), f))
			return nil
		}
		return message("Cannot serialise number: must not be NaN or Inf")
	}
	e.text.AddBytes(luasyntax.AppendG(e.text.Spare(), f, e.precision, false))
	return nil
}

func (e *encoder) appendString(s string) {
	e.pace.Step(len(s) / stepBytes)
	e.text.Grow(len(s) + len(`""`))
	e.text.AddByte('"')
	start := 0
	for i := range len(s) {
		var escape string
		switch ch := s[i]; {
		case ch == '"':
			escape = `\"`
		case ch == '\\':
			escape = `\\`
		case ch == '/' && e.escapeSlash:
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
		e.text.Add(s[start:i])
		e.text.Add(escape)
		start = i + 1
	}
	e.text.Add(s[start:])
	e.text.AddByte('"')
}
