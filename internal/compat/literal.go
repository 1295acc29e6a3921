package compat

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Part is a part of a Lua source.
type Part struct {
	Kind PartKind
	Text []byte
	Line int // on which it begins, from 1
}

// PartKind is what a part of a source is.
type PartKind int

// The kinds of parts.
const (
	Code    PartKind = iota
	String           // in quotes
	Bracket          // a long string, in brackets
	Comment
)

// Parts separates the code of a source from its strings and comments. The parts
// together are the source.
func Parts(source []byte) (parts []Part) {
	line, start := 1, 0
	add := func(kind PartKind, end int) {
		if end > start {
			text := source[start:end]
			parts = append(parts, Part{kind, text, line})
			line += bytes.Count(text, []byte("\n"))
			start = end
		}
	}
	for i := 0; i < len(source); {
		switch c := source[i]; {
		case c == '"' || c == '\'':
			add(Code, i)
			i++
			for i < len(source) && source[i] != c && source[i] != '\n' {
				if source[i] == '\\' {
					i++
					if i < len(source) && source[i] == 'z' {
						for i+1 < len(source) && strings.IndexByte(space, source[i+1]) >= 0 {
							i++
						}
					}
				}
				i++
			}
			i = min(i+1, len(source))
			add(String, i)
		case c == '-' && bytes.HasPrefix(source[i:], []byte("--")):
			add(Code, i)
			if end := longBracket(source, i+2); end > 0 {
				i = end
			} else if n := bytes.IndexByte(source[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(source)
			}
			add(Comment, i)
		case c == '[':
			end := longBracket(source, i)
			if end == 0 {
				i++
				continue
			}
			add(Code, i)
			i = end
			add(Bracket, i)
		default:
			i++
		}
	}
	add(Code, len(source))
	return parts
}

// longBracket returns where the long bracket that begins at i ends, or 0.
func longBracket(source []byte, i int) int {
	if i >= len(source) || source[i] != '[' {
		return 0
	}
	level := 0
	for i+1+level < len(source) && source[i+1+level] == '=' {
		level++
	}
	if i+1+level >= len(source) || source[i+1+level] != '[' {
		return 0
	}
	end := bytes.Index(source[i:], []byte("]"+strings.Repeat("=", level)+"]"))
	if end < 0 {
		return len(source)
	}
	return i + end + level + 2
}

// findLiteral returns the first of LuaJIT's own literals in the lines first to
// last of a source, or "".
func findLiteral(source []byte, first, last int) string {
	for _, p := range Parts(source) {
		if p.Kind != Code {
			continue
		}
		for i, text := range bytes.Split(p.Text, []byte("\n")) {
			if line := p.Line + i; first <= line && line <= last {
				if literal := FindLiteral(string(text)); literal != "" {
					return literal
				}
			}
		}
	}
	return ""
}

var longLiteral = regexp.MustCompile(`\b(0[xX][0-9a-fA-F]+|[0-9]+)([uU]?[lL][lL]|i)\b`)

// FindLiteral returns the first of LuaJIT's own literals in a piece of code, such
// as 42LL, or "".
func FindLiteral(code string) string { return longLiteral.FindString(code) }

// LiteralHint says what to write for one of LuaJIT's own literals.
func LiteralHint(literal string) string {
	number := strings.TrimRight(literal, "uUlLi")
	if strings.HasSuffix(literal, "i") {
		return fmt.Sprintf("complex numbers such as %s are LuaJIT's own: use two numbers", literal)
	}
	hint := fmt.Sprintf("64-bit literals such as %s are LuaJIT's own: write %s", literal, number)
	if n, err := strconv.ParseUint(number, 0, 64); err != nil || n > 1<<53 {
		return hint + fmt.Sprintf(" if it need not be exact, or the string %q", number)
	}
	return hint + ", numbers are exact up to 2^53"
}

// unescape translates the escapes \xXX, \z and \u{XXX} of strings, which LuaJIT
// has and Lua 5.1 has not, into those of Lua 5.1. Lines keep their numbers.
func unescape(source []byte) []byte {
	if !bytes.Contains(source, []byte(`\x`)) && !bytes.Contains(source, []byte(`\z`)) && !bytes.Contains(source, []byte(`\u{`)) {
		return source
	}
	var b []byte
	for _, p := range Parts(source) {
		if p.Kind != String {
			b = append(b, p.Text...)
			continue
		}
		lines := 0 // to be added after the string
		for i := 0; i < len(p.Text); i++ {
			if p.Text[i] != '\\' || i+1 == len(p.Text) {
				b = append(b, p.Text[i])
				continue
			}
			i++
			rest := p.Text[i+1:]
			switch p.Text[i] {
			case 'x':
				if n, err := strconv.ParseUint(string(rest[:min(2, len(rest))]), 16, 8); err == nil && len(rest) >= 2 {
					b = fmt.Appendf(b, `\%03d`, n)
					i += 2
					continue
				}
			case 'z':
				skip := len(rest) - len(bytes.TrimLeft(rest, space))
				lines += bytes.Count(rest[:skip], []byte("\n"))
				i += skip
				continue
			case 'u':
				if end := bytes.IndexByte(rest, '}'); end > 1 && rest[0] == '{' {
					if n, err := strconv.ParseUint(string(rest[1:end]), 16, 21); err == nil {
						for _, c := range utf8.AppendRune(nil, rune(n)) {
							b = fmt.Appendf(b, `\%03d`, c)
						}
						i += end + 1
						continue
					}
				}
			}
			b = append(b, '\\', p.Text[i])
		}
		b = append(b, strings.Repeat("\n", lines)...)
	}
	return b
}
