package compat

import (
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat/convert"
	"microts/internal/compat/room"
	"microts/internal/glua"
	"microts/internal/luasyntax"
)

// openString replaces the functions of string that gopher-lua has otherwise than
// LuaJIT, and adds pack, unpack and packsize of Lua 5.3.
func openString(L *lua.LState) {
	lib := global(L, "string")
	L.SetFuncs(lib, map[string]lua.LGFunction{
		"find": find, "match": match, "gmatch": gmatch, "gsub": gsub,
		"format": format, "rep": rep, "byte": byteValues, "lower": lower, "upper": upper, "reverse": reverse,
		luasyntax.ConcatName: concatNumber,
		"pack":               packString, "unpack": unpackString, "packsize": packSize,
	})
	lib.RawSetString("gfind", lib.RawGetString("gmatch")) // its name in Lua 5.0
}

// concatNumber prepares an operand of `..`. A number that gopher-lua would show
// otherwise than LuaJIT becomes a string; any other value stays as it is.
func concatNumber(L *lua.LState) int {
	v := L.Get(1)
	if n, ok := v.(lua.LNumber); ok {
		if f := float64(n); f != math.Trunc(f) || math.Abs(f) >= 1<<53 || f == 0 && math.Signbit(f) {
			v = lua.LString(luasyntax.AppendNumber(nil, f))
		}
	}
	L.Push(v)
	return 1
}

// rep is string.rep(s, n [, separator]).
func rep(L *lua.LState) int {
	s, n, sep := convert.Text(L, 1), int(convert.Number(L, 2)), convert.OptText(L, 3, "")
	if n <= 0 {
		L.Push(lua.LString(""))
		return 1
	}
	const most = 1 << 31
	if n > most || (len(s)+len(sep))*n > most {
		L.RaiseError("resulting string too large")
	}
	if sep == "" {
		room.Check(L, int64(len(s))*int64(n))
		L.Push(lua.LString(strings.Repeat(s, n)))
		return 1
	}
	text := room.Text{L: L}
	text.Grow((len(s)+len(sep))*n - len(sep))
	pace := room.Pace{L: L}
	for i := range n {
		pace.Step(1)
		if i > 0 {
			text.Add(sep)
		}
		text.Add(s)
	}
	L.Push(text.Value())
	return 1
}

// byteValues is string.byte(s [, first [, last]]).
func byteValues(L *lua.LState) int {
	s := convert.Text(L, 1)
	first := int(convert.OptNumber(L, 2, 1))
	last := int(convert.OptNumber(L, 3, float64(first)))
	if first < 0 {
		first += len(s) + 1
	}
	if last < 0 {
		last += len(s) + 1
	}
	first, last = max(first, 1), min(last, len(s))
	if first > last {
		return 0
	}
	n := last - first + 1
	checkResults(L, n, "string slice too long")
	for i := range n {
		L.Push(lua.LNumber(s[first-1+i]))
	}
	return n
}

// mostResults is how many values a function may return.
const mostResults = 1 << 18

// checkResults raises an error if n values are more than a function may return.
func checkResults(L *lua.LState, n int, message string) {
	if n >= mostResults {
		L.RaiseError("%s", message)
	}
}

// lower is string.lower(s): it changes the letters of ASCII, as in the C locale.
func lower(L *lua.LState) int {
	return mapBytes(L, func(b []byte) {
		for i, c := range b {
			if 'A' <= c && c <= 'Z' {
				b[i] = c | 0x20
			}
		}
	})
}

// upper is string.upper(s).
func upper(L *lua.LState) int {
	return mapBytes(L, func(b []byte) {
		for i, c := range b {
			if 'a' <= c && c <= 'z' {
				b[i] = c &^ 0x20
			}
		}
	})
}

// reverse is string.reverse(s).
func reverse(L *lua.LState) int { return mapBytes(L, slices.Reverse[[]byte]) }

// mapBytes pushes a copy of argument 1, a string, which change has changed.
func mapBytes(L *lua.LState, change func(b []byte)) int {
	s := convert.Text(L, 1)
	room.Check(L, int64(len(s)))
	b := []byte(s)
	change(b)
	L.Push(glua.StringOf(b))
	return 1
}

// place returns argument i, a place in a string counted from 1 or, if negative,
// from the end, as an offset. It may lie past the end.
func place(L *lua.LState, i, length int) int {
	at := int(convert.OptNumber(L, i, 1))
	switch {
	case at > 0:
		return at - 1
	case at < 0:
		return max(length+at, 0)
	}
	return 0
}

// specials are the bytes that make a pattern more than a plain string.
const specials = "^$*+?.([%-"

func find(L *lua.LState) int { return findOrMatch(L, true) }

func match(L *lua.LState) int { return findOrMatch(L, false) }

func findOrMatch(L *lua.LState, finds bool) int {
	s, pattern := convert.Text(L, 1), convert.Text(L, 2)
	at := place(L, 3, len(s))
	at = min(at, len(s)) // as in LuaJIT
	if finds && (lua.LVAsBool(L.Get(4)) || !strings.ContainsAny(pattern, specials)) {
		i := strings.Index(s[at:], pattern)
		if i < 0 {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LNumber(at + i + 1))
		L.Push(lua.LNumber(at + i + len(pattern)))
		return 2
	}
	m := matcher{src: s, pattern: pattern, ctx: L.Context()}
	anchor := 0
	if strings.HasPrefix(pattern, "^") {
		anchor = 1
	}
	for ; at <= len(s); at++ {
		m.level = 0
		end := m.match(at, anchor)
		m.check(L)
		if end >= 0 {
			if finds {
				L.Push(lua.LNumber(at + 1))
				L.Push(lua.LNumber(end))
				return 2 + m.push(L, 0, 0, false)
			}
			return m.push(L, at, end, true)
		}
		if anchor == 1 {
			break
		}
	}
	L.Push(lua.LNil)
	return 1
}

