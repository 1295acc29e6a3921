package compat

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"microts/internal/luavm"
)

// jsonToken is a kind of token of JSON.
type jsonToken int

const (
	jsonObjectBegin jsonToken = iota
	jsonObjectEnd
	jsonArrayBegin
	jsonArrayEnd
	jsonString
	jsonNumber
	jsonBoolean
	jsonNull
	jsonColon
	jsonComma
	jsonEnd
	jsonError
)

// jsonTokenNames are what lua-cjson shows in its errors.
var jsonTokenNames = [...]string{
	"T_OBJ_BEGIN", "T_OBJ_END", "T_ARR_BEGIN", "T_ARR_END", "T_STRING", "T_NUMBER", "T_BOOLEAN", "T_NULL",
	"T_COLON", "T_COMMA", "T_END", "T_ERROR",
}

// decoder decodes one text.
type decoder struct {
	*cjson
	making
	s    string
	at   int // of the next token
	deep int // arrays and objects around it

	// The last token:
	start   int         // of its first byte
	value   luavm.Value // of a number, boolean or null
	text    string      // of a string
	own     bool        // text is no part of s
	problem string      // of an error

	// What the arrays and objects hold that are not yet whole.
	values []luavm.Value
	keys   []*luavm.String
}

// decode is cjson.decode(text).
func (j *cjson) decode(c *luavm.Call) (luavm.Value, error) {
	s := c.String(1)
	if len(s) >= 2 && (s[0] == 0 || s[1] == 0) {
		return luavm.Nil, message("JSON parser does not support UTF-16 or UTF-32")
	}
	var values [32]luavm.Value
	var keys [16]*luavm.String
	d := &decoder{cjson: j, making: making{call: c}, s: s, values: values[:0], keys: keys[:0]}
	v, err := d.decode(d.next())
	if err != nil {
		return luavm.Nil, err
	}
	if t := d.next(); t != jsonEnd {
		return luavm.Nil, d.unexpected(t, "the end")
	}
	d.end()
	return v, nil
}

// unexpected is the error of the last token, t, in the place of what was wanted.
func (d *decoder) unexpected(t jsonToken, want string) error {
	got := jsonTokenNames[t]
	if t == jsonError {
		got = d.problem
	}
	return messagef("Expected %s but found %s at character %d", want, got, d.start+1)
}

// What values take, in bytes.
const (
	sizeValue  = 16
	sizeString = 24 // besides the text
)

// decode decodes the value that begins with the last token, t.
func (d *decoder) decode(t jsonToken) (luavm.Value, error) {
	switch t {
	case jsonNumber, jsonBoolean, jsonNull:
		return d.value, nil
	case jsonString:
		return d.stringValue(), nil
	case jsonObjectBegin, jsonArrayBegin:
		if d.deep++; d.deep > min(d.decodeDepth, mostNested) {
			return luavm.Nil, messagef("Found too many nested data structures (%d) at character %d", d.deep, d.start+1)
		}
		var made *luavm.Table
		var err error
		if t == jsonArrayBegin {
			made, err = d.array()
		} else {
			made, err = d.object()
		}
		if err != nil {
			return luavm.Nil, err
		}
		d.deep--
		d.add(int(made.MemorySize()))
		return made.Value(), nil
	}
	return luavm.Nil, d.unexpected(t, "value")
}

// array decodes an array after its '['.
func (d *decoder) array() (*luavm.Table, error) {
	first := len(d.values)
	for t := d.next(); t != jsonArrayEnd || len(d.values) > first; t = d.next() {
		v, err := d.decode(t)
		if err != nil {
			return nil, err
		}
		d.add(sizeValue)
		d.values = append(d.values, v)
		if t = d.next(); t == jsonArrayEnd {
			break
		}
		if t != jsonComma {
			return nil, d.unexpected(t, "comma or array end")
		}
	}
	values := d.values[first:]
	list := luavm.NewTable(len(values), 0)
	list.SetList(1, values)
	d.values = d.values[:first]
	if d.markArrays {
		list.SetMetaTable(d.arrayMT)
	}
	return list, nil
}

