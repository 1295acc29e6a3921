package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

func TestGetSeesPut(t *testing.T) {
	db := tempDB(t, nil)
	for i := range 1000 {
		mustPut(t, db, pingAn, int64(i), uint16(i), fmt.Sprint(i))
		value, ok, err := db.Get(pingAn, int64(i), uint16(i))
		if value != fmt.Sprint(i) || !ok || err != nil {
			t.Fatalf("tick %d: %q, %v, %v", i, value, ok, err)
		}
	}
	if value, ok, err := db.Get(pingAn, 5, 6); ok || err != nil {
		t.Errorf("a tick that was never put: %q, %v, %v", value, ok, err)
	}
}

func TestGetSeesPutFromAnotherDB(t *testing.T) {
	db := tempDB(t, nil)
	other := openDB(t, db.Path(), nil)
	// Ascending gets, so that db reads ahead, and writes behind and before it.
	for i := range int64(500) {
		mustPut(t, db, pingAn, i*2, 0, "even")
	}
	for i := range int64(500) {
		if value, _, err := db.Get(pingAn, i*2, 0); value != "even" || err != nil {
			t.Fatalf("tick %d: %q, %v", i*2, value, err)
		}
		mustPut(t, other, pingAn, i*2+1, 0, "odd")
		if value, _, err := db.Get(pingAn, i*2+1, 0); value != "odd" || err != nil {
			t.Fatalf("tick %d, put by another DB: %q, %v", i*2+1, value, err)
		}
	}
	if err := other.Delete(pingAn, 999, 0); err != nil {
		t.Fatal(err)
	}
	if value, ok, _ := db.Get(pingAn, 999, 0); ok {
		t.Errorf("a deleted tick: %q", value)
	}
}

func TestTimesFarApartAreTwoTicks(t *testing.T) {
	const days49 = 1 << 32 * 1000 // µs, after which the original's keys come again
	db := tempDB(t, nil)
	mustPut(t, db, pingAn, 1_700_000_000_000_000, 0, "first")
	mustPut(t, db, pingAn, 1_700_000_000_000_000+days49, 0, "second")
	if value, _, _ := db.Get(pingAn, 1_700_000_000_000_000, 0); value != "first" {
		t.Errorf("the first tick is %q", value)
	}
}

func TestSeqsComeInOrder(t *testing.T) {
	db := tempDB(t, nil)
	want := model{}
	for seq := range 600 {
		mustPut(t, db, pingAn, 7, uint16(seq), fmt.Sprint(seq))
		want.put(7, uint16(seq), fmt.Sprint(seq))
	}
	if got := allRows(t, db, pingAn); !reflect.DeepEqual(got, want.rows(0, 10)) {
		t.Errorf("got %s", describe(got))
	}
}

func TestValuesOfAllSizes(t *testing.T) {
	db := tempDB(t, nil)
	want := model{}
	for i, size := range []int{0, 1, 127, 128, 255, 256, 257, 16383, 16384, tick.MaxValue - 1, tick.MaxValue} {
		value := strings.Repeat(string(rune('a'+i)), size)
		mustPut(t, db, pingAn, int64(i), 0, value)
		want.put(int64(i), 0, value)
	}
	if got := allRows(t, db, pingAn); !reflect.DeepEqual(got, want.rows(0, 100)) {
		t.Errorf("got %s", describe(got))
	}
	for k, value := range want {
		if got, ok, err := db.Get(pingAn, k.Time, 0); got != value || !ok || err != nil {
			t.Errorf("value of %d bytes: %d bytes, %v, %v", len(value), len(got), ok, err)
		}
	}
	err := db.Put(pingAn, 0, 0, strings.Repeat("x", tick.MaxValue+1))
	if r := (*tick.RangeError)(nil); !errors.As(err, &r) || r.Name != "value" {
		t.Errorf("a value of 64 KiB + 1: %v", err)
	}
}

func TestPutManyChecksAllBeforeTheFirst(t *testing.T) {
	db := tempDB(t, nil)
	err := db.PutMany(pingAn, []tick.Row{{Time: 1, Seq: 0, Value: "a"}, {Time: tick.MaxTime, Seq: 0, Value: "b"}})
	if err == nil || !strings.Contains(err.Error(), "row 2: ts_us") {
		t.Errorf("a row with a bad time: %v", err)
	}
	if n, err := db.Count(pingAn, tick.Always); n != 0 || err != nil {
		t.Errorf("%d rows were written, %v", n, err)
	}
	if err := db.PutMany(pingAn, []tick.Row{{Time: 1, Seq: 0, Value: "a"}, {Time: 2, Seq: 0, Value: "b"}, {Time: 1, Seq: 0, Value: "c"}}); err != nil {
		t.Fatal(err)
	}
	if got := allRows(t, db, pingAn); !reflect.DeepEqual(got, []tick.Row{{Time: 1, Seq: 0, Value: "c"}, {Time: 2, Seq: 0, Value: "b"}}) {
		t.Errorf("got %v", got)
	}
}

