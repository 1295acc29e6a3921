package main

import (
	"errors"
	"fmt"
	"strings"
)

// table is a table of a page. Cells hold Markdown.
type table struct {
	columns []column
	rows    [][]string // a cell for each column
}

// column is a column of a table.
type column struct {
	title string
	prose bool // its cells are text, which is translated; if false, they are code
}

// markdown returns the table as a page holds it.
func (t table) markdown() string {
	var b strings.Builder
	writeRow := func(cells []string) {
		b.WriteString("|")
		for _, cell := range cells {
			b.WriteString(strings.TrimRight(" "+strings.ReplaceAll(cell, "|", `\|`), " ") + " |")
		}
		b.WriteString("\n")
	}
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	writeRow(titles)
	b.WriteString("|" + strings.Repeat("---|", len(t.columns)) + "\n")
	for _, row := range t.rows {
		writeRow(row)
	}
	return b.String()
}

// translation maps English sentences to those of another language. The nil
// translation changes nothing.
type translation map[string]string

// table returns t in the other language. The error names every sentence that has
// no translation.
func (tr translation) table(t table) (table, error) {
	if tr == nil {
		return t, nil
	}
	var missing []error
	translate := func(text string) string {
		translated, ok := tr[text]
		if !ok && text != "" {
			missing = append(missing, fmt.Errorf("chinese.go does not translate %q", text))
		}
		return translated
	}
	var translated table
	for _, c := range t.columns {
		translated.columns = append(translated.columns, column{translate(c.title), c.prose})
	}
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			if t.columns[i].prose {
				cell = translate(cell)
			}
			cells[i] = cell
		}
		translated.rows = append(translated.rows, cells)
	}
	return translated, errors.Join(missing...)
}
