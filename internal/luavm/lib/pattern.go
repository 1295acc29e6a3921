package lib

import (
	"strings"

	"microts/internal/luavm"
)

const (
	maxCaptures = 32
	maxMatches  = 200     // of match in itself, as in LuaJIT
	checkSteps  = 1 << 14 // the matcher looks for a Stop after so many steps
)

// capture is a capture of a pattern: a stretch of the text in bytes.
type capture struct{ start, length int32 }

// In the place of a capture's length:
const (
	captureOpen     = -1 // its ')' is not yet reached
	capturePosition = -2 // it is "()", whose value is start
)

// matcher matches one pattern at places of one text. Patterns are those of the
// reference manual of Lua 5.1, section 5.4.1. The matcher backtracks, as Lua's
// own does: its time may grow exponentially with the pattern.
type matcher struct {
	src, pattern string
	call         interrupter
	level        int // how many captures there are so far
	depth        int // of match in itself
	steps        int
	captures     [maxCaptures]capture
}

// interrupter raises an error: of the pattern, or if the state is to stop.
type interrupter interface {
	Errorf(format string, args ...any)
	CheckStop()
}

var _ interrupter = (*luavm.Call)(nil)

// fail raises the error of a bad pattern.
func (m *matcher) fail(message string) int {
	m.call.Errorf("%s", message)
	return -1
}

// newMatcher makes a matcher. Like LuaJIT, it reads a pattern up to its first byte 0.
func newMatcher(src, pattern string, call interrupter) matcher {
	if end := strings.IndexByte(pattern, 0); end >= 0 {
		pattern = pattern[:end]
	}
	return matcher{src: src, pattern: pattern, call: call}
}

// begin forgets the captures of the last match.
func (m *matcher) begin() { m.level, m.depth = 0, 0 }

// match matches pattern[p:] at src[s:] and returns where the match ends, or -1 if
// there is none.
func (m *matcher) match(s, p int) int {
	if m.depth++; m.depth > maxMatches {
		return m.fail("pattern too complex")
	}
	end := m.matchHere(s, p)
	m.depth--
	return end
}

func (m *matcher) matchHere(s, p int) int {
	if m.steps++; m.steps%checkSteps == 0 {
		m.call.CheckStop()
	}
	for p < len(m.pattern) {
		switch c := m.pattern[p]; c {
		case '(':
			if p+1 < len(m.pattern) && m.pattern[p+1] == ')' {
				return m.startCapture(s, p+2, capturePosition)
			}
			return m.startCapture(s, p+1, captureOpen)
		case ')':
			return m.endCapture(s, p+1)
		case '$':
			if p+1 == len(m.pattern) {
				if s == len(m.src) {
					return s
				}
				return -1
			}
		case '%':
			if p+1 < len(m.pattern) {
				switch c := m.pattern[p+1]; {
				case c == 'b':
					if s = m.balance(s, p+2); s < 0 {
						return -1
					}
					p += 4
					continue
				case c == 'f':
					if p = m.frontier(s, p+2); p < 0 {
						return -1
					}
					continue
				case '0' <= c && c <= '9':
					if s = m.backReference(s, c); s < 0 {
						return -1
					}
					p += 2
					continue
				}
			}
		}
		end := m.classEnd(p)
		var suffix byte
		if end < len(m.pattern) {
			suffix = m.pattern[end]
		}
		switch suffix {
		case '?':
			if s < len(m.src) && m.single(s, p, end) {
				if r := m.match(s+1, end+1); r >= 0 {
					return r
				}
			}
			p = end + 1
		case '*':
			return m.most(s, p, end, 0)
		case '+':
			return m.most(s, p, end, 1)
		case '-':
			return m.fewest(s, p, end)
		default:
			if s >= len(m.src) || !m.single(s, p, end) {
				return -1
			}
			s++
			p = end
		}
	}
	return s
}

