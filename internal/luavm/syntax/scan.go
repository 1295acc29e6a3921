package syntax

import "bytes"

// scanner splits a source into spans: the tokens as they are written, and comments.
// Nothing is an error to it.
type scanner struct {
	source []byte
	at     int  // behind the last span
	line   Line // of at
}

// span is a token or a comment as it is written.
type span struct {
	kind       kind
	start, end int
	line       Line // where it begins
	closed     bool // a string or comment has its end
	escaped    bool // a string has a backslash; a long string has a carriage return
}

// next returns the next span; at the end of the source, one of kindEOF.
func (s *scanner) next() span {
	s.skipSpace()
	sp := span{start: s.at, line: s.line, closed: true}
	switch {
	case s.at == len(s.source):
		sp.kind = kindEOF
	case isDigit(s.source[s.at]):
		sp.kind = kindNumber
		s.skipNumber()
	case isWord(s.source[s.at]):
		s.skipWord()
		sp.kind = wordKind(s.source[sp.start:s.at])
	default:
		s.skipSymbol(&sp)
	}
	sp.end = s.at
	return sp
}

// peek returns the byte that stands n bytes behind at; 0 behind the source's end.
func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.source) {
		return s.source[s.at+n]
	}
	return 0
}

func (s *scanner) skipSpace() {
	for s.at < len(s.source) && isSpace(s.source[s.at]) {
		if isLineEnd(s.source[s.at]) {
			s.skipLineEnd()
		} else {
			s.at++
		}
	}
}

// skipLineEnd skips the end of a line: "\n", "\r", "\r\n" or "\n\r".
func (s *scanner) skipLineEnd() {
	first := s.source[s.at]
	s.at++
	if s.at < len(s.source) && isLineEnd(s.source[s.at]) && s.source[s.at] != first {
		s.at++
	}
	s.line++
}

func (s *scanner) skipWord() {
	for s.at < len(s.source) && isWord(s.source[s.at]) {
		s.at++
	}
}

// skipNumber skips a number with all that touches it: 3x is one wrong number.
func (s *scanner) skipNumber() {
	exponent := byte('e')
	if s.source[s.at] == '0' && s.peek(1)|0x20 == 'x' {
		exponent = 'p'
	}
	var last byte
	for s.at < len(s.source) {
		c := s.source[s.at]
		if !isWord(c) && c != '.' && !((c == '+' || c == '-') && last|0x20 == exponent) {
			return
		}
		last = c
		s.at++
	}
}

// skipSymbol skips any other token.
func (s *scanner) skipSymbol(sp *span) {
	c := s.source[s.at]
	sp.kind = kind(c)
	switch c {
	case '"', '\'':
		sp.kind = kindString
		s.skipQuoted(sp)
		return
	case '[':
		if level := s.bracketLevel(); level >= 0 {
			sp.kind = kindLongString
			s.skipLong(sp, level)
			return
		}
	case '-':
		if s.peek(1) == '-' {
			sp.kind = kindComment
			s.skipComment(sp)
			return
		}
	case '.':
		if isDigit(s.peek(1)) {
			sp.kind = kindNumber
			s.at++
			s.skipNumber()
			return
		}
		if s.peek(1) == '.' {
			sp.kind = kindConcat
			s.at++
			if s.peek(1) == '.' {
				sp.kind = kindDots
				s.at++
			}
		}
	case '=', '<', '>', '~':
		if s.peek(1) == '=' {
			sp.kind = comparison(c)
			s.at++
		}
	case ':':
		if s.peek(1) == ':' {
			sp.kind = kindLabel
			s.at++
		}
	}
	s.at++
}

// comparison returns the operator that a byte and a "=" make.
func comparison(c byte) kind {
	switch c {
	case '=':
		return kindEqual
	case '<':
		return kindLessEqual
	case '>':
		return kindGreaterEqual
	}
	return kindNotEqual
}

// skipQuoted skips a string in quotes. One that is never closed ends with its line.
func (s *scanner) skipQuoted(sp *span) {
	quote := s.source[s.at]
	s.at++
	for s.at < len(s.source) {
		switch c := s.source[s.at]; {
		case c == quote:
			s.at++
			return
		case isLineEnd(c):
			sp.closed = false
			return
		case c == '\\':
			sp.escaped = true
			s.skipEscape()
		default:
			s.at++
		}
	}
	sp.closed = false
}

// skipEscape skips a backslash with what it hides: a quote, the end of a line, and with \z
// all the space that follows.
func (s *scanner) skipEscape() {
	s.at++
	switch {
	case s.at == len(s.source):
	case isLineEnd(s.source[s.at]):
		s.skipLineEnd()
	case s.source[s.at] == 'z':
		s.at++
		s.skipSpace()
	default:
		s.at++
	}
}

// skipComment skips a comment, without the end of its line.
func (s *scanner) skipComment(sp *span) {
	s.at += len("--")
	if s.peek(0) == '[' {
		if level := s.bracketLevel(); level >= 0 {
			s.skipLong(sp, level)
			return
		}
	}
	for s.at < len(s.source) && !isLineEnd(s.source[s.at]) {
		s.at++
	}
}

// bracketLevel returns how many "=" stand between the two brackets that open a long
// string here; -1 if none is opened.
func (s *scanner) bracketLevel() int {
	level := 0
	for s.peek(1+level) == '=' {
		level++
	}
	if s.peek(1+level) != '[' {
		return -1
	}
	return level
}

// skipLong skips a long string that is opened here. One that is never closed goes on to the
// end of the source.
func (s *scanner) skipLong(sp *span, level int) {
	open := s.source[s.at : s.at+level+2]
	s.at += len(open)
	for s.at < len(s.source) {
		switch c := s.source[s.at]; {
		case isLineEnd(c):
			sp.escaped = sp.escaped || c == '\r' || s.peek(1) == '\r'
			s.skipLineEnd()
		case c == ']' && s.closes(level):
			s.at += len(open)
			return
		default:
			s.at++
		}
	}
	sp.closed = false
}

// closes says whether a long string of a level ends with the bracket that stands here.
func (s *scanner) closes(level int) bool {
	rest := s.source[s.at+1:]
	if len(rest) <= level || rest[level] != ']' {
		return false
	}
	return len(bytes.TrimLeft(rest[:level], "=")) == 0
}

// skipMark skips the mark that a source in UTF-8 may begin with.
func (s *scanner) skipMark() {
	const byteOrderMark = "\xef\xbb\xbf"
	if bytes.HasPrefix(s.source, []byte(byteOrderMark)) {
		s.at = len(byteOrderMark)
	}
}

// skipRestOfLine skips all up to the end of the line.
func (s *scanner) skipRestOfLine() {
	for s.at < len(s.source) && !isLineEnd(s.source[s.at]) {
		s.at++
	}
}
