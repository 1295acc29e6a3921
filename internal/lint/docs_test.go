package lint

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testName       = regexp.MustCompile(`\b(Test|Fuzz)[A-Z]\w+`)
	testDefinition = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w+)\(`)
)

// TestDocsNameTestsThatExist finds each test that a page of the documentation names.
func TestDocsNameTestsThatExist(t *testing.T) {
	exists := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, found := range testDefinition.FindAllSubmatch(source, -1) {
			exists[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	chinese, _ := filepath.Glob(filepath.Join(root, "docs", "zh", "*.md")) // the pattern is valid
	named := 0
	for _, page := range append(pages, chinese...) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range testName.FindAll(bytes.ReplaceAll(text, []byte("**"), nil), -1) {
			if named++; !exists[string(name)] {
				t.Errorf("%s names %s, which does not exist", page, name)
			}
		}
	}
	if named == 0 {
		t.Error("no page names a test: this one has tested nothing")
	}
}
