package store

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
	"microts/internal/torture"
)

func mustName(t testing.TB, symbol string) tick.Name {
	t.Helper()
	n, err := tick.ParseName(symbol)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func mustDefine(t testing.TB, db *DB, symbol string) *tick.Instrument {
	t.Helper()
	in, err := db.Define(mustName(t, symbol))
	if err != nil {
		t.Fatal(err)
	}
	return &in
}

func mustFind(t testing.TB, db *DB, symbol string) *tick.Instrument {
	t.Helper()
	in, err := db.Find(mustName(t, symbol))
	if err != nil {
		t.Fatal(err)
	}
	return &in
}

// entriesOf returns all keys of a database and their values in hex, but for those of
// the format and the buffers.
func entriesOf(t testing.TB, db *DB) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := db.eachRaw(nil, func(key, value []byte) (bool, error) {
		if string(key) != formatKey && string(key) != bufferKey {
			found[hex.EncodeToString(key)] = hex.EncodeToString(value)
		}
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestDictionaryGolden pins the bytes of long codes. The numbers are the first 8 bytes
// of `printf CODE | sha256sum`, of V1 the last 7 of these.
func TestDictionaryGolden(t *testing.T) {
	const reserved = "006d6963726f747300" + "636f646500" // \0microts\0code\0
	db := tempDB(t, nil)
	mustPut(t, db, mustDefine(t, db, "rb2405.SHFE"), 1_700_000_000_000_100, 3, "v")
	if err := mustSeries(t, db, "m2405-C-3000", 9).Put([]tick.Point{{Time: 1_700_000_000_000_100, Value: 1, Seq: 3}}); err != nil {
		t.Fatal(err)
	}
	const moment = "0000018bcfe519e0" + "01312d64" + "0003"
	want := map[string]string{
		reserved + hex.EncodeToString([]byte("rb2405.SHFE")):  "ff05dd31c4933aed44",
		reserved + hex.EncodeToString([]byte("m2405-C-3000")): "ffee7119fa34f68a33",
		"58" + "ff05dd31c4933aed44" + moment:                  "76",
		"0109" + "58" + "ffee7119fa34f68a33" + moment:         "e101a09c01",
	}
	if got := entriesOf(t, db); !maps.Equal(got, want) {
		t.Errorf("V2: %v, not %v", got, want)
	}

	db = tempDB(t, &Options{Format: tick.V1})
	if err := mustSeries(t, db, "rb2405.SHFE", 2).Put([]tick.Point{{Time: 1_700_000_000_000_100, Value: 1}}); err != nil {
		t.Fatal(err)
	}
	want = map[string]string{
		reserved + hex.EncodeToString([]byte("rb2405.SHFE")): "ffdd31c4933aed44",
		"ffdd31c4933aed44" + "00060a24181e4064" + "02":       "e101a09c01",
	}
	if got := entriesOf(t, db); !maps.Equal(got, want) {
		t.Errorf("V1: %v, not %v", got, want)
	}
}

// TestShortCodesKeepTheirBytes: they have no entry in the dictionary.
func TestShortCodesKeepTheirBytes(t *testing.T) {
	db := tempDB(t, nil)
	in := mustDefine(t, db, "rb2405")
	if *in != *instrument('X', "rb2405") || *mustFind(t, db, "rb2405") != *in {
		t.Errorf("%q", in[:])
	}
	mustPut(t, db, in, 1, 0, "v")
	if got := entriesOf(t, db); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if n, err := db.Name(in); n.Symbol() != "rb2405" || err != nil {
		t.Errorf("%v, %v", n, err)
	}
}

func TestReadsOfUnknownNamesWriteAndFindNothing(t *testing.T) {
	db := tempDB(t, nil)
	in := mustFind(t, db, "rb2405.SHFE")
	if _, ok, err := db.Get(in, 1, 0); ok || err != nil {
		t.Errorf("get: %v, %v", ok, err)
	}
	if rows := allRows(t, db, in); rows != nil {
		t.Errorf("scan: %v", rows)
	}
	if n, err := db.DeleteRange(in, tick.Always); n != 0 || err != nil {
		t.Errorf("delete: %d, %v", n, err)
	}
	if err := db.Delete(in, 1, 0); err != nil {
		t.Error(err)
	}
	s := mustSeries(t, db, "rb2405.SHFE", 1)
	if n, err := s.Count(tick.Always); n != 0 || err != nil {
		t.Errorf("count: %d, %v", n, err)
	}
	if ok, err := s.Last(&tick.Point{}); ok || err != nil {
		t.Errorf("last: %v, %v", ok, err)
	}
	if n, err := s.Delete(tick.Always); n != 0 || err != nil {
		t.Errorf("delete: %d, %v", n, err)
	}
	if names, err := db.Names(0); len(names) > 0 || err != nil {
		t.Errorf("%v, %v", names, err)
	}
	if got := entriesOf(t, db); len(got) > 0 {
		t.Errorf("the database holds %v", got)
	}
	for what, err := range map[string]error{
		"put":      db.Put(in, 1, 0, "v"),
		"put many": db.PutMany(in, []tick.Row{{Time: 1}}),
		"put next": func() error { _, err := db.PutNext(in, 1, "v"); return err }(),
	} {
		if !errors.Is(err, ErrUndefined) {
			t.Errorf("%s of an instrument that was not defined: %v", what, err)
		}
	}
	// A series that was made for reading goes on with what others define.
	mustPut(t, db, mustDefine(t, db, "rb2405.SHFE"), 5, 0, string(tick.AppendPoint(nil, &tick.Point{Value: 2}, tick.V2)))
	if n, err := mustSeries(t, db, "rb2405.SHFE", 0).Count(tick.Always); n != 1 || err != nil {
		t.Errorf("count: %d, %v", n, err)
	}
	if err := s.Put([]tick.Point{{Time: 1}}); err != nil {
		t.Error(err)
	}
	if n, err := s.Count(tick.Always); n != 1 || err != nil {
		t.Errorf("count: %d, %v", n, err)
	}
}

func TestNamesThatCannotBeDefined(t *testing.T) {
	db := tempDB(t, nil)
	if _, err := db.Define(tick.Name{Market: 'X', Code: tick.Unnamed(7)}); !errors.As(err, new(*tick.RangeError)) {
		t.Errorf("%v", err)
	}
	snap, err := db.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	if _, err := snap.Define(mustName(t, "rb2405.SHFE")); !errors.Is(err, ErrSnapshot) {
		t.Errorf("%v", err)
	}
	path := db.Path()
	reader := openDB(t, path, &Options{ReadOnly: true})
	if _, err := reader.Define(mustName(t, "rb2405.SHFE")); !errors.Is(err, ErrReadOnly) {
		t.Errorf("%v", err)
	}
	v1 := tempDB(t, &Options{Format: tick.V1})
	if _, err := v1.Define(mustName(t, "rb2405.SHFE")); err == nil {
		t.Error("V1 has instruments")
	}
	closed := tempDB(t, nil)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	_, findErr := closed.Find(mustName(t, "rb2405.SHFE"))
	_, defineErr := closed.Define(mustName(t, "rb2405.SHFE"))
	if !errors.Is(findErr, ErrClosed) || !errors.Is(defineErr, ErrClosed) {
		t.Errorf("%v, %v", findErr, defineErr)
	}
}

// TestSnapshotsAndReadersKnowNames: also those that read the dictionary first.
func TestSnapshotsAndReadersKnowNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db, err := env.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	mustPut(t, db, mustDefine(t, db, "rb2405.SHFE"), 1, 0, "old")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	expect := func(what string, db *DB, want ...string) {
		t.Helper()
		var got []string
		names, err := db.Names(0)
		for _, n := range names {
			rows := allRows(t, db, mustFind(t, db, n.Symbol()))
			got = append(got, n.Symbol()+" "+rows[0].Value)
		}
		if !slices.Equal(got, want) || err != nil {
			t.Errorf("%s: %v, not %v, %v", what, got, want, err)
		}
	}
	reader := openDB(t, path, &Options{ReadOnly: true})
	expect("read-only", reader, "rb2405.SHFE old")
	db = openDB(t, path, nil)
	snap, err := db.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	expect("snapshot", snap, "rb2405.SHFE old")
	mustPut(t, db, mustDefine(t, db, "m2405-C-3000"), 1, 0, "new")
	mustPut(t, db, instrument('X', "z"), 1, 0, "short")
	expect("snapshot, later", snap, "rb2405.SHFE old")
	expect("read-only, later", reader, "rb2405.SHFE old")
	expect("writer", db, "z short", "m2405-C-3000 new", "rb2405.SHFE old")
	shown := mustFind(t, db, "rb2405.SHFE").Code()
	if rows := allRows(t, db, mustFind(t, db, shown)); len(rows) != 1 || rows[0].Value != "old" {
		t.Errorf("%s has %v", shown, rows)
	}
	if names, err := db.Names('S'); len(names) > 0 || err != nil {
		t.Errorf("%v, %v", names, err)
	}
}

// collide makes the numbers of all codes one of three.
func collide(db *DB) {
	db.rocks.dictionary.number = func(code string) uint64 { return uint64(len(code) % 3) }
}

// TestNamesAgainstModel does random things to instruments of all kinds of names, and to
// a map. Some of the codes want the same number.
func TestNamesAgainstModel(t *testing.T) {
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		path := filepath.Join(t.TempDir(), fmt.Sprint(n))
		defer os.RemoveAll(path)
		var db *DB
		open := func() {
			var err error
			if db, err = env.Open(path, nil); err != nil {
				r.Fatal(err)
			}
			collide(db)
		}
		open()
		defer func() { db.Close() }()
		codes := []string{"m2405-C-3000", "m2405-C-3100", "m2405-P-3000", "rb2405.SHFE", "rb2406.SHFE", "沪铜2405", strings.Repeat("x", tick.MaxCode), "rb2405", "600000"}
		names := rapid.Custom(func(r *rapid.T) tick.Name {
			name, err := tick.NewName(rapid.SampledFrom([]byte("SX")).Draw(r, "market"), rapid.SampledFrom(codes).Draw(r, "code"))
			if err != nil {
				r.Fatal(err)
			}
			return name
		})
		want := map[tick.Name]moments{}
		times := rapid.Int64Range(0, 10)
		check := func(db *DB) {
			var have []tick.Name
			for name, rows := range want {
				if len(rows) > 0 {
					have = append(have, name)
				}
			}
			slices.SortFunc(have, tick.Name.Compare)
			if got, err := db.Names(0); !slices.Equal(got, have) || err != nil {
				r.Fatalf("names %v, not %v, %v", got, have, err)
			}
			for _, name := range have {
				in, err := db.Find(name)
				if err != nil {
					r.Fatal(err)
				}
				if got, rows := sourcetest.Scan(t, db, in, tick.ScanOptions{Range: tick.Always}), want[name].rows(); !slices.Equal(got, rows) {
					r.Fatalf("%v: %v, not %v", name, got, rows)
				}
			}
		}
		r.Repeat(map[string]func(*rapid.T){
			"put": func(r *rapid.T) {
				name, at, value := names.Draw(r, "name"), moment{times.Draw(r, "ts"), rapid.Uint16Range(0, 2).Draw(r, "seq")}, rapid.StringN(0, 9, -1).Draw(r, "value")
				in, err := db.Define(name)
				if err == nil {
					err = db.Put(&in, at.ts, at.seq, value)
				}
				if err != nil {
					r.Fatal(err)
				}
				if want[name] == nil {
					want[name] = moments{}
				}
				want[name][at] = value
			},
			"put next": func(r *rapid.T) {
				name, ts := names.Draw(r, "name"), times.Draw(r, "ts")
				in, err := db.Define(name)
				if err != nil {
					r.Fatal(err)
				}
				if want[name] == nil {
					want[name] = moments{}
				}
				seq, err := db.PutNext(&in, ts, "n")
				if int(seq) != want[name].next(ts) || err != nil {
					r.Fatal(seq, err)
				}
				want[name][moment{ts, seq}] = "n"
			},
			"read": func(r *rapid.T) { // of names that may be unknown
				name, ts := names.Draw(r, "name"), times.Draw(r, "ts")
				in, err := db.Find(name)
				if err != nil {
					r.Fatal(err)
				}
				value, exists := want[name][moment{ts, 1}]
				if got, ok, err := db.Get(&in, ts, 1); got != value || ok != exists || err != nil {
					r.Fatalf("%v: %q, %v, not %q, %v, %v", name, got, ok, value, exists, err)
				}
				if got, err := db.Count(&in, tick.Always); got != len(want[name]) || err != nil {
					r.Fatalf("%v: %d rows, not %d, %v", name, got, len(want[name]), err)
				}
			},
			"delete range": func(r *rapid.T) {
				name, to := names.Draw(r, "name"), times.Draw(r, "to")
				in, err := db.Find(name)
				if err == nil {
					_, err = db.DeleteRange(&in, tick.Range{From: 0, To: to})
				}
				if err != nil {
					r.Fatal(err)
				}
				maps.DeleteFunc(want[name], func(at moment, _ string) bool { return at.ts <= to })
			},
			"reopen": func(r *rapid.T) {
				if err := db.Close(); err != nil {
					r.Fatal(err)
				}
				open()
			},
			"snapshot": func(r *rapid.T) {
				snap, err := db.Snapshot()
				if err != nil {
					r.Fatal(err)
				}
				check(snap)
				if err := snap.Close(); err != nil {
					r.Fatal(err)
				}
			},
			"": func(r *rapid.T) { check(db) },
		})
	})
}

