package lineedit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func (e *Editor) lineBegin()    { e.cursor = lineStart(e.text, e.cursor) }
func (e *Editor) lineEnd()      { e.cursor = lineEnd(e.text, e.cursor) }
func (e *Editor) forward()      { e.cursor = nextCluster(e.text, e.cursor) }
func (e *Editor) backward()     { e.cursor = prevCluster(e.text, e.cursor) }
func (e *Editor) forwardWord()  { e.cursor = nextWord(e.text, e.cursor) }
func (e *Editor) backwardWord() { e.cursor = prevWord(e.text, e.cursor) }
func (e *Editor) textBegin()    { e.cursor = 0 }
func (e *Editor) textEnd()      { e.cursor = len(e.text) }

// up moves to the line above. From the first line it goes to the history.
func (e *Editor) up() {
	start := lineStart(e.text, e.cursor)
	if start == 0 {
		e.previous()
		return
	}
	e.toColumn(lineStart(e.text, start-1))
}

// down moves to the line below. From the last line it goes to the history.
func (e *Editor) down() {
	end := lineEnd(e.text, e.cursor)
	if end == len(e.text) {
		e.following()
		return
	}
	e.toColumn(end + 1)
}

// toColumn moves to the goal column of the line that begins at start.
func (e *Editor) toColumn(start int) {
	if e.goal < 0 {
		e.goal = textColumns(e.text[lineStart(e.text, e.cursor):e.cursor])
	}
	at, column := start, 0
	for end := lineEnd(e.text, start); at < end && column < e.goal; {
		next := nextCluster(e.text, at)
		_, width := shown(e.text[at:next], column)
		if column += width; column > e.goal {
			break
		}
		at = next
	}
	e.cursor = at
}

// textColumns returns the width of a text that has no line feeds.
func textColumns(text string) (n int) {
	for at := 0; at < len(text); {
		next := nextCluster(text, at)
		_, width := shown(text[at:next], n)
		n, at = n+width, next
	}
	return n
}

func (e *Editor) deleteForward() { e.replace(e.cursor, nextCluster(e.text, e.cursor), "") }
func (e *Editor) deleteBackward() {
	e.replace(prevCluster(e.text, e.cursor), e.cursor, "")
}

// transpose exchanges the clusters before and under the cursor; at the end of a line,
// the two before.
func (e *Editor) transpose() {
	at := e.cursor
	if at == lineEnd(e.text, at) {
		at = prevCluster(e.text, at)
	}
	before, after := prevCluster(e.text, at), nextCluster(e.text, at)
	if before < lineStart(e.text, e.cursor) || before == at {
		e.bell()
		return
	}
	e.replace(before, after, e.text[at:after]+e.text[before:at])
}

// transposeWords exchanges the word before the cursor and the one after.
func (e *Editor) transposeWords() {
	end2 := nextWord(e.text, e.cursor)
	start2 := prevWord(e.text, end2)
	start1 := prevWord(e.text, start2)
	end1 := nextWord(e.text, start1)
	if end1 > start2 || start1 == start2 {
		e.bell()
		return
	}
	e.replace(start1, end2, e.text[start2:end2]+e.text[end1:start2]+e.text[start1:end1])
}

// changeWord replaces the rest of the word by what change makes of it.
func (e *Editor) changeWord(change func(string) string) {
	end := nextWord(e.text, e.cursor)
	e.replace(e.cursor, end, change(e.text[e.cursor:end]))
}

// capitalized returns a text whose first letter is upper case and whose others are lower
// case.
func capitalized(s string) string {
	first := strings.IndexFunc(s, unicode.IsLetter)
	if first < 0 {
		return s
	}
	r, n := utf8.DecodeRuneInString(s[first:])
	return s[:first] + string(unicode.ToUpper(r)) + strings.ToLower(s[first+n:])
}
