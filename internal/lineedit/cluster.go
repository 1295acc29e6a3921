package lineedit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/mattn/go-runewidth"
)

// nextCluster returns the end of the grapheme cluster that begins at a position of s.
func nextCluster(s string, at int) int {
	switch {
	case at >= len(s):
		return len(s)
	case s[at] == '\n', s[at] < utf8.RuneSelf && (at+1 == len(s) || s[at+1] < utf8.RuneSelf):
		return at + 1
	}
	// A cluster ends before the next line feed. The bound is for text that is one
	// endless cluster.
	const longest = 256
	clusters := graphemes.FromString(s[at:min(at+longest, len(s))])
	if !clusters.Next() || clusters.End() == 0 {
		return at + 1
	}
	return at + clusters.End()
}

// prevCluster returns the beginning of the grapheme cluster that ends at a position of s.
func prevCluster(s string, at int) int {
	if at <= 0 {
		return 0
	}
	if s[at-1] < utf8.RuneSelf {
		return at - 1
	}
	const longest = 256
	start := max(lineStart(s, at), at-longest)
	for start < at && !utf8.RuneStart(s[start]) {
		start++
	}
	if start == at { // no UTF-8
		return at - 1
	}
	for {
		next := nextCluster(s, start)
		if next >= at {
			return start
		}
		start = next
	}
}

// lineStart returns where the line of a position begins.
func lineStart(s string, at int) int { return strings.LastIndexByte(s[:at], '\n') + 1 }

// lineEnd returns where the line of a position ends: before its line feed.
func lineEnd(s string, at int) int {
	if n := strings.IndexByte(s[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(s)
}

// isWord says whether the rune at a position belongs to a word: a name or a number of
// Lua.
func isWord(s string, at int) bool {
	r, _ := utf8.DecodeRuneInString(s[at:])
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// isBlank says whether the byte at a position is white space.
func isBlank(s string, at int) bool { return strings.IndexByte(" \t\n\r", s[at]) >= 0 }

// nextWord returns the end of the next word.
func nextWord(s string, at int) int {
	for at < len(s) && !isWord(s, at) {
		at = nextCluster(s, at)
	}
	for at < len(s) && isWord(s, at) {
		at = nextCluster(s, at)
	}
	return at
}

// prevWord returns the beginning of the word before.
func prevWord(s string, at int) int {
	for at > 0 && !isWord(s, prevCluster(s, at)) {
		at = prevCluster(s, at)
	}
	for at > 0 && isWord(s, prevCluster(s, at)) {
		at = prevCluster(s, at)
	}
	return at
}

// prevBlank returns the beginning of the text without white space before.
func prevBlank(s string, at int) int {
	for at > 0 && isBlank(s, at-1) {
		at--
	}
	for at > 0 && !isBlank(s, at-1) {
		at--
	}
	return at
}

// widths measures runes. A rune of ambiguous width is narrow whatever the locale says:
// the terminals of today draw it so.
var widths = &runewidth.Condition{StrictEmojiNeutral: true}

// tabStop is how far apart the columns are to which a tab leads.
const tabStop = 4

// shown returns how a cluster that begins in a column is drawn, and how many columns
// that takes. A control character, or a byte that is no UTF-8, is drawn as text.
func shown(cluster string, column int) (text string, width int) {
	if len(cluster) == 1 {
		switch c := cluster[0]; {
		case c == '\t':
			n := tabStop - column%tabStop
			return "        "[:n], n
		case c >= ' ' && c < 0x7f:
			return cluster, 1
		}
	}
	strange := func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }
	if strings.ContainsFunc(cluster, strange) {
		text = spelled(cluster)
		return text, len(text)
	}
	return cluster, widths.StringWidth(cluster)
}

// spelled returns a text with control characters as ^A or <85> and bytes that are no
// UTF-8 as <ff>.
func spelled(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, "<%02x>", s[i])
		case r < ' ' || r == 0x7f:
			b.WriteString("^" + string(r^0x40))
		case unicode.IsControl(r):
			fmt.Fprintf(&b, "<%02x>", r)
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "<%x>", r)
		}
		i += n
	}
	return b.String()
}

// columns returns the width of a text without control characters, apart from SGR
// sequences, which have none.
func columns(text string) (n int) {
	for text != "" {
		before, rest, found := strings.Cut(text, "\x1b[")
		n += widths.StringWidth(before)
		if !found {
			break
		}
		_, text, _ = strings.Cut(rest, "m")
	}
	return n
}

// clip returns a text without line feeds and control characters, cut to a width.
func clip(text string, width int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return widths.Truncate(text, max(width, 0), "")
}