// TestKillsLeaveNoTickWithoutItsName copies a database at moments of a load that defines
// names, and opens the copies.
func TestKillsLeaveNoTickWithoutItsName(t *testing.T) {
	for _, o := range []*Options{{}, {Durability: Sync}} {
		db := openDB(t, filepath.Join(t.TempDir(), "db"), o)
		var written sync.Mutex // held while a row is put
		quit := make(chan struct{})
		var wait sync.WaitGroup
		wait.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-quit:
					return
				default:
				}
				written.Lock()
				in, err := db.Define(tick.Name{Market: 'X', Code: fmt.Sprintf("contract %06d", i)})
				rows := int64(1 + i*7919%300)
				if o.Durability == Process && i%10 == 9 {
					rows = 30_000 // for ingestions
				}
				for k := range rows {
					if err == nil {
						err = db.Put(&in, k, 0, loadValue(k))
					}
				}
				written.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
		for range torture.Rounds(t, 3, 1) {
			time.Sleep(30 * time.Millisecond)
			written.Lock()
			to := copyOpenDB(t, db.Path())
			written.Unlock()
			for _, readOnly := range []bool{true, false} {
				again := openDB(t, to, &Options{ReadOnly: readOnly, Durability: o.Durability})
				names, err := again.Names(0)
				if err != nil || len(names) == 0 && !readOnly {
					t.Errorf("%v: %v", names, err)
				}
				for i, n := range names {
					if n.Code != fmt.Sprintf("contract %06d", i) {
						t.Fatalf("name %d of %d is %v", i, len(names), n)
					}
				}
			}
			if r, err := Check(t.Context(), copyClosed(t, to), CheckOptions{}); err != nil || len(r.Faults) > 0 {
				t.Errorf("%+v, %v", r, err)
			}
		}
		close(quit)
		wait.Wait()
	}
}

