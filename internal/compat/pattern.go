package compat

import (
	"context"
	"errors"
	"strings"
)

const (
	maxCaptures = 32
	maxDepth    = 200_000 // of match in itself
	checkSteps  = 1 << 16 // the matcher looks for an interrupt after so many steps
)

// capture is a capture of a pattern: a stretch of the text in bytes.
type capture struct{ start, length int }

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
	level        int // how many captures there are so far
	captures     [maxCaptures]capture
	depth        int             // of match in itself
	steps        int             // since the last look for an interrupt
	ctx          context.Context // ends the matching when it is done; or nil
	err          error           // why the matching failed: a bad pattern, an interrupt
}

// fail keeps the first error. It returns -1, which is no match.
func (m *matcher) fail(message string) int {
	if m.err == nil {
		m.err = errors.New(message)
	}
	return -1
}

// step counts n steps, each of which looks at one byte. Now and then it looks for an
// interrupt.
func (m *matcher) step(n int) {
	if m.steps += n; m.steps >= checkSteps {
		m.look()
	}
}

// look looks for an interrupt, which makes the matching fail.
func (m *matcher) look() {
	m.steps = 0
	if m.ctx != nil && m.ctx.Err() != nil {
		m.fail(m.ctx.Err().Error())
	}
}

// match matches pattern[p:] at src[s:] and returns where the match ends, or -1 if
// there is none.
func (m *matcher) match(s, p int) int {
	if m.depth++; m.depth > maxDepth {
		return m.fail("pattern too complex")
	}
	defer func() { m.depth-- }()
	for {
		if m.step(1); m.err != nil {
			return -1
		}
		if p == len(m.pattern) {
			return s
		}
		switch m.pattern[p] {
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
					if p += 2; p >= len(m.pattern) || m.pattern[p] != '[' {
						return m.fail("missing '[' after '%f' in pattern")
					}
					end := m.classEnd(p)
					if end < 0 {
						return -1
					}
					var before, at byte
					if s > 0 {
						before = m.src[s-1]
					}
					if s < len(m.src) {
						at = m.src[s]
					}
					if m.set(before, p, end-1) || !m.set(at, p, end-1) {
						return -1
					}
					p = end
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
		if end < 0 {
			return -1
		}
		var suffix byte
		if end < len(m.pattern) {
			suffix = m.pattern[end]
		}
		switch suffix {
		case '?':
			if s < len(m.src) && m.single(s, p, end) {
				if r := m.match(s+1, end+1); r >= 0 || m.err != nil {
					return r
				}
			}
			p = end + 1
		case '*':
			return m.most(s, p, end)
		case '+':
			if s < len(m.src) && m.single(s, p, end) {
				return m.most(s+1, p, end)
			}
			return -1
		case '-':
			for {
				if r := m.match(s, end+1); r >= 0 || m.err != nil {
					return r
				}
				if s >= len(m.src) || !m.single(s, p, end) {
					return -1
				}
				s++
			}
		default:
			if s >= len(m.src) || !m.single(s, p, end) {
				return -1
			}
			s++
			p = end
		}
	}
}

// most matches as many characters of the class pattern[p:end] as the rest of the
// pattern allows, for '*' and '+'.
func (m *matcher) most(s, p, end int) int {
	n := 0
	for s+n < len(m.src) && m.single(s+n, p, end) {
		n++
		if m.step(1); m.err != nil {
			return -1
		}
	}
	for ; n >= 0; n-- {
		if r := m.match(s+n, end+1); r >= 0 || m.err != nil {
			return r
		}
	}
	return -1
}

// startCapture opens a capture and matches the rest of the pattern. what is
// captureOpen or capturePosition.
func (m *matcher) startCapture(s, p, what int) int {
	if m.level >= maxCaptures {
		return m.fail("too many captures")
	}
	m.captures[m.level] = capture{s, what}
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
	m.captures[l].length = s - m.captures[l].start
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
				m.step(i - s)
				return i + 1
			}
		case open:
			depth++
		}
	}
	m.step(len(m.src) - s)
	return -1
}

// backReference matches %1 to %9: the text of that capture.
func (m *matcher) backReference(s int, digit byte) int {
	l := int(digit) - '1'
	if l < 0 || l >= m.level || m.captures[l].length == captureOpen {
		return m.fail("invalid capture index")
	}
	c := m.captures[l]
	part := m.src[c.start : c.start+max(c.length, 0)]
	m.step(len(part))
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
		if p < len(m.pattern) && m.pattern[p] == '^' {
			p++
		}
		for first := true; first || p >= len(m.pattern) || m.pattern[p] != ']'; first = false {
			if p >= len(m.pattern) {
				return m.fail("malformed pattern (missing ']')")
			}
			c := m.pattern[p]
			p++
			if c == '%' {
				if p >= len(m.pattern) {
					return m.fail("malformed pattern (missing ']')")
				}
				p++
			}
		}
		return p + 1
	}
	return p
}

// single says whether the class pattern[p:end] matches src[s].
func (m *matcher) single(s, p, end int) bool {
	c := m.src[s]
	switch m.pattern[p] {
	case '.':
		return true
	case '%':
		return class(c, m.pattern[p+1])
	case '[':
		return m.set(c, p, end-1)
	}
	return m.pattern[p] == c
}

// set says whether c is in the set that begins with the '[' at p and ends with the
// ']' at end.
func (m *matcher) set(c byte, p, end int) bool {
	m.steps += end - p // the next step looks for an interrupt
	found := true
	if m.pattern[p+1] == '^' {
		found = false
		p++
	}
	for p++; p < end; p++ {
		switch {
		case m.pattern[p] == '%':
			p++
			if class(c, m.pattern[p]) {
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

// class says whether c is in the class %name, in the C locale. A capital letter
// is the complement; any other name stands for itself.
func class(c, name byte) bool {
	var in bool
	lower := c | 0x20
	letter := 'a' <= lower && lower <= 'z'
	digit := '0' <= c && c <= '9'
	switch name | 0x20 {
	case 'a':
		in = letter
	case 'd':
		in = digit
	case 'l':
		in = letter && c >= 'a'
	case 'u':
		in = letter && c < 'a'
	case 's':
		in = c == ' ' || '\t' <= c && c <= '\r'
	case 'w':
		in = letter || digit
	case 'x':
		in = digit || 'a' <= lower && lower <= 'f'
	case 'p':
		in = '!' <= c && c <= '~' && !letter && !digit
	case 'c':
		in = c < ' ' || c == 0x7f
	case 'g':
		in = '!' <= c && c <= '~'
	case 'z':
		in = c == 0
	default:
		return name == c
	}
	if 'A' <= name && name <= 'Z' {
		return !in
	}
	if name < 'a' || name > 'z' { // |0x20 made a letter of another character
		return name == c
	}
	return in
}