// most matches as many characters of the class pattern[p:end] as the rest of the
// pattern allows, at least least, for '*' and '+'.
func (m *matcher) most(s, p, end, least int) int {
	last := m.run(s, p, end)
	if end+1 == len(m.pattern) && m.depth < maxMatches {
		if last >= s+least {
			return last
		}
		return -1
	}
	for ; last >= s+least; last-- {
		if r := m.match(last, end+1); r >= 0 {
			return r
		}
	}
	return -1
}

// run returns where the characters of the class pattern[p:end] from s on end.
func (m *matcher) run(s, p, end int) int {
	switch c := m.pattern[p]; c {
	case '.':
		return len(m.src)
	case '%':
		if set := letterSets[m.pattern[p+1]]; set != 0 {
			for s < len(m.src) && charSets[m.src[s]]&set != 0 {
				s++
			}
			return s
		}
	case '[':
		if end-p == 4 && m.pattern[p+1] == '^' && m.pattern[p+2] != '%' {
			if i := strings.IndexByte(m.src[s:], m.pattern[p+2]); i >= 0 {
				return s + i
			}
			return len(m.src)
		}
	}
	for s < len(m.src) && m.single(s, p, end) {
		s++
	}
	return s
}

// fewest matches as few characters of the class pattern[p:end] as the rest of the pattern
// allows, for '-'.
func (m *matcher) fewest(s, p, end int) int {
	for {
		if r := m.match(s, end+1); r >= 0 {
			return r
		}
		if s >= len(m.src) || !m.single(s, p, end) {
			return -1
		}
		s++
	}
}

// startCapture opens a capture and matches the rest of the pattern. what is
// captureOpen or capturePosition.
func (m *matcher) startCapture(s, p int, what int32) int {
	if m.level >= maxCaptures {
		return m.fail("too many captures")
	}
	m.captures[m.level] = capture{int32(s), what}
	m.level++
	r := m.match(s, p)
	if r < 0 {
		m.level--
	}
	return r
}

// endCapture closes the innermost open capture and matches the rest of the
// pattern.
func (m *matcher) endCapture(s, p int) int {
	l := m.level - 1
	for ; l >= 0 && m.captures[l].length != captureOpen; l-- {
	}
	if l < 0 {
		return m.fail("invalid pattern capture")
	}
	m.captures[l].length = int32(s) - m.captures[l].start
	r := m.match(s, p)
	if r < 0 {
		m.captures[l].length = captureOpen
	}
	return r
}

// balance matches %b, whose two characters stand at pattern[p:].
func (m *matcher) balance(s, p int) int {
	if p+1 >= len(m.pattern) {
		return m.fail("unbalanced pattern")
	}
	open, shut := m.pattern[p], m.pattern[p+1]
	if s >= len(m.src) || m.src[s] != open {
		return -1
	}
	depth := 1
	for i := s + 1; i < len(m.src); i++ {
		switch m.src[i] {
		case shut:
			if depth--; depth == 0 {
				return i + 1
			}
		case open:
			depth++
		}
	}
	return -1
}

// frontier matches %f, whose set stands at pattern[p:]. It returns the place behind the
// set, or -1.
func (m *matcher) frontier(s, p int) int {
	if p >= len(m.pattern) || m.pattern[p] != '[' {
		return m.fail("missing '[' after '%f' in pattern")
	}
	end := m.classEnd(p)
	var before, at byte
	if s > 0 {
		before = m.src[s-1]
	}
	if s < len(m.src) {
		at = m.src[s]
	}
	if m.inSet(before, p, end-1) || !m.inSet(at, p, end-1) {
		return -1
	}
	return end
}

// backReference matches %1 to %9: the text of that capture.
func (m *matcher) backReference(s int, digit byte) int {
	l := int(digit) - '1'
	if l < 0 || l >= m.level || m.captures[l].length == captureOpen {
		return m.fail("invalid capture index")
	}
	c := m.captures[l]
	if c.length == capturePosition {
		return -1 // a position is no text that could stand here
	}
	part := m.src[c.start : c.start+c.length]
	if !strings.HasPrefix(m.src[s:], part) {
		return -1
	}
	return s + len(part)
}

