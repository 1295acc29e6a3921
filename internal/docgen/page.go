package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// page is a document in Markdown.
type page struct {
	path        string
	translation translation // nil for English
}

// findPages returns the pages that may hold sections, in alphabetical order
// within each folder.
func findPages(root string) (pages []page, err error) {
	for _, of := range []struct {
		glob        string
		translation translation
	}{
		{"README.md", nil},
		{"README.zh-CN.md", chinese},
		{"docs/*.md", nil},
		{"docs/zh/*.md", chinese},
	} {
		paths, err := filepath.Glob(filepath.Join(root, of.glob))
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, fmt.Errorf("%s: there is no %s", root, of.glob)
		}
		for _, path := range paths {
			pages = append(pages, page{path, of.translation})
		}
	}
	return pages, nil
}

// update writes the sections of the page's file anew. If the file changes, update
// prints its path.
func (p page) update() error {
	text, err := os.ReadFile(p.path)
	if err != nil {
		return err
	}
	rendered, err := p.render(string(text))
	if err != nil || rendered == string(text) {
		return err
	}
	fmt.Println(p.path)
	return os.WriteFile(p.path, []byte(rendered), 0o644)
}

// The marks around a section.
const (
	beginMark = "<!-- generated: "
	nameEnd   = " -->\n"
	endMark   = "<!-- end -->"
)

// render returns the page's text with its sections written anew.
func (p page) render(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, beginMark)
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, rest, ok1 := strings.Cut(rest, nameEnd)
		_, after, ok2 := strings.Cut(rest, endMark)
		if !ok1 || !ok2 {
			return "", fmt.Errorf("%s: section %q has no end", p.path, strings.TrimSpace(name))
		}
		section, err := p.section(name)
		if err != nil {
			return "", fmt.Errorf("%s: section %q: %w", p.path, name, err)
		}
		b.WriteString(beginMark + name + nameEnd + "\n" + section + "\n" + endMark)
		text = after
	}
}

func (p page) section(name string) (string, error) {
	makeTable, ok := sections[name]
	if !ok {
		return "", errors.New("there is no such section")
	}
	t, err := p.translation.table(makeTable())
	if err != nil {
		return "", err
	}
	return t.markdown(), nil
}

// sectionNames returns the names of the sections that a page's text marks.
func sectionNames(text string) (names []string) {
	for _, part := range strings.Split(text, beginMark)[1:] {
		name, _, _ := strings.Cut(part, nameEnd)
		names = append(names, name)
	}
	return names
}
