package compat

import (
	"fmt"
	"math"
	"strconv"

	"microts/internal/luavm"
)

// encoder encodes one value.
type encoder struct {
	*cjson
	call  *luavm.Call
	text  luavm.Builder
	steps int // since the last look whether the script is to end
}

// encode is cjson.encode(value).
func (j *cjson) encode(c *luavm.Call) (luavm.Value, error) {
	e := &encoder{cjson: j, call: c, text: luavm.NewBuilder(c)}
	const common = 256 // bytes
	e.text.Grow(common)
	if err := e.encode(c.Arg(1), 1); err != nil {
		return luavm.Nil, err
	}
	return e.text.Value(), nil
}

// step counts n steps of less than 1 µs.
func (e *encoder) step(n int) {
	if e.steps += n; e.steps >= mostSteps {
		e.steps = 0
		e.call.CheckStop()
	}
}

// encode appends a value as JSON; depth counts the tables around it, and itself.
func (e *encoder) encode(v luavm.Value, depth int) error {
	e.step(1)
	switch {
	case v.IsNumber():
		return e.appendNumber(v.Float())
	case v.IsString():
		e.appendString(v.Text())
	case v.IsTable():
		return e.encodeTable(ownTable(v), depth)
	case v.IsNil() || v == e.null:
		e.text.Add("null")
	case v == luavm.True:
		e.text.Add("true")
	case v == luavm.False:
		e.text.Add("false")
	case v == e.emptyArray:
		e.text.Add("[]")
	default:
		return messagef("Cannot serialise %s: type not supported", v.TypeName())
	}
	return nil
}

// ownTable returns a table of the engine, or a copy of one that Go code has made.
func ownTable(v luavm.Value) *luavm.Table {
	if t, ok := v.AsTable(); ok {
		return t
	}
	t := luavm.NewTable(0, 0)
	for key, item, _ := v.RawNext(luavm.Nil); !key.IsNil(); key, item, _ = v.RawNext(key) {
		t.Set(key, item)
	}
	return t
}

func (e *encoder) encodeTable(t *luavm.Table, depth int) error {
	if depth > min(e.encodeDepth, mostNested) {
		return messagef("Cannot serialise, excessive nesting (%d)", depth)
	}
	meta := t.MetaTable()
	if meta == e.arrayMT.Value() {
		return e.encodeArray(t, t.Len(), depth)
	}
	length, empty, err := e.arrayLength(t)
	if err != nil {
		return err
	}
	if length > 0 || empty && (!e.emptyAsObject || meta == e.emptyMT.Value()) {
		return e.encodeArray(t, length, depth)
	}
	return e.encodeObject(t, depth)
}

func (e *encoder) encodeArray(t *luavm.Table, length, depth int) error {
	e.text.AddByte('[')
	for i := 1; i <= length; i++ {
		if i > 1 {
			e.text.AddByte(',')
		}
		if err := e.encode(t.GetInt(i), depth+1); err != nil {
			return err
		}
	}
	e.text.AddByte(']')
	return nil
}

func (e *encoder) encodeObject(t *luavm.Table, depth int) error {
	e.text.AddByte('{')
	key, v, at := t.NextAt(0)
	for first := true; !key.IsNil(); key, v, at = t.NextAt(at) {
		if !first {
			e.text.AddByte(',')
		}
		first = false
		if err := e.encodeKey(key); err != nil {
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

func (e *encoder) encodeKey(key luavm.Value) error {
	switch {
	case key.IsString():
		e.appendString(key.Text())
		return nil
	case key.IsNumber():
		e.text.AddByte('"')
		err := e.appendNumber(key.Float())
		e.text.AddByte('"')
		return err
	}
	return messagef("Cannot serialise %s: table key must be a number or string", key.TypeName())
}

// arrayLength returns the largest index of a table that is an array, or -1 if it is
// none. An array has only integers from 1 on for keys.
func (e *encoder) arrayLength(t *luavm.Table) (length int, empty bool, err error) {
	most, items := 0, 0
	if values, ok := t.List(); ok {
		most = len(values)
		for i := range values {
			if !values[i].IsNil() {
				items++
			}
		}
		e.step(len(values) >> 4)
	} else {
		for key, _, at := t.NextAt(0); !key.IsNil(); key, _, at = t.NextAt(at) {
			n := 0
			if key.IsNumber() {
				n = int(key.Float())
			}
			if n < 1 || float64(n) != key.Float() {
				return -1, false, nil
			}
			items++
			most = max(most, n)
			e.step(1)
		}
	}
	switch {
	case items == 0:
		return -1, true, nil
	case e.sparseRatio > 0 && most > e.sparseSafe && most/e.sparseRatio >= items && most > items*e.sparseRatio:
		if !e.sparseConvert {
			return 0, false, message("Cannot serialise table: excessively sparse array")
		}
		return -1, false, nil
	}
	return most, false, nil
}

// appendNumber appends an integer between -2^63 and 2^63 with all its digits, where
// lua-cjson rounds it to the precision: a time in µs has 16 digits.
func (e *encoder) appendNumber(f float64) error {
	const (
		limit   = 1 << 63
		longest = 32 // bytes
	)
	e.text.Grow(longest)
	if i := int64(f); float64(i) == f && -limit < f && f < limit && (i != 0 || !math.Signbit(f)) {
		e.text.AddBytes(strconv.AppendInt(e.text.Spare(), i, 10))
		return nil
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		switch e.encodeInvalid {
		case "null":
			e.text.Add("null")
			return nil
		case true:
			e.text.AddBytes(luavm.AppendNumber(e.text.Spare(), f))
			return nil
		}
		return message("Cannot serialise number: must not be NaN or Inf")
	}
	e.text.AddBytes(strconv.AppendFloat(e.text.Spare(), f, 'g', e.precision, 64))
	return nil
}

// jsonEscapes are the bytes that strings of JSON show in another way.
var jsonEscapes = func() (all [256]string) {
	for b := range byte(' ') {
		all[b] = fmt.Sprintf(`\u%04x`, b)
	}
	all[0x7f] = `\u007f`
	for b, escape := range map[byte]string{
		'"': `\"`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`,
	} {
		all[b] = escape
	}
	return all
}()

func (e *encoder) appendString(s string) {
	const bytes = 256 // in a step
	e.step(len(s) / bytes)
	e.text.Grow(len(s) + len(`""`))
	e.text.AddByte('"')
	start := 0
	for i := range len(s) {
		escape := jsonEscapes[s[i]]
		if escape == "" || s[i] == '/' && !e.escapeSlash {
			continue
		}
		e.text.Add(s[start:i])
		e.text.Add(escape)
		start = i + 1
	}
	e.text.Add(s[start:])
	e.text.AddByte('"')
}
