package lineedit

import (
	"fmt"
	"strings"
)

// menu is what Tab offers, below the text.
type menu struct {
	all    []Candidate
	prefix string // typed, as far as all candidates agree
	from   int    // where the candidate stands in the text
	chosen int    // -1: none
	top    int    // the first row of the candidates that is shown

	columns, rows, visible int // of the candidates, as they were drawn
}

// show puts a candidate into the text, or what was typed if there is none.
func (m *menu) show(e *Editor, chosen int) {
	m.chosen = chosen
	text := m.prefix
	if chosen >= 0 {
		text = m.all[chosen].Text
	}
	if e.text[m.from:e.cursor] != text {
		e.replace(m.from, e.cursor, text)
	}
}

// menuKey does what a key is for while candidates are offered. It returns false if the
// key ends that, and is to do what it does elsewhere.
func (e *Editor) menuKey(k key) bool {
	m := e.menu
	n := len(m.all)
	last := n - 1
	switch k.name {
	case "Tab":
		m.show(e, (m.chosen+1)%n)
		return true
	case "S-Tab":
		m.show(e, (max(m.chosen, 0)+last)%n)
		return true
	case "C-g":
		m.show(e, -1)
		e.menu = nil
		return true
	case "Esc":
		if e.keys.Vi {
			break
		}
		m.show(e, -1)
		e.menu = nil
		return true
	case "PageDown":
		m.show(e, min(max(m.chosen, 0)+max(m.visible, 1), last))
		return true
	case "PageUp":
		m.show(e, max(m.chosen-max(m.visible, 1), 0))
		return true
	}
	if m.chosen >= 0 {
		switch k.name {
		case "Down", "C-n":
			m.show(e, (m.chosen+1)%n)
			return true
		case "Up", "C-p":
			m.show(e, (m.chosen+last)%n)
			return true
		case "Right", "C-f":
			m.show(e, min(m.chosen+m.rows, last))
			return true
		case "Left", "C-b":
			m.show(e, max(m.chosen-m.rows, 0))
			return true
		case "Enter":
			e.menu = nil
			return true
		}
	}
	e.menu = nil
	return false
}

// gap is how many columns are between candidates, and between one and its help.
const gap = 2

// draw returns the rows of the menu, as many as there is room for. The candidates run
// down the columns; one column shows their help. If they do not fit, the last row says
// which are shown, else it is the help of the one that is chosen.
func (m *menu) draw(width, height int) (rows []string) {
	widest, helps := 0, false
	for _, c := range m.all {
		widest = max(widest, columns(clip(c.Text, width)))
		helps = helps || c.Help != ""
	}
	m.columns = max(1, (width+gap-1)/(widest+gap))
	if helps && len(m.all) <= height {
		m.columns = 1
	}
	m.columns = min(m.columns, len(m.all))
	m.rows = (len(m.all) + m.columns - 1) / m.columns
	withHelp := m.columns == 1
	below := 0
	if m.rows > height || helps && !withHelp {
		below = 1
	}
	visible := min(m.rows, max(height-below, 1))
	if row := max(m.chosen, 0) % m.rows; row < m.top {
		m.top = row
	} else if row >= m.top+visible {
		m.top = row - visible + 1
	}
	m.top = max(min(m.top, m.rows-visible), 0)
	m.visible = visible
	for row := m.top; row < m.top+visible; row++ {
		rows = append(rows, m.row(row, widest, width, withHelp))
	}
	if below > 0 && height > 1 {
		rows = append(rows, "\x1b[2m"+clip(m.footer(withHelp), width-1)+"\x1b[0m")
	}
	return rows
}

// row draws a row of candidates.
func (m *menu) row(row, widest, width int, withHelp bool) string {
	var b strings.Builder
	for column := range m.columns {
		i := column*m.rows + row
		if i >= len(m.all) {
			break
		}
		text := clip(m.all[i].Text, width-1)
		padding := strings.Repeat(" ", max(widest-columns(text), 0))
		if i == m.chosen {
			text = "\x1b[7m" + text + "\x1b[0m"
		}
		b.WriteString(text)
		switch {
		case withHelp && m.all[i].Help != "":
			help := clip(strings.ReplaceAll(m.all[i].Help, "\n", "  "), width-1-widest-gap)
			b.WriteString(padding + strings.Repeat(" ", gap) + "\x1b[2m" + help + "\x1b[0m")
		case column < m.columns-1:
			b.WriteString(padding + strings.Repeat(" ", gap))
		}
	}
	return b.String()
}

// footer returns the row below the candidates.
func (m *menu) footer(withHelp bool) string {
	var parts []string
	if m.visible < m.rows {
		parts = append(parts, fmt.Sprintf("rows %d-%d of %d (PageDown, PageUp)", m.top+1, m.top+m.visible, m.rows))
	}
	if m.chosen >= 0 && !withHelp && m.all[m.chosen].Help != "" {
		parts = append(parts, strings.ReplaceAll(m.all[m.chosen].Help, "\n", "  "))
	}
	return strings.Join(parts, "  ")
}
