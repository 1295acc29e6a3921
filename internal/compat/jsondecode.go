package compat

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/room"
	"microts/internal/luavm/syntax"
)

// jsonToken is a token of JSON. The kinds have the names that lua-cjson shows in
// its errors, such as "T_COMMA".
type jsonToken struct {
	kind  string
	value lua.LValue // of a string, number, boolean or null
	at    int        // of its first byte, from 1
	error string     // of a "T_ERROR"
}

// decoder decodes one text.
type decoder struct {
	c    *cjson
	L    *lua.LState
	s    string
	at   int // of the next token
	deep int // arrays and objects around it
	pace room.Pace
	room int64 // bytes that the values take for which no room was asked yet
}

// decode returns the value of a text of JSON.
func (c *cjson) decode(L *lua.LState, s string) (lua.LValue, error) {
	if len(s) >= 2 && (s[0] == 0 || s[1] == 0) {
		return nil, message("JSON parser does not support UTF-16 or UTF-32")
	}
	d := &decoder{c: c, L: L, s: s, pace: room.Pace{L: L}}
	v, err := d.value(d.next())
	if err != nil {
		return nil, err
	}
	if t := d.next(); t.kind != "T_END" {
		return nil, t.unexpected("the end")
	}
	return v, nil
}

// unexpected is the error of a token in the place of what was wanted.
func (t *jsonToken) unexpected(want string) error {
	got := t.kind
	if t.kind == "T_ERROR" {
		got = t.error
	}
	return messagef("Expected %s but found %s at character %d", want, got, t.at)
}

// What values take, in bytes.
const (
	sizeItem   = 32   // a number or a short string, in an array
	sizeArray  = 640  // an empty array
	sizeObject = 2500 // an empty object
)

// take asks for room for a value of n bytes, together with others.
func (d *decoder) take(n int) {
	d.pace.Step(1)
	const together = 64 << 10
	if d.room += int64(n); d.room >= together {
		room.Check(d.L, d.room)
		d.room = 0
	}
}

// value decodes the value that begins with t. Arrays and objects stand on the stack of
// the state until they are whole, so that the memory of the state includes them.
func (d *decoder) value(t jsonToken) (lua.LValue, error) {
	switch t.kind {
	case "T_STRING", "T_NUMBER", "T_BOOLEAN", "T_NULL":
		d.take(sizeItem)
		return t.value, nil
	case "T_OBJ_BEGIN", "T_ARR_BEGIN":
		if d.deep++; d.deep > min(d.c.decodeDepth, mostNested) {
			return nil, messagef("Found too many nested data structures (%d) at character %d", d.deep, t.at)
		}
		decode := d.object
		if t.kind == "T_ARR_BEGIN" {
			decode = d.array
		}
		v, err := decode()
		if err == nil {
			d.deep--
			d.L.Pop(1)
		}
		return v, err
	}
	return nil, t.unexpected("value")
}

// array decodes an array after its '['.
func (d *decoder) array() (lua.LValue, error) {
	d.take(sizeArray)
	list := d.L.CreateTable(0, 0)
	d.L.Push(list)
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

// object decodes an object after its '{'.
func (d *decoder) object() (lua.LValue, error) {
	d.take(sizeObject)
	object := d.L.CreateTable(0, 0)
	d.L.Push(object)
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

// next reads a token.
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

// number reads a number into t.
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
	// The longest beginning that is a number counts, as with C's strtod.
	for ; n > 0; n-- {
		if f, ok := syntax.ParseNumber(rest[:n]); ok {
			d.at += n
			t.kind, t.value = "T_NUMBER", lua.LNumber(f)
			return
		}
	}
	if c := rest[0]; c != '-' && (c < '0' || c > '9') {
		t.error = "invalid token"
	}
}

// string reads a string, whose quote is next, into t.
func (d *decoder) string(t *jsonToken) {
	fail := func(what string, at int) {
		t.kind, t.error, t.at = "T_ERROR", what, at+1
	}
	text := room.Text{L: d.L}
	text.Grow(closed(d.s[d.at+1:]))
	for i := d.at + 1; i < len(d.s); i++ {
		switch c := d.s[i]; {
		case c == '"':
			d.at = i + 1
			t.kind, t.value = "T_STRING", text.Value()
			return
		case c == 0:
			fail("unexpected end of string", i)
			return
		case c != '\\':
			text.AddByte(c)
		default:
			if i++; i == len(d.s) {
				fail("unexpected end of string", i)
				return
			}
			if at := strings.IndexByte(`"\/bfnrt`, d.s[i]); at >= 0 {
				text.AddByte("\"\\/\b\f\n\r\t"[at])
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
			text.AddBytes(utf8.AppendRune(text.Spare(), r))
			i += n - 1
		}
	}
	fail("unexpected end of string", len(d.s))
}

// closed returns how many bytes of s come before the next quote.
func closed(s string) int {
	if n := strings.IndexByte(s, '"'); n >= 0 {
		return n
	}
	return len(s)
}

// unicodeEscape reads uXXXX, or uXXXX\uXXXX that is a surrogate pair; n is how many
// bytes it takes, or 0 if s begins with neither.
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
