package lineedit

import (
	"sort"
	"strings"
)

// row is a row of the screen that shows a part of a line.
type row struct {
	start, end int  // bytes of the text
	width      int  // with the prompt
	soft       bool // full: the next row continues the line
}

// position is a row of the text: of a line, which may take several.
type position struct{ line, row int }

func (p position) before(q position) bool {
	return p.line < q.line || p.line == q.line && p.row < q.row
}

// layout divides a text into rows. It divides only the lines that it is asked for, so a
// long text costs little more than what is shown of it.
type layout struct {
	text      string
	cursor    int
	width     int
	starts    []int // of the lines
	indents   [2]int
	divided   map[int][]row
	prompts   [2]string // of the first line and of the others
	mark      string    // behind the text
	highlight []Span
}

func (e *Editor) newLayout(width int) *layout {
	l := &layout{text: e.text, cursor: e.cursor, width: width, divided: map[int][]row{}, highlight: e.highlight()}
	l.prompts = [2]string{e.o.Prompt, e.o.Continued}
	for i, prompt := range l.prompts {
		if l.indents[i] = columns(prompt); l.indents[i] >= width {
			l.prompts[i], l.indents[i] = "", 0
		}
	}
	l.starts = append(l.starts, 0)
	for at := 0; ; {
		n := strings.IndexByte(l.text[at:], '\n')
		if n < 0 {
			return l
		}
		at += n + 1
		l.starts = append(l.starts, at)
	}
}

// highlight returns how the text is drawn.
func (e *Editor) highlight() []Span {
	if e.o.Spans == nil {
		return nil
	}
	if e.spans.of != e.text {
		e.spans.of, e.spans.all = e.text, e.o.Spans(e.text)
	}
	return e.spans.all
}

// rows returns the rows of a line.
func (l *layout) rows(line int) []row {
	if rows, ok := l.divided[line]; ok {
		return rows
	}
	start, end := l.starts[line], len(l.text)
	if line+1 < len(l.starts) {
		end = l.starts[line+1] - 1
	}
	r := row{start: start, width: l.indents[min(line, 1)]}
	var rows []row
	for at := start; at < end; {
		next := nextCluster(l.text, at)
		_, width := shown(l.text[at:next], r.width)
		if width = min(width, l.width); r.width+width > l.width {
			r.end, r.soft = at, r.width == l.width
			rows = append(rows, r)
			r = row{start: at}
			_, width = shown(l.text[at:next], 0)
			width = min(width, l.width)
		}
		r.width += width
		at = next
	}
	r.end = end
	rows = append(rows, r)
	if r.width == l.width && l.cursor == end { // the cursor needs a place
		rows = append(rows, row{start: end, end: end})
	}
	l.divided[line] = rows
	return rows
}

// at returns the row and the column of the cursor.
func (l *layout) at() (p position, column int) {
	p.line = sort.SearchInts(l.starts, l.cursor+1) - 1
	rows := l.rows(p.line)
	for p.row = len(rows) - 1; p.row > 0 && rows[p.row].start > l.cursor; p.row-- {
	}
	if p.row == 0 {
		column = l.indents[min(p.line, 1)]
	}
	for at := rows[p.row].start; at < l.cursor; {
		next := nextCluster(l.text, at)
		_, width := shown(l.text[at:min(next, l.cursor)], column)
		column, at = column+width, next
	}
	return p, min(column, l.width-1)
}

// end returns the last row.
func (l *layout) end() position {
	line := len(l.starts) - 1
	return position{line, len(l.rows(line)) - 1}
}

// back returns the row that is some rows before another, or the first.
func (l *layout) back(p position, rows int) position {
	for p.row < rows {
		if p.line == 0 {
			return position{}
		}
		rows -= p.row + 1
		p.line--
		p.row = len(l.rows(p.line)) - 1
	}
	p.row -= rows
	return p
}

// count returns how many rows there are from one to another, at most some.
func (l *layout) count(from, to position, most int) int {
	n := 0
	for line := from.line; line <= to.line && n < most; line++ {
		first, last := 0, len(l.rows(line))-1
		if line == from.line {
			first = from.row
		}
		if line == to.line {
			last = to.row
		}
		n += last - first + 1
	}
	return min(n, most)
}

