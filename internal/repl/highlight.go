package repl

import (
	"strings"

	"microts/internal/lineedit"
	"microts/internal/luavm/syntax"
)

// mostHighlighted is the length in bytes up to which a text is coloured. The editor
// colours it anew for each key that changes it: beyond this length the delay could be
// felt.
const mostHighlighted = 64 << 10

// tokenColours are the SGR codes of tokens; names and symbols have none.
var tokenColours = map[syntax.TokenKind]string{
	syntax.Keyword:    "34",
	syntax.String:     "32",
	syntax.LongString: "32",
	syntax.Number:     "36",
	syntax.Comment:    "2",
}

// spans returns the colours of a piece of Lua, or of a dot command, if the console shows
// colours.
func (r *REPL) spans(text string) (all []lineedit.Span) {
	const command = "35"
	if !r.colours || len(text) > mostHighlighted {
		return nil
	}
	if isCommand(strings.TrimSpace(text)) {
		name, _, _ := strings.Cut(text, " ")
		return []lineedit.Span{{Start: 0, End: len(name), SGR: command}}
	}
	for t := range syntax.Tokens([]byte(text)) {
		if colour, ok := tokenColours[t.Kind]; ok {
			all = append(all, lineedit.Span{Start: t.Start, End: t.End, SGR: colour})
		}
	}
	return all
}

// highlighted returns Lua or a dot command with colours, if the console shows them.
func (r *REPL) highlighted(text string) string {
	var b strings.Builder
	end := 0
	for _, s := range r.spans(text) {
		b.WriteString(text[end:s.Start] + r.colour(s.SGR, text[s.Start:s.End]))
		end = s.End
	}
	return b.String() + text[end:]
}
