package syntax

import (
	"bytes"
	"iter"
)

// Token is a token of a source as it is written, or a comment.
type Token struct {
	Kind       TokenKind
	Start, End int  // in bytes of the source
	Line       Line // where it begins

	// Closed is false if the end of a string or comment is missing: a string in quotes then
	// reaches to the end of its line, any other to the end of the source.
	Closed bool
}

// TokenKind says what a Token is.
type TokenKind uint8

// The kinds of tokens.
const (
	Symbol     TokenKind = iota // an operator, a bracket, or a byte that Lua does not know
	Name                        // a word that is no keyword
	Keyword                     // one of Keywords
	Number                      // a number, which may be wrong: 3x
	String                      // a string in quotes, which belong to it
	LongString                  // [[...]], [=[...]=]
	Comment                     // with its dashes; "#!..." at the start of the source
)

// Tokens returns the tokens of a source, valid or not. Space alone stands between them.
func Tokens(source []byte) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		s := scanner{source: source, line: 1}
		if s.skipMark(); bytes.HasPrefix(source[s.at:], []byte("#!")) {
			start := s.at
			s.skipRestOfLine()
			if !yield(Token{Kind: Comment, Start: start, End: s.at, Line: 1, Closed: true}) {
				return
			}
		}
		for {
			sp := s.next()
			if sp.kind == kindEOF || !yield(Token{tokenKind(sp.kind), sp.start, sp.end, sp.line, sp.closed}) {
				return
			}
		}
	}
}

func tokenKind(k kind) TokenKind {
	switch {
	case k == kindName:
		return Name
	case k == kindNumber:
		return Number
	case k == kindString:
		return String
	case k == kindLongString:
		return LongString
	case k == kindComment:
		return Comment
	case kindAnd <= k && k <= kindWhile:
		return Keyword
	}
	return Symbol
}
