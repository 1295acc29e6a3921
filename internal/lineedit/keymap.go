package lineedit

import (
	"maps"
	"strings"
)

// Keys are the keys of an editor and the commands that they run. It may be shared once
// it is complete.
type Keys struct {
	Vi     bool              // the keys of vi: Esc leaves the insert mode
	insert map[string]string // those of Emacs, and of vi's insert mode: the name of a command by that of a key
	normal map[string]string // those of vi's command mode
}

// NewKeys returns the keys of Emacs.
func NewKeys() *Keys { return &Keys{insert: maps.Clone(emacsKeys), normal: maps.Clone(viKeys)} }

// command returns the name of the command that a key runs; "" if it runs none.
func (k *Keys) command(name string, normal bool) string {
	if normal {
		return k.normal[name]
	}
	if k.Vi && name == "Esc" {
		return "vi-movement-mode"
	}
	return k.insert[name]
}

// isPrefix says whether a key begins the names of others.
func (k *Keys) isPrefix(name string, normal bool) bool {
	if name == "Esc" && !normal {
		return !k.Vi
	}
	all := k.insert
	if normal {
		all = k.normal
	}
	for other := range all {
		if strings.HasPrefix(other, name+" ") {
			return true
		}
	}
	return false
}

var emacsKeys = map[string]string{
	"Enter":       "accept-line",
	"M-Enter":     "insert-newline",
	"S-Enter":     "insert-newline",
	"C-o":         "operate-and-get-next",
	"C-c":         "interrupt",
	"C-d":         "delete-char-or-eof",
	"C-z":         "suspend",
	"C-g":         "abort",
	"C-l":         "clear-screen",
	"C-q":         "quoted-insert",
	"C-v":         "quoted-insert",
	"C-x C-e":     "edit-and-execute-command",
	"C-a":         "beginning-of-line",
	"Home":        "beginning-of-line",
	"C-e":         "end-of-line",
	"End":         "end-of-line",
	"C-Home":      "beginning-of-buffer",
	"C-End":       "end-of-buffer",
	"C-f":         "forward-char",
	"Right":       "forward-char",
	"C-b":         "backward-char",
	"Left":        "backward-char",
	"M-f":         "forward-word",
	"C-Right":     "forward-word",
	"M-Right":     "forward-word",
	"M-b":         "backward-word",
	"C-Left":      "backward-word",
	"M-Left":      "backward-word",
	"Up":          "up-line-or-history",
	"C-p":         "up-line-or-history",
	"Down":        "down-line-or-history",
	"C-n":         "down-line-or-history",
	"M-p":         "history-search-backward",
	"PageUp":      "history-search-backward",
	"M-n":         "history-search-forward",
	"PageDown":    "history-search-forward",
	"C-Up":        "previous-history",
	"M-Up":        "previous-history",
	"C-Down":      "next-history",
	"M-Down":      "next-history",
	"M-<":         "beginning-of-history",
	"M->":         "end-of-history",
	"C-r":         "reverse-search-history",
	"C-s":         "forward-search-history",
	"Delete":      "delete-char",
	"Backspace":   "backward-delete-char",
	"S-Backspace": "backward-delete-char",
	"C-h":         "backward-delete-char",
	"C-k":         "kill-line",
	"C-u":         "unix-line-discard",
	"C-x C-k":     "kill-whole-line",
	"M-d":         "kill-word",
	"M-Delete":    "kill-word",
	"C-Delete":    "kill-word",
	"M-Backspace": "backward-kill-word",
	"M-C-h":       "backward-kill-word",
	"C-w":         "unix-word-rubout",
	"C-y":         "yank",
	"M-y":         "yank-pop",
	"M-.":         "yank-last-arg",
	"M-_":         "yank-last-arg",
	"C-_":         "undo",
	"C-x C-u":     "undo",
	"M-/":         "redo",
	"C-t":         "transpose-chars",
	"M-t":         "transpose-words",
	"M-u":         "upcase-word",
	"M-l":         "downcase-word",
	"M-c":         "capitalize-word",
	"Tab":         "complete",
	"S-Tab":       "menu-complete-backward",
	"M-?":         "possible-completions",
	"M-=":         "possible-completions",
}

// viKeys are the keys of vi's command mode that are no commands of vi.
var viKeys = map[string]string{
	"Enter":     "accept-line",
	"C-c":       "interrupt",
	"C-d":       "delete-char-or-eof",
	"C-z":       "suspend",
	"C-l":       "clear-screen",
	"Home":      "beginning-of-line",
	"End":       "end-of-line",
	"Right":     "forward-char",
	"Left":      "backward-char",
	"C-Right":   "forward-word",
	"C-Left":    "backward-word",
	"Up":        "up-line-or-history",
	"Down":      "down-line-or-history",
	"C-p":       "up-line-or-history",
	"C-n":       "down-line-or-history",
	"PageUp":    "history-search-backward",
	"PageDown":  "history-search-forward",
	"Backspace": "backward-char",
	"C-h":       "backward-char",
	"Delete":    "delete-char",
	"j":         "down-line-or-history",
	"k":         "up-line-or-history",
	"/":         "reverse-search-history",
	"?":         "forward-search-history",
	"C-r":       "redo",
	"u":         "undo",
	"v":         "edit-and-execute-command",
}
