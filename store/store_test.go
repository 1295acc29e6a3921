package store

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"microts/internal/tick"
)

func TestMain(m *testing.M) {
	if task := os.Getenv(childEnv); task != "" {
		runChild(task)
		return
	}
	goleak.VerifyTestMain(m)
}

// env has the databases of all tests.
var env = NewEnv()

// tempDB opens a new database, which the end of the test closes.
func tempDB(t testing.TB, o *Options) *DB {
	t.Helper()
	return openDB(t, filepath.Join(t.TempDir(), "db"), o)
}

func openDB(t testing.TB, path string, o *Options) *DB {
	t.Helper()
	db, err := env.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func instrument(market byte, code string) *tick.Instrument {
	in, err := tick.ParseInstrument(market, code)
	if err != nil {
		panic(err)
	}
	return &in
}

var pingAn = instrument('S', "1") // 000001, Ping An Bank

func mustPut(t testing.TB, db *DB, in *tick.Instrument, ts int64, seq uint16, value string) {
	t.Helper()
	if err := db.Put(in, ts, seq, value); err != nil {
		t.Fatal(err)
	}
}

// rowsOf returns the rows of a scan.
func rowsOf(t testing.TB, db *DB, in *tick.Instrument, start, end int64, limit int, reverse bool) (rows []tick.Row) {
	t.Helper()
	s, err := db.Scan(in, tick.ScanOptions{Range: tick.Range{From: start, To: end}, Limit: limit, Reverse: reverse})
	if err != nil {
		t.Fatal(err)
	}
	for s.Next() {
		rows = append(rows, s.Row())
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return rows
}

func allRows(t testing.TB, db *DB, in *tick.Instrument) []tick.Row {
	t.Helper()
	return rowsOf(t, db, in, 0, tick.MaxTime-1, 0, false)
}

// model is what a database should hold of one instrument.
type model map[tick.Row]string // the tick.Row of a key has no value

func (m model) put(ts int64, seq uint16, value string) { m[tick.Row{Time: ts, Seq: seq}] = value }

// rows returns the rows from start to end in order.
func (m model) rows(start, end int64) (rows []tick.Row) {
	keys := slices.SortedFunc(maps.Keys(m), func(a, b tick.Row) int {
		ka, kb := makeTickKey(*pingAn, a.Time, a.Seq), makeTickKey(*pingAn, b.Time, b.Seq)
		return slices.Compare(ka[:], kb[:])
	})
	for _, k := range keys {
		if start <= k.Time && k.Time <= end {
			rows = append(rows, tick.Row{Time: k.Time, Seq: k.Seq, Value: m[k]})
		}
	}
	return rows
}

// describe shortens rows for a message.
func describe(rows []tick.Row) string {
	if len(rows) > 6 {
		return fmt.Sprintf("%d rows, %.200v ... %.200v", len(rows), rows[:3], rows[len(rows)-3:])
	}
	return fmt.Sprintf("%.600v", rows)
}
