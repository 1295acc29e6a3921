package luasyntax

import (
	"bytes"
	"strings"
)

// Part is a stretch of a Lua source that is all code, or one string or comment.
type Part struct {
	Kind PartKind
	Text []byte // a slice of the source
	Line int    // where it begins, from 1
}

// PartKind says what a Part is.
type PartKind int

// The kinds of parts.
const (
	Code    PartKind = iota
	String           // in quotes, which belong to it
	Bracket          // a long string: [[...]], [=[...]=]
	Comment          // with its dashes
)

// Parts splits a source into code, strings and comments. Joined, the parts are
// the source again, even if it is not valid Lua.
func Parts(source []byte) []Part {
	s := splitter{source: source, line: 1}
	for s.at < len(source) {
		rest := source[s.at:]
		switch c := rest[0]; {
		case c == '"' || c == '\'':
			s.add(String, quotedLength(rest))
		case bytes.HasPrefix(rest, []byte("--")):
			s.add(Comment, commentLength(rest))
		case c == '[' && longBracketLength(rest) > 0:
			s.add(Bracket, longBracketLength(rest))
		default:
			s.at++
		}
	}
	s.add(Code, 0)
	return s.parts
}

// splitter gathers the parts of a source.
type splitter struct {
	source []byte
	parts  []Part
	start  int // of the code that is not yet a part
	at     int // where the next part may begin
	line   int // of start
}

// add makes a part of the code up to at, and one of the length bytes from there.
func (s *splitter) add(kind PartKind, length int) {
	s.append(Code, s.at)
	s.at += length
	s.append(kind, s.at)
}

func (s *splitter) append(kind PartKind, end int) {
	if end == s.start {
		return
	}
	text := s.source[s.start:end]
	s.parts = append(s.parts, Part{kind, text, s.line})
	s.line += bytes.Count(text, []byte("\n"))
	s.start = end
}

// quotedLength returns the length of the string in quotes that source begins
// with. A string without a closing quote ends with its line.
func quotedLength(source []byte) int {
	i := 1
	for i < len(source) && source[i] != source[0] && source[i] != '\n' {
		if source[i] == '\\' {
			i++
			if i < len(source) && source[i] == 'z' { // it skips the space after it
				for i+1 < len(source) && strings.IndexByte(Space, source[i+1]) >= 0 {
					i++
				}
			}
		}
		i++
	}
	return min(i+1, len(source))
}

// commentLength returns the length of the comment that source begins with,
// without the end of its line.
func commentLength(source []byte) int {
	const dashes = len("--")
	if n := longBracketLength(source[dashes:]); n > 0 {
		return dashes + n
	}
	if n := bytes.IndexByte(source, '\n'); n >= 0 {
		return n
	}
	return len(source)
}

// longBracketLength returns the length of the long bracket that source begins
// with, or 0 if it begins with none. A long bracket that is never closed goes on
// to the end.
func longBracketLength(source []byte) int {
	if len(source) == 0 || source[0] != '[' {
		return 0
	}
	level := 0
	for 1+level < len(source) && source[1+level] == '=' {
		level++
	}
	if 1+level >= len(source) || source[1+level] != '[' {
		return 0
	}
	end := bytes.Index(source, []byte("]"+strings.Repeat("=", level)+"]"))
	if end < 0 {
		return len(source)
	}
	return end + level + 2
}
