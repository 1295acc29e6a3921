package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func readPages(t *testing.T) (pages []page, texts map[string]string) {
	t.Helper()
	pages, err := findPages(root)
	if err != nil {
		t.Fatal(err)
	}
	texts = map[string]string{}
	for _, p := range pages {
		text, err := os.ReadFile(p.path)
		if err != nil {
			t.Fatal(err)
		}
		texts[p.path] = string(text)
	}
	return pages, texts
}

func TestSectionsAreCurrent(t *testing.T) {
	pages, texts := readPages(t)
	for _, p := range pages {
		rendered, err := p.render(texts[p.path])
		if err != nil {
			t.Error(err)
		} else if rendered != texts[p.path] {
			t.Errorf("%s is stale: run \"make generate\"", p.path)
		}
	}
}

// TestPagesComeInTwoLanguages holds the pages of the two languages together: the
// same pages, with the same sections and headings of the same levels.
func TestPagesComeInTwoLanguages(t *testing.T) {
	_, texts := readPages(t)
	for path, text := range texts {
		twin := twinOf(path)
		other, ok := texts[twin]
		if !ok {
			t.Errorf("%s has no twin %s", path, twin)
			continue
		}
		if a, b := sectionNames(text), sectionNames(other); !slices.Equal(a, b) {
			t.Errorf("%s has the sections %v, but %s %v", path, a, twin, b)
		}
		if a, b := headingLevels(text), headingLevels(other); !slices.Equal(a, b) {
			t.Errorf("%s has headings of the levels %v, but %s %v", path, a, twin, b)
		}
	}
}

// twinOf returns the path of the page in the other language.
func twinOf(path string) string {
	dir, name := filepath.Split(path)
	switch {
	case path == filepath.Join(root, "README.md"):
		return filepath.Join(root, "README.zh-CN.md")
	case path == filepath.Join(root, "README.zh-CN.md"):
		return filepath.Join(root, "README.md")
	case filepath.Base(dir) == "zh":
		return filepath.Join(dir, "..", name)
	}
	return filepath.Join(dir, "zh", name)
}

func headingLevels(text string) (levels []int) {
	for _, h := range headings(text) {
		levels = append(levels, len(h)-len(strings.TrimLeft(h, "#")))
	}
	return levels
}

func TestEverySectionStandsOnAPage(t *testing.T) {
	_, texts := readPages(t)
	var marked []string
	for _, text := range texts {
		marked = append(marked, sectionNames(text)...)
	}
	for name := range sections {
		if !slices.Contains(marked, name) {
			t.Errorf("no page has the section %s", name)
		}
	}
}

func TestEveryTranslationIsNeeded(t *testing.T) {
	needed := map[string]bool{}
	for _, makeTable := range sections {
		table := makeTable()
		for i, c := range table.columns {
			needed[c.title] = true
			for _, row := range table.rows {
				needed[row[i]] = true
			}
		}
	}
	for english := range chinese {
		if !needed[english] {
			t.Errorf("chinese.go translates %q, which no table holds", english)
		}
	}
}

func TestRenderErrors(t *testing.T) {
	for text, want := range map[string]string{
		beginMark + "functions" + nameEnd:         `p.md: section "functions" has no end`,
		beginMark + "none" + nameEnd + endMark:    `p.md: section "none": there is no such section`,
		beginMark + "modules" + nameEnd + endMark: `chinese.go does not translate "module"`,
	} {
		if _, err := (page{"p.md", translation{}}).render(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q\n got %v\nwant %s", text, err, want)
		}
	}
}
