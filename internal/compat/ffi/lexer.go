package ffi

import "strings"

// lexer takes C apart. It skips white space, comments and lines of the preprocessor.
type lexer struct {
	rest  string
	kind  tokenKind
	token string // its text
}

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenNumber
	tokenQuoted // a string or a character
	tokenSign   // one byte, or << or >>
)

// next reads a token.
func (l *lexer) next() {
	l.skip()
	n := 1
	switch {
	case l.rest == "":
		l.kind, n = tokenEnd, 0
	case isLetter(l.rest[0]):
		l.kind, n = tokenName, wordLength(l.rest)
	case isDigit(l.rest[0]):
		l.kind, n = tokenNumber, wordLength(l.rest)
	case l.rest[0] == '"' || l.rest[0] == '\'':
		l.kind, n = tokenQuoted, quotedLength(l.rest)
	case strings.HasPrefix(l.rest, "<<") || strings.HasPrefix(l.rest, ">>"):
		l.kind, n = tokenSign, 2
	default:
		l.kind = tokenSign
	}
	l.token, l.rest = l.rest[:n], l.rest[n:]
}

// skip skips what is between tokens.
func (l *lexer) skip() {
	for {
		l.rest = strings.TrimLeft(l.rest, " \t\r\n\v\f")
		end := ""
		switch {
		case strings.HasPrefix(l.rest, "/*"):
			l.rest, end = l.rest[2:], "*/"
		case strings.HasPrefix(l.rest, "//"), strings.HasPrefix(l.rest, "#"):
			end = "\n"
		default:
			return
		}
		_, l.rest, _ = strings.Cut(l.rest, end)
	}
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// wordLength returns how many letters and digits s begins with.
func wordLength(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || isDigit(s[n])) {
		n++
	}
	return n
}

// quotedLength returns the length of the string or character that s begins with.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return len(s)
}

// is says whether the token is a name or sign.
func (l *lexer) is(text string) bool { return l.token == text && l.kind != tokenQuoted }

// accept reads on if the token is a name or sign.
func (l *lexer) accept(text string) bool {
	if !l.is(text) || text == "" {
		return false
	}
	l.next()
	return true
}
