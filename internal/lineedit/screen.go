package lineedit

import (
	"fmt"
	"os"
	"strings"
)

// screenRow is a row as it is drawn.
type screenRow struct {
	text string // may hold SGR sequences
	full bool   // fills the row
	soft bool   // the terminal itself goes on in the next row: it is one line when it is copied
}

// frame is what the screen is to show.
type frame struct {
	rows        []screenRow
	row, column int    // of the cursor
	shape       string // of the cursor: what sets it
}

// screen is the rows of the terminal from the prompt down. It knows where the cursor is
// only from what it drew, so nothing else may write while an Editor reads.
type screen struct {
	out           *os.File
	width, height int
	shown         frame
}

// begin begins to draw at the cursor, which stands in the first column.
func (s *screen) begin(width, height int) {
	s.width, s.height, s.shown = width, height, frame{}
}

// resize erases what is shown, as a terminal of a new size shows it: most divide long
// lines anew.
func (s *screen) resize(width, height int) {
	above, line := 0, 0 // rows that are full, and the columns of the line that goes on
	for i, r := range s.shown.rows[:min(s.shown.row, len(s.shown.rows))] {
		line += columns(r.text)
		if soft := r.soft && i+1 < len(s.shown.rows) && s.shown.rows[i+1].text != ""; !soft {
			above += max(line-1, 0)/width + 1
			line = 0
		}
	}
	above += (line + s.shown.column) / width
	s.shown.row = min(above, height-1)
	s.erase()
	s.begin(width, height)
}

// erase erases what is shown, and begins anew.
func (s *screen) erase() {
	up := ""
	if s.shown.row > 0 {
		up = fmt.Sprintf("\x1b[%dA", s.shown.row)
	}
	_, _ = s.out.WriteString("\r" + up + "\x1b[J")
	s.shown = frame{}
}

// clear clears the whole terminal and begins anew in its first row.
func (s *screen) clear() {
	_, _ = s.out.WriteString("\x1b[H\x1b[2J")
	s.shown = frame{}
}

// draw makes the screen show a frame. It writes the rows that differ.
func (s *screen) draw(f frame) {
	var b strings.Builder
	at := s.shown.row        // the row of the cursor
	has := len(s.shown.rows) // rows that are there; below them is nothing
	wrapped := false         // the cursor stands behind the last column of the row before
	for i, r := range f.rows {
		soft := r.soft && i+1 < len(f.rows) && f.rows[i+1].text != ""
		same := i < len(s.shown.rows) && s.shown.rows[i] == r
		if same && !wrapped {
			continue
		}
		if !wrapped {
			b.WriteString(s.moveTo(at, i))
		}
		b.WriteString(r.text)
		if !r.full {
			b.WriteString("\x1b[K")
		}
		at, has, wrapped = i, max(has, i+1), soft
	}
	if rows := len(f.rows); has > rows {
		b.WriteString(s.moveTo(at, rows) + "\x1b[J")
		at = rows
	}
	b.WriteString(s.moveTo(at, f.row))
	if f.column > 0 {
		fmt.Fprintf(&b, "\x1b[%dC", f.column)
	}
	if f.shape != s.shown.shape {
		b.WriteString(f.shape)
	}
	_, _ = s.out.WriteString(b.String())
	s.shown = f
}

// moveTo returns what moves the cursor from one row to the beginning of another. A row
// below the last one is made.
func (s *screen) moveTo(from, to int) string {
	switch {
	case to < from:
		return fmt.Sprintf("\r\x1b[%dA", from-to)
	case to > from:
		return "\r" + strings.Repeat("\n", to-from)
	}
	return "\r"
}
