package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"
)

// editor reads chunks from a terminal.
type editor struct {
	shell *readline.Shell
}

func newEditor(r *REPL) *editor {
	shell := readline.NewShell(inputrc.WithApp("microts"))
	// To know how much room is below the prompt, readline would ask the terminal
	// for its cursor at each key, and lose what is typed at that moment. It is
	// given room instead (read).
	_ = shell.Config.Set("cursor-position-probe", false)
	_ = shell.Config.Set("enable-bracketed-paste", true)
	_ = shell.Config.Set("multiline-column", true)
	_ = shell.Config.Set("usage-hint-always", true)
	_ = shell.Config.Set("menu-complete-display-prefix", true)
	shell.Prompt.Primary(func() string { return r.colour("1", "microts") + "> " })
	shell.Prompt.Secondary(func() string { return "      >> " })
	shell.AcceptMultiline = func(line []rune) bool { return r.whole(string(line)) }
	if r.colours {
		shell.SyntaxHighlighter = func(line []rune) string { return highlight(string(line)) }
	}
	shell.Completer = func(line []rune, cursor int) readline.Completions { return r.complete(string(line[:cursor])) }
	if path := historyFile(); path != "" {
		shell.History.AddFromFile("history", path)
	}
	return &editor{shell}
}

// room is how many rows are kept free below the prompt, for the lines to come and
// what Tab offers.
const room = 8

func (e *editor) read() (string, error) {
	fmt.Printf("%s\x1b[%dA", strings.Repeat("\n", room), room) // scrolls where there is less
	text, err := e.shell.Readline()
	return strings.TrimRight(text, "\n"), err
}

// historyFile returns the file in which the history is kept, in a folder that is
// there, or "".
func historyFile() string {
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	dir := filepath.Join(state, "microts")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	return filepath.Join(dir, "history")
}
