package compat

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// cjson is the configuration of one instance of the module, as lua-cjson 2.1
// has it.
type cjson struct {
	precision     int
	encodeInvalid any // bool, or "null"
	decodeInvalid bool
	sparseConvert bool
	sparseRatio   int
	sparseSafe    int
	encodeDepth   int
	decodeDepth   int
	emptyAsObject bool
	escapeSlash   bool
	keepBuffer    bool

	null       *lua.LUserData
	emptyArray *lua.LUserData
	arrayMT    *lua.LTable // of tables that are arrays whatever they hold
	emptyMT    *lua.LTable // of tables that are arrays when they are empty
	markArrays bool        // decode gives arrays the metatable arrayMT
}

const cjsonRegistry = "microts.cjson"

// cjsonShared returns what all instances of a state share: null and the like.
func cjsonShared(L *lua.LState) *cjson {
	registry := L.Get(lua.RegistryIndex).(*lua.LTable)
	if ud, ok := registry.RawGetString(cjsonRegistry).(*lua.LUserData); ok {
		return ud.Value.(*cjson)
	}
	constant := func(name string) *lua.LUserData {
		ud := L.NewUserData()
		meta := L.NewTable()
		meta.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
			L.Push(lua.LString(name))
			return 1
		}))
		ud.Metatable = meta
		return ud
	}
	c := &cjson{
		null: constant("userdata: NULL"), emptyArray: constant("userdata: empty array"),
		arrayMT: L.NewTable(), emptyMT: L.NewTable(),
	}
	ud := L.NewUserData()
	ud.Value = c
	registry.RawSetString(cjsonRegistry, ud)
	return c
}

func openCJSON(L *lua.LState) int {
	L.Push(newCJSON(L, false))
	return 1
}

func openSafeCJSON(L *lua.LState) int {
	L.Push(newCJSON(L, true))
	return 1
}

// newCJSON makes an instance of the module. With safe its errors are nil and a
// message.
func newCJSON(L *lua.LState, safe bool) *lua.LTable {
	c := *cjsonShared(L)
	c.precision, c.decodeInvalid, c.encodeInvalid = 14, true, false
	c.sparseRatio, c.sparseSafe, c.encodeDepth, c.decodeDepth = 2, 10, 1000, 1000
	c.emptyAsObject, c.escapeSlash, c.keepBuffer = true, true, true
	call := func(body func(L *lua.LState) (lua.LValue, error)) lua.LGFunction {
		return func(L *lua.LState) int {
			v, err := body(L)
			if err == nil {
				L.Push(v)
				return 1
			}
			if safe {
				L.Push(lua.LNil)
				L.Push(lua.LString(err.Error()))
				return 2
			}
			L.RaiseError("%v", err)
			return 0
		}
	}
	boolean := func(to *bool) lua.LGFunction {
		return func(L *lua.LState) int {
			if L.Get(1) != lua.LNil {
				*to = onOff(L, 1)
			}
			L.Push(lua.LBool(*to))
			return 1
		}
	}
	limit := func(to *int, least, most int) lua.LGFunction {
		return func(L *lua.LState) int {
			if L.Get(1) != lua.LNil {
				n := int(number(L, 1))
				if n < least || n > most {
					L.ArgError(1, fmt.Sprintf("expected integer between %d and %d", least, most))
				}
				*to = n
			}
			L.Push(lua.LNumber(*to))
			return 1
		}
	}
	t := functions(L, map[string]lua.LGFunction{
		"encode": call(func(L *lua.LState) (lua.LValue, error) {
			checkOneArgument(L)
			b, err := c.encode(nil, L.Get(1), 1)
			return lua.LString(b), err
		}),
		"decode": call(func(L *lua.LState) (lua.LValue, error) {
			checkOneArgument(L)
			return c.decode(L, text(L, 1))
		}),
		"new": func(L *lua.LState) int {
			L.Push(newCJSON(L, safe))
			return 1
		},
		"encode_number_precision":      limit(&c.precision, 1, 16),
		"encode_max_depth":             limit(&c.encodeDepth, 1, math.MaxInt32),
		"decode_max_depth":             limit(&c.decodeDepth, 1, math.MaxInt32),
		"encode_keep_buffer":           boolean(&c.keepBuffer),
		"decode_invalid_numbers":       boolean(&c.decodeInvalid),
		"encode_empty_table_as_object": boolean(&c.emptyAsObject),
		"encode_escape_forward_slash":  boolean(&c.escapeSlash),
		"decode_array_with_array_mt":   boolean(&c.markArrays),
		"encode_invalid_numbers": func(L *lua.LState) int {
			switch L.Get(1) {
			case lua.LNil:
			case lua.LString("null"):
				c.encodeInvalid = "null"
			default:
				c.encodeInvalid = onOff(L, 1)
			}
			if b, ok := c.encodeInvalid.(bool); ok {
				L.Push(lua.LBool(b))
			} else {
				L.Push(lua.LString("null"))
			}
			return 1
		},
		"encode_sparse_array": func(L *lua.LState) int {
			if L.Get(1) != lua.LNil {
				c.sparseConvert = onOff(L, 1)
			}
			c.sparseRatio, c.sparseSafe = int(optNumber(L, 2, float64(c.sparseRatio))), int(optNumber(L, 3, float64(c.sparseSafe)))
			L.Push(lua.LBool(c.sparseConvert))
			L.Push(lua.LNumber(c.sparseRatio))
			L.Push(lua.LNumber(c.sparseSafe))
			return 3
		},
	})
	t.RawSetString("null", c.null)
	t.RawSetString("empty_array", c.emptyArray)
	t.RawSetString("array_mt", c.arrayMT)
	t.RawSetString("empty_array_mt", c.emptyMT)
	t.RawSetString("_NAME", lua.LString("cjson"))
	t.RawSetString("_VERSION", lua.LString("2.1.0"))
	return t
}