// copyClosed opens and closes a copy of a database.
func copyClosed(t testing.TB, path string) string {
	t.Helper()
	to := copyOpenDB(t, path)
	db, err := env.Open(to, nil)
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// TestManyGoroutinesDefineOneName: all get one stand-in, and nobody writes before the
// entry.
func TestManyGoroutinesDefineOneName(t *testing.T) {
	db := tempDB(t, nil)
	collide(db)
	var wait sync.WaitGroup
	var got [8][100]tick.Instrument
	for g := range got {
		own := openDB(t, db.Path(), nil)
		wait.Go(func() {
			for i := range got[g] {
				n, err := tick.NewName('X', fmt.Sprintf("contract %d", i*(1+g%3)%100))
				if err == nil {
					got[g][i], err = own.Define(n)
				}
				if err == nil {
					err = own.Put(&got[g][i], int64(g), 0, n.Code)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	names, err := db.Names(0)
	if len(names) != 100 || err != nil {
		t.Fatalf("%d names, %v", len(names), err)
	}
	for _, n := range names {
		in, err := db.Find(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range allRows(t, db, &in) {
			if row.Value != n.Code {
				t.Errorf("%v has a row of %s", n, row.Value)
			}
		}
	}
}

func TestCheckAndRepairKnowNames(t *testing.T) {
	for _, f := range []tick.Format{tick.V1, tick.V2} {
		path := filepath.Join(t.TempDir(), "db")
		db, err := env.Open(path, &Options{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		symbols := []string{"rb2405.SHFE", "m2405-C-3000", "rb2405", "沪铜2405"}
		for _, symbol := range symbols {
			for _, dataType := range []uint8{0, 3} {
				if err := mustSeries(t, db, symbol, dataType).Put([]tick.Point{{Time: 1000, Value: 1.5}, {Time: 2000, Value: 2}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		report := checkDB(t, path)
		found := map[string]int{}
		for _, i := range report.Instruments {
			found[i.Symbol]++
			if i.Ticks != 2 || f == tick.V2 && i.Code != i.Symbol {
				t.Errorf("%v: %+v", f, i)
			}
		}
		if len(report.Faults) > 0 || len(found) != len(symbols) || len(report.Instruments) != 2*len(symbols) || report.Raw != 0 {
			t.Errorf("%v: %+v", f, report)
		}
		to, _ := repairDB(t, path)
		if d := differ(contentsOf(t, to, f), contentsOf(t, path, f)); d != "" {
			t.Errorf("%v: %s", f, d)
		}
		again := openDB(t, to, &Options{Format: f})
		for _, symbol := range symbols {
			if n, err := mustSeries(t, again, symbol, 3).Count(tick.Always); n != 2 || err != nil {
				t.Errorf("%v %s: %d points, %v", f, symbol, n, err)
			}
		}
	}
}

// TestLostEntriesOfTheDictionary: the ticks stay reachable, and the name comes back.
func TestLostEntriesOfTheDictionary(t *testing.T) {
	for _, f := range []tick.Format{tick.V1, tick.V2} {
		path := filepath.Join(t.TempDir(), "db")
		db, err := env.Open(path, &Options{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		for _, symbol := range []string{"rb2405.SHFE", "m2405-C-3000"} {
			if err := mustSeries(t, db, symbol, 0).Put([]tick.Point{{Time: 1000, Value: 1.5}, {Time: 2000, Value: 2}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := cmp.Or(db.write(tagDelete, []byte(codeKey+"rb2405.SHFE"), ""), db.Close()); err != nil {
			t.Fatal(err)
		}
		number := tick.NumberOf("rb2405.SHFE")
		if f == tick.V1 {
			number = number << 8 >> 8
		}
		unnamed := tick.Unnamed(number)
		report := checkDB(t, path)
		if len(report.Faults) != 1 || !strings.Contains(report.Faults[0].Problem, unnamed) || !strings.Contains(report.Faults[0].After, unnamed+" 1970-01-01") || report.Faults[0].Lost {
			t.Errorf("%v: %+v", f, report.Faults)
		}
		db = openDB(t, path, &Options{Format: f})
		if n, err := mustSeries(t, db, unnamed, 0).Count(tick.Always); n != 2 || err != nil {
			t.Errorf("%v: %d points under %s, %v", f, n, unnamed, err)
		}
		if f == tick.V2 {
			names, err := db.Names(0)
			if err != nil || len(names) != 2 || names[1].Code != unnamed {
				t.Errorf("%v: %v, %v", f, names, err)
			}
		}
		if err := mustSeries(t, db, unnamed, 0).Put([]tick.Point{{Time: 1}}); !errors.As(err, new(*tick.RangeError)) {
			t.Errorf("%v: a point of %s: %v", f, unnamed, err)
		}
		if err := mustSeries(t, db, "rb2405.SHFE", 0).Put([]tick.Point{{Time: 3000}}); err != nil {
			t.Fatal(err)
		}
		if n, err := mustSeries(t, db, "rb2405.SHFE", 0).Count(tick.Always); n != 3 || err != nil {
			t.Errorf("%v: %d points, %v", f, n, err)
		}
	}
}

// TestSeriesOfLongSymbols compares points of V1, whose keys have 8 characters.
func TestSeriesOfLongSymbols(t *testing.T) {
	for _, f := range []tick.Format{tick.V1, tick.V2} {
		path := filepath.Join(t.TempDir(), "db")
		db, err := env.Open(path, &Options{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		symbols := []string{"rb2405.SHFE", "US.GOOGL", "US.GOOGLX", "SH600519", "X:a b", "600519.SH"}
		for i, symbol := range symbols {
			if err := mustSeries(t, db, symbol, 0).Put([]tick.Point{{Time: int64(i), Value: float64(i)}}); err != nil {
				t.Fatalf("%v %s: %v", f, symbol, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = openDB(t, path, &Options{Format: f})
		for i, symbol := range symbols {
			points := pointsOf(t, mustSeries(t, db, symbol, 0), 0, 100)
			last := points[len(points)-1]
			if shared := i == 3 || i == 5; len(points) != 1 && !shared || !shared && (last.Time != int64(i) || last.Value != float64(i)) {
				t.Errorf("%v %s: %+v", f, symbol, points)
			}
			if s := mustSeries(t, db, symbol, 0); s.Name() != mustName(t, symbol) {
				t.Errorf("%v %s: %v", f, symbol, s.Name())
			}
		}
	}
}