// check raises the error of the matcher, if it has one.
func (m *matcher) check(L *lua.LState) {
	if m.err != nil {
		L.RaiseError("%v", m.err)
	}
}

// value returns capture i, from 0 on. If the pattern has no captures, capture 0 is
// the whole match, from start to end.
func (m *matcher) value(L *lua.LState, i, start, end int) lua.LValue {
	if i >= m.level {
		if i != 0 {
			L.RaiseError("invalid capture index")
		}
		return lua.LString(m.src[start:end])
	}
	switch c := m.captures[i]; c.length {
	case captureOpen:
		L.RaiseError("unfinished capture")
		return nil
	case capturePosition:
		return lua.LNumber(c.start + 1)
	default:
		return lua.LString(m.src[c.start : c.start+c.length])
	}
}

// push pushes all captures and returns how many. If there are none and whole is
// true, it pushes the whole match, from start to end.
func (m *matcher) push(L *lua.LState, start, end int, whole bool) int {
	n := m.level
	if n == 0 && whole {
		n = 1
	}
	for i := range n {
		L.Push(m.value(L, i, start, end))
	}
	return n
}

// gmatch is string.gmatch(s, pattern).
func gmatch(L *lua.LState) int {
	m := &matcher{src: convert.Text(L, 1), pattern: convert.Text(L, 2), ctx: L.Context()}
	at := 0
	// The upvalue lets the memory of the state include the string.
	L.Push(L.NewClosure(func(L *lua.LState) int {
		m.ctx = L.Context()
		for ; at <= len(m.src); at++ {
			m.level = 0
			end := m.match(at, 0)
			m.check(L)
			if end < 0 {
				continue
			}
			start := at
			if at = end; end == start {
				at++
			}
			return m.push(L, start, end, true)
		}
		L.Push(lua.LNil)
		return 1
	}, lua.LString(m.src)))
	return 1
}

// gsub is string.gsub(s, pattern, replacement [, n]).
func gsub(L *lua.LState) int {
	s, pattern := convert.Text(L, 1), convert.Text(L, 2)
	most := int(convert.OptNumber(L, 4, float64(len(s)+1)))
	replacement := L.Get(3)
	switch replacement.Type() {
	case lua.LTNumber:
		replacement = lua.LString(convert.Text(L, 3))
	case lua.LTString, lua.LTTable, lua.LTFunction:
	default:
		L.ArgError(3, "string/function/table expected, got "+typeName(L, 3))
	}
	m := matcher{src: s, pattern: pattern, ctx: L.Context()}
	anchor := 0
	if strings.HasPrefix(pattern, "^") {
		anchor = 1
	}
	text := &room.Text{L: L}
	if replacement.Type() != lua.LTString {
		text.Keep()
	}
	n, at := 0, 0
	for n < most {
		m.level = 0
		end := m.match(at, anchor)
		m.check(L)
		if end >= 0 {
			n++
			m.replace(L, text, replacement, at, end)
		}
		switch {
		case end > at:
			at = end
		case at < len(s):
			text.AddByte(s[at])
			at++
		default:
			at++
		}
		if at > len(s) || anchor == 1 {
			break
		}
	}
	if at < len(s) {
		text.Add(s[at:])
	}
	L.Push(text.Value())
	L.Push(lua.LNumber(n))
	return 2
}

// typeName names the type of argument i for messages.
func typeName(L *lua.LState, i int) string {
	if i > L.GetTop() {
		return "no value"
	}
	return L.Get(i).Type().String()
}

// replace appends what gsub puts in the place of the match from start to end.
func (m *matcher) replace(L *lua.LState, text *room.Text, replacement lua.LValue, start, end int) {
	var v lua.LValue
	switch r := replacement.(type) {
	case lua.LString:
		for i := 0; i < len(r); i++ {
			if r[i] != '%' {
				text.AddByte(r[i])
				continue
			}
			i++
			switch {
			case i < len(r) && r[i] == '0':
				text.Add(m.src[start:end])
			case i < len(r) && '1' <= r[i] && r[i] <= '9':
				text.Add(convert.ToString(L, m.value(L, int(r[i]-'1'), start, end)))
			case i < len(r):
				text.AddByte(r[i])
			default:
				L.RaiseError("invalid use of '%%' in replacement string")
			}
		}
		return
	case *lua.LTable:
		v = L.GetTable(r, m.value(L, 0, start, end))
	case *lua.LFunction:
		L.Push(r)
		n := m.push(L, start, end, true)
		L.Call(n, 1)
		v = L.Get(-1)
		L.Pop(1)
	}
	switch {
	case !lua.LVAsBool(v):
		text.Add(m.src[start:end])
	case lua.LVCanConvToString(v):
		text.Add(convert.ToString(L, v))
	default:
		L.RaiseError("invalid replacement value (a %s)", v.Type())
	}
}