// window returns from where rows are shown, as near to the former place as the cursor
// and the end of the text allow.
func (l *layout) window(top position, height int) position {
	cursor, _ := l.at()
	switch end := l.end(); {
	case end.before(top), cursor.before(top):
		top = cursor
	case l.count(top, cursor, height+1) > height:
		top = l.back(cursor, height-1)
	}
	if top.row >= len(l.rows(top.line)) { // the line has become shorter
		top.row = len(l.rows(top.line)) - 1
	}
	if end := l.end(); l.count(top, end, height) < height {
		top = l.back(end, height-1)
	}
	return top
}

// draw draws a row.
func (l *layout) draw(p position) screenRow {
	r := l.rows(p.line)[p.row]
	var b strings.Builder
	column := 0
	if p.row == 0 {
		b.WriteString(l.prompts[min(p.line, 1)])
		column = l.indents[min(p.line, 1)]
	}
	spans := l.highlight[sort.Search(len(l.highlight), func(i int) bool { return l.highlight[i].End > r.start }):]
	sgr := ""
	for at := r.start; at < r.end; {
		next := nextCluster(l.text, at)
		for len(spans) > 0 && spans[0].End <= at {
			spans = spans[1:]
		}
		want := ""
		if len(spans) > 0 && spans[0].Start <= at {
			want = spans[0].SGR
		}
		if want != sgr {
			b.WriteString("\x1b[" + strings.TrimPrefix("0;"+want, "0;;") + "m")
			sgr = want
		}
		text, width := shown(l.text[at:next], column)
		b.WriteString(text)
		column, at = column+width, next
	}
	if sgr != "" {
		b.WriteString("\x1b[0m")
	}
	if p == l.end() {
		b.WriteString(l.mark)
	}
	return screenRow{text: b.String(), full: r.width >= l.width, soft: r.soft}
}

// draw draws the text around the cursor, and what is shown below it.
func (e *Editor) draw() {
	width, height := e.screen.width, e.screen.height
	l := e.newLayout(width)
	rows := l.count(position{}, l.end(), height)
	below := e.below(width, max(height-rows, height/2))
	room := height - len(below)
	e.view = l.window(e.view, room)
	cursor, column := l.at()
	f := frame{column: column}
	for p, n := e.view, 0; n < room && !l.end().before(p); n++ {
		if p == cursor {
			f.row = n
		}
		f.rows = append(f.rows, l.draw(p))
		p = l.following(p)
	}
	for _, text := range below {
		f.rows = append(f.rows, screenRow{text: text})
	}
	if e.keys.Vi {
		f.shape = e.vi.shape()
	}
	e.screen.draw(f)
}

// following returns the row after another, which may be past the end.
func (l *layout) following(p position) position {
	if p.row++; p.row >= len(l.rows(p.line)) {
		p = position{line: p.line + 1}
	}
	return p
}

// below returns what is shown below the text.
func (e *Editor) below(width, height int) []string {
	switch {
	case height < 1:
		return nil
	case e.search != nil:
		return []string{e.search.row(width - 1)}
	case e.menu != nil:
		return e.menu.draw(width, height)
	case e.hint != "":
		return hintRows(e.hint, width, height)
	}
	return nil
}

// hintRows divides a hint into rows, at spaces where it can.
func hintRows(hint string, width, height int) (rows []string) {
	for line := range strings.Lines(hint) {
		for line = clip(strings.TrimRight(line, "\n"), len(line)); len(rows) < height; {
			first := clip(line, width-1)
			if cut := strings.LastIndexByte(first, ' '); cut > 0 && len(first) < len(line) {
				first = first[:cut]
			}
			rows = append(rows, "\x1b[2m"+first+"\x1b[0m")
			line = strings.TrimLeft(line[min(len(first), len(line)):], " ")
			if line == "" || first == "" {
				break
			}
		}
	}
	return rows
}

// drawLast draws the text whole, with a mark behind it, and leaves the cursor in the row
// below.
func (e *Editor) drawLast(mark string) {
	cursor := e.cursor
	e.cursor = len(e.text)
	l := e.newLayout(e.screen.width)
	e.cursor = cursor
	l.mark = mark
	if l.count(position{}, l.end(), e.screen.height+1) > e.screen.height {
		e.screen.erase()
		e.screen.height = len(l.text) + len(l.starts) + 1 // no bound
	}
	end := l.end()
	var f frame
	for p := (position{}); !end.before(p); p = l.following(p) {
		f.rows = append(f.rows, l.draw(p))
	}
	f.row = len(f.rows) - 1
	e.screen.draw(f)
	_ = e.tty.write("\r\n")
}