// object decodes an object after its '{'.
func (d *decoder) object() (*luavm.Table, error) {
	first, firstKey, hash := len(d.values), len(d.keys), uint32(0)
	for t := d.next(); t != jsonObjectEnd || len(d.values) > first; t = d.next() {
		if t != jsonString {
			return nil, d.unexpected(t, "object key string")
		}
		key, keyHash := d.known.key(d.text, d.own)
		hash = hash*31 + keyHash
		if t = d.next(); t != jsonColon {
			return nil, d.unexpected(t, "colon")
		}
		v, err := d.decode(d.next())
		if err != nil {
			return nil, err
		}
		d.add(sizeValue + sizeString + len(key.String()))
		d.keys, d.values = append(d.keys, key), append(d.values, v)
		if t = d.next(); t == jsonObjectEnd {
			break
		}
		if t != jsonComma {
			return nil, d.unexpected(t, "comma or object end")
		}
	}
	object := d.known.object(hash, d.keys[firstKey:], d.values[first:])
	d.keys, d.values = d.keys[:firstKey], d.values[:first]
	return object, nil
}

// next reads a token.
func (d *decoder) next() jsonToken {
	s, i := d.s, d.at
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	if d.at, d.start = i, i; i == len(s) {
		return jsonEnd
	}
	switch c := s[i]; c {
	case '{':
		return d.punctuation(jsonObjectBegin)
	case '}':
		return d.punctuation(jsonObjectEnd)
	case '[':
		return d.punctuation(jsonArrayBegin)
	case ']':
		return d.punctuation(jsonArrayEnd)
	case ',':
		return d.punctuation(jsonComma)
	case ':':
		return d.punctuation(jsonColon)
	case '"':
		return d.string()
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return d.number()
	case 't', 'f', 'n':
		if t, ok := d.word(); ok {
			return t
		}
	}
	if d.decodeInvalid && strings.IndexByte("+nNiI", s[i]) >= 0 {
		return d.oddNumber()
	}
	d.problem = "invalid token"
	return jsonError
}

func (d *decoder) punctuation(t jsonToken) jsonToken {
	d.at++
	return t
}

// word reads true, false or null, if one of them is next.
func (d *decoder) word() (t jsonToken, ok bool) {
	rest := d.s[d.at:]
	switch {
	case strings.HasPrefix(rest, "true"):
		d.at += len("true")
		d.value = luavm.True
		return jsonBoolean, true
	case strings.HasPrefix(rest, "false"):
		d.at += len("false")
		d.value = luavm.False
		return jsonBoolean, true
	case strings.HasPrefix(rest, "null"):
		d.at += len("null")
		d.value = d.null
		return jsonNull, true
	}
	return jsonError, false
}

