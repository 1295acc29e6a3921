package human

import (
	"os"
	"strings"
)

// Unicode says whether the environment lets the process draw with more than ASCII: a
// locale other than C and POSIX whose text is UTF-8, and a terminal that is not dumb. No
// locale at all is no objection: in containers and services there is none, and the
// terminals draw it.
func Unicode() bool {
	if os.Getenv("TERM") == "dumb" {
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // as setlocale looks for it
		if locale := strings.ToLower(os.Getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return true
}

// Dumb says whether the terminal of the environment cannot move its cursor.
func Dumb() bool {
	t := os.Getenv("TERM")
	return t == "" || t == "dumb"
}

// ascii are the signs of plots, and what stands for them in ASCII. A box that is full is
// no letter, so that a falling bar and a rising one differ.
var ascii = strings.NewReplacer(
	"│", "|", "┤", "|", "┼", "+", "├", "|", "─", "-", "╴", "-", "╶", "-", "┬", "+", "┴", "+", "└", "+", "┘", "+",
	"╭", ".", "╮", ".", "╰", "'", "╯", "'", "┃", "+", "█", "#", "·", ".", "≈", "~",
)

// ASCII returns a drawing in ASCII.
func ASCII(drawing string) string { return ascii.Replace(drawing) }
