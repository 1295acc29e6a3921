package repl

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

// sessions returns the bars of a price a second in two sessions of each day.
func sessions(days ...string) []timedBar {
	var c collector
	for _, day := range days {
		for _, open := range []string{"09:30", "13:00"} {
			t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+open, tick.Shanghai)
			if err != nil {
				panic(err)
			}
			for s := range int64(2*3600 + 1) {
				c.add(t.UnixMicro()+s*1e6, float64(s))
			}
		}
	}
	return c.bars
}

// TestPlotsLeaveOutNightsAndBreaks draws days of two sessions.
func TestPlotsLeaveOutNightsAndBreaks(t *testing.T) {
	week := []string{"2023-11-13", "2023-11-14", "2023-11-15", "2023-11-16", "2023-11-17", "2023-11-20"}
	for _, c := range []struct {
		days  int
		width int
		step  string
		opens string // where sessions begin
		axis  string
	}{
		{1, 66, "5 min", "09:30 13:00", "└┬─────┬───────────┬──────┬───────────┬───────────┬\n 09:30 10:00       11:00  13:00       14:00       15:00\n"},
		{2, 66, "10 min", "09:30 13:00 09:30 13:00", "└┬────────────┬─────┬──────┬────────────┬─────┬──────\n 11-13        13:00 14:00  11-14        13:00 14:00\n"},
		{6, 66, "30 min", "09:30 13:00 09:30 13:00 09:30 13:00 09:30 13:00 09:30 13:00 09:30 13:00", "└┬─────────┬─────────┬─────────┬─────────┬─────────┬─────────\n 11-13     11-14     11-15     11-16     11-17     11-20\n"},
		{6, 10, "1 day", "", ""},
	} {
		columns, step := fit(sessions(week[:c.days]...), c.width, tick.Shanghai)
		var opens []string
		for i, col := range columns {
			if col.opens && step < dayLength {
				opens = append(opens, time.UnixMicro(col.first).In(tick.Shanghai).Format("15:04"))
			}
			if col.bar == nil {
				t.Errorf("%d days: column %d is empty", c.days, i)
			}
		}
		if got := spanOf(step); got != c.step || strings.Join(opens, " ") != c.opens || len(columns) > c.width {
			t.Errorf("%d days: %d columns of %s; %s", c.days, len(columns), got, strings.Join(opens, " "))
		}
		if axis := strings.ReplaceAll(timeAxis(columns, step, tick.Shanghai), strings.Repeat(" ", labelWidth+1), ""); c.axis != "" && axis != c.axis {
			t.Errorf("%d days:\n%snot\n%s", c.days, axis, c.axis)
		}
	}
}

// TestAxisOfLongPlots has months, or years, below it.
func TestAxisOfLongPlots(t *testing.T) {
	daily := func(n int) (bars []timedBar) {
		at := time.Date(2021, 1, 4, 15, 0, 0, 0, tick.Shanghai)
		for range n {
			if d := at.Weekday(); d != time.Saturday && d != time.Sunday {
				bars = append(bars, timedBar{at.UnixMicro(), at.UnixMicro(), bar{1, 1, 1, 1}})
			}
			at = at.AddDate(0, 0, 1)
		}
		return bars
	}
	for days, want := range map[int][]string{
		60:   {"01-04", "01-10", "02-01"},
		300:  {"2021-01", "2021-03", "2021-09"},
		2500: {"2021", "2022", "2027"},
	} {
		columns, step := fit(daily(days), 66, tick.Shanghai)
		axis := timeAxis(columns, step, tick.Shanghai)
		if len(columns) > 66 {
			t.Errorf("%d days: %d columns", days, len(columns))
		}
		for _, label := range want {
			if !strings.Contains(axis, label) {
				t.Errorf("%d days of %s:\n%slacks %s", days, spanOf(step), axis, label)
			}
		}
	}
}

