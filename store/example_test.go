package store_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"microts/internal/tick"
	"microts/store"
)

// openExample opens a new database in a folder that done removes.
func openExample() (db *store.DB, done func()) {
	dir, err := os.MkdirTemp("", "microts-example-")
	if err != nil {
		log.Fatal(err)
	}
	env := store.NewEnv()
	if db, err = env.Open(filepath.Join(dir, "tick"), nil); err != nil {
		log.Fatal(err)
	}
	return db, func() {
		if err := env.Close(); err != nil {
			log.Fatal(err)
		}
		os.RemoveAll(dir)
	}
}

// A database is opened in an Env, which closes it at the latest when it is closed
// itself.
func ExampleEnv_Open() {
	dir, err := os.MkdirTemp("", "microts-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	env := store.NewEnv()
	defer env.Close()

	db, err := env.Open(filepath.Join(dir, "tick"), &store.Options{Durability: store.Sync})
	if err != nil {
		log.Fatal(err)
	}
	in, err := tick.NewInstrument('S', 600000)
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Put(&in, 1_700_000_000_000_100, 0, "a value"); err != nil {
		log.Fatal(err)
	}
	value, ok, err := db.Get(&in, 1_700_000_000_000_100, 0)
	fmt.Println(value, ok, err)
	// Output: a value true <nil>
}

// Rows are read one by one...
func ExampleDB_Scan() {
	db, done := openExample()
	defer done()
	in, _ := tick.ParseSymbol("SH600000")
	for i := range int64(5) {
		record := tick.AppendRecord(nil, tick.Record{Price: 72_017 + int32(i), Qty: 100, Side: tick.Buy})
		if err := db.Put(&in, 1_700_000_000_000_000+i*1_000_000, 0, string(record)); err != nil {
			log.Fatal(err)
		}
	}

	rows, err := db.Scan(&in, tick.ScanOptions{Range: tick.Always, Limit: 2, Reverse: true})
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := tick.DecodeRecord([]byte(rows.Value()))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tick.FormatTime(rows.Time(), tick.Shanghai), float64(r.Price)/tick.PriceScale, r.Qty)
	}
	if err := rows.Err(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 2023-11-15 06:13:24.000000 7.2021 100
	// 2023-11-15 06:13:23.000000 7.202 100
}

// ... or block by block, in columns.
func ExampleDB_Scan_blocks() {
	db, done := openExample()
	defer done()
	in, _ := tick.ParseSymbol("SH600000")
	for i := range int64(100_000) {
		if err := db.Put(&in, i, 0, "v"); err != nil {
			log.Fatal(err)
		}
	}

	rows, err := db.Scan(&in, tick.ScanOptions{Range: tick.Range{From: 1000, To: 49_999}})
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	n, sum := 0, int64(0)
	for b := rows.NextBlock(); b != nil; b = rows.NextBlock() {
		n += b.Len()
		for _, us := range b.Times {
			sum += us
		}
	}
	fmt.Println(n, sum, rows.Err())
	// Output: 49000 1249475500 <nil>
}

// A snapshot sees the database as it was.
func ExampleDB_Snapshot() {
	db, done := openExample()
	defer done()
	in, _ := tick.ParseInstrument('U', "AAPL")
	_ = db.Put(&in, 1, 0, "before")
	snapshot, err := db.Snapshot()
	if err != nil {
		log.Fatal(err)
	}
	defer snapshot.Close()
	_ = db.Put(&in, 1, 0, "after")

	then, _, _ := snapshot.Get(&in, 1, 0)
	now, _, _ := db.Get(&in, 1, 0)
	fmt.Println(then, now)
	// Output: before after
}

// The points of a storage engine: what a script writes with write_points.
func ExampleDB_Series() {
	db, done := openExample()
	defer done()
	series, err := db.Series("600519.SH", 0)
	if err != nil {
		log.Fatal(err)
	}
	err = series.Put([]tick.Point{
		{Time: 1_700_000_000_000_000, Value: 1751.5},
		{Time: 1_700_000_001_000_000, Value: 1752, Has: tick.HasVolume, Volume: 300},
	})
	if err != nil {
		log.Fatal(err)
	}
	var last tick.Point
	ok, err := series.Last(&last)
	fmt.Println(ok, err, last.Time, last.Value, last.Volume)
	// Output: true <nil> 1700000001000000 1752 300
}

// A code that does not fit into a key is written after Define and read after Find. For
// other codes both return what tick.ParseInstrument does.
func ExampleDB_Define() {
	db, done := openExample()
	defer done()
	name, err := tick.ParseName("m2405-C-3000")
	if err != nil {
		log.Fatal(err)
	}
	in, err := db.Define(name)
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Put(&in, 1_700_000_000_000_100, 0, "a value"); err != nil {
		log.Fatal(err)
	}
	if in, err = db.Find(name); err != nil {
		log.Fatal(err)
	}
	value, _, _ := db.Get(&in, 1_700_000_000_000_100, 0)
	names, err := db.Names(0)
	fmt.Println(value, names, err)
	// Output: a value [X:m2405-C-3000] <nil>
}

// Ticks of one time get one seq after the other.
func ExampleDB_PutNext() {
	db, done := openExample()
	defer done()
	in, err := tick.NewInstrument('S', 600000)
	if err != nil {
		log.Fatal(err)
	}
	for _, value := range []string{"a", "b", "c"} {
		seq, err := db.PutNext(&in, 1_700_000_000_000_100, value)
		fmt.Println(seq, err)
	}
	// Output:
	// 0 <nil>
	// 1 <nil>
	// 2 <nil>
}
