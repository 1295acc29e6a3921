package repl

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"microts/internal/human"
	"microts/internal/luavm"
	"microts/internal/source"
	"microts/internal/tick"
)

// codesCommand lists the instruments.
func (r *REPL) codesCommand(args []string) error {
	db, err := r.db()
	if err != nil {
		return err
	}
	var market byte // 0: all
	if len(args) > 0 {
		if len(args) > 1 || len(args[0]) != 1 {
			return errors.New("usage: .codes [MARKET], a market is one character")
		}
		market = args[0][0]
	}
	found, err := db.Names(market)
	if err != nil {
		return err
	}
	if len(found) == 0 && r.format == tableFormat {
		fmt.Fprintln(r.w, "no ticks")
		return nil
	}
	s := &sheet{columns: []string{"market", "code", "first", "last"}}
	if db.Kind() == source.Both {
		s.columns = append(s.columns, "in")
	}
	for i := range found {
		row, err := r.instrumentRow(db, found[i])
		if err != nil {
			return err
		}
		s.rows = append(s.rows, row)
	}
	return r.showSheet(s)
}

// instrumentRow returns the cells of an instrument: market, code, and the times of
// its first and last tick; of a database with an archive also where its ticks are.
func (r *REPL) instrumentRow(db *source.Source, name tick.Name) ([]cell, error) {
	if r.interrupted() {
		return nil, errInterrupted
	}
	in, err := db.Find(name)
	if err != nil {
		return nil, err
	}
	first, hasFirst, err1 := db.First(&in, 0)
	last, hasLast, err2 := db.Last(&in, tick.MaxTime-1)
	row := []cell{textCell(string(name.Market)), textCell(name.CodeText())}
	if hasFirst && hasLast {
		row = append(row, textCell(tick.FormatTime(first.Time, r.zone)), textCell(tick.FormatTime(last.Time, r.zone)))
	}
	if err := cmp.Or(err1, err2); err != nil || db.Kind() != source.Both {
		return row, err
	}
	place, err := db.Where(name)
	return append(row, textCell(string(place))), err
}

func (r *REPL) headCommand(args []string) error { return r.ends(args, "head", false) }
func (r *REPL) tailCommand(args []string) error { return r.ends(args, "tail", true) }

// ends shows the first ticks of an instrument, or if reverse is set the last,
// oldest first.
func (r *REPL) ends(args []string, name string, reverse bool) error {
	t, err := r.target(name, args, true)
	if err != nil {
		return err
	}
	const usual = 10
	scan, err := t.db.Scan(&t.in, tick.ScanOptions{Range: t.span, Limit: cmp.Or(t.n, usual), Reverse: reverse})
	if err != nil {
		return err
	}
	defer scan.Close()
	var rows []tick.Row
	for scan.Next() {
		if r.interrupted() {
			return errInterrupted
		}
		rows = append(rows, scan.Row())
	}
	if err := scan.Err(); err != nil {
		return err
	}
	if reverse {
		slices.Reverse(rows)
	}
	if len(rows) == 0 && r.format == tableFormat {
		fmt.Fprintln(r.w, r.noTicks(&t))
		return nil
	}
	return r.showSheet(r.ticks(t.name.String(), &t.name, rows))
}

func (r *REPL) countCommand(args []string) error {
	t, err := r.target("count", args, false)
	if err != nil {
		return err
	}
	n, err := t.db.Count(&t.in, t.span)
	if err != nil {
		return err
	}
	if r.format != tableFormat {
		return r.showSheet(&sheet{
			columns: []string{"market", "code", "ticks"},
			rows:    [][]cell{{textCell(string(t.name.Market)), textCell(t.name.CodeText()), plainCell(n)}},
		})
	}
	fmt.Fprintf(r.w, "%v: %s\n", t.name, human.Count(int(n), "tick"))
	if n == 0 {
		fmt.Fprintln(r.w, r.dim("("+r.whyNone(&t)+")"))
	}
	return nil
}

