package bars

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"microts/internal/agg"
	"microts/internal/expr"
	"microts/internal/tick"
)

// ticks returns ticks of a text: "09:25:00 10.5 100", one a line, of a day of Shanghai
// unless the time has one.
func ticks(t *testing.T, day, text string) *tick.Columns {
	t.Helper()
	c := &tick.Columns{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		words := strings.Fields(line)
		at := words[0]
		if !strings.Contains(at, "-") {
			at = day + " " + at
		}
		var price, qty float64
		if _, err := fmt.Sscan(words[1], &price); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(words[2], &qty); err != nil {
			t.Fatal(err)
		}
		us := shanghai(t, strings.Replace(at, "T", " ", 1))
		c.Times, c.Seqs = append(c.Times, us), append(c.Seqs, 0)
		c.Prices, c.Qtys = append(c.Prices, int32(math.Round(price*tick.PriceScale))), append(c.Qtys, uint32(qty))
	}
	return c
}

// show returns bars as a person reads them, a line each.
func show(b *Bars, zone *time.Location) string {
	var text strings.Builder
	for i := range b.Start {
		clock := func(us int64) string {
			return strings.TrimSuffix(time.UnixMicro(us).In(zone).Format("02 15:04:05.000000"), ".000000")
		}
		fmt.Fprintf(&text, "%s to %s: %v %v %v %v, %v at %.4g, %d", clock(b.Start[i]), clock(b.Stop[i]), b.Open[i], b.High[i], b.Low[i], b.Close[i], b.Qty[i], b.VWAP[i], b.Count[i])
		for _, a := range b.Aggs {
			fmt.Fprintf(&text, ", %.6g", a[i])
		}
		if !b.Complete[i] {
			text.WriteString(", incomplete")
		}
		text.WriteString("\n")
	}
	if b.LeftOut > 0 {
		fmt.Fprintf(&text, "left out %d\n", b.LeftOut)
	}
	if b.Skipped > 0 {
		fmt.Fprintf(&text, "skipped %d\n", b.Skipped)
	}
	return text.String()
}

