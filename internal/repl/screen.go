package repl

import (
	"os"
	"strings"

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

// isDumb says whether terminals of a type cannot move their cursor.
func isDumb(term string) bool { return term == "" || term == "dumb" || term == "cons25" }

// hasUnicode says whether the environment lets programs print Unicode. An environment
// that names no locale does: in containers and services that is usual, and terminals
// draw it.
func hasUnicode(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return true
}