func TestInstruments(t *testing.T) {
	db := tempDB(t, nil)
	want := []tick.Instrument{*instrument('H', "700"), *instrument('S', "1"), *instrument('S', "600000"), *instrument('U', "AAPL")}
	for _, in := range want {
		for i := range int64(3) {
			mustPut(t, db, &in, i, 0, "x")
			mustPut(t, db, &in, tick.MaxTime-1-i, 0, "x")
		}
	}
	if err := db.PutRaw("", "no tick's key", "x"); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Instruments(0); !reflect.DeepEqual(got, want) || err != nil {
		t.Errorf("all: %v, %v", got, err)
	}
	if got, err := db.Instruments('S'); !reflect.DeepEqual(got, want[1:3]) || err != nil {
		t.Errorf("of market S: %v, %v", got, err)
	}
	if got, err := db.Instruments('Z'); len(got) != 0 || err != nil {
		t.Errorf("of market Z: %v, %v", got, err)
	}
}

// TestMetamorphic does random things to databases that are set up differently
// and to a model, which all must agree at every step.
func TestMetamorphic(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp("", "microts-test-")
		if err != nil {
			r.Fatal(err)
		}
		defer os.RemoveAll(dir)
		configs := []*Options{
			{},
			{holdCommits: true},
			{Durability: None, RocksDB: map[string]string{"write_buffer_size": "65536"}},
		}
		var dbs []*DB
		for i, o := range configs {
			db, err := env.Open(filepath.Join(dir, fmt.Sprint(i)), o)
			if err != nil {
				r.Fatal(err)
			}
			dbs = append(dbs, db)
		}
		defer func() {
			for _, db := range dbs {
				if err := db.Close(); err != nil {
					r.Error(err)
				}
			}
		}()
		want := model{}
		// Few distinct times, about the boundaries of time chunks.
		times := rapid.SampledFrom([]int64{0, 1, 29_999_999, 30_000_000, 30_000_001, 60_000_000, 1_700_000_000_000_000, tick.MaxTime - 1})
		seqs := rapid.SampledFrom([]uint16{0, 1, 255, 256, 65535})
		each := func(what string, do func(*DB) error) {
			for i, db := range dbs {
				if err := do(db); err != nil {
					r.Fatalf("%s in database %d: %v", what, i, err)
				}
			}
		}
		r.Repeat(map[string]func(*rapid.T){
			"put": func(r *rapid.T) {
				ts, seq, value := times.Draw(r, "ts"), seqs.Draw(r, "seq"), rapid.StringN(0, 300, -1).Draw(r, "value")
				want.put(ts, seq, value)
				each("put", func(db *DB) error { return db.Put(pingAn, ts, seq, value) })
			},
			"delete": func(r *rapid.T) {
				ts, seq := times.Draw(r, "ts"), seqs.Draw(r, "seq")
				delete(want, tick.Row{Time: ts, Seq: seq})
				each("delete", func(db *DB) error { return db.Delete(pingAn, ts, seq) })
			},
			"delete range": func(r *rapid.T) {
				start, end := times.Draw(r, "start"), times.Draw(r, "end")
				rows := want.rows(start, end)
				for _, row := range rows {
					delete(want, tick.Row{Time: row.Time, Seq: row.Seq})
				}
				each("delete range", func(db *DB) error {
					if n, err := db.DeleteRange(pingAn, tick.Range{From: start, To: end}); n != len(rows) || err != nil {
						return fmt.Errorf("%d of %d: %w", n, len(rows), err)
					}
					return nil
				})
			},
			"get": func(r *rapid.T) {
				ts, seq := times.Draw(r, "ts"), seqs.Draw(r, "seq")
				value, exists := want[tick.Row{Time: ts, Seq: seq}]
				each("get", func(db *DB) error {
					if got, ok, err := db.Get(pingAn, ts, seq); got != value || ok != exists || err != nil {
						return fmt.Errorf("got %q, %v, want %q, %v: %w", got, ok, value, exists, err)
					}
					return nil
				})
			},
			"gets going up": func(r *rapid.T) {
				rows := want.rows(0, tick.MaxTime)
				each("get", func(db *DB) error {
					for _, row := range rows {
						if got, ok, err := db.Get(pingAn, row.Time, row.Seq); got != row.Value || !ok || err != nil {
							return fmt.Errorf("%d %d: got %q, %v, want %q: %w", row.Time, row.Seq, got, ok, row.Value, err)
						}
					}
					return nil
				})
			},
			"scan": func(r *rapid.T) {
				start, end := times.Draw(r, "start"), times.Draw(r, "end")
				limit, reverse := rapid.IntRange(0, 5).Draw(r, "limit"), rapid.Bool().Draw(r, "reverse")
				rows := want.rows(start, end)
				if reverse {
					for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
						rows[i], rows[j] = rows[j], rows[i]
					}
				}
				if limit > 0 && len(rows) > limit {
					rows = rows[:limit]
				}
				each("scan", func(db *DB) error {
					if got := rowsOf(t, db, pingAn, start, end, limit, reverse); !reflect.DeepEqual(got, rows) {
						return fmt.Errorf("got %s, want %s", describe(got), describe(rows))
					}
					return nil
				})
			},
			"first, last, count": func(r *rapid.T) {
				ts := times.Draw(r, "ts")
				after, before := want.rows(ts, tick.MaxTime), want.rows(0, ts)
				each("first", func(db *DB) error {
					got, ok, err := db.First(pingAn, ts)
					if ok != (len(after) > 0) || ok && got != after[0] || err != nil {
						return fmt.Errorf("got %v, %v: %w", got, ok, err)
					}
					got, ok, err = db.Last(pingAn, ts)
					if ok != (len(before) > 0) || ok && got != before[len(before)-1] || err != nil {
						return fmt.Errorf("last: got %v, %v: %w", got, ok, err)
					}
					n, err := db.Count(pingAn, tick.Range{From: 0, To: ts})
					if n != len(before) || err != nil {
						return fmt.Errorf("count: got %d, want %d: %w", n, len(before), err)
					}
					return nil
				})
			},
			"flush": func(r *rapid.T) { each("flush", (*DB).Flush) },
			"open anew": func(r *rapid.T) {
				i := rapid.IntRange(0, len(dbs)-1).Draw(r, "database")
				path := dbs[i].Path()
				if err := dbs[i].Close(); err != nil {
					r.Fatal(err)
				}
				db, err := env.Open(path, configs[i])
				if err != nil {
					r.Fatal(err)
				}
				dbs[i] = db
			},
		})
	})
}

