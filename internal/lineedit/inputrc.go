package lineedit

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// ReadInputrc changes keys as an init file of GNU Readline says: "set editing-mode vi",
// "\C-x\C-r": undo, Control-o: yank. It heeds $if, $else, $endif and $include for the
// application named app. What it does not know it leaves alone, since the file is shared
// with other programs: other variables, commands and macros.
func (k *Keys) ReadInputrc(path, app string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := &inputrc{keys: k, app: app}
	if err := r.read(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// inputrc reads an init file.
type inputrc struct {
	keys     *Keys
	app      string
	normal   bool   // bindings are those of vi's command mode
	skipped  []bool // for each $if: whether what stands here is skipped
	included int
}

func (r *inputrc) read(from io.Reader) error {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '$':
			r.directive(strings.Fields(line[1:]))
		case r.skips():
		case strings.HasPrefix(line, "set "):
			r.set(strings.Fields(line)[1:])
		default:
			r.bind(line)
		}
	}
	return lines.Err()
}

func (r *inputrc) skips() bool {
	for _, skipped := range r.skipped {
		if skipped {
			return true
		}
	}
	return false
}

func (r *inputrc) directive(words []string) {
	if len(words) == 0 {
		return
	}
	n := len(r.skipped)
	switch words[0] {
	case "if":
		r.skipped = append(r.skipped, !r.holds(strings.Join(words[1:], "")))
	case "else":
		if n > 0 {
			r.skipped[n-1] = !r.skipped[n-1]
		}
	case "endif":
		r.skipped = r.skipped[:max(n-1, 0)]
	case "include":
		const deepest = 8
		if len(words) != 2 || r.skips() || r.included == deepest {
			return
		}
		path := words[1]
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			path = os.Getenv("HOME") + "/" + rest
		}
		if f, err := os.Open(path); err == nil {
			defer f.Close()
			r.included++
			_ = r.read(f)
			r.included--
		}
	}
}

// holds says whether the condition of $if holds.
func (r *inputrc) holds(condition string) bool {
	name, value, ok := strings.Cut(condition, "=")
	if !ok {
		return strings.EqualFold(condition, r.app)
	}
	switch name {
	case "mode":
		return value == "vi" == r.keys.Vi
	case "term":
		term := os.Getenv("TERM")
		short, _, _ := strings.Cut(term, "-")
		return value == term || value == short
	}
	return false
}

func (r *inputrc) set(words []string) {
	if len(words) < 2 {
		return
	}
	switch words[0] {
	case "editing-mode":
		r.keys.Vi = words[1] == "vi"
	case "keymap":
		r.normal = words[1] == "vi" || words[1] == "vi-command" || words[1] == "vi-move"
	}
}

// bind binds a key: "\C-a": command, or Control-a: command.
func (r *inputrc) bind(line string) {
	var name, command string
	if line[0] == '"' {
		end := 1
		for end < len(line) && line[end] != '"' {
			if line[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(line) {
			return
		}
		name = sequenceName(line[1:end])
		command, _ = strings.CutPrefix(strings.TrimSpace(line[end+1:]), ":")
	} else {
		var ok bool
		if name, command, ok = strings.Cut(line, ":"); !ok {
			return
		}
		name = wordName(name)
	}
	command = strings.TrimSpace(command)
	if other := readlineNames[command]; other != "" {
		command = other
	}
	if _, ok := commands[command]; !ok || name == "" {
		return
	}
	if r.normal {
		r.keys.normal[name] = command
	} else {
		r.keys.insert[name] = command
	}
}

// readlineNames are commands of GNU Readline that have another name here.
var readlineNames = map[string]string{
	"previous-screen-line":                   "up-line-or-history",
	"next-screen-line":                       "down-line-or-history",
	"vi-undo":                                "undo",
	"vi-eof-maybe":                           "delete-char-or-eof",
	"menu-complete":                          "complete",
	"old-menu-complete":                      "complete",
	"insert-completions":                     "possible-completions",
	"shell-forward-word":                     "forward-word",
	"shell-backward-word":                    "backward-word",
	"vi-search":                              "reverse-search-history",
	"non-incremental-reverse-search-history": "reverse-search-history",
	"non-incremental-forward-search-history": "forward-search-history",
}

// wordName returns the name of a key such as Control-Meta-u, Meta-Rubout or TAB.
func wordName(text string) string {
	prefix := ""
	for {
		before, after, ok := strings.Cut(text, "-")
		if !ok || after == "" {
			break
		}
		switch strings.ToLower(before) {
		case "control", "c", "ctrl":
			prefix += "C-"
		case "meta", "m":
			prefix += "M-"
		default:
			return ""
		}
		text = after
	}
	switch strings.ToLower(text) {
	case "del", "rubout":
		text = "Backspace"
	case "esc", "escape":
		text = "Esc"
	case "lfd", "newline", "ret", "return":
		text = "Enter"
	case "spc", "space":
		text = " "
	case "tab":
		text = "Tab"
	default:
		if strings.HasPrefix(prefix, "C-") || strings.HasSuffix(prefix, "C-") {
			text = strings.ToLower(text)
		}
	}
	if prefix == "C-M-" {
		prefix = "M-C-"
	}
	return prefix + text
}

// sequenceName returns the name of the keys that send a sequence with the escapes of an
// init file: \C-x\C-e, \e[A, \M-f.
func sequenceName(text string) string {
	var sent []byte
	for i := 0; i < len(text); {
		c, n := sequenceByte(text[i:])
		sent, i = append(sent, c...), i+n
	}
	var names []string
	for len(sent) > 0 {
		k, n := decode(sent, true)
		if k.name == "" {
			k.name = k.text
		}
		if k.name == "" {
			return ""
		}
		names, sent = append(names, k.name), sent[n:]
	}
	return strings.Join(names, " ")
}

// sequenceByte returns the bytes of the first escape or character of a sequence, and how
// long that is.
func sequenceByte(text string) (sent []byte, n int) {
	switch {
	case strings.HasPrefix(text, `\C-\M-`) || strings.HasPrefix(text, `\M-\C-`):
		if len(text) > 6 {
			return []byte{escape, text[6] & 0x1f}, 7
		}
	case strings.HasPrefix(text, `\C-`) && len(text) > 3:
		if text[3] == '?' {
			return []byte{0x7f}, 4
		}
		return []byte{text[3] & 0x1f}, 4
	case strings.HasPrefix(text, `\M-`):
		return []byte{escape}, 3
	case text[0] != '\\' || len(text) == 1:
		return []byte{text[0]}, 1
	}
	escapes := map[byte]byte{'e': escape, 'a': '\a', 'b': '\b', 'd': 0x7f, 'n': '\n', 'r': '\r', 't': '\t', 'f': '\f', 'v': '\v'}
	if c, ok := escapes[text[1]]; ok {
		return []byte{c}, 2
	}
	for digits := 4; digits > 1; digits-- {
		if len(text) < digits {
			continue
		}
		if code, err := strconv.ParseUint(text[1:digits], 8, 8); err == nil {
			return []byte{byte(code)}, digits
		}
	}
	return []byte{text[1]}, 2
}