// powers are those powers of 10 that a float64 holds.
var powers = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// number reads a number as JSON has it, which begins with a digit or '-'. Others it leaves
// to oddNumber.
func (d *decoder) number() jsonToken {
	s, i := d.s, d.at
	negative := s[i] == '-'
	if negative {
		i++
	}
	first, exponent, mantissa := i, 0, uint64(0)
	for ; i < len(s) && isDigit(s[i]); i++ {
		mantissa = mantissa*10 + uint64(s[i]-'0')
	}
	digits := i - first
	if digits == 0 || digits > 1 && s[first] == '0' {
		return d.oddNumber()
	}
	if i < len(s) && s[i] == '.' {
		i++
		point := i
		for ; i < len(s) && isDigit(s[i]); i++ {
			mantissa = mantissa*10 + uint64(s[i]-'0')
		}
		exponent = point - i
		digits -= exponent
		if i == point {
			return d.oddNumber()
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		n, power := exponentOf(s[i+1:])
		if n == 0 {
			return d.oddNumber()
		}
		i += 1 + n
		exponent += power
	}
	if i < len(s) && inNumber(s[i]) {
		return d.oddNumber()
	}
	const (
		mostDigits = 19      // that surely fit into mantissa
		exact      = 1 << 53 // below, a float64 holds all integers
	)
	f := float64(mantissa)
	switch {
	case digits > mostDigits || mantissa > exact || exponent >= len(powers) || -exponent >= len(powers):
		f, _ = strconv.ParseFloat(s[first:i], 64) // too large is infinite, as to strtod
	case exponent < 0:
		f /= powers[-exponent]
	default:
		f *= powers[exponent]
	}
	if negative {
		f = -f
	}
	d.at, d.value = i, luavm.Number(f)
	return jsonNumber
}

// exponentOf reads a power of 10 with an optional sign. n is how many bytes it takes; 0 is
// none.
func exponentOf(s string) (n, power int) {
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		n = 1
	}
	first := n
	for ; n < len(s) && isDigit(s[n]); n++ {
		const large = 100_000
		power = min(power*10+int(s[n]-'0'), large)
	}
	if n == first {
		return 0, 0
	}
	if negative {
		power = -power
	}
	return n, power
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// inNumber reports whether c may stand in a number as C's strtod reads it.
func inNumber(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '+' || c == '-' || c == '.'
}

// oddNumber reads a number as C's strtod does: the longest beginning that is one counts.
func (d *decoder) oddNumber() jsonToken {
	rest := d.s[d.at:]
	n := 0
	for n < len(rest) && inNumber(rest[n]) {
		n++
	}
	d.problem = "invalid number"
	if !d.decodeInvalid {
		digits := strings.TrimPrefix(rest[:n], "-")
		if digits == "" || !isDigit(digits[0]) || len(digits) > 1 && digits[0] == '0' && (digits[1]|0x20 == 'x' || isDigit(digits[1])) {
			return jsonError
		}
	}
	for tries := 0; n > 0; n, tries = n-1, tries+1 {
		if tries > 0 {
			n = min(n, longestPrefix)
		}
		if f, ok := luavm.ParseNumber(rest[:n]); ok {
			d.at += n
			d.value = luavm.Number(f)
			return jsonNumber
		}
	}
	if c := rest[0]; c != '-' && !isDigit(c) {
		d.problem = "invalid token"
	}
	return jsonError
}

// longestPrefix bounds how long a number may be that other letters follow: the search for
// its end takes a time that grows with the square.
const longestPrefix = 1000

// stringValue returns the last token, which is a string.
func (d *decoder) stringValue() luavm.Value {
	d.add(sizeString + len(d.text))
	const short = 40 // longer parts of other strings keep these in memory
	if d.own || len(d.text) <= short {
		return luavm.Part(d.text)
	}
	return luavm.NewString(strings.Clone(d.text)).Value()
}

// string reads a string, whose quote is next.
func (d *decoder) string() jsonToken {
	rest := d.s[d.at+1:]
	n := strings.IndexByte(rest, '"')
	if n < 0 {
		n = len(rest)
	}
	part := rest[:n]
	if n < len(rest) && strings.IndexByte(part, '\\') < 0 && strings.IndexByte(part, 0) < 0 {
		d.text, d.own = part, false
		d.at += n + len(`""`)
		return jsonString
	}
	return d.escapedString(n)
}

// escapedString reads a string, whose quote is next, with escapes in it, or an error. It
// has at least n bytes.
func (d *decoder) escapedString(n int) jsonToken {
	fail := func(what string, at int) jsonToken {
		d.problem, d.start = what, at
		return jsonError
	}
	text := luavm.NewBuilder(d.call)
	text.Grow(n)
	for i := d.at + 1; i < len(d.s); i++ {
		switch c := d.s[i]; {
		case c == '"':
			d.at = i + 1
			d.text, d.own = string(text.Bytes()), true
			return jsonString
		case c == 0:
			return fail("unexpected end of string", i)
		case c != '\\':
			text.AddByte(c)
		default:
			if i++; i == len(d.s) {
				return fail("unexpected end of string", i)
			}
			if at := strings.IndexByte(`"\/bfnrt`, d.s[i]); at >= 0 {
				text.AddByte("\"\\/\b\f\n\r\t"[at])
				continue
			}
			if d.s[i] != 'u' {
				return fail("invalid escape code", i-1)
			}
			r, n := unicodeEscape(d.s[i:])
			if n == 0 {
				return fail("invalid unicode escape code", i-1)
			}
			text.Grow(utf8.UTFMax)
			text.AddBytes(utf8.AppendRune(text.Spare(), r))
			i += n - 1
		}
	}
	return fail("unexpected end of string", len(d.s))
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