func TestScanIsASnapshot(t *testing.T) {
	db := tempDB(t, nil)
	const n = 10_000
	for i := range int64(n) {
		mustPut(t, db, pingAn, i, 0, "old")
	}
	s, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Always})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for s.Next() {
		if s.Value() != "old" || s.Time() != int64(rows) {
			t.Fatalf("row %d: %d %q", rows, s.Time(), s.Value())
		}
		rows++
		mustPut(t, db, pingAn, s.Time()+1, 0, "new")
		mustPut(t, db, pingAn, n+s.Time(), 0, "new")
	}
	if rows != n || s.Err() != nil {
		t.Errorf("%d rows, %v", rows, s.Err())
	}
}

// TestLongScans reads more rows than blocks hold, some ahead, and stops within.
func TestLongScans(t *testing.T) { testLongScans(t, &Options{}) }

// TestLongScansOnOneCore is the same without reading ahead.
func TestLongScansOnOneCore(t *testing.T) { testLongScans(t, &Options{OneCore: true}) }

func testLongScans(t *testing.T, o *Options) {
	db := tempDB(t, o)
	const n = 40_000
	for i := range int64(n) {
		mustPut(t, db, pingAn, i, 0, fmt.Sprint(i))
	}
	mustPut(t, db, pingAn, n, 0, strings.Repeat("x", tick.MaxValue)) // more than a block of the others' size
	for _, limit := range []int{0, 1, 64, 65, 2048, 4096, 10_000, n, n + 1, n + 2} {
		for _, reverse := range []bool{false, true} {
			rows := rowsOf(t, db, pingAn, 0, tick.MaxTime-1, limit, reverse)
			want := n + 1
			if limit > 0 {
				want = min(limit, want)
			}
			if len(rows) != want {
				t.Fatalf("limit %d: %d rows", limit, len(rows))
			}
			for i, row := range rows {
				ts := int64(i)
				if reverse {
					ts = n - ts
				}
				if row.Time != ts || ts < n && row.Value != fmt.Sprint(ts) || ts == n && len(row.Value) != tick.MaxValue {
					t.Fatalf("limit %d, reverse %v: row %d is %d %.20q", limit, reverse, i, row.Time, row.Value)
				}
			}
		}
	}
	for stop := range 60 { // closed while the next block is read
		s, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Always})
		if err != nil {
			t.Fatal(err)
		}
		for range stop * 500 {
			s.Next()
		}
		s.Close()
		if s.Next() || s.Err() != nil {
			t.Fatalf("a closed scan goes on, %v", s.Err())
		}
	}
}

