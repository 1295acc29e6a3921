package lineedit

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T, path string) *History {
	t.Helper()
	h, err := OpenHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	long := strings.Repeat("x", 300<<10) // longer than what some readers of lines take
	h := open(t, path)
	for _, line := range []string{"one", "  two  ", "two", "", " \n", long, "a\nb \"\\ é\xff", "last"} {
		h.Add(line)
	}
	want := []string{"one", "two", long, "a\nb \"\\ é\xff", "last"}
	if !slices.Equal(h.entries, want) {
		t.Errorf("%.300q", h.entries)
	}
	want[3] = "a\nb \"\\ é\ufffd" // JSON holds no other bytes
	if h := open(t, path); !slices.Equal(h.entries, want) {
		t.Errorf("%.300q", h.entries)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestHistoryOfOthers opens a file with lines that are no entries.
func TestHistoryOfOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	text := `{"datetime":"2026-01-02T03:04:05Z","block":"one"}` + "\nnonsense\n{}\n\n" + `{"block":"two"}` + "\n" + `{"block":"cut`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if h := open(t, path); !slices.Equal(h.entries, []string{"one", "two"}) {
		t.Errorf("%q", h.entries)
	}
	if _, err := OpenHistory(t.TempDir()); err == nil {
		t.Error("a folder is a history")
	}
	if h, err := OpenHistory(""); err != nil || h.path != "" {
		t.Errorf("%v, %v", h, err)
	}
}

// TestHistoryOfTwoConsoles adds to one file from several.
func TestHistoryOfTwoConsoles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var all sync.WaitGroup
	for i := range 4 {
		h := open(t, path)
		all.Go(func() {
			for j := range 50 {
				h.Add(fmt.Sprintf("line %d of %d", j, i))
			}
		})
	}
	all.Wait()
	if h := open(t, path); len(h.entries) != 200 {
		t.Errorf("%d lines", len(h.entries))
	}
}

// TestHistoryIsBounded opens a file of many lines: the newest stay.
func TestHistoryIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var b strings.Builder
	for i := range 2*mostEntries + 1 {
		fmt.Fprintf(&b, "{\"block\":\"line %d\"}\n", i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		h := open(t, path)
		if n := len(h.entries); n != mostEntries || h.entries[n-1] != fmt.Sprintf("line %d", 2*mostEntries) {
			t.Errorf("%d lines, the last %q", n, h.entries[n-1])
		}
	}
	if text, _ := os.ReadFile(path); strings.Count(string(text), "\n") != mostEntries {
		t.Errorf("the file has %d lines", strings.Count(string(text), "\n"))
	}
}
