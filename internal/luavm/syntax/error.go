package syntax

import (
	"bytes"
	"fmt"
)

// Error says why a source cannot be parsed, in LuaJIT's words.
type Error struct {
	Chunk   string // the name of the source
	Line    Line   // 0 if the source is no text
	Message string // such as "'=' expected"
	Near    string // the token that was read last, such as "<eof>"; "" if it does not matter

	// Incomplete is true if the source ended too early: with more lines it may be valid.
	Incomplete bool
}

// Error returns the message as Lua shows it: "x.lua:3: '=' expected near 'y'".
func (e *Error) Error() string {
	message := e.Chunk + ": " + e.Message
	if e.Line > 0 {
		message = fmt.Sprintf("%s:%d: %s", e.Chunk, e.Line, e.Message)
	}
	if e.Near != "" {
		message += fmt.Sprintf(" near '%s'", e.Near)
	}
	return message
}

// fail ends the parse with an error that does not show a token.
func (l *lexer) fail(format string, args ...any) {
	panic(&Error{Chunk: l.name, Line: l.line, Message: fmt.Sprintf(format, args...)})
}

// failNear ends the parse with an error that shows a text, up to its first zero byte.
func (l *lexer) failNear(text []byte, message string) {
	text, _, _ = bytes.Cut(text, []byte{0})
	panic(&Error{Chunk: l.name, Line: l.line, Message: message, Near: string(text)})
}

// failAt ends the parse with an error that shows a kind of token.
func (l *lexer) failAt(k kind, message string) {
	near := k.String()
	if k == 0 { // LuaJIT takes it for no token
		near = ""
	}
	panic(&Error{Chunk: l.name, Line: l.line, Message: message, Near: near, Incomplete: k == kindEOF})
}

// failToken ends the parse with an error that shows the current token.
func (l *lexer) failToken(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	written := l.source[l.start:l.end]
	switch l.kind {
	case kindName, kindNumber:
		l.failNear(written, message)
	case kindString:
		open := written[:1]
		if open[0] == '[' {
			open = written[:bytes.IndexByte(written[1:], '[')+2]
		}
		l.failNear(bytes.Join([][]byte{open, written[len(written)-len(open):]}, []byte(l.text)), message)
	default:
		l.failAt(l.kind, message)
	}
}

// failDelimiter ends the parse at brackets that begin like a long string: "[==" without a
// second "[".
func (l *lexer) failDelimiter(start int) {
	for l.peek(0) == '=' {
		l.at++
	}
	l.failNear(l.source[start:l.at], "invalid long string delimiter")
}
