package syntax

import "unicode/utf8"

// simpleEscapes are the escapes of one letter that stand for one byte.
var simpleEscapes = [256]byte{
	'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\', '"': '"', '\'': '\'',
}

// unescape returns the value of a string in quotes, with its escapes decoded:
//
//	\a \b \f \n \r \t \v \\ \" \'   the byte that C gives to it
//	\ddd                            the byte with this decimal number, 1 to 3 digits
//	\xXX                            the byte with this hexadecimal number
//	\u{XXX}                         the character with this hexadecimal code, in UTF-8
//	\ at the end of a line          "\n"
//	\z                              nothing; the space behind it is skipped
//
// The value is valid until the next call.
func (l *lexer) unescape(sp span) []byte {
	u := unescaper{
		lexer:   l,
		scanner: scanner{source: l.source, at: sp.start + 1, line: sp.line},
		quote:   l.source[sp.start],
		value:   l.buffer[:0],
	}
	for u.at < len(u.source) {
		switch c := u.source[u.at]; {
		case c == u.quote:
			l.buffer = u.value
			return u.value
		case isLineEnd(c):
			u.fail("unfinished string")
		case c == '\\':
			u.escape()
		default:
			u.value = append(u.value, c)
			u.at++
		}
	}
	l.line = u.line
	panic(&Error{Chunk: l.name, Line: l.line, Message: "unfinished string", Near: kindEOF.String(), Incomplete: u.open})
}

// unescaper reads a string in quotes.
type unescaper struct {
	lexer *lexer
	scanner
	quote byte
	value []byte // what is read of it
	open  bool   // the string may go on in the next line
}

// fail ends the parse with an error that shows what is read of the string.
func (u *unescaper) fail(message string) {
	u.lexer.line = u.line
	u.lexer.failNear(append([]byte{u.quote}, u.value...), message)
}

// failEscape ends the parse at an escape that does not exist.
func (u *unescaper) failEscape() { u.fail("invalid escape sequence") }

// escape reads one escape.
func (u *unescaper) escape() {
	u.at++
	if u.at == len(u.source) {
		u.open = true
		return
	}
	c := u.source[u.at]
	if value := simpleEscapes[c]; value != 0 {
		u.value = append(u.value, value)
		u.at++
		return
	}
	switch {
	case isDigit(c):
		u.decimal()
	case isLineEnd(c):
		u.value = append(u.value, '\n')
		u.skipLineEnd()
	case c == 'x':
		u.at++
		u.value = append(u.value, u.hexDigit()<<4|u.hexDigit())
	case c == 'u':
		u.at++
		u.character()
	case c == 'z':
		u.at++
		u.skipSpace()
		u.open = u.at == len(u.source)
	default:
		u.failEscape()
	}
}

// decimal reads the digits of \ddd.
func (u *unescaper) decimal() {
	n := 0
	for end := u.at + 3; u.at < end && isDigit(u.peek(0)); u.at++ {
		n = n*10 + int(u.peek(0)-'0')
	}
	if n > 0xff {
		u.failEscape()
	}
	u.value = append(u.value, byte(n))
}

// hexDigit reads a hexadecimal digit.
func (u *unescaper) hexDigit() byte {
	c := u.peek(0)
	if !isHex(c) {
		u.failEscape()
	}
	u.at++
	return hexValue(c)
}

// character reads the braces of \u{XXX}.
func (u *unescaper) character() {
	if u.peek(0) != '{' {
		u.failEscape()
	}
	u.at++
	r := rune(u.hexDigit())
	for u.peek(0) != '}' {
		if r = r<<4 | rune(u.hexDigit()); r > utf8.MaxRune {
			u.failEscape()
		}
	}
	if !utf8.ValidRune(r) { // half of a surrogate pair
		u.failEscape()
	}
	u.at++
	u.value = utf8.AppendRune(u.value, r)
}