func TestBarsByHand(t *testing.T) {
	cn := openCalendar(t, "cn")
	hour := 3600 * second
	for _, test := range []struct {
		name  string
		o     Options
		day   string
		ticks string
		want  string
	}{
		{
			"edges of sessions, to the µs", Options{Width: hour, Calendar: cn}, "2023-11-14", `
			08:59:59 9 1
			09:14:59.999999 9 1
			09:15:00 10 1
			09:25:00 10.1 2
			09:29:59.999999 10.2 3
			09:30:00 10.3 4
			11:29:59.999999 11 1
			11:30:00.000000 11.1 1
			11:30:00.000001 12 1
			12:59:59.999999 12 1
			13:00:00 13 1
			14:59:59.999999 14 1
			15:00:00.000000 14.1 1
			15:00:00.000001 15 1`, `
14 09:30:00 to 14 10:30:00: 10 10.3 10 10.3, 10 at 10.2, 4
14 10:30:00 to 14 11:30:00: 11 11.1 11 11.1, 2 at 11.05, 2
14 13:00:00 to 14 14:00:00: 13 13 13 13, 1 at 13, 1
14 14:00:00 to 14 15:00:00: 14 14.1 14 14.1, 2 at 14.05, 2
left out 5
`,
		},
		{
			"two trades in one µs", Options{Width: hour, Calendar: cn}, "2023-11-14", `
			10:00:00 10 1
			10:00:00 11 1`, `
14 09:30:00 to 14 10:30:00: 10 11 10 11, 2 at 10.5, 2, incomplete
`,
		},
		{
			"a day is one bar, without its break", Options{Width: fullDay, Calendar: cn}, "2023-11-14", `
			09:25:00 10 1
			11:30:00 12 1
			12:00:00 99 1
			13:00:00 9 1
			15:00:00 11 1
			2023-11-15T10:00 20 1`, `
14 09:30:00 to 14 15:00:00: 10 12 9 11, 4 at 10.5, 4
15 09:30:00 to 15 15:00:00: 20 20 20 20, 1 at 20, 1, incomplete
left out 1
`,
		},
		{
			"a day that is no trading day", Options{Width: fullDay, Calendar: cn}, "2024-02-09", `
			10:00:00 10 1`, `
left out 1
`,
		},
		{
			"a day without ticks is filled", Options{
				Width: 7200 * second, Calendar: cn, Fill: FillPrev,
				Range: tick.Range{From: shanghai(t, "2024-02-07"), To: shanghai(t, "2024-02-19 12:00")},
			}, "2024-02-07", `
			14:00 10 1
			2024-02-19T10:00 11 1`, `
07 09:30:00 to 07 11:30:00: NaN NaN NaN NaN, 0 at NaN, 0
07 13:00:00 to 07 15:00:00: 10 10 10 10, 1 at 10, 1
08 09:30:00 to 08 11:30:00: 10 10 10 10, 0 at 10, 0
08 13:00:00 to 08 15:00:00: 10 10 10 10, 0 at 10, 0
19 09:30:00 to 19 11:30:00: 11 11 11 11, 1 at 11, 1, incomplete
`,
		},
		{
			"filled with NaN, from the first tick to the last", Options{Width: 7200 * second, Calendar: cn, Fill: FillNaN}, "2024-02-08", `
			10:00 10 1
			2024-02-19T10:00 11 1
			2024-02-19T12:00 11 1`, `
08 09:30:00 to 08 11:30:00: 10 10 10 10, 1 at 10, 1
08 13:00:00 to 08 15:00:00: NaN NaN NaN NaN, 0 at NaN, 0
19 09:30:00 to 19 11:30:00: 11 11 11 11, 1 at 11, 1
left out 1
`,
		},
		{
			"an empty range that is filled", Options{Width: fullDay, Calendar: cn, Fill: FillPrev, Range: tick.Range{From: shanghai(t, "2023-11-14"), To: shanghai(t, "2023-11-14 23:00")}}, "", "", `
14 09:30:00 to 14 15:00:00: NaN NaN NaN NaN, 0 at NaN, 0, incomplete
`,
		},
		{"no ticks", Options{Width: hour, Calendar: cn, Fill: FillPrev}, "", "", "\n"},
		{
			"a night belongs to the next trading day", Options{Width: fullDay, Calendar: openCalendar(t, "cn-futures")}, "2023-11-10", `
			14:59 9 1
			20:59 10 1
			2023-11-11T02:00 11 1
			2023-11-13T09:00 12 1
			2023-11-13T15:00 13 1`, `
09 21:00:00 to 10 15:00:00: 9 9 9 9, 1 at 9, 1
10 21:00:00 to 13 15:00:00: 10 13 10 13, 4 at 11.5, 4
`,
		},
		{
			"half days", Options{Width: fullDay, Calendar: openCalendar(t, "hk")}, "2024-12-24", `
			12:00 10 1
			12:10 11 1
			13:30 12 1`, `
24 09:30:00 to 24 12:10:00: 10 11 10 11, 2 at 10.5, 2
left out 1
`,
		},
		{
			"multiples in the zone without a session", Options{Width: 4 * hour}, "2023-11-14", `
			03:59:59.999999 10 1
			04:00 11 1
			23:00 12 1`, `
14 00:00:00 to 14 04:00:00: 10 10 10 10, 1 at 10, 1
14 04:00:00 to 14 08:00:00: 11 11 11 11, 1 at 11, 1
14 20:00:00 to 15 00:00:00: 12 12 12 12, 1 at 12, 1, incomplete
`,
		},
		{
			"weeks begin on a Monday", Options{Width: 7 * fullDay}, "2023-11-12", `
			23:59:59.999999 10 1
			2023-11-13T00:00 11 1
			2023-11-20T00:00 12 1`, `
06 00:00:00 to 13 00:00:00: 10 10 10 10, 1 at 10, 1
13 00:00:00 to 20 00:00:00: 11 11 11 11, 1 at 11, 1
20 00:00:00 to 27 00:00:00: 12 12 12 12, 1 at 12, 1, incomplete
`,
		},
		{
			"by qty, without ticks of the break", Options{By: ByQty, Step: 100, Calendar: cn}, "2023-11-14", `
			10:00 10 60
			10:01 11 60
			11:30 12 99
			12:00 13 1000
			13:00 14 1
			13:01 15 1`, `
14 10:00:00 to 14 10:01:00: 10 11 10 11, 120 at 10.5, 2
14 11:30:00 to 14 13:00:00: 12 14 12 14, 100 at 12.02, 2
14 13:01:00 to 14 13:01:00: 15 15 15 15, 1 at 15, 1, incomplete
left out 1
`,
		},
		{
			"by amount", Options{By: ByAmount, Step: 1000}, "2023-11-14", `
			10:00 10 99
			10:01 10 1
			10:02 10 1`, `
14 10:00:00 to 14 10:01:00: 10 10 10 10, 100 at 10, 2
14 10:02:00 to 14 10:02:00: 10 10 10 10, 1 at 10, 1, incomplete
`,
		},
		{
			"by count", Options{By: ByCount, Step: 2.5}, "2023-11-14", `
			10:00 10 1
			10:01 11 1
			10:02 12 1
			10:03 13 1`, `
14 10:00:00 to 14 10:02:00: 10 12 10 12, 3 at 11, 3
14 10:03:00 to 14 10:03:00: 13 13 13 13, 1 at 13, 1, incomplete
`,
		},
		{
			"a qty of 0 has no VWAP", Options{Width: hour}, "2023-11-14", `
			10:00 10 0`, `
14 10:00:00 to 14 11:00:00: 10 10 10 10, 0 at NaN, 1, incomplete
`,
		},
		{
			"aggregations", Options{Width: hour, Aggs: []Agg{aggOf(t, "mean", "price"), aggOf(t, "sum", "price * qty"), aggOf(t, "count", "qty")}, Fill: FillPrev}, "2023-11-14", `
			10:00 10 1
			10:30 11 3
			12:00 12 1`, `
14 10:00:00 to 14 11:00:00: 10 11 10 11, 4 at 10.75, 2, 10.5, 43, 2
14 11:00:00 to 14 12:00:00: 11 11 11 11, 0 at 11, 0, NaN, 0, 0
14 12:00:00 to 14 13:00:00: 12 12 12 12, 1 at 12, 1, 12, 12, 1, incomplete
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := New(test.o)
			if err != nil {
				t.Fatal(err)
			}
			if test.ticks != "" {
				if err := b.Push(ticks(t, test.day, test.ticks)); err != nil {
					t.Fatal(err)
				}
			}
			got, err := b.Bars()
			if err != nil {
				t.Fatal(err)
			}
			if text := "\n" + show(got, tick.Shanghai); text != test.want {
				t.Errorf("the bars are%s\nand not%s", text, test.want)
			}
		})
	}
}

func aggOf(t *testing.T, op, of string) Agg {
	t.Helper()
	o, err := agg.Parse(op)
	if err != nil {
		t.Fatal(err)
	}
	e, err := expr.Parse(of)
	if err != nil {
		t.Fatal(err)
	}
	return Agg{op, o, e}
}

// TestClocksOfAZoneChange makes bars of New York's nights in which the clocks are set.
func TestClocksOfAZoneChange(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		width int64
		from  time.Time
		want  []string
	}{
		{"set forward", 4 * 3600 * second, time.Date(2024, 3, 10, 5, 0, 0, 0, time.UTC), []string{"00:00-03:00 2h", "03:00-04:00 1h", "04:00-08:00 4h"}},
		{"set back", 4 * 3600 * second, time.Date(2024, 11, 3, 4, 0, 0, 0, time.UTC), []string{"00:00-01:00 2h", "01:00-04:00 3h", "04:00-08:00 4h"}},
		{"a day of 23 hours", fullDay, time.Date(2024, 3, 10, 5, 0, 0, 0, time.UTC), []string{"00:00-00:00 23h"}},
	} {
		b, err := New(Options{Width: test.width, Zone: zone})
		if err != nil {
			t.Fatal(err)
		}
		c := &tick.Columns{}
		for i := range int64(12 * 60) {
			c.Times = append(c.Times, test.from.UnixMicro()+i*60*second)
			c.Prices, c.Qtys = append(c.Prices, 1), append(c.Qtys, 1)
		}
		if err := b.Push(c); err != nil {
			t.Fatal(err)
		}
		bars, err := b.Bars()
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range test.want {
			start, stop := time.UnixMicro(bars.Start[i]).In(zone), time.UnixMicro(bars.Stop[i]).In(zone)
			got := fmt.Sprintf("%s-%s %.0fh", start.Format("15:04"), stop.Format("15:04"), stop.Sub(start).Hours())
			if got != want {
				t.Errorf("%s: bar %d is %s, not %s", test.name, i, got, want)
			}
		}
	}
}

func TestBadOptions(t *testing.T) {
	cn := openCalendar(t, "cn")
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{}, "width: more than 0 µs expected, got 0"},
		{Options{Width: -1}, "width: more than 0 µs expected, got -1"},
		{Options{Width: 2 * fullDay, Calendar: cn}, "width: at most 1d expected with sessions of a calendar, got 48h0m0s"},
		{Options{By: ByQty}, "step: a number above 0, up to 2^62, expected, got 0"},
		{Options{By: ByQty, Step: math.NaN()}, "step: a number above 0, up to 2^62, expected, got NaN"},
		{Options{By: ByCount, Step: 1, Fill: FillPrev}, "fill: only bars by time can be filled"},
	} {
		if _, err := New(test.o); err == nil || err.Error() != test.want {
			t.Errorf("%q expected, got %v", test.want, err)
		}
	}
}

func TestParseWidth(t *testing.T) {
	for text, want := range map[string]int64{"1us": 1, "500ms": 500_000, "1s": second, "5m": 300 * second, "1h30m": 5400 * second, "1d": fullDay, "2w": 14 * fullDay} {
		if got, err := ParseWidth(text); got != want || err != nil {
			t.Errorf("%s is %d (error %v), not %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "m", "0s", "-1s", "1ns", "1.5us", "d", "0d", "1.5d", "01d", "-1w", "1d2h", "999999d", "5 m", "1M"} {
		if got, err := ParseWidth(text); err == nil || !strings.Contains(err.Error(), "a length of time") {
			t.Errorf("%q is %d (error %v)", text, got, err)
		}
	}
}

func TestValuesThatAreNoRecords(t *testing.T) {
	c := ticks(t, "2023-11-14", "10:00 10 1\n10:01 0 0\n10:02 11 1")
	c.Others, c.OtherSeqs, c.OtherValues = []int{1}, []uint16{0}, []string{"x"}
	b, err := New(Options{Width: 3600 * second})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Push(c); err == nil || err.Error() != "the tick of 2023-11-14 10:01:00.000000, seq 0, is no tick record; skip=true leaves such ticks out" {
		t.Errorf("the error is %v", err)
	}
	b, err = New(Options{Width: 3600 * second, Skip: true, Aggs: []Agg{aggOf(t, "min", "price")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Push(c); err != nil {
		t.Fatal(err)
	}
	bars, err := b.Bars()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(bars, tick.Shanghai), "14 10:00:00 to 14 11:00:00: 10 11 10 11, 2 at 10.5, 2, 10, incomplete\nskipped 1\n"; got != want {
		t.Errorf("the bars are\n%snot\n%s", got, want)
	}
}

// TestRowsWithoutPrices are no trades, but aggregations see them.
func TestRowsWithoutPrices(t *testing.T) {
	b, err := New(Options{Width: 3600 * second, Aggs: []Agg{aggOf(t, "mean", "ask - bid")}})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	start := shanghai(t, "2023-11-14 10:00")
	err = b.PushRows(&Rows{
		Times: []int64{start, start + 1, start + 3600*second}, Prices: []float64{nan, 0.123456789, nan},
		Columns: map[string][]float64{"ask": {3, 5, 7}, "bid": {2, nan, 4}},
	})
	if err != nil {
		t.Fatal(err)
	}
	bars, err := b.Bars()
	if err != nil {
		t.Fatal(err)
	}
	want := "14 10:00:00 to 14 11:00:00: 0.123456789 0.123456789 0.123456789 0.123456789, 0 at NaN, 1, 1\n" +
		"14 11:00:00 to 14 12:00:00: NaN NaN NaN NaN, 0 at NaN, 0, 3, incomplete\n"
	if got := show(bars, tick.Shanghai); got != want {
		t.Errorf("the bars are\n%snot\n%s", got, want)
	}
}

func TestBadRows(t *testing.T) {
	hour := Options{Width: 3600 * second}
	withAgg := Options{Width: 3600 * second, Aggs: []Agg{aggOf(t, "sum", "ask")}}
	end := errors.New("enough")
	for _, test := range []struct {
		name string
		o    Options
		push func(b *Builder) error
		want string
	}{
		{"lengths", hour, func(b *Builder) error { return b.PushRows(&Rows{Times: []int64{1}}) }, "columns of one length expected, got 1 times, 0 prices and 0 qtys"},
		{"unsorted", hour, func(b *Builder) error { return b.PushRows(&Rows{Times: []int64{2, 1}, Prices: []float64{1, 1}}) }, "rows in the order of their time expected, got 1 µs after 2"},
		{"blocks in disorder", hour, func(b *Builder) error {
			if err := b.PushRows(&Rows{Times: []int64{2}, Prices: []float64{1}}); err != nil {
				return err
			}
			return b.PushRows(&Rows{Times: []int64{1}, Prices: []float64{1}})
		}, "rows in the order of their time expected, got 1 µs after 2"},
		{"column", withAgg, func(b *Builder) error {
			return b.PushRows(&Rows{Times: []int64{1}, Prices: []float64{1}, Columns: map[string][]float64{"ask1": {1}}})
		}, `agg sum: unknown column "ask"; did you mean "ask1"?`},
		{"length of a column", withAgg, func(b *Builder) error {
			return b.PushRows(&Rows{Times: []int64{1}, Prices: []float64{1}, Columns: map[string][]float64{"ask": {1, 2}}})
		}, "agg sum: ask: 1 numbers expected, got 2"},
		{"field", Options{Width: 1, Aggs: []Agg{aggOf(t, "sum", "prise")}}, func(b *Builder) error { return b.Push(&tick.Columns{}) }, `agg sum: unknown column "prise"; did you mean "price"?`},
		{"bars that do not fit", hour, func(b *Builder) error {
			return b.PushBars(&Bars{Start: []int64{1800 * second}, Stop: []int64{5400 * second}}, nil)
		}, "the bar from 1970-01-01 08:30:00.000000 to 1970-01-01 09:30:00.000000 does not lie in one from 1970-01-01 08:00:00.000000 to 1970-01-01 09:00:00.000000"},
		{"days beyond the calendar", Options{Width: fullDay, Calendar: openCalendar(t, "cn")}, func(b *Builder) error {
			return b.Push(ticks(t, "2027-01-04", "10:00 1 1"))
		}, `calendar cn ends with 2026-12-31 and does not know 2027-01-04: give a TOML file with base = "cn", days = [...] and to = "2027-01-04", or a file of all days, one a line`},
		{"bars without end", Options{Width: 1, Fill: FillPrev, Check: func(bars int) error {
			if bars > 1e5 {
				return end
			}
			return nil
		}}, func(b *Builder) error {
			return b.PushRows(&Rows{Times: []int64{1, 1e15}, Prices: []float64{1, 1}})
		}, "enough"},
	} {
		b, err := New(test.o)
		if err != nil {
			t.Fatal(err)
		}
		if err := test.push(b); err == nil || err.Error() != test.want {
			t.Errorf("%s: %q expected, got %v", test.name, test.want, err)
		}
	}
}

// TestReachCompletesBars with the clock instead of a tick.
func TestReachCompletesBars(t *testing.T) {
	for _, test := range []struct {
		reached string
		want    bool
	}{{"10:59:59.999999", false}, {"11:00", true}} {
		b, err := New(Options{Width: 3600 * second})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Push(ticks(t, "2023-11-14", "10:00 10 1")); err != nil {
			t.Fatal(err)
		}
		b.Reach(shanghai(t, "2023-11-14 "+test.reached))
		bars, err := b.Bars()
		if err != nil {
			t.Fatal(err)
		}
		if bars.Complete[0] != test.want {
			t.Errorf("at %s it is %v that the bar is complete", test.reached, bars.Complete[0])
		}
	}
}

// TestBarsOfFilledBars: bars without ticks behind the last one say nothing of what is known.
func TestBarsOfFilledBars(t *testing.T) {
	short := builder(t, Options{Width: 300 * second, Fill: FillPrev, Range: tick.Range{From: shanghai(t, "2023-11-14 09:00"), To: shanghai(t, "2023-11-14 12:00")}})
	long := builder(t, Options{Width: 3600 * second})
	c := ticks(t, "2023-11-14", "09:10 10 1\n10:01 11 1")
	if err := short.Push(c); err != nil {
		t.Fatal(err)
	}
	b, err := short.Bars()
	if err != nil {
		t.Fatal(err)
	}
	if b.Len() < 30 {
		t.Fatalf("%d short bars", b.Len())
	}
	if err := long.PushBars(b, nil); err != nil {
		t.Fatal(err)
	}
	got, err := long.Bars()
	if err != nil {
		t.Fatal(err)
	}
	if want := []bool{true, false}; !slices.Equal(got.Complete, want) || got.Reached != c.Times[1] {
		t.Errorf("complete %v, reached %d; want %v, %d", got.Complete, got.Reached, want, c.Times[1])
	}
}

func builder(t *testing.T, o Options) *Builder {
	t.Helper()
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
