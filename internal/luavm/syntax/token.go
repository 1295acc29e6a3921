package syntax

import "fmt"

// kind is the kind of a token. A byte that is a token of its own, such as '+', is its
// kind.
type kind uint16

// The kinds of tokens that are longer than a byte, or no bytes at all.
const (
	kindAnd kind = 1 + 0xff + iota
	kindBreak
	kindDo
	kindElse
	kindElseif
	kindEnd
	kindFalse
	kindFor
	kindFunction
	kindGoto
	kindIf
	kindIn
	kindLocal
	kindNil
	kindNot
	kindOr
	kindRepeat
	kindReturn
	kindThen
	kindTrue
	kindUntil
	kindWhile
	kindConcat
	kindDots
	kindEqual
	kindGreaterEqual
	kindLessEqual
	kindNotEqual
	kindLabel
	kindNumber
	kindName
	kindString
	kindLongString // only of a span: its token is a kindString
	kindEOF
	kindComment // only of a span: it makes no token
	kinds
)

// spellings are how messages write the kinds from kindAnd on.
var spellings = [...]string{
	"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
	"repeat", "return", "then", "true", "until", "while",
	"..", "...", "==", ">=", "<=", "~=", "::",
	"<number>", "<name>", "<string>", "<string>", "<eof>", "",
}

// String returns how messages write a kind.
func (k kind) String() string {
	switch {
	case k >= kindAnd:
		return spellings[k-kindAnd]
	case isControl(byte(k)):
		return fmt.Sprintf("char(%d)", k)
	}
	return string([]byte{byte(k)})
}

// Keywords are the words that Lua reserves. goto is one of them, and may be a name all
// the same.
func Keywords() []string { return spellings[:kindWhile-kindAnd+1] }

// wordKind returns the kind of a word: that of a keyword, or kindName.
func wordKind(word []byte) kind {
	const longest = len("function")
	if len(word) > longest {
		return kindName
	}
	switch string(word) {
	case "and":
		return kindAnd
	case "break":
		return kindBreak
	case "do":
		return kindDo
	case "else":
		return kindElse
	case "elseif":
		return kindElseif
	case "end":
		return kindEnd
	case "false":
		return kindFalse
	case "for":
		return kindFor
	case "function":
		return kindFunction
	case "goto":
		return kindGoto
	case "if":
		return kindIf
	case "in":
		return kindIn
	case "local":
		return kindLocal
	case "nil":
		return kindNil
	case "not":
		return kindNot
	case "or":
		return kindOr
	case "repeat":
		return kindRepeat
	case "return":
		return kindReturn
	case "then":
		return kindThen
	case "true":
		return kindTrue
	case "until":
		return kindUntil
	case "while":
		return kindWhile
	}
	return kindName
}

// token is a token as the parser reads it.
type token struct {
	kind kind

	symbol *symbol // of a name, and of goto
	text   string  // of a string: its value
	number number  // of a number

	start, end int // where it stands in the source
}