// valueColumns are the columns of the values of ticks, in their order. A sheet has those
// that one of its ticks has.
var valueColumns = []string{"price", "value", "quality", "volume", "qty", "side", "channel", "order_no", "tick_no"}

// ticks returns the sheet of ticks. The fields of tick records and of points are its
// columns. A table has a title, which names the day if all ticks are of one; then its rows
// show the time of day. Other formats have the columns market and code, unless in is nil.
func (r *REPL) ticks(title string, in *tick.Name, rows []tick.Row) *sheet {
	s := &sheet{title: title}
	hidden := 0 // bytes of each time
	if r.format != tableFormat && in != nil {
		s.columns = []string{"market", "code"}
	}
	if r.format == tableFormat && len(rows) > 0 {
		day := len("2006-01-02 ")
		first, last := tick.FormatTime(rows[0].Time, r.zone), tick.FormatTime(rows[len(rows)-1].Time, r.zone)
		if first[:day] == last[:day] {
			s.title += " on " + first[:day-1]
			hidden = day
		}
	}
	s.columns = append(s.columns, "ts_us", "when", "seq")
	values := make([]map[string]cell, len(rows))
	has := map[string]bool{}
	for i := range rows {
		values[i] = r.valueCells(rows[i].Value)
		for name := range values[i] {
			has[name] = true
		}
	}
	columns := slices.DeleteFunc(slices.Clone(valueColumns), func(name string) bool { return !has[name] })
	for i, row := range rows {
		var cells []cell
		if r.format != tableFormat && in != nil {
			cells = append(cells, textCell(string(in.Market)), textCell(in.CodeText()))
		}
		cells = append(cells, plainCell(row.Time), textCell(tick.FormatTime(row.Time, r.zone)[hidden:]), plainCell(row.Seq))
		for _, name := range columns {
			c, ok := values[i][name]
			c.absent = !ok
			cells = append(cells, c)
		}
		s.rows = append(s.rows, cells)
	}
	s.columns = append(s.columns, columns...)
	return s
}

// valueCells returns the cells of a value by their columns.
func (r *REPL) valueCells(value string) map[string]cell {
	v, err := tick.DecodeValue([]byte(value))
	switch {
	case err != nil && r.format == tableFormat:
		s := &shower{r: r, above: []*luavm.Table{nil}} // values in cells are short
		return map[string]cell{"value": textCell(s.text(value))}
	case err != nil:
		return map[string]cell{"value": bytesCell(value)}
	case v.IsRecord:
		t := v.Record
		return map[string]cell{
			"price": {text: price(t.Price), plain: true}, "qty": plainCell(t.Qty), "side": textCell(t.Side.String()),
			"channel": plainCell(t.Channel), "order_no": plainCell(t.OrderNo), "tick_no": plainCell(t.TickNo),
		}
	}
	return pointCells(&v.Point)
}

// pointCells returns the cells of the fields that a point has.
func pointCells(p *tick.Point) map[string]cell {
	cells := map[string]cell{"value": numberCell(p.Value)}
	for name, field := range map[string]struct {
		has tick.Field
		c   cell
	}{
		"quality": {tick.HasQuality, numberCell(p.Quality)}, "volume": {tick.HasVolume, numberCell(p.Volume)},
		"channel": {tick.HasChannel, numberCell(p.Channel)}, "side": {tick.HasSide, textCell((p.Side % tick.SideNumber).String())},
		"order_no": {tick.HasOrderNo, plainCell(p.OrderNo)}, "tick_no": {tick.HasTickNo, plainCell(p.TickNo)},
	} {
		if p.Has&field.has != 0 {
			cells[name] = field.c
		}
	}
	return cells
}

// numberCell is the cell of a number of Lua. JSON has no infinite numbers and no NaN:
// they are text.
func numberCell(f float64) cell {
	return cell{text: luavm.FormatNumber(f), plain: !math.IsInf(f, 0) && f == f}
}
