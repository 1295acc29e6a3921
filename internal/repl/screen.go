package repl

import (
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"golang.org/x/term"

	"microts/internal/human"
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

// drawn returns a plot as the terminal can draw it.
func (r *REPL) drawn(plot string) string {
	if r.ascii {
		return human.ASCII(plot)
	}
	return plot
}

// tableStyle returns how tables are drawn.
func (r *REPL) tableStyle() table.Style {
	if r.ascii {
		return table.StyleDefault
	}
	return table.StyleLight
}
