package store

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"microts/internal/tick"
)

// fillTable adds ticks of an instrument to a table: value at the times from to to.
func fillTable(t *testing.T, table *Table, code int64, from, to int64, value string) {
	t.Helper()
	in, err := tick.NewInstrument('S', code)
	if err != nil {
		t.Fatal(err)
	}
	for ts := from; ts <= to; ts++ {
		if err := table.Append(&in, ts, 0, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
}

func openLoad(t *testing.T, d Durability) (*Env, *DB) {
	t.Helper()
	env := NewEnv()
	db, err := env.Open(filepath.Join(t.TempDir(), "db"), &Options{Durability: d})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Close(); err != nil {
			t.Error(err)
		}
	})
	return env, db
}

func newTable(t *testing.T, db *DB) *Table {
	t.Helper()
	table, err := db.NewTable()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestTakeIn: a table is over what was put before, under what is put later, and seen by
// scans, gets that read ahead, counts and automatic seqs.
func TestTakeIn(t *testing.T) {
	for _, d := range []Durability{Process, Sync, None} {
		t.Run(d.String(), func(t *testing.T) {
			_, db := openLoad(t, d)
			in, _ := tick.NewInstrument('S', 1)
			get := func(ts int64, want string) {
				t.Helper()
				if v, _, err := db.Get(&in, ts, 0); err != nil || v != want {
					t.Errorf("the tick at %d is %q (%v) and not %q", ts, v, err, want)
				}
			}
			for ts := range int64(100) {
				if err := db.Put(&in, ts, 0, "old"); err != nil {
					t.Fatal(err)
				}
			}
			for ts := range int64(20) { // it reads ahead
				get(ts, "old")
			}
			if seq, err := db.PutNext(&in, 60, "next"); seq != 1 || err != nil {
				t.Fatal(seq, err)
			}
			// Two tables at a time, taken in in an order.
			a, b := newTable(t, db), newTable(t, db)
			fillTable(t, a, 1, 10, 1000, "a")
			fillTable(t, a, 2, 10, 1000, "a")
			fillTable(t, b, 1, 500, 1500, "b")
			for _, table := range []*Table{a, b} {
				if err := db.TakeIn(table); err != nil {
					t.Fatal(err)
				}
			}
			get(9, "old")
			get(20, "a")
			get(499, "a")
			get(500, "b")
			get(1500, "b")
			if seq, err := db.PutNext(&in, 1500, "next"); seq != 1 || err != nil {
				t.Error(seq, err)
			}
			if seq, err := db.PutNext(&in, 60, "next"); seq != 2 || err != nil {
				t.Error(seq, err)
			}
			if err := db.Put(&in, 20, 0, "new"); err != nil {
				t.Fatal(err)
			}
			get(20, "new")
			if n, err := db.Count(&in, tick.Always); n != 1501+3 || err != nil {
				t.Error(n, err)
			}
			dir := db.Path()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			env := NewEnv()
			defer env.Close()
			var err error
			if db, err = env.Open(dir, nil); err != nil {
				t.Fatal(err)
			}
			get(20, "new")
			get(1500, "b")
			if n, err := db.Count(&in, tick.Always); n != 1501+3 || err != nil {
				t.Error(n, err)
			}
		})
	}
}

// TestTableErrors: a table that cannot be taken in changes nothing and leaves no file.
func TestTableErrors(t *testing.T) {
	env, db := openLoad(t, Process)
	in, _ := tick.NewInstrument('S', 1)
	files := func() int {
		found, err := filepath.Glob(filepath.Join(db.Path(), sideDir, loadPrefix+"*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	table := newTable(t, db)
	if err := table.Append(&in, 5, 1, nil); err != nil {
		t.Fatal(err)
	}
	for _, at := range []moment{{5, 1}, {5, 0}, {4, 9}} {
		if err := table.Append(&in, at.ts, at.seq, nil); !errors.Is(err, ErrOrder) {
			t.Errorf("%v after {5, 1}: %v", at, err)
		}
	}
	var out *tick.RangeError
	if err := table.Append(&in, tick.MaxTime, 0, nil); !errors.As(err, &out) {
		t.Error(err)
	}
	if err := table.Append(&in, 6, 0, make([]byte, tick.MaxValue+1)); !errors.As(err, &out) {
		t.Error(err)
	}
	if n := files(); n != 1 {
		t.Errorf("%d files", n)
	}
	table.Drop()
	table.Drop()

	lost := tick.StandIn('S', 77)
	table = newTable(t, db)
	if err := table.Append(&lost, 1, 0, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.TakeIn(table); !errors.Is(err, ErrUndefined) {
		t.Error(err)
	}
	if err := db.TakeIn(newTable(t, db)); err != nil { // an empty one
		t.Error(err)
	}
	if n := files(); n != 0 {
		t.Errorf("%d files are left", n)
	}
	if all, err := db.Instruments(0); len(all) > 0 || err != nil {
		t.Error(all, err)
	}
	reader, err := env.Open(db.Path(), &Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.NewTable(); !errors.Is(err, ErrReadOnly) {
		t.Error(err)
	}
}

// TestLoadsThatDidNotEnd: the next open removes their files.
func TestLoadsThatDidNotEnd(t *testing.T) {
	_, db := openLoad(t, Process)
	path := filepath.Join(db.Path(), sideDir, loadPrefix+"1"+tableSuffix)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("torn"), 0o644); err != nil {
		t.Fatal(err)
	}
	env := NewEnv()
	defer env.Close()
	if _, err := env.Open(db.Path(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestTakeInWhileOthersPut: goroutines that put while tables are taken in lose nothing.
func TestTakeInWhileOthersPut(t *testing.T) {
	env, db := openLoad(t, Process)
	done := make(chan error)
	const n, putters = 20_000, 2
	for p := range putters {
		go func() {
			done <- func() error {
				own, err := env.Open(db.Path(), nil)
				if err != nil {
					return err
				}
				in, _ := tick.NewInstrument('P', int64(p))
				for ts := range int64(n) {
					if err := own.Put(&in, ts, 0, strconv.Itoa(int(ts))); err != nil {
						return err
					}
				}
				return own.Close()
			}()
		}()
	}
	for i := range int64(20) {
		table := newTable(t, db)
		fillTable(t, table, i, 0, 500, "t")
		if err := db.TakeIn(table); err != nil {
			t.Fatal(err)
		}
	}
	for range putters {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	for p := range int64(putters) {
		in, _ := tick.NewInstrument('P', p)
		if got, err := db.Count(&in, tick.Always); got != n || err != nil {
			t.Error(got, err)
		}
	}
	for i := range int64(20) {
		in, _ := tick.NewInstrument('S', i)
		if got, err := db.Count(&in, tick.Always); got != 501 || err != nil {
			t.Error(got, err)
		}
	}
}
