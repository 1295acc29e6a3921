package repl

import (
	"strings"

	"microts/internal/luavm/syntax"
)

// mostHighlighted is the length in bytes up to which a text is coloured. The editor
// colours it anew for each key: beyond this length the delay could be felt.
const mostHighlighted = 16 << 10

// highlight returns a piece of Lua, or a dot command, with the colours of a
// terminal.
func highlight(text string) string {
	const (
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
	end := 0
	for t := range syntax.Tokens([]byte(text)) {
		b.WriteString(text[end:t.Start])
		token := text[t.Start:t.End]
		if colour, ok := tokenColours[t.Kind]; ok {
			token = eachLine(colour, token, reset)
		}
		b.WriteString(token)
		end = t.End
	}
	b.WriteString(text[end:])
	return b.String()
}

// tokenColours are the colours of tokens; names and symbols have none.
var tokenColours = map[syntax.TokenKind]string{
	syntax.Keyword:    "\x1b[34m",
	syntax.String:     "\x1b[32m",
	syntax.LongString: "\x1b[32m",
	syntax.Number:     "\x1b[36m",
	syntax.Comment:    "\x1b[2m",
}

// eachLine colours each line of a text separately: a colour must not reach beyond
// the line that the editor draws.
func eachLine(before, text, after string) string {
	return before + strings.ReplaceAll(text, "\n", after+"\n"+before) + after
}
