package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"microts/internal/tick"
)

// TestGetsInAnyOrder gets ticks in orders that begin, use and drop a read-ahead,
// while another DB puts and deletes, and compares each value with a map.
func TestGetsInAnyOrder(t *testing.T) {
	const span = 12_000 // µs
	rounds := 60
	if testing.Short() {
		rounds = 15
	}
	random := rand.New(rand.NewPCG(1, 2))
	writer := tempDB(t, nil)
	reader := openDB(t, writer.Path(), nil)
	instruments := []*tick.Instrument{pingAn, instrument('S', "2")}
	want := map[string]string{}
	key := func(in *tick.Instrument, at moment) string { k := makeTickKey(*in, at.ts, at.seq); return string(k[:]) }
	put := func(in *tick.Instrument, at moment, value string) {
		mustPut(t, writer, in, at.ts, at.seq, value)
		want[key(in, at)] = value
	}
	anywhere := func() moment { return moment{random.Int64N(span), uint16(random.IntN(3))} }
	for range 2 * span {
		put(instruments[random.IntN(2)], anywhere(), fmt.Sprint(len(want)))
	}
	put(pingAn, moment{span / 2, 1}, strings.Repeat("x", tick.MaxValue))

	orders := map[string]func(at moment) moment{
		"every µs":   func(at moment) moment { return moment{at.ts + 1, at.seq} },
		"every seq":  func(at moment) moment { return moment{at.ts + int64(at.seq/2), (at.seq + 1) % 3} },
		"with gaps":  func(at moment) moment { return moment{at.ts + random.Int64N(90), at.seq} },
		"far apart":  func(at moment) moment { return moment{at.ts + random.Int64N(3000), at.seq} },
		"the same":   func(at moment) moment { return at },
		"downwards":  func(at moment) moment { return moment{max(at.ts-random.Int64N(3), 0), at.seq} },
		"to and fro": func(at moment) moment { return moment{max(at.ts+random.Int64N(40)-15, 0), at.seq} },
		"anywhere":   func(moment) moment { return anywhere() },
	}
	for range rounds {
		for name, next := range orders {
			in, at := instruments[random.IntN(2)], anywhere()
			for range 200 {
				at = next(at)
				got, ok, err := reader.Get(in, at.ts, at.seq)
				if value, exists := want[key(in, at)]; got != value || ok != exists || err != nil {
					t.Fatalf("%s: %v at %v: %.20q, %v, %v, not %.20q, %v", name, in, at, got, ok, err, value, exists)
				}
				switch random.IntN(300) {
				case 0:
					put(in, moment{at.ts + random.Int64N(5), at.seq}, fmt.Sprint("later ", at))
				case 1:
					gone := moment{at.ts + random.Int64N(5), at.seq}
					if err := writer.Delete(in, gone.ts, gone.seq); err != nil {
						t.Fatal(err)
					}
					delete(want, key(in, gone))
				}
			}
		}
	}
}

// TestReadAheadEndsWithTheEnv: a DB that sees no writes answers nothing from its
// read-ahead after Env.Close.
func TestReadAheadEndsWithTheEnv(t *testing.T) {
	env := NewEnv()
	db, err := env.Open(filepath.Join(t.TempDir(), "db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(100) {
		mustPut(t, db, pingAn, i, 0, "x")
	}
	snapshot, err := db.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(50) {
		if _, ok, err := snapshot.Get(pingAn, i, 0); !ok || err != nil {
			t.Fatal(i, ok, err)
		}
	}
	if snapshot.ahead.scan == nil {
		t.Fatal("nothing is read ahead")
	}
	if err := env.Close(); err != nil {
		t.Fatal(err)
	}
	if value, _, err := snapshot.Get(pingAn, 50, 0); !errors.Is(err, ErrClosed) {
		t.Errorf("a get of a snapshot: %q, %v", value, err)
	}
	if err := errors.Join(snapshot.Close(), db.Close()); err != nil {
		t.Error(err)
	}
}