func checkOneArgument(L *lua.LState) {
	if L.GetTop() != 1 {
		L.ArgError(1, "expected 1 argument")
	}
}

func onOff(L *lua.LState, i int) bool {
	switch L.Get(i) {
	case lua.LString("on"):
		return true
	case lua.LString("off"):
		return false
	}
	return L.CheckBool(i)
}

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

// arrayLength returns the greatest index of an array, or -1 for what is none.
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
			return AppendNumber(b, f), nil
		}
		return nil, message("Cannot serialise number: must not be NaN or Inf")
	}
	return appendG(b, f, c.precision, false), nil
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

// jsonToken is what lua-cjson calls the kinds of tokens.
type jsonToken struct {
	kind  string // such as "T_COMMA"
	value lua.LValue
	at    int // the first character, from 1
	error string
}

// decoder decodes one text.
type decoder struct {
	c    *cjson
	L    *lua.LState
	s    string
	at   int
	deep int
}

func (c *cjson) decode(L *lua.LState, s string) (lua.LValue, error) {
	if len(s) >= 2 && (s[0] == 0 || s[1] == 0) {
		return nil, message("JSON parser does not support UTF-16 or UTF-32")
	}
	d := &decoder{c: c, L: L, s: s}
	v, err := d.value(d.next())
	if err != nil {
		return nil, err
	}
	if t := d.next(); t.kind != "T_END" {
		return nil, t.unexpected("the end")
	}
	return v, nil
}

func (t *jsonToken) unexpected(want string) error {
	got := t.kind
	if t.kind == "T_ERROR" {
		got = t.error
	}
	return messagef("Expected %s but found %s at character %d", want, got, t.at)
}

func (d *decoder) value(t jsonToken) (lua.LValue, error) {
	switch t.kind {
	case "T_STRING", "T_NUMBER", "T_BOOLEAN", "T_NULL":
		return t.value, nil
	case "T_OBJ_BEGIN", "T_ARR_BEGIN":
		if d.deep++; d.deep > d.c.decodeDepth {
			return nil, messagef("Found too many nested data structures (%d) at character %d", d.deep, t.at)
		}
		defer func() { d.deep-- }()
		if t.kind == "T_ARR_BEGIN" {
			return d.array()
		}
		return d.object()
	}
	return nil, t.unexpected("value")
}

func (d *decoder) array() (lua.LValue, error) {
	list := d.L.NewTable()
	if d.c.markArrays {
		list.Metatable = d.c.arrayMT
	}
	t := d.next()
	if t.kind == "T_ARR_END" {
		return list, nil
	}
	for i := 1; ; i++ {
		v, err := d.value(t)
		if err != nil {
			return nil, err
		}
		list.RawSetInt(i, v)
		switch t = d.next(); t.kind {
		case "T_ARR_END":
			return list, nil
		case "T_COMMA":
			t = d.next()
		default:
			return nil, t.unexpected("comma or array end")
		}
	}
}

func (d *decoder) object() (lua.LValue, error) {
	object := d.L.NewTable()
	t := d.next()
	if t.kind == "T_OBJ_END" {
		return object, nil
	}
	for {
		if t.kind != "T_STRING" {
			return nil, t.unexpected("object key string")
		}
		key := t.value
		if t = d.next(); t.kind != "T_COLON" {
			return nil, t.unexpected("colon")
		}
		v, err := d.value(d.next())
		if err != nil {
			return nil, err
		}
		object.RawSet(key, v)
		switch t = d.next(); t.kind {
		case "T_OBJ_END":
			return object, nil
		case "T_COMMA":
			t = d.next()
		default:
			return nil, t.unexpected("comma or object end")
		}
	}
}

