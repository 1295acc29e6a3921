package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNearDatabase(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"data/tick", "data/tick/000012", "data/other", "logs/tock", "empty", "plain/tick"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"data/tick", "data/other", "logs/tock"} {
		if err := os.WriteFile(filepath.Join(dir, name, "CURRENT"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for path, want := range map[string]string{
		"data/tikc":                       "data/tick",
		"data/tikc/":                      "data/tick",
		"./data/tck":                      "data/tick",
		"dta/tick":                        "data/tick",
		"dta/tikc":                        "data/tick",
		"data/othr":                       "data/other",
		"logs/tick":                       "logs/tock",
		"data/quite different":            "",
		"emtpy":                           "",
		"plain/tikc":                      "",
		"nothing/like/it":                 "",
		filepath.Join(dir, "x"):           "",
		filepath.Join(dir, "data", "tic"): filepath.Join(dir, "data", "tick"),
	} {
		if got := nearDatabase(path); got != want {
			t.Errorf("near %s is %q, not %q", path, got, want)
		}
	}
	for path, want := range map[string]bool{"data/tikc": true, "empty": true, "data/tick": false, "data": false, "data/tick/CURRENT": false} {
		if got := isNew(path); got != want {
			t.Errorf("%s is new: %v", path, got)
		}
	}
}

// TestOpenSaysThatADatabaseIsNew: a mistyped path is noticed.
func TestOpenSaysThatADatabaseIsNew(t *testing.T) {
	t.Chdir(t.TempDir())
	r, buf := newREPL(t)
	for _, c := range [][2]string{
		{".open tick", "db is tick, a new database"},
		{".open tick", "db is tick"},
		{".open tikc", "db is tikc, a new database; did you mean tick?"},
		{".open tikc", "db is tikc"},
	} {
		if got := typed(r, buf, c[0]); got != c[1] {
			t.Errorf("%s: %s", c[0], got)
		}
	}
	r.Terminal = true
	for _, c := range [][2]string{
		{`a = ts.open "tickk"`, "(tickk, a new database; did you mean tick?)"},
		{`a = ts.open "quite/different"`, "(quite/different, a new database)"},
		{`a = ts.open "tick"`, ""},
		{`return pcall(ts.open, "tack", {mode = "r"})`, "false"},
	} {
		if got := typed(r, buf, c[0]); got != c[1] && (c[1] != "false" || !strings.HasPrefix(got, c[1])) {
			t.Errorf("%s: %s", c[0], got)
		}
	}
}