func TestSnapshot(t *testing.T) {
	db := tempDB(t, nil)
	mustPut(t, db, pingAn, 1, 0, "old")
	snap, err := db.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	mustPut(t, db, pingAn, 1, 0, "new")
	mustPut(t, db, pingAn, 2, 0, "new")
	if got := allRows(t, snap, pingAn); !reflect.DeepEqual(got, []tick.Row{{Time: 1, Seq: 0, Value: "old"}}) {
		t.Errorf("the snapshot holds %v", got)
	}
	if value, _, _ := snap.Get(pingAn, 1, 0); value != "old" {
		t.Errorf("get from the snapshot: %q", value)
	}
	if err := snap.Put(pingAn, 1, 0, "x"); !errors.Is(err, ErrSnapshot) {
		t.Errorf("put into a snapshot: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if value, _, err := snap.Get(pingAn, 1, 0); value != "old" || err != nil {
		t.Errorf("get from the snapshot of a closed DB: %q, %v", value, err)
	}
	if err := snap.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := snap.Get(pingAn, 1, 0); !errors.Is(err, ErrClosed) {
		t.Errorf("get from a closed snapshot: %v", err)
	}
}

func TestClosed(t *testing.T) {
	db := tempDB(t, nil)
	mustPut(t, db, pingAn, 1, 0, "x")
	s, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Range{From: 0, To: 10}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // closing twice is no error
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, _, getErr := db.Get(pingAn, 1, 0)
	_, scanErr := db.Scan(pingAn, tick.ScanOptions{Range: tick.Range{From: 0, To: 1}})
	_, _, firstErr := db.First(pingAn, 0)
	_, countErr := db.Count(pingAn, tick.Range{From: 0, To: 1})
	_, listErr := db.Instruments(0)
	_, statsErr := db.Stats()
	_, snapErr := db.Snapshot()
	_, _, rawErr := db.GetRaw("", "k")
	_, delErr := db.DeleteRange(pingAn, tick.Range{From: 0, To: 1})
	for what, err := range map[string]error{
		"put": db.Put(pingAn, 1, 0, "x"), "put many": db.PutMany(pingAn, nil), "delete": db.Delete(pingAn, 1, 0),
		"delete range": delErr, "flush": db.Flush(), "put raw": db.PutRaw("", "k", "v"),
		"get": getErr, "scan": scanErr, "first": firstErr, "count": countErr, "instruments": listErr,
		"stats": statsErr, "snapshot": snapErr, "get raw": rawErr,
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after close: %v", what, err)
		}
	}
	for s.Next() {
		continue // what its block holds may still come; nothing may crash
	}
}

func TestGarbageIsClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	func() {
		db, err := env.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		mustPut(t, db, pingAn, 1, 0, "x")
		if _, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Range{From: 0, To: 1}}); err != nil {
			t.Fatal(err)
		}
	}()
	for range 500 {
		runtime.GC()
		env.mu.Lock()
		n := len(env.open)
		env.mu.Unlock()
		if n == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a database that nobody holds is still open")
}

func TestManyGoroutinesOneDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	const goroutines, ticks = 4, 5000
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			in := instrument('S', fmt.Sprint(g+1))
			for round := range 3 { // each opens, so the database closes and opens
				db, err := env.Open(path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				for i := range int64(ticks) {
					ts := int64(round*ticks) + i
					if err := db.Put(in, ts, 0, "x"); err != nil {
						t.Error(err)
						return
					}
					if i%500 == 0 {
						n, err := db.Count(in, tick.Always)
						if n != int(ts)+1 || err != nil {
							t.Errorf("goroutine %d counts %d ticks of %d, %v", g, n, ts+1, err)
							return
						}
						if _, ok, err := db.Get(in, ts, 0); !ok || err != nil {
							t.Errorf("goroutine %d misses its tick %d: %v", g, ts, err)
						}
					}
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestCloseWhileOthersUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	keep := openDB(t, path, nil)
	for i := range int64(50_000) {
		mustPut(t, keep, pingAn, i, 0, "x")
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			db, err := env.Open(path, nil)
			if err != nil {
				t.Error(err)
				return
			}
			s, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Always})
			if err != nil {
				t.Error(err)
			}
			for range 100 {
				s.Next()
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n, err := keep.Count(pingAn, tick.Always); n != 50_000 || err != nil {
		t.Errorf("%d ticks, %v", n, err)
	}
}

func TestDurabilityOfSharedDatabase(t *testing.T) {
	db := tempDB(t, nil)
	_, err := env.Open(db.Path(), &Options{Durability: Sync})
	if o := (*OptionError)(nil); !errors.As(err, &o) || o.Name != "durability" {
		t.Errorf("another durability for an open database: %v", err)
	}
}

func TestReadOnlyBesideWriter(t *testing.T) {
	db := tempDB(t, nil)
	mustPut(t, db, pingAn, 1, 0, "x")
	reader := openDB(t, db.Path(), &Options{ReadOnly: true})
	if value, _, err := reader.Get(pingAn, 1, 0); value != "x" || err != nil {
		t.Errorf("within the writer's process: %q, %v", value, err)
	}
	mustPut(t, db, pingAn, 2, 0, "y")
	if value, _, err := reader.Get(pingAn, 2, 0); value != "y" || err != nil {
		t.Errorf("what was put later: %q, %v", value, err)
	}
	if err := reader.Put(pingAn, 1, 0, "z"); !errors.Is(err, ErrReadOnly) {
		t.Errorf("put: %v", err)
	}
}

// TestKeysThatNoTickHas puts raw keys of a tick's length between ticks.
func TestKeysThatNoTickHas(t *testing.T) {
	db := tempDB(t, nil)
	mustPut(t, db, pingAn, 10, 0, "a")
	mustPut(t, db, pingAn, 40_000_000, 0, "b")
	for _, change := range []struct {
		name string
		to   func(k *tickKey)
	}{
		{"a time chunk that begins at no multiple of 30 s", func(k *tickKey) { k[17]++ }},
		{"an offset past the time chunk", func(k *tickKey) { k[18] = 0xff }},
	} {
		key := makeTickKey(*pingAn, 20, 0)
		change.to(&key)
		if err := db.PutRaw("", string(key[:]), "none"); err != nil {
			t.Fatal(err)
		}
		if rows := allRows(t, db, pingAn); len(rows) != 2 {
			t.Errorf("%s: %v", change.name, rows)
		}
		if n, err := db.Count(pingAn, tick.Always); n != 2 || err != nil {
			t.Errorf("%s: %d ticks, %v", change.name, n, err)
		}
	}
	if n, err := db.DeleteRange(pingAn, tick.Always); n != 2 || err != nil {
		t.Errorf("%d deleted, %v", n, err)
	}
}

func TestRawKeys(t *testing.T) {
	db := tempDB(t, nil)
	key := makeTickKey(*pingAn, 1, 2)
	if err := db.PutRaw("", string(key[:]), "raw"); err != nil {
		t.Fatal(err)
	}
	if value, _, _ := db.Get(pingAn, 1, 2); value != "raw" {
		t.Errorf("a tick put by its raw key: %q", value)
	}
	if value, _, _ := db.GetRaw("", string(key[:])); value != "raw" {
		t.Errorf("by its raw key: %q", value)
	}
	if _, ok, err := db.GetRaw("", "none"); ok || err != nil {
		t.Errorf("a key that was never put: %v, %v", ok, err)
	}
	for _, key := range []string{"", strings.Repeat("k", 257), reservedPrefix + "x"} {
		if err := db.PutRaw("", key, "v"); err == nil {
			t.Errorf("key %.20q was taken", key)
		}
	}
}

func TestRanges(t *testing.T) {
	db := tempDB(t, nil)
	for _, ts := range []int64{-1, tick.MaxTime} {
		_, _, getErr := db.Get(pingAn, ts, 0)
		_, scanErr := db.Scan(pingAn, tick.ScanOptions{Range: tick.Range{From: ts, To: ts}})
		_, delErr := db.DeleteRange(pingAn, tick.Range{From: 0, To: ts})
		for what, err := range map[string]error{
			"put": db.Put(pingAn, ts, 0, ""), "get": getErr, "scan": scanErr,
			"delete": db.Delete(pingAn, ts, 0), "delete range": delErr,
		} {
			if r := (*tick.RangeError)(nil); !errors.As(err, &r) {
				t.Errorf("%s at %d: %v", what, ts, err)
			}
		}
	}
	mustPut(t, db, pingAn, 5, 0, "x")
	if rows := rowsOf(t, db, pingAn, 6, 5, 0, false); len(rows) != 0 {
		t.Errorf("start after end: %v", rows)
	}
	if n, err := db.DeleteRange(pingAn, tick.Range{From: 6, To: 5}); n != 0 || err != nil {
		t.Error(n, err)
	}
	if n, _ := db.Count(pingAn, tick.Range{From: 0, To: 10}); n != 1 {
		t.Errorf("deleting an empty range left %d ticks", n)
	}
}

func TestStats(t *testing.T) {
	db := tempDB(t, nil)
	for i := range int64(1000) {
		mustPut(t, db, pingAn, i, 0, "x")
	}
	if err := db.Flush(); err != nil {
		t.Fatal(err)
	}
	s, err := db.Stats()
	if err != nil || s.Entries != 1000 || s.PendingEntries != 0 || s.DiskBytes == 0 || s.Mode != "rw" || s.Durability != "process" || s.Handles != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestAllocations(t *testing.T) {
	db := tempDB(t, nil)
	ts := int64(0)
	if n := testing.AllocsPerRun(20_000, func() {
		ts++
		if err := db.Put(pingAn, ts, 0, "101201"); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per put", n)
	}
	at := ts
	if n := testing.AllocsPerRun(1000, func() {
		at = (at*7919 + 1) % ts
		if _, ok, err := db.Get(pingAn, at+1, 0); !ok || err != nil {
			t.Fatal(at, ok, err)
		}
	}); n > 1 {
		t.Errorf("%v allocations per get of an isolated tick", n)
	}
	up := int64(0)
	if n := testing.AllocsPerRun(15_000, func() {
		up++
		if _, ok, err := db.Get(pingAn, up, 0); !ok || err != nil {
			t.Fatal(up, ok, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per get of ticks that go up", n)
	}
	if n := testing.AllocsPerRun(1000, func() {
		if _, ok, err := db.Last(pingAn, ts); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}); n > 8 {
		t.Errorf("%v allocations per last", n)
	}
	const blocks = 5 + 20_000/mostRows + 1 // 5 smaller ones first
	if n := testing.AllocsPerRun(100, func() {
		rows, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Always})
		for err == nil && rows.Next() {
			continue
		}
		if err != nil || rows.Err() != nil {
			t.Fatal(err, rows.Err())
		}
	}); n > 5*blocks {
		t.Errorf("%v allocations per scan of %d blocks", n, blocks)
	}
}

// TestCPointer pins the unexported field of grocksdb's objects that cPointer
// reads.
func TestCPointer(t *testing.T) {
	db := tempDB(t, nil)
	for _, object := range []any{db.rocks.db, db.rocks.scanOptions} {
		if p := cPointer(object); p == nil {
			t.Errorf("%T has no C pointer", object)
		}
		f, ok := reflect.TypeOf(object).Elem().FieldByName("c")
		if !ok || f.Type.Kind() != reflect.Pointer || f.Type.Size() != unsafe.Sizeof(uintptr(0)) {
			t.Errorf("%T: its field c is %v", object, f.Type)
		}
	}
}

// TestCloseOfNoneBesideOthers closes a DB while another one stays open: what it
// put is on the disk, as a copy of the database shows.
func TestCloseOfNoneBesideOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	stays := openDB(t, path, &Options{Durability: None})
	for round := range int64(3) {
		db := openDB(t, path, &Options{Durability: None})
		mustPut(t, db, pingAn, round, 0, "v")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(dir, os.DirFS(path)); err != nil {
			t.Fatal(err)
		}
		backup := openDB(t, dir, nil)
		if n, err := backup.Count(pingAn, tick.Always); n != int(round)+1 || err != nil {
			t.Errorf("after close %d the disk holds %d ticks, %v", round+1, n, err)
		}
	}
	if n, err := stays.Count(pingAn, tick.Always); n != 3 || err != nil {
		t.Errorf("%d ticks, %v", n, err)
	}
}
