package lib

import (
	"strings"

	"microts/internal/luavm"
)

// offset turns a place in a string, counted from 1 or, if negative, from the end, into an
// offset from 0 on. It may lie past the end.
func offset(at, length int) int {
	switch {
	case at > 0:
		return at - 1
	case at < 0:
		return max(length+at, 0)
	}
	return 0
}

// find is string.find(s, pattern [, init [, plain]]).
func find(c *luavm.Call) {
	s, pattern := c.String(1), c.String(2)
	at := min(offset(c.OptInt(3, 1), len(s)), len(s)) // as in LuaJIT
	if c.NumArgs() > 3 && c.Truth(4) || isPlain(pattern) {
		i := strings.Index(s[at:], pattern)
		if i < 0 {
			c.Return(luavm.Nil)
			return
		}
		c.Return(luavm.Int(at+i+1), luavm.Int(at+i+len(pattern)))
		return
	}
	m := newMatcher(s, pattern, c)
	start, end := m.search(at)
	switch {
	case end < 0:
		c.Return(luavm.Nil)
	case m.level == 0:
		c.Return(luavm.Int(start+1), luavm.Int(end))
	default:
		var results [maxCaptures + 2]luavm.Value
		results[0], results[1] = luavm.Int(start+1), luavm.Int(end)
		for i := range m.level {
			results[i+2] = m.value(i, start, end)
		}
		c.Return(results[:m.level+2]...)
	}
}

// match is string.match(s, pattern [, init]).
func match(c *luavm.Call) {
	s, pattern := c.String(1), c.String(2)
	m := newMatcher(s, pattern, c)
	start, end := m.search(min(offset(c.OptInt(3, 1), len(s)), len(s)))
	if end < 0 {
		c.Return(luavm.Nil)
		return
	}
	m.returnMatch(c, start, end)
}

// returnMatch returns all captures or, if there are none, the whole match.
func (m *matcher) returnMatch(c *luavm.Call, start, end int) {
	if m.level <= 1 {
		c.Return(m.value(0, start, end))
		return
	}
	var results [maxCaptures]luavm.Value
	c.Return(m.values(&results, start, end)...)
}

// values puts all captures or, if there are none, the whole match into results.
func (m *matcher) values(results *[maxCaptures]luavm.Value, start, end int) []luavm.Value {
	n := max(m.level, 1)
	for i := range n {
		results[i] = m.value(i, start, end)
	}
	return results[:n]
}

// value returns capture i, from 0 on. If the pattern has no captures, capture 0 is
// the whole match, from start to end.
func (m *matcher) value(i, start, end int) luavm.Value {
	text, position := m.capture(i, start, end)
	if position > 0 {
		return luavm.Int(position)
	}
	return luavm.Part(text)
}

// capture returns the text of capture i, or its position, from 1 on.
func (m *matcher) capture(i, start, end int) (text string, position int) {
	if i >= m.level {
		if i != 0 {
			m.fail("invalid capture index")
		}
		return m.src[start:end], 0
	}
	switch c := m.captures[i]; c.length {
	case captureOpen:
		m.fail("unfinished capture")
		return "", 0
	case capturePosition:
		return "", int(c.start) + 1
	default:
		return m.src[c.start : c.start+c.length], 0
	}
}

// gmatch is string.gmatch(s, pattern).
func gmatch(c *luavm.Call) {
	m := newMatcher(c.String(1), c.String(2), c)
	at, first := 0, m.firstItem()
	held := []luavm.Value{c.Arg(1), c.Arg(2)}
	c.Return(luavm.NewFunctionWith("gmatch_aux", held, func(c *luavm.Call) {
		m.call = c
		for ; at <= len(m.src); at++ {
			if at = m.skip(at, first); at < 0 {
				at = len(m.src) + 1
				break
			}
			m.begin()
			end := m.match(at, 0)
			if end < 0 {
				continue
			}
			start := at
			if at = end; end == start {
				at++
			}
			m.returnMatch(c, start, end)
			return
		}
		c.Return(luavm.Nil)
	}).Value())
}
