package bars

import (
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/tick"
	"microts/store"
)

var testInstrument, _ = tick.ParseInstrument('S', "600519")

// database returns a database that has ticks of testInstrument.
func database(t testing.TB, c *tick.Columns) *store.DB {
	t.Helper()
	env := store.NewEnv()
	db, err := env.Open(filepath.Join(t.TempDir(), "db"), &store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := env.Close(); err != nil {
			t.Error(err)
		}
	})
	rows := make([]tick.Row, c.Len())
	for i := range rows {
		r := tick.Record{Price: c.Prices[i], Qty: c.Qtys[i]}
		rows[i] = tick.Row{Time: c.Times[i], Seq: c.Seqs[i], Value: string(tick.AppendRecord(nil, r))}
	}
	if err := db.PutMany(&testInstrument, rows); err != nil {
		t.Fatal(err)
	}
	return db
}

// TestReadKnowsTicksBehindTheRange: they show that a bar is complete.
func TestReadKnowsTicksBehindTheRange(t *testing.T) {
	db := database(t, ticks(t, "2023-11-14", "10:00 10 1\n10:01 10.1 1\n10:02 10.2 1"))
	for _, test := range []struct{ from, to, want string }{
		{"10:00", "10:00:59.999999", "14 10:00:00 to 14 10:01:00: 10 10 10 10, 1 at 10, 1\n"},
		{"10:01", "10:01:30", "14 10:01:00 to 14 10:02:00: 10.1 10.1 10.1 10.1, 1 at 10.1, 1, incomplete\n"},
		{"10:02", "10:09", "14 10:02:00 to 14 10:03:00: 10.2 10.2 10.2 10.2, 1 at 10.2, 1, incomplete\n"},
		{"09:00", "09:59", ""},
	} {
		span := tick.Range{From: shanghai(t, "2023-11-14 "+test.from), To: shanghai(t, "2023-11-14 "+test.to)}
		bars, err := Read(db, &testInstrument, Options{Width: 60 * second, Calendar: openCalendar(t, "cn"), Range: span})
		if err != nil {
			t.Fatal(err)
		}
		if got := show(bars, tick.Shanghai); got != test.want {
			t.Errorf("%s to %s: %s, not %s", test.from, test.to, got, test.want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	db := database(t, ticks(t, "2023-11-14", "10:00 10 1"))
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{}, "width: "},
		{Options{Width: 1, Aggs: []Agg{aggOf(t, "sum", "prise")}, Range: tick.Range{From: 1, To: 2}}, `unknown column "prise"`},
		{Options{Width: 1, Range: tick.Range{From: -1, To: 1}}, "start_us: "},
	} {
		if _, err := Read(db, &testInstrument, test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q expected, got %v", test.want, err)
		}
	}
}

// BenchmarkRead makes bars of 1 s of a database.
func BenchmarkRead(b *testing.B) {
	const rows = 1 << 20
	db := database(b, someTicks(rows, 350, shanghai(b, "2023-11-14 09:30")))
	if err := db.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(db, &testInstrument, Options{Width: second}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mticks/s")
}
