package repl

import (
	"regexp"
	"slices"
	"strings"

	"microts/internal/luasyntax"
)

// keywords are the words that Lua reserves.
var keywords = []string{
	"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
	"repeat", "return", "then", "true", "until", "while",
}

// word is a name, a keyword or a number.
var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*|0[xX][0-9A-Fa-f]+|[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?`)

// mostHighlighted is the length in bytes up to which a text is coloured. The editor
// colours it anew for each key: beyond this length the delay could be felt.
const mostHighlighted = 16 << 10

// highlight returns a piece of Lua, or a dot command, with the colours of a
// terminal.
func highlight(text string) string {
	const (
		keyword = "\x1b[34m"
		str     = "\x1b[32m"
		number  = "\x1b[36m"
		comment = "\x1b[2m"
		command = "\x1b[35m"
		reset   = "\x1b[0m"
	)
	if len(text) > mostHighlighted {
		return text
	}
	if isCommand(strings.TrimSpace(text)) {
		name, rest, found := strings.Cut(text, " ")
		if found {
			rest = " " + rest
		}
		return command + name + reset + rest
	}
	var b strings.Builder
	for _, p := range luasyntax.Parts([]byte(text)) {
		switch p.Kind {
		case luasyntax.String, luasyntax.Bracket:
			b.WriteString(eachLine(str, string(p.Text), reset))
		case luasyntax.Comment:
			b.WriteString(eachLine(comment, string(p.Text), reset))
		default:
			b.WriteString(word.ReplaceAllStringFunc(string(p.Text), func(w string) string {
				switch {
				case slices.Contains(keywords, w):
					return keyword + w + reset
				case '0' <= w[0] && w[0] <= '9':
					return number + w + reset
				}
				return w
			}))
		}
	}
	return b.String()
}

// eachLine colours each line of a text separately: a colour must not reach beyond
// the line that the editor draws.
func eachLine(before, text, after string) string {
	return before + strings.ReplaceAll(text, "\n", after+"\n"+before) + after
}
