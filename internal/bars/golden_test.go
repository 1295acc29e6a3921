package bars

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"microts/internal/calendar"
	"microts/internal/tick"
)

// readTicks returns the ticks of testdata/ticks.csv by code.
func readTicks(t *testing.T) map[string]*tick.Columns {
	t.Helper()
	all := map[string]*tick.Columns{}
	for _, row := range readCSV(t, "testdata/ticks.csv")[1:] {
		c := all[row[1]]
		if c == nil {
			c = &tick.Columns{}
			all[row[1]] = c
		}
		c.Times, c.Seqs = append(c.Times, integer(t, row[2])), append(c.Seqs, uint16(integer(t, row[3])))
		c.Prices, c.Qtys = append(c.Prices, int32(integer(t, row[4]))), append(c.Qtys, uint32(integer(t, row[5])))
		c.Sides = append(c.Sides, map[string]tick.Side{"B": tick.Buy, "S": tick.Sell, "N": tick.NoSide}[row[6]])
	}
	return all
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func compareRows(t *testing.T, path string, got, want [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d rows expected, got %d", path, len(want), len(got))
	}
	for i := range min(len(got), len(want)) {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%s: row %d is\n\t%v\nand not\n\t%v", path, i, got[i], want[i])
			return
		}
	}
}

func integer(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func openCalendar(t *testing.T, name string) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shanghai returns a time of Shanghai in µs.
func shanghai(t testing.TB, text string) int64 {
	t.Helper()
	us, err := tick.ParseTime(text, tick.Shanghai, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return us
}

// table returns bars as the rows of a golden file: prices and amounts in 1/10000.
func (b *Bars) table() [][]string {
	rows := [][]string{{"start", "stop", "open", "high", "low", "close", "qty", "amount", "count"}}
	for i := range b.Start {
		row := []string{fmt.Sprint(b.Start[i]), fmt.Sprint(b.Stop[i])}
		for _, v := range []float64{b.Open[i], b.High[i], b.Low[i], b.Close[i]} {
			row = append(row, strconv.FormatFloat(units(v), 'f', -1, 64))
		}
		row = append(row, strconv.FormatFloat(b.Qty[i], 'f', -1, 64), strconv.FormatFloat(units(b.Amount[i]), 'f', -1, 64), fmt.Sprint(b.Count[i]))
		rows = append(rows, row)
	}
	return rows
}

// TestBarsOfGoldenTicks compares with bars that another program made by the same rules.
func TestBarsOfGoldenTicks(t *testing.T) {
	span := tick.Range{From: shanghai(t, "2023-11-13"), To: shanghai(t, "2023-11-17") - 1}
	for code, ticks := range readTicks(t) {
		for _, width := range []string{"1m", "5m", "7m", "1h"} {
			for name, fill := range map[string]Fill{"none": FillNone, "prev": FillPrev} {
				path := fmt.Sprintf("testdata/bars_%s_%s_%s.csv", code, width, name)
				us, err := ParseWidth(width)
				if err != nil {
					t.Fatal(err)
				}
				b, err := New(Options{Width: us, Calendar: openCalendar(t, "cn"), Fill: fill, Range: span})
				if err != nil {
					t.Fatal(err)
				}
				if err := b.Push(ticks); err != nil {
					t.Fatal(err)
				}
				got, err := b.Bars()
				if err != nil {
					t.Fatal(err)
				}
				compareRows(t, path, got.table(), readCSV(t, path))
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				var leftOut int
				if _, err := fmt.Sscanf(string(text), "# left_out=%d;", &leftOut); err != nil {
					t.Fatal(err)
				}
				if got.LeftOut != leftOut {
					t.Errorf("%s: %d ticks are left out, not %d", path, got.LeftOut, leftOut)
				}
			}
		}
	}
}
