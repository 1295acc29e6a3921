package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMapNamesEachPackage checks that the map in CONTRIBUTING.md has each folder of
// internal once.
func TestMapNamesEachPackage(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]int{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 { // not a row of the map
			continue
		}
		for folder := range strings.SplitSeq(cells[1], ",") {
			if name, ok := strings.CutPrefix(strings.Trim(folder, " `/"), "internal/"); ok {
				named[name]++
			}
		}
	}
	folders, err := os.ReadDir(filepath.Join(root, "internal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if name := folder.Name(); folder.IsDir() && named[name] != 1 {
			t.Errorf("internal/%s stands %d times in the map", name, named[name])
		}
		delete(named, folder.Name())
	}
	for name := range named {
		t.Errorf("the map has internal/%s, which does not exist", name)
	}
}
