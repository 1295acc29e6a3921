package store

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"microts/internal/tick"
)

func TestEnvClosesAll(t *testing.T) {
	env := NewEnv()
	var dbs []*DB
	for _, name := range []string{"a", "a", "b"} {
		db, err := env.Open(filepath.Join(t.TempDir(), name), nil)
		if err != nil {
			t.Fatal(err)
		}
		mustPut(t, db, pingAn, 1, 0, name)
		dbs = append(dbs, db)
	}
	scan, err := dbs[0].Scan(pingAn, tick.ScanOptions{Range: tick.Always})
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := dbs[0].Snapshot()
	if err != nil {
		t.Fatal(err)
	}

	for range 2 { // closing twice is no error
		if err := env.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if scan.Next() || !errors.Is(scan.Err(), ErrClosed) {
		t.Errorf("a scan: %v", scan.Err())
	}
	if _, _, err := snapshot.Get(pingAn, 1, 0); !errors.Is(err, ErrClosed) {
		t.Errorf("a snapshot: %v", err)
	}
	if _, err := env.Open(t.TempDir(), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("open: %v", err)
	}
	for _, db := range append(dbs, snapshot) {
		if err := db.Close(); err != nil {
			t.Errorf("close of a DB: %v", err)
		}
	}
	again := openDB(t, dbs[2].Path(), nil)
	if value, _, err := again.Get(pingAn, 1, 0); value != "b" || err != nil {
		t.Errorf("what was put before: %q, %v", value, err)
	}
}

// TestEnvCloseBesideUsers closes an Env while goroutines put, get, scan, open and
// close: each goes on until it meets ErrClosed, and all that was put is there.
func TestEnvCloseBesideUsers(t *testing.T) {
	env, path := NewEnv(), filepath.Join(t.TempDir(), "db")
	var (
		users sync.WaitGroup
		put   [4]int64
		begun = make(chan struct{}, len(put))
	)
	for g := range put {
		users.Go(func() {
			db, err := env.Open(path, nil)
			for i := int64(0); err == nil; i++ {
				if i == 100 {
					begun <- struct{}{}
				}
				if err = db.Put(pingAn, i, uint16(g), "x"); err != nil {
					break
				}
				put[g]++
				if _, _, err = db.Get(pingAn, i, uint16(g)); err == nil && i%50 == 0 {
					if _, err = db.Count(pingAn, tick.Range{From: i - i%50, To: i}); err == nil {
						_ = db.Close()
						db, err = env.Open(path, nil)
					}
				}
			}
			if !errors.Is(err, ErrClosed) {
				t.Errorf("goroutine %d ended with %v", g, err)
			}
		})
	}
	for range put {
		<-begun
	}
	if err := env.Close(); err != nil {
		t.Error(err)
	}
	users.Wait()
	db, want := openDB(t, path, nil), 0
	for _, n := range put {
		want += int(n)
	}
	if n, err := db.Count(pingAn, tick.Always); n < want || n > want+len(put) || err != nil {
		t.Errorf("%d ticks of %d, %v", n, want, err)
	}
}

var errStop = errors.New("stop")

// interruptAfter makes the interrupt of db return errStop after some calls.
func interruptAfter(db *DB, calls int) {
	db.SetInterrupt(func() error {
		if calls--; calls < 0 {
			return errStop
		}
		return nil
	})
}

// TestInterrupts ends each long operation from within, and uses the DB again.
func TestInterrupts(t *testing.T) {
	const ticks = 200_000
	db := tempDB(t, &Options{Durability: None})
	for i := range int64(ticks) {
		mustPut(t, db, pingAn, i, 0, "x")
	}
	if err := db.CreateFamily("f"); err != nil {
		t.Fatal(err)
	}
	for i := range 3000 {
		if err := db.PutRaw("f", string(rune('a'+i%26))+string(rune(i+1000)), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		after int // calls of the interrupt that return nil
		do    func() error
	}{
		{"scan", 3, func() error {
			rows, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Always})
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				continue
			}
			return rows.Err()
		}},
		{"count", 1, func() error { _, err := db.Count(pingAn, tick.Always); return err }},
		{"instruments", 0, func() error { _, err := db.Instruments(0); return err }},
		{"scan of a prefix", 1, func() error { _, err := db.ScanPrefix("f", "", 0); return err }},
		{"drop of a family", 1, func() error { return db.DropFamily("f") }},
		{"compaction", 0, func() error { return db.Compact() }},
		{"delete", 3, func() error { _, err := db.DeleteRange(pingAn, tick.Always); return err }},
	} {
		t.Run(c.name, func(t *testing.T) {
			interruptAfter(db, c.after)
			if err := c.do(); !errors.Is(err, errStop) {
				t.Error(err)
			}
			db.SetInterrupt(nil)
			if _, ok, err := db.Get(pingAn, ticks-1, 0); !ok || err != nil {
				t.Errorf("a get afterwards: %v, %v", ok, err)
			}
		})
	}
	if err := db.Compact(); err != nil {
		t.Errorf("a compaction afterwards: %v", err)
	}
}

// TestInterruptsAmongOtherPoints ends operations on a series that has no points, but
// whose keys stand among many points of another data type.
func TestInterruptsAmongOtherPoints(t *testing.T) {
	db := tempDB(t, &Options{Format: tick.V1, Durability: None})
	points := make([]tick.Point, 200_000)
	for i := range points {
		points[i].Time = int64(i)
	}
	others, err := db.Series("SH600519", 1)
	if err == nil {
		err = others.Put(points)
	}
	if err != nil {
		t.Fatal(err)
	}
	none, err := db.Series("SH600519", 2)
	if err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"count":  func() error { _, err := none.Count(tick.Always); return err },
		"last":   func() error { _, err := none.Last(&tick.Point{}); return err },
		"delete": func() error { _, err := none.Delete(tick.Always); return err },
	} {
		interruptAfter(db, 1)
		if err := do(); !errors.Is(err, errStop) {
			t.Errorf("%s: %v", name, err)
		}
	}
	db.SetInterrupt(nil)
	if n, err := none.Count(tick.Always); n != 0 || err != nil {
		t.Errorf("%d points, %v", n, err)
	}
	if ok, err := none.Last(&tick.Point{}); ok || err != nil {
		t.Errorf("a last point: %v, %v", ok, err)
	}
	if n, err := others.Count(tick.Always); n != len(points) || err != nil {
		t.Errorf("%d points of the other data type, %v", n, err)
	}
}

// TestInterruptOfAWaitingCompaction interrupts a compaction that waits for another.
func TestInterruptOfAWaitingCompaction(t *testing.T) {
	db := tempDB(t, nil)
	other := <-db.rocks.compactor
	interruptAfter(db, 3)
	if err := db.Compact(); !errors.Is(err, errStop) {
		t.Error(err)
	}
	db.rocks.compactor <- other
	db.SetInterrupt(nil)
	if err := db.Compact(); err != nil {
		t.Errorf("a compaction afterwards: %v", err)
	}
}

// TestInterruptOfARunningCompaction interrupts a compaction that would take about
// ten seconds: RocksDB writes 1 MB/s.
func TestInterruptOfARunningCompaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	for seq := range uint16(2) { // two files that overlap
		db, err := env.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(64) {
			mustPut(t, db, pingAn, i, seq, incompressible(tick.MaxValue))
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	db := openDB(t, path, &Options{RocksDB: map[string]string{"rate_limiter_bytes_per_sec": "1000000"}})
	interruptAfter(db, 3)
	if err := db.Compact(); !errors.Is(err, errStop) {
		t.Error(err)
	}
}

func incompressible(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return string(b)
}
