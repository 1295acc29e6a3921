package repl

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"
	"golang.org/x/sys/unix"
)

// editor reads lines from a terminal. While it reads, the terminal is in raw
// mode: Ctrl-C is a key and no signal.
type editor struct {
	repl  *REPL
	shell *readline.Shell
}

func newEditor(r *REPL) *editor {
	shell := readline.NewShell(inputrc.WithApp("microts"))
	// With the probe, readline would ask the terminal for its cursor at each key to
	// learn how much room is below the prompt, and lose keys typed meanwhile. read
	// makes that room instead.
	_ = shell.Config.Set("cursor-position-probe", false)
	_ = shell.Config.Set("enable-bracketed-paste", true)
	_ = shell.Config.Set("multiline-column", true)
	_ = shell.Config.Set("usage-hint-always", true)
	_ = shell.Config.Set("menu-complete-display-prefix", true)
	shell.Prompt.Primary(func() string { return r.colour("1", "microts") + "> " })
	shell.Prompt.Secondary(func() string { return "      >> " })
	if r.colours {
		shell.SyntaxHighlighter = func(line []rune) string { return highlight(string(line)) }
	}
	shell.Completer = func(line []rune, cursor int) readline.Completions { return r.complete(string(line[:cursor])) }
	if path := historyFile(); path != "" {
		shell.History.AddFromFile("history", path)
	}
	e := &editor{r, shell}
	shell.AcceptMultiline = e.accept
	return e
}

// roomBelow is how many rows read keeps free below the prompt, for the next lines
// and for what Tab offers.
const roomBelow = 8

// read returns the next line, taken, or io.EOF. Any other error says that Ctrl-C
// cleared the line.
//
// Enter takes a line; the terminal leaves raw mode a moment later. A Ctrl-C
// between the two is a key that the editor would read with the next line. read
// finds it and interrupts the line that was taken.
func (e *editor) read() (string, error) {
	fmt.Printf("%s\x1b[%dA", strings.Repeat("\n", roomBelow), roomBelow) // scrolls if there are fewer rows
	line, err := e.shell.Readline()
	if err != nil {
		return "", err
	}
	e.repl.take() // some commands of readline accept a line without asking accept
	ahead := e.typedAhead()
	if at := bytes.LastIndexByte(ahead, keyInterrupt); at >= 0 {
		e.repl.Interrupt()
		ahead = ahead[at+1:] // as a terminal drops what was typed before Ctrl-C
	}
	e.giveBack(ahead)
	return strings.TrimRight(line, "\n"), nil
}

// accept says whether Enter ends the line, and takes it if so. Enter begins
// another row of a line that is not whole.
func (e *editor) accept(line []rune) bool {
	e.repl.take()
	if whole(string(line)) {
		return true
	}
	e.repl.release()
	return false
}

const keyInterrupt = 0x03 // Ctrl-C

// typedAhead removes and returns the keys that were typed in raw mode after
// Enter: first those that the editor has read, then those that the terminal holds.
func (e *editor) typedAhead() (keys []byte) {
	for key, none := e.shell.Keys.Pop(); !none; key, none = e.shell.Keys.Pop() {
		keys = append(keys, key)
	}
	terminal := int(os.Stdin.Fd())
	if n, err := unix.IoctlGetInt(terminal, unix.TIOCINQ); err == nil && n > 0 {
		held := make([]byte, n)
		n, _ = unix.Read(terminal, held)
		keys = append(keys, held[:max(n, 0)]...)
	}
	return keys
}

// pasteOrLetters matches a bracketed paste, which may lack its end, or letters
// outside ASCII.
var pasteOrLetters = regexp.MustCompile(`(?s)\x1b\[200~.*?(?:\x1b\[201~|$)|[^\x00-\x7f]+`)

// giveBack makes keys the first that the editor reads for the next line.
//
// Feed takes runes. The editor reads fed ones a byte each, but decodes UTF-8
// only within a paste; so letters outside ASCII are fed as a paste.
func (e *editor) giveBack(keys []byte) {
	keys = pasteOrLetters.ReplaceAllFunc(keys, func(found []byte) []byte {
		if found[0] == '\x1b' {
			return found
		}
		return fmt.Appendf(nil, "\x1b[200~%s\x1b[201~", found)
	})
	var fed []rune
	for _, key := range keys {
		fed = append(fed, rune(key))
	}
	e.shell.Keys.Feed(false, fed...)
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
