package importer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"microts/internal/tick"
	"microts/store"
)

// openDB opens a database in a temporary folder.
func openDB(t testing.TB) *store.DB {
	t.Helper()
	env := store.NewEnv()
	db, err := env.Open(filepath.Join(t.TempDir(), "db"), &store.Options{Durability: store.None})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// write writes a file in a temporary folder and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// dump returns all ticks of a database as text.
func dump(t testing.TB, db *store.DB) string {
	t.Helper()
	names, err := db.Names(0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range names {
		in, err := db.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.Scan(&in, tick.ScanOptions{Range: tick.Always})
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			fmt.Fprintf(&b, "%s %s %d", name, tick.FormatTime(rows.Time(), tick.Shanghai), rows.Seq())
			if r, err := tick.DecodeRecord([]byte(rows.Value())); err != nil {
				fmt.Fprintf(&b, " raw %q\n", rows.Value())
			} else {
				fmt.Fprintf(&b, " %d %d %v %d %d %d\n", r.Price, r.Qty, r.Side, r.Channel, r.OrderNo, r.TickNo)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func importText(t testing.TB, name, content string, o Options) (string, *Report, error) {
	t.Helper()
	o.Files = []string{write(t, name, content)}
	db := openDB(t)
	r, err := Import(context.Background(), db, o)
	return dump(t, db), r, err
}

func TestPlain(t *testing.T) {
	got, r, err := importText(t, "a.csv", "symbol,date,time,last,volume,bs\n000001.SZ,20231114,93000123,10.53,100,B\n000001.SZ,20231114,93000123,10.54,200,S\nSH600519,2023-11-14,09:30:01.5,1680.01,100,N\n", Options{Map: map[string]string{"side": "bs"}})
	if err != nil {
		t.Fatal(err, r)
	}
	want := `S:1 2023-11-14 09:30:00.123000 0 105300 100 B 0 0 0
S:1 2023-11-14 09:30:00.123000 1 105400 200 S 0 0 0
S:600519 2023-11-14 09:30:01.500000 0 16800100 100 N 0 0 0
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	_ = time.Now
}
