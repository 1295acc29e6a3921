package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks follows the links between the documents, and to other files of the
// project.
func TestLinks(t *testing.T) {
	for _, path := range findDocuments(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(withoutCode(string(text)), -1) {
			if problem := followLink(path, match[1]); problem != "" {
				t.Errorf("%s: link %s: %s", path, match[1], problem)
			}
		}
	}
}

// findDocuments returns the paths of the Markdown files of the project.
func findDocuments(t *testing.T) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "data" || name == "runs"):
			return filepath.SkipDir
		case filepath.Ext(name) == ".md":
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// followLink says what is wrong with a link on the page at path, or returns "".
func followLink(path, to string) (problem string) {
	if strings.Contains(to, "://") {
		return ""
	}
	file, anchor, _ := strings.Cut(to, "#")
	target := path
	if file != "" {
		target = filepath.Join(filepath.Dir(path), file)
	}
	if _, err := os.Stat(target); err != nil {
		return "there is no such file"
	}
	if anchor == "" {
		return ""
	}
	text, err := os.ReadFile(target)
	if err != nil {
		return err.Error()
	}
	if !slices.Contains(anchors(string(text)), anchor) {
		return "the page has no such heading"
	}
	return ""
}

// anchors returns the anchors that GitHub gives the headings of a page.
func anchors(text string) (all []string) {
	for _, heading := range headings(text) {
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(strings.TrimLeft(heading, "#")))
		all = append(all, anchor)
	}
	return all
}

// headings returns the lines of a page that are headings.
func headings(text string) (lines []string) {
	for line := range strings.Lines(withoutCode(text)) {
		if strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

var codeBlock = regexp.MustCompile("(?ms)^```.*?^```$")

// withoutCode returns a page without its fenced blocks of code.
func withoutCode(text string) string { return codeBlock.ReplaceAllString(text, "") }
