package lineedit

import "strings"

// viMotions are the motions of vi's command mode that wait for nothing. A motion over
// lines is left to the keys: up and down go to the history.
var viMotions = map[byte]viMotion{
	'h': {to: leftInLine},
	'l': {to: rightInLine},
	' ': {to: rightInLine},
	'0': {to: lineStart},
	'^': {to: firstInLine},
	'$': {to: lineEnd},
	'w': {to: func(s string, at int) int { return nextViWord(s, at, viClass) }},
	'W': {to: func(s string, at int) int { return nextViWord(s, at, viBlankClass) }},
	'b': {to: func(s string, at int) int { return prevViWord(s, at, viClass) }},
	'B': {to: func(s string, at int) int { return prevViWord(s, at, viBlankClass) }},
	'e': {to: func(s string, at int) int { return endOfViWord(s, at, viClass) }, inclusive: true},
	'E': {to: func(s string, at int) int { return endOfViWord(s, at, viBlankClass) }, inclusive: true},
	'G': {to: func(s string, _ int) int { return len(s) }},
	'%': {to: otherBracket, inclusive: true},
}

// leftInLine returns the position before, unless the line begins here.
func leftInLine(s string, at int) int {
	if at == lineStart(s, at) {
		return at
	}
	return prevCluster(s, at)
}

// rightInLine returns the next position, unless the line ends here.
func rightInLine(s string, at int) int {
	if at == lineEnd(s, at) {
		return at
	}
	return nextCluster(s, at)
}

// firstInLine returns the first position of the line that is no space.
func firstInLine(s string, at int) int {
	at = lineStart(s, at)
	for at < len(s) && (s[at] == ' ' || s[at] == '\t') {
		at++
	}
	return at
}

// The classes of characters whose sequences are the words of vi.
const (
	classBlank = iota
	classWord
	classOther
)

func viClass(s string, at int) int {
	switch {
	case isBlank(s, at):
		return classBlank
	case isWord(s, at):
		return classWord
	}
	return classOther
}

func viBlankClass(s string, at int) int {
	if isBlank(s, at) {
		return classBlank
	}
	return classWord
}

// nextViWord returns where the next word begins.
func nextViWord(s string, at int, class func(string, int) int) int {
	if at < len(s) {
		for c := class(s, at); at < len(s) && c != classBlank && class(s, at) == c; {
			at = nextCluster(s, at)
		}
	}
	for at < len(s) && class(s, at) == classBlank {
		at = nextCluster(s, at)
	}
	return at
}

// prevViWord returns where the word before begins.
func prevViWord(s string, at int, class func(string, int) int) int {
	for at > 0 && class(s, prevCluster(s, at)) == classBlank {
		at = prevCluster(s, at)
	}
	if at == 0 {
		return 0
	}
	for c := class(s, prevCluster(s, at)); at > 0 && class(s, prevCluster(s, at)) == c; {
		at = prevCluster(s, at)
	}
	return at
}

// endOfViWord returns the last position of the word, or of the next one at its end.
func endOfViWord(s string, at int, class func(string, int) int) int {
	next := nextCluster(s, at)
	for next < len(s) && class(s, next) == classBlank {
		next = nextCluster(s, next)
	}
	if next >= len(s) {
		return at
	}
	at = next
	for c := class(s, at); ; at = next {
		next = nextCluster(s, at)
		if next >= len(s) || class(s, next) != c {
			return at
		}
	}
}

// otherBracket returns the bracket that belongs to the next one in the line.
func otherBracket(s string, at int) int {
	const brackets = "()[]{}"
	first := strings.IndexAny(s[at:lineEnd(s, at)], brackets)
	if first < 0 {
		return at
	}
	open := strings.IndexByte(brackets, s[at+first])
	other, step := brackets[open^1], 1-open%2*2
	depth := 0
	for i := at + first; i >= 0 && i < len(s); i += step {
		switch s[i] {
		case brackets[open]:
			depth++
		case other:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return at
}
