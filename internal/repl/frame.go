package repl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"microts/internal/bars"
	"microts/internal/calendar"
	"microts/internal/frame"
	"microts/internal/tick"
)

// showFrame shows a frame in the format of the console: as a table, on a terminal whole and
// in pages, elsewhere shortened unless all is set. A title stands over the table.
func (r *REPL) showFrame(f *frame.Frame, title string, all bool) error {
	shown := *f
	shown.Zone = r.zone
	if r.format != tableFormat {
		return r.showSheet(r.frameSheet(&shown))
	}
	if _, _, paged := r.pageSize(); !paged && !all && shown.Rows() > mostRows {
		r.page(shown.Text(mostRows) + "\n" + r.dim("(shortened: pp(_) shows all)") + "\n")
		return nil
	}
	table, size := shown.Table(), shown.Size()
	width, height, paged := r.pageSize()
	if paged {
		if left := table.Fit(width); len(left) > 0 {
			size += "; no room for " + strings.Join(left, ", ")
		}
	}
	above := []string{title, table.Header()}
	if title == "" {
		above = above[1:]
	}
	count := len(above) + shown.Rows() + 1
	line := func(i int) (l string) {
		switch {
		case i < len(above):
			l = above[i]
		case i == count-1:
			return r.dim(size)
		default:
			l = table.Line(i - len(above))
		}
		if paged {
			l = text.Snip(l, width, r.tableStyle().Box.UnfinishedRow)
		}
		return l
	}
	if paged && count < height {
		r.writeLines(count, line)
		return nil
	}
	r.pageLines(count, line)
	return nil
}

// frameSheet returns the sheet of a frame. Beside a time in µs stands a column that shows it.
func (r *REPL) frameSheet(f *frame.Frame) *sheet {
	s := &sheet{}
	for _, c := range f.Columns() {
		s.columns = append(s.columns, c.Name)
		if c.Kind == frame.Time {
			s.columns = append(s.columns, c.Name+"_when")
		}
	}
	for row := range f.Rows() {
		if row%1024 == 0 && r.interrupted() {
			break
		}
		var cells []cell
		for _, c := range f.Columns() {
			cells = append(cells, frameCell(f, c, row))
			if c.Kind == frame.Time {
				cells = append(cells, cell{text: f.Cell(c, row), absent: c.Missing(row)})
			}
		}
		s.rows = append(s.rows, cells)
	}
	return s
}

// frameCell returns the cell of a value of a frame.
func frameCell(f *frame.Frame, c *frame.Column, row int) cell {
	switch {
	case c.Missing(row):
		return cell{absent: true}
	case c.Kind == frame.Float:
		return numberCell(c.Float(row))
	case c.Kind == frame.Time:
		return plainCell(c.Int(row))
	case c.Kind == frame.Text:
		return bytesCell(c.Text(row))
	}
	return cell{text: f.Cell(c, row), plain: true}
}

// barsCommand shows the bars of an instrument: of its last day with ticks, if no range of
// time is given.
func (r *REPL) barsCommand(args []string) error {
	at := slices.IndexFunc(args, func(word string) bool {
		_, err := bars.ParseWidth(word)
		return err == nil
	})
	if at < 0 {
		return errors.New("usage: .bars [INSTRUMENT] WIDTH [DAY | FROM TO]; a width is such as 1s, 5m, 1h or 1d")
	}
	width, err := bars.ParseWidth(args[at])
	if err != nil {
		return err
	}
	t, err := r.target("bars", slices.Delete(slices.Clone(args), at, at+1), false)
	if err != nil {
		return err
	}
	if t.span == tick.Always {
		if err := r.lastDay(&t); err != nil {
			return err
		}
	}
	made, err := bars.Read(t.db, &t.in, bars.Options{Width: width, Range: t.span, Zone: r.zone, Calendar: calendar.Of(t.name.Market, t.name.Code)})
	if err != nil {
		return err
	}
	if made.Len() == 0 && r.format == tableFormat {
		fmt.Fprintln(r.w, r.noTicks(&t))
		return nil
	}
	f, err := frame.OfBars(made, nil, r.zone)
	if err != nil {
		return err
	}
	return r.showFrame(f, t.name.String(), true)
}

// lastDay makes the range of a target the day of its last tick.
func (r *REPL) lastDay(t *target) error {
	last, ok, err := t.db.Last(&t.in, tick.MaxTime-1)
	if err != nil || !ok {
		return err
	}
	y, m, d := time.UnixMicro(last.Time).In(r.zone).Date()
	t.span.From = time.Date(y, m, d, 0, 0, 0, 0, r.zone).UnixMicro()
	t.span.To = time.Date(y, m, d+1, 0, 0, 0, 0, r.zone).UnixMicro() - 1
	return nil
}
