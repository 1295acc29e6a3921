package syntax

import "bytes"

// lexer reads the tokens of a source. Its lines follow LuaJIT, since messages and the
// lines of nodes come from them.
type lexer struct {
	scanner
	symbols symbols
	name    string // of the source, for messages

	token
	lastLine Line  // of the token before
	ahead    token // the token behind, if hasAhead
	hasAhead bool

	buffer []byte // for the value of a string that is not as it is written
}

// dumpMark is the byte that a compiled chunk begins with.
const dumpMark = '\x1b'

// begin skips what may stand before the Lua of a source: a byte order mark and a first
// line that begins with '#'.
func (l *lexer) begin() {
	l.line = 1
	l.skipMark()
	if l.peek(0) == '#' {
		l.skipRestOfLine()
		if l.at < len(l.source) {
			l.skipLineEnd()
		}
	}
	if l.peek(0) == dumpMark {
		panic(&Error{Chunk: l.name, Message: "is compiled bytecode, which only the Lua that made it can run: run the source"})
	}
	l.lastLine = l.line
}

// next makes the next token the current one.
func (l *lexer) next() {
	l.lastLine = l.line
	if l.hasAhead {
		l.token, l.hasAhead = l.ahead, false
		return
	}
	l.read(&l.token)
}

// lookAhead returns the kind of the token behind the current one.
func (l *lexer) lookAhead() kind {
	l.read(&l.ahead)
	l.hasAhead = true
	return l.ahead.kind
}

// read reads a token.
func (l *lexer) read(t *token) {
	sp := l.scanner.next()
	for sp.kind == kindComment {
		if !sp.closed {
			l.failAt(kindEOF, "unfinished long comment")
		}
		sp = l.scanner.next()
	}
	t.kind, t.start, t.end = sp.kind, sp.start, sp.end
	switch sp.kind {
	case kindName, kindGoto:
		t.symbol = l.symbols.of(l.source[sp.start:sp.end])
	case kindNumber:
		n, ok := readNumber(l.source[sp.start:sp.end])
		if !ok {
			l.failNear(l.source[sp.start:sp.end], "malformed number")
		}
		t.number = n
	case kindString:
		value := l.source[sp.start+1 : max(sp.end-1, sp.start+1)]
		if sp.escaped || !sp.closed {
			value = l.unescape(sp)
		}
		t.text = l.symbols.text(value)
	case kindLongString:
		t.kind = kindString
		t.text = l.symbols.text(l.longValue(sp))
	case '[':
		if l.peek(0) == '=' {
			l.failDelimiter(sp.start)
		}
	}
}

// longValue returns the value of a long string: without its brackets, and without the
// end of a line right behind the first; each other end of a line is "\n".
func (l *lexer) longValue(sp span) []byte {
	if !sp.closed {
		l.failAt(kindEOF, "unfinished long string")
	}
	length := bytes.IndexByte(l.source[sp.start+1:], '[') + 2
	s := scanner{source: l.source[:sp.end-length], at: sp.start + length}
	if s.at < len(s.source) && isLineEnd(s.source[s.at]) {
		s.skipLineEnd()
	}
	if !sp.escaped {
		return s.source[s.at:]
	}
	b := l.buffer[:0]
	for s.at < len(s.source) {
		if c := s.source[s.at]; isLineEnd(c) {
			b = append(b, '\n')
			s.skipLineEnd()
		} else {
			b = append(b, c)
			s.at++
		}
	}
	l.buffer = b
	return b
}
