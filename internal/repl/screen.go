package repl

import (
	"os"

	"golang.org/x/term"
)

// width returns the columns of the terminal; 80 if it is unknown or too narrow.
func (r *REPL) width() int {
	const usual, narrowest = 80, 20
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w >= narrowest {
		return w
	}
	return usual
}

// colour wraps text in an SGR code of ECMA-48, if the console shows colours.
func (r *REPL) colour(code, text string) string {
	if !r.colours || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (r *REPL) red(text string) string { return r.colour("31", text) }
func (r *REPL) dim(text string) string { return r.colour("2", text) }

// highlighted returns Lua or a dot command with colours, if the console shows
// them.
func (r *REPL) highlighted(text string) string {
	if r.colours {
		return highlight(text)
	}
	return text
}
