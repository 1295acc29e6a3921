package repl

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"microts/internal/luavm"
	"microts/internal/tick"
	"microts/store"
)

// codesCommand lists the instruments, up to a bound.
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
	found, err := db.Instruments(market)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(r.Out, "no ticks")
		return nil
	}
	const most = 2 * mostRows
	var rows [][]string
	for i := range found[:min(len(found), most)] {
		row, err := r.instrumentRow(db, &found[i])
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if more := len(found) - most; more > 0 {
		rows = append(rows, []string{"...", fmt.Sprintf("... %d more", more)})
	}
	fmt.Fprintln(r.Out, r.grid([]string{"market", "code", "first", "last"}, rows, false))
	return nil
}

// instrumentRow returns the cells of an instrument: market, code, and the times of
// its first and last tick.
func (r *REPL) instrumentRow(db *store.DB, in *tick.Instrument) ([]string, error) {
	if r.interrupted() {
		return nil, errInterrupted
	}
	first, hasFirst, err1 := db.First(in, 0)
	last, hasLast, err2 := db.Last(in, tick.MaxTime-1)
	row := []string{string(in.Market()), in.Code()}
	if hasFirst && hasLast {
		row = append(row, tick.FormatTime(first.Time, r.zone), tick.FormatTime(last.Time, r.zone))
	}
	return row, cmp.Or(err1, err2)
}

func (r *REPL) headCommand(args []string) error { return r.ends(args, "head", false) }
func (r *REPL) tailCommand(args []string) error { return r.ends(args, "tail", true) }

// ends shows the first ticks of an instrument, or if reverse is set the last,
// oldest first.
func (r *REPL) ends(args []string, name string, reverse bool) error {
	db, in, rest, err := r.target(args)
	if err != nil {
		return err
	}
	n := 10
	if len(rest) > 0 {
		if n, err = strconv.Atoi(rest[0]); err != nil || n < 1 || len(rest) > 1 {
			return fmt.Errorf("usage: .%s [MARKET CODE] [N]", name)
		}
	}
	scan, err := db.Scan(&in, tick.ScanOptions{Range: tick.Always, Limit: n, Reverse: reverse})
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
	if reverse {
		slices.Reverse(rows)
	}
	fmt.Fprintln(r.Out, r.ticks(in.String(), rows))
	return scan.Err()
}

func (r *REPL) countCommand(args []string) error {
	db, in, start, end, err := r.targetRange(args)
	if err != nil {
		return err
	}
	n, err := db.Count(&in, tick.Range{From: start, To: end})
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "%v: %d ticks\n", in, n)
	return nil
}

// ticks shows ticks as a table under a title. If all are of one day, the title
// names it and the rows show the time of day. If all values are tick records,
// their fields are columns.
func (r *REPL) ticks(title string, rows []tick.Row) string {
	if len(rows) == 0 {
		return title + ": no ticks"
	}
	records := !slices.ContainsFunc(rows, func(row tick.Row) bool {
		_, err := tick.DecodeRecord([]byte(row.Value))
		return err != nil
	})
	first, last := tick.FormatTime(rows[0].Time, r.zone), tick.FormatTime(rows[len(rows)-1].Time, r.zone)
	hidden := len("2006-01-02 ") // bytes of each time
	if first[:hidden] == last[:hidden] {
		title += " on " + first[:hidden-1]
	} else {
		hidden = 0
	}
	header := []string{"ts_us", "when", "seq"}
	if records {
		header = append(header, "price", "qty", "side", "channel", "order_no", "tick_no")
	} else {
		header = append(header, "value")
	}
	s := &shower{r: r, above: []*luavm.Table{nil}} // values in cells are short
	var cells [][]string
	for _, row := range rows {
		line := []string{fmt.Sprint(row.Time), tick.FormatTime(row.Time, r.zone)[hidden:], fmt.Sprint(row.Seq)}
		if t, err := tick.DecodeRecord([]byte(row.Value)); records && err == nil {
			line = append(line, price(t.Price), fmt.Sprint(t.Qty), t.Side.String(), fmt.Sprint(t.Channel), fmt.Sprint(t.OrderNo), fmt.Sprint(t.TickNo))
		} else {
			line = append(line, s.text(row.Value))
		}
		cells = append(cells, line)
	}
	return title + "\n" + r.grid(header, cells, false)
}
