package lineedit

import (
	"strings"
	"unicode/utf8"
)

// complete completes what stands before the cursor as far as all candidates agree. If
// they differ, it offers them; again, it takes one after the other. Where a row has only
// its indentation, it indents by two spaces more.
func (e *Editor) complete() {
	start := lineStart(e.text, e.cursor)
	if start > 0 && strings.Trim(e.text[start:e.cursor], " \t") == "" {
		e.insert("  ")
		return
	}
	m := e.candidates()
	if m == nil {
		return
	}
	common := m.all[0].Text
	for _, c := range m.all[1:] {
		common = commonPrefix(common, c.Text)
	}
	switch {
	case len(m.all) == 1:
		m.show(e, 0)
		e.hint = m.all[0].Help
		return
	case len(common) > len(m.prefix) && strings.HasPrefix(common, m.prefix):
		e.replace(m.from, e.cursor, common)
		m.prefix = common
	}
	e.menu = m
}

// completeBackward offers the candidates and takes the last.
func (e *Editor) completeBackward() {
	if m := e.candidates(); m != nil {
		e.menu = m
		m.show(e, len(m.all)-1)
	}
}

// listCompletions offers the candidates.
func (e *Editor) listCompletions() { e.menu = e.candidates() }

// candidates returns a menu of what may follow; nil if nothing may.
func (e *Editor) candidates() *menu {
	if e.o.Complete == nil {
		e.bell()
		return nil
	}
	prefix, all := e.o.Complete(e.text[:e.cursor])
	if len(all) == 0 || !strings.HasSuffix(e.text[:e.cursor], prefix) {
		e.bell()
		return nil
	}
	return &menu{all: all, prefix: prefix, from: e.cursor - len(prefix), chosen: -1}
}

// commonPrefix returns how two texts begin alike, in whole runes.
func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}