// TestColumnsHoldAllBars: whatever the times and the zone, a plot is at most as wide as
// asked, its columns are in order, and their bars are the first, highest, lowest and last
// prices.
func TestColumnsHoldAllBars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Asia/Shanghai", "America/New_York", "Asia/Kolkata"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		unit := rapid.SampledFrom([]int64{1, 1e3, 1e6, minute, hour, dayLength}).Draw(t, "unit")
		times := rapid.SliceOfN(rapid.Int64Range(0, 5000), 1, 60).Draw(t, "times")
		slices.Sort(times)
		var c collector
		low, high := math.Inf(1), math.Inf(-1)
		for i, at := range times {
			p := float64((i*7919 + 3) % 100)
			c.add(1_600_000_000_000_000+at*unit, p)
			low, high = min(low, p), max(high, p)
		}
		width := rapid.IntRange(10, 80).Draw(t, "width")
		columns, step := fit(c.bars, width, zone)
		if len(columns) == 0 || len(columns) > width {
			t.Fatalf("%d columns of %d", len(columns), width)
		}
		gotLow, gotHigh, last := math.Inf(1), math.Inf(-1), int64(0)
		for _, col := range columns {
			if col.bar == nil {
				continue
			}
			if col.first < last || col.last < col.first {
				t.Fatalf("times %d to %d after %d", col.first, col.last, last)
			}
			last = col.last
			gotLow, gotHigh = min(gotLow, col.bar.low), max(gotHigh, col.bar.high)
		}
		if gotLow != low || gotHigh != high || columns[0].first != 1_600_000_000_000_000+times[0]*unit || last != 1_600_000_000_000_000+times[len(times)-1]*unit {
			t.Fatalf("%v to %v, times %d to %d", gotLow, gotHigh, columns[0].first, last)
		}
		axis := strings.Split(timeAxis(columns, step, zone), "\n")
		if n := len([]rune(axis[0])); n != labelWidth+2+len(columns) {
			t.Fatalf("an axis of %d", n)
		}
		if len(strings.Fields(axis[1])) == 0 {
			t.Fatal("an axis without a label")
		}
	})
}

// TestCollectorIsBounded adds more times than a collector has bars.
func TestCollectorIsBounded(t *testing.T) {
	var c collector
	for i := range int64(4 * mostFine) {
		c.add(i*250_000, float64(i))
	}
	if len(c.bars) > mostFine || fineSteps[c.step] != 1e6 {
		t.Errorf("%d bars of %d µs", len(c.bars), fineSteps[c.step])
	}
	if first, last := c.bars[0], c.bars[len(c.bars)-1]; first.open != 0 || first.close != 3 || last.close != 4*mostFine-1 || last.last != (4*mostFine-1)*250_000 {
		t.Errorf("%v to %v", first, last)
	}
}

// TestScales have round prices beside few rows.
func TestScales(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		rows      int
		want      string // first, second and last label
	}{
		{10, 10.99, 11, "11.0 10.9 10.0"},
		{1733.97, 1790.39, 12, "1790 1785 1735"},
		{5, 5, 3, "5.0004 5.0000 4.9996"},
		{0, 0, 3, "0.0001 0.0000 -0.0001"},
		{-3, 7, 11, "7 6 -3"},
		{1e-7, 9e-7, 9, "0.0000009 0.0000008 0.0000001"},
		{3e12, 9e12, 13, "9e+12 8.5e+12 3e+12"},
	} {
		s := newScale(c.low, c.high, plotHeight)
		if got := fmt.Sprintf("%s %s %s", s.label(0), s.label(1), s.label(s.rows-1)); got != c.want || s.rows != c.rows {
			t.Errorf("%g to %g: %d rows, %s", c.low, c.high, s.rows, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-mostDrawn, mostDrawn).Draw(t, "a"), rapid.Float64Range(-mostDrawn, mostDrawn).Draw(t, "b")
		low, high := min(a, b), max(a, b)
		s := newScale(low, high, plotHeight)
		if s.rows < 1 || s.rows > plotHeight || low != high && (s.row(high) != 0 || s.row(low) != s.rows-1) {
			t.Fatalf("%+v: rows %d to %d", s, s.row(high), s.row(low))
		}
		for y := range s.rows {
			if len(s.label(y)) > labelWidth {
				t.Fatalf("%q", s.label(y))
			}
		}
	})
}
