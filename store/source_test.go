package store

import (
	"testing"

	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
)

// dbOf returns a DB that holds some ticks.
func dbOf(t testing.TB, ticks sourcetest.Ticks, o *Options) *DB {
	t.Helper()
	db := tempDB(t, o)
	for in, rows := range ticks {
		if err := db.PutMany(&in, rows); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// TestSource runs the suite of all Sources on each kind of DB.
func TestSource(t *testing.T) {
	for name, source := range map[string]sourcetest.Maker{
		"in buffers": func(t testing.TB, ticks sourcetest.Ticks) tick.Source { return dbOf(t, ticks, nil) },
		"in table files": func(t testing.TB, ticks sourcetest.Ticks) tick.Source {
			db := dbOf(t, ticks, &Options{Durability: None})
			if err := db.Flush(); err != nil {
				t.Fatal(err)
			}
			return db
		},
		"snapshot": func(t testing.TB, ticks sourcetest.Ticks) tick.Source {
			snap, err := dbOf(t, ticks, nil).Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = snap.Close() })
			return snap
		},
		"one core": func(t testing.TB, ticks sourcetest.Ticks) tick.Source { return dbOf(t, ticks, &Options{OneCore: true}) },
		"read-only": func(t testing.TB, ticks sourcetest.Ticks) tick.Source {
			db := dbOf(t, ticks, nil)
			path := db.Path()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			return openDB(t, path, &Options{ReadOnly: true})
		},
	} {
		t.Run(name, func(t *testing.T) { sourcetest.Run(t, source) })
	}
}
