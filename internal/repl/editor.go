package repl

import (
	"os"
	"path/filepath"

	"microts/internal/help"
	"microts/internal/lineedit"
)

// newEditor returns the editor of the lines that are typed, and a warning: what of the
// user's files could not be read.
//
// Enter takes a line; the terminal leaves raw mode a moment later. Ctrl-C is a key until
// then, and a signal from then on: either interrupts the line that was taken.
func newEditor(r *REPL) (*lineedit.Editor, error) {
	history, err := lineedit.OpenHistory(historyFile())
	return lineedit.New(lineedit.Options{
		In:          os.Stdin,
		Out:         os.Stdout,
		Dumb:        r.dumb,
		ASCII:       r.ascii,
		Prompt:      r.colour("1", "microts") + "> ",
		Continued:   "      >> ",
		Whole:       r.accept,
		Complete:    r.completions,
		Spans:       r.spans,
		Edit:        r.editText,
		Interrupted: r.Interrupt,
		History:     history,
		Keys:        keys(),
	}), err
}

// accept says whether Enter ends the line, and takes it if so. Enter begins another row
// of a line that is not whole.
func (r *REPL) accept(line string) bool {
	r.take()
	if whole(line) {
		return true
	}
	r.release()
	return false
}

// completions returns what Tab offers after a text, and its prefix that is typed already.
func (r *REPL) completions(before string) (prefix string, all []lineedit.Candidate) {
	prefix, found := r.candidates(before)
	for _, c := range found {
		all = append(all, lineedit.Candidate{Text: c.text, Help: help.Plain(c.help)})
	}
	return prefix, all
}

// keys returns the keys of the editor, as the user's inputrc changes them.
func keys() *lineedit.Keys {
	k := lineedit.NewKeys()
	if path := os.Getenv("INPUTRC"); path != "" {
		_ = k.ReadInputrc(path, "microts")
		return k
	}
	home, _ := os.UserHomeDir()
	if err := k.ReadInputrc(filepath.Join(home, ".inputrc"), "microts"); err != nil {
		_ = k.ReadInputrc("/etc/inputrc", "microts")
	}
	return k
}

// historyFile returns the path of the history, and makes its folder. It returns
// "" if there can be none.
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
