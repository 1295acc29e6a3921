package lineedit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInputrc(t *testing.T) {
	dir := t.TempDir()
	included := filepath.Join(dir, "included")
	if err := os.WriteFile(included, []byte("Control-t: kill-line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "inputrc")
	text := `# a comment
set bell-style none
set editing-mode vi
$if mode=vi
"\C-xk": kill-word
$else
"\C-xk": yank
$endif
$if Bash
"\C-a": yank
$endif
$if microts
"\e[A": history-search-backward
  "\M-q":undo
Meta-Control-h: kill-whole-line
TAB: menu-complete
"\C-b": no-such-command
"\C-f": "a macro"
"\001": end-of-line
$endif
set keymap vi-command
"Q": kill-line
$include ` + included + "\n$include " + path + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k := NewKeys()
	if err := k.ReadInputrc(path, "microts"); err != nil {
		t.Fatal(err)
	}
	if !k.Vi {
		t.Error("the keys are not vi's")
	}
	for name, want := range map[string]string{
		"C-x k": "kill-word", "Up": "history-search-backward", "M-q": "undo", "M-C-h": "kill-whole-line", "Tab": "complete",
		"C-b": "backward-char", "C-f": "forward-char", "C-a": "end-of-line", "Down": "down-line-or-history",
	} {
		if got := k.insert[name]; got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for name, want := range map[string]string{"Q": "kill-line", "C-t": "kill-line"} {
		if got := k.normal[name]; got != want {
			t.Errorf("%s in the command mode: %s", name, got)
		}
	}
	if err := k.ReadInputrc(filepath.Join(dir, "none"), "microts"); err == nil {
		t.Error("a missing file can be read")
	}
}

// TestKeysNameCommands wants a command for each key, and names of keys that can be
// decoded.
func TestKeysNameCommands(t *testing.T) {
	for _, keys := range []map[string]string{emacsKeys, viKeys, readlineNames} {
		for name, command := range keys {
			if commands[command].do == nil {
				t.Errorf("%s: no command %s", name, command)
			}
		}
	}
}

// FuzzInputrc reads anything.
func FuzzInputrc(f *testing.F) {
	f.Add("\"\\C-x\\C-e\": undo\n$if a\n$else\n$endif\n$endif\nset\nset editing-mode\n\"\\")
	f.Add("Control-: undo\n-: undo\n\"\": undo\n\"\\777\\M-\\C-\\C\": undo\n$include\n$")
	f.Fuzz(func(t *testing.T, text string) {
		k := NewKeys()
		_ = (&inputrc{keys: k, app: "microts"}).read(strings.NewReader(text)) // a line may be too long
		for name, command := range k.insert {
			if commands[command].do == nil || name == "" {
				t.Errorf("%q: %q", name, command)
			}
		}
	})
}