// classEnd returns where the class of characters that begins at pattern[p:] ends:
// a character, %x or [set].
func (m *matcher) classEnd(p int) int {
	c := m.pattern[p]
	p++
	switch c {
	case '%':
		if p >= len(m.pattern) {
			return m.fail("malformed pattern (ends with '%')")
		}
		return p + 1
	case '[':
		if p = m.setEnd(p); p < 0 {
			return m.fail("malformed pattern (missing ']')")
		}
	}
	return p
}

// setEnd returns where the set ends whose '[' stands before pattern[p:], or -1.
func (m *matcher) setEnd(p int) int {
	if p < len(m.pattern) && m.pattern[p] == '^' {
		p++
	}
	for first := true; first || p >= len(m.pattern) || m.pattern[p] != ']'; first = false {
		if p >= len(m.pattern) {
			return -1
		}
		c := m.pattern[p]
		p++
		if c == '%' {
			if p >= len(m.pattern) {
				return -1
			}
			p++
		}
	}
	return p + 1
}

// single reports whether the class pattern[p:end] matches src[s].
func (m *matcher) single(s, p, end int) bool {
	c := m.src[s]
	switch m.pattern[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.pattern[p+1])
	case '[':
		return m.inSet(c, p, end-1)
	}
	return m.pattern[p] == c
}

// inSet reports whether c is in the set that begins with the '[' at p and ends with the
// ']' at end.
func (m *matcher) inSet(c byte, p, end int) bool {
	found := true
	if m.pattern[p+1] == '^' {
		found = false
		p++
	}
	for p++; p < end; p++ {
		switch {
		case m.pattern[p] == '%':
			p++
			if inClass(c, m.pattern[p]) {
				return found
			}
		case p+2 < end && m.pattern[p+1] == '-':
			if m.pattern[p] <= c && c <= m.pattern[p+2] {
				return found
			}
			p += 2
		case m.pattern[p] == c:
			return found
		}
	}
	return !found
}

// specials are the bytes that make a pattern more than a plain string.
const specials = "^$*+?.([%-"

// isPlain reports whether a pattern matches only itself.
func isPlain(pattern string) bool { return !strings.ContainsAny(pattern, specials) }

// search returns the first match from at on. end is -1 if there is none.
func (m *matcher) search(at int) (start, end int) {
	if strings.HasPrefix(m.pattern, "^") {
		m.begin()
		return at, m.match(at, 1)
	}
	first := m.firstItem()
	for ; at <= len(m.src); at++ {
		if at = m.skip(at, first); at < 0 {
			return 0, -1
		}
		m.begin()
		if end := m.match(at, 0); end >= 0 {
			return at, end
		}
	}
	return 0, -1
}

// start is the item that each match of a pattern begins with: the character, class or
// set pattern[p:end]. It is empty if there is no such item.
type start struct{ p, end int }

// firstItem returns what each match begins with. Where that does not match, a match ends
// before the rest of the pattern is looked at.
func (m *matcher) firstItem() (first start) {
	p, rest := 0, m.pattern
	if len(rest) > 1 && rest[0] == '(' && rest[1] != ')' {
		p, rest = 1, rest[1:]
	}
	end := p + 1
	switch {
	case rest == "" || strings.IndexByte("()$", rest[0]) >= 0:
		return first
	case rest[0] == '%':
		if end++; len(rest) == 1 || rest[1] == 'b' || rest[1] == 'f' || charSets[rest[1]]&digit != 0 {
			return first
		}
	case rest[0] == '[':
		if end = m.setEnd(end); end < 0 {
			return first
		}
	}
	if end < len(m.pattern) && strings.IndexByte("*?-", m.pattern[end]) >= 0 {
		return first
	}
	return start{p, end}
}

// skip returns the first place from at on where a match may begin, or -1.
func (m *matcher) skip(at int, first start) int {
	if first.end == 0 {
		return at
	}
	if c := m.pattern[first.p]; c != '%' && c != '[' && c != '.' {
		i := strings.IndexByte(m.src[at:], c)
		if i < 0 {
			return -1
		}
		return at + i
	}
	for ; at < len(m.src); at++ {
		if m.single(at, first.p, first.end) {
			return at
		}
	}
	return -1
}