var jsonPunctuation = map[byte]string{
	'{': "T_OBJ_BEGIN", '}': "T_OBJ_END", '[': "T_ARR_BEGIN", ']': "T_ARR_END", ',': "T_COMMA", ':': "T_COLON",
}

func (d *decoder) next() jsonToken {
	for d.at < len(d.s) && strings.IndexByte(" \t\n\r", d.s[d.at]) >= 0 {
		d.at++
	}
	t := jsonToken{at: d.at + 1}
	if d.at == len(d.s) {
		t.kind = "T_END"
		return t
	}
	rest := d.s[d.at:]
	if kind := jsonPunctuation[rest[0]]; kind != "" {
		d.at++
		t.kind = kind
		return t
	}
	for word, v := range map[string]lua.LValue{"true": lua.LTrue, "false": lua.LFalse, "null": d.c.null} {
		if strings.HasPrefix(rest, word) {
			d.at += len(word)
			if t.kind, t.value = "T_BOOLEAN", v; word == "null" {
				t.kind = "T_NULL"
			}
			return t
		}
	}
	switch c := rest[0]; {
	case c == '"':
		d.string(&t)
	case c == '-' || '0' <= c && c <= '9' || d.c.decodeInvalid && strings.IndexByte("+nNiI", c) >= 0:
		d.number(&t)
	default:
		t.kind, t.error = "T_ERROR", "invalid token"
	}
	return t
}

func (d *decoder) number(t *jsonToken) {
	rest := d.s[d.at:]
	n := 0
	for n < len(rest) && (rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z' || '0' <= rest[n] && rest[n] <= '9' || strings.IndexByte("+-.", rest[n]) >= 0) {
		n++
	}
	t.kind, t.error = "T_ERROR", "invalid number"
	if !d.c.decodeInvalid {
		digits := strings.TrimPrefix(rest[:n], "-")
		if digits == "" || digits[0] < '0' || digits[0] > '9' || len(digits) > 1 && digits[0] == '0' && (digits[1]|0x20 == 'x' || '0' <= digits[1] && digits[1] <= '9') {
			return
		}
	}
	// As strtod does, the longest beginning that is a number counts.
	for ; n > 0; n-- {
		if f, ok := ParseNumber(rest[:n]); ok {
			d.at += n
			t.kind, t.value = "T_NUMBER", lua.LNumber(f)
			return
		}
	}
	if c := rest[0]; c != '-' && (c < '0' || c > '9') {
		t.error = "invalid token"
	}
}

func (d *decoder) string(t *jsonToken) {
	fail := func(what string, at int) {
		t.kind, t.error, t.at = "T_ERROR", what, at+1
	}
	var b []byte
	for i := d.at + 1; i < len(d.s); i++ {
		switch c := d.s[i]; {
		case c == '"':
			d.at = i + 1
			t.kind, t.value = "T_STRING", lua.LString(b)
			return
		case c == 0:
			fail("unexpected end of string", i)
			return
		case c != '\\':
			b = append(b, c)
		default:
			if i++; i == len(d.s) {
				fail("unexpected end of string", i)
				return
			}
			if at := strings.IndexByte(`"\/bfnrt`, d.s[i]); at >= 0 {
				b = append(b, "\"\\/\b\f\n\r\t"[at])
				continue
			}
			r, n := unicodeEscape(d.s[i:])
			if d.s[i] != 'u' || n == 0 {
				what := "invalid escape code"
				if d.s[i] == 'u' {
					what = "invalid unicode escape code"
				}
				fail(what, i-1)
				return
			}
			b = utf8.AppendRune(b, r)
			i += n - 1
		}
	}
	fail("unexpected end of string", len(d.s))
}

// unicodeEscape reads uXXXX, or two of them that are a surrogate pair; n is 0
// for what is neither.
func unicodeEscape(s string) (r rune, n int) {
	unit := func(s string) rune {
		if len(s) < 5 || s[0] != 'u' {
			return -1
		}
		v, err := strconv.ParseUint(s[1:5], 16, 16)
		if err != nil {
			return -1
		}
		return rune(v)
	}
	first := unit(s)
	switch {
	case first < 0:
		return 0, 0
	case !utf16.IsSurrogate(first):
		return first, 5
	case len(s) < 6 || s[5] != '\\':
		return 0, 0
	}
	if r = utf16.DecodeRune(first, unit(s[6:])); r == utf8.RuneError {
		return 0, 0
	}
	return r, 11
}
