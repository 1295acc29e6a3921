package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/internal/tick/ticktest"
)

func mustSeries(t testing.TB, db *DB, symbol string, dataType uint8) *Series {
	t.Helper()
	s, err := db.Series(symbol, dataType)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pointsOf(t testing.TB, s *Series, start, end int64) (points []tick.Point) {
	t.Helper()
	scan, err := s.Scan(tick.Range{From: start, To: end})
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	for p := (tick.Point{}); scan.Next(&p); p = (tick.Point{}) {
		points = append(points, p)
	}
	if scan.Err() != nil {
		t.Fatal(scan.Err())
	}
	return points
}

func TestSeriesKeys(t *testing.T) {
	for _, c := range []struct {
		format   tick.Format
		symbol   string
		dataType uint8
		want     string
	}{
		{tick.V1, "SH600519", 2, hex.EncodeToString([]byte("SH600519")) + "00060a24181e4064" + "02"},
		{tick.V1, "0700.HK", 0, hex.EncodeToString([]byte("HK00700 ")) + "00060a24181e4064" + "00"},
		{tick.V2, "SH600519", 0, hex.EncodeToString([]byte("S000600519")) + "0000018bcfe519e0" + "01312d64" + "0003"},
		{tick.V2, "SH600519", 9, "0109" + hex.EncodeToString([]byte("S000600519")) + "0000018bcfe519e0" + "01312d64" + "0003"},
	} {
		db := tempDB(t, &Options{Format: c.format})
		s := mustSeries(t, db, c.symbol, c.dataType)
		s.seek(1_700_000_000_000_100, 3)
		if got := hex.EncodeToString(s.key); got != c.want {
			t.Errorf("%v %s: key %s, not %s", c.format, c.symbol, got, c.want)
		}
	}
}

// TestSeriesAgainstModel does random things to a few series of both formats and
// to maps, and compares.
func TestSeriesAgainstModel(t *testing.T) {
	for _, format := range []tick.Format{tick.V1, tick.V2} {
		t.Run(format.String(), func(t *testing.T) {
			n := 0
			rapid.Check(t, func(rt *rapid.T) {
				n++
				path := filepath.Join(t.TempDir(), fmt.Sprint(n))
				o := &Options{Format: format}
				db, err := env.Open(path, o)
				if err != nil {
					rt.Fatal(err)
				}
				defer func() { db.Close() }()
				type id struct {
					symbol   string
					dataType uint8
				}
				ids := []id{{"SH600519", 0}, {"SH600519", 1}, {"SZ000001", 0}, {"SH000001", 255}}
				models := map[id]map[[2]int64]tick.Point{}
				for _, i := range ids {
					models[i] = map[[2]int64]tick.Point{}
				}
				times := rapid.OneOf(rapid.Int64Range(0, 40), rapid.Int64Range(29_999_990, 30_000_010), rapid.Int64Range(tick.MaxTime-5, tick.MaxTime-1))
				expect := func(i id, start, end int64) (want []tick.Point) {
					for key, p := range models[i] {
						if start <= key[0] && key[0] <= end {
							want = append(want, p)
						}
					}
					slices.SortFunc(want, func(a, b tick.Point) int {
						if a.Time != b.Time {
							return int(a.Time - b.Time)
						}
						return int(a.Seq) - int(b.Seq)
					})
					return want
				}
				rt.Repeat(map[string]func(*rapid.T){
					"write": func(rt *rapid.T) {
						i := rapid.SampledFrom(ids).Draw(rt, "series")
						points := make([]tick.Point, rapid.IntRange(0, 20).Draw(rt, "n"))
						for k := range points {
							p := ticktest.DrawPoint(rt)
							p.Time, p.Seq = times.Draw(rt, "time"), p.Seq%3
							points[k] = p
							key := [2]int64{p.Time, int64(p.Seq)}
							if format == tick.V1 {
								key[1] = 0
							}
							models[i][key] = p
						}
						if err := mustSeries(t, db, i.symbol, i.dataType).Put(points); err != nil {
							rt.Fatal(err)
						}
					},
					"delete": func(rt *rapid.T) {
						i := rapid.SampledFrom(ids).Draw(rt, "series")
						start, end := times.Draw(rt, "start"), times.Draw(rt, "end")
						n, err := mustSeries(t, db, i.symbol, i.dataType).Delete(tick.Range{From: start, To: end})
						if want := len(expect(i, start, end)); n != want || err != nil {
							rt.Fatalf("%d deleted, not %d, %v", n, want, err)
						}
						for key := range models[i] {
							if start <= key[0] && key[0] <= end {
								delete(models[i], key)
							}
						}
					},
					"reopen": func(rt *rapid.T) {
						if err := db.Close(); err != nil {
							rt.Fatal(err)
						}
						if db, err = env.Open(path, o); err != nil {
							rt.Fatal(err)
						}
					},
					"compact": func(rt *rapid.T) {
						if err := mustSeries(t, db, ids[0].symbol, 0).Compact(); err != nil {
							rt.Fatal(err)
						}
					},
					"": func(rt *rapid.T) {
						i := rapid.SampledFrom(ids).Draw(rt, "series")
						s := mustSeries(t, db, i.symbol, i.dataType)
						start, end := times.Draw(rt, "start"), times.Draw(rt, "end")
						want := expect(i, start, end)
						if got := pointsOf(t, s, start, end); !slices.EqualFunc(got, want, ticktest.EqualPoints) {
							rt.Fatalf("%v from %d to %d:\n%+v, not\n%+v", i, start, end, got, want)
						}
						if n, err := s.Count(tick.Range{From: start, To: end}); n != len(want) || err != nil {
							rt.Fatalf("count %d, not %d, %v", n, len(want), err)
						}
						all := expect(i, 0, tick.MaxTime)
						var p tick.Point
						ok, err := s.Last(&p)
						if err != nil || ok != (len(all) > 0) || ok && !ticktest.EqualPoints(p, all[len(all)-1]) {
							rt.Fatalf("last: %+v, %v, %v", p, ok, err)
						}
						p = tick.Point{}
						first := expect(i, start, start)
						ok, err = s.First(start, &p)
						if err != nil || ok != (len(first) > 0) || ok && !ticktest.EqualPoints(p, first[0]) {
							rt.Fatalf("first at %d: %+v, %v, %v, not %+v", start, p, ok, err, first)
						}
					},
				})
			})
		})
	}
}

// TestFormatsNeverMix opens a database of each format with the other.
func TestFormatsNeverMix(t *testing.T) {
	for _, f := range []tick.Format{tick.V1, tick.V2} {
		path := filepath.Join(t.TempDir(), "db")
		db, err := env.Open(path, &Options{Format: f})
		if err != nil {
			t.Fatal(err)
		}
		if err := mustSeries(t, db, "SH600519", 0).Put([]tick.Point{{Time: 1, Value: 2}}); err != nil {
			t.Fatal(err)
		}
		other := 1 - f
		check := func(when string) {
			_, err := env.Open(path, &Options{Format: other})
			if e := (*FormatError)(nil); !errors.As(err, &e) || !strings.Contains(err.Error(), "V1") || !strings.Contains(err.Error(), "V2") {
				t.Errorf("%v opened as %v, %s: %v", f, other, when, err)
			}
		}
		check("while it is open")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		check("after it was closed")
	}
}

// TestTicksAreReadableAsPoints and the other way round.
func TestTicksAreReadableAsPoints(t *testing.T) {
	db := tempDB(t, nil)
	in, err := tick.ParseSymbol("SH600519")
	if err != nil {
		t.Fatal(err)
	}
	record := tick.Record{Price: 105_000, Qty: 300, Channel: 2, Side: tick.Sell, OrderNo: 1 << 60, TickNo: 9}
	mustPut(t, db, &in, 1_700_000_000_000_100, 3, string(tick.AppendRecord(nil, record)))
	s := mustSeries(t, db, "600519.SH", 0)
	want := tick.Point{
		Time: 1_700_000_000_000_100, Seq: 3, Value: 10.5, Has: tick.AllFields &^ tick.HasQuality,
		Volume: 300, Channel: 2, Side: tick.Sell, OrderNo: 1 << 60, TickNo: 9,
	}
	got := pointsOf(t, s, 0, tick.MaxTime-1)
	if len(got) != 1 || !ticktest.EqualPoints(got[0], want) {
		t.Errorf("%+v", got)
	}
	want.Time++
	if err := s.Put([]tick.Point{want}); err != nil {
		t.Fatal(err)
	}
	value, ok, err := db.Get(&in, want.Time, 3)
	if back, _ := tick.DecodeRecord([]byte(value)); !ok || err != nil || back != record {
		t.Errorf("%+v, %v, %v", back, ok, err)
	}

	mustPut(t, db, &in, 5, 0, "101201")
	if _, err := s.First(5, &tick.Point{}); err == nil || !strings.Contains(err.Error(), "SH600519 at 5 µs (6 bytes) is no point") {
		t.Errorf("a value that is no point: %v", err)
	}
}

func TestFamilies(t *testing.T) {
	for _, format := range []tick.Format{tick.V1, tick.V2} {
		path := filepath.Join(t.TempDir(), "db")
		db, err := env.Open(path, &Options{Format: format})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"meta", "a\x00b"} {
			if err := db.CreateFamily(name); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"meta", DefaultFamily} {
			if err := db.CreateFamily(name); !errors.Is(err, ErrFamilyExists) {
				t.Errorf("%q made twice: %v", name, err)
			}
		}
		writes := []Write{{Key: "k1", Value: "v"}, {Family: "meta", Key: "k1", Value: "m1"}, {Family: "meta", Key: "k2", Value: "m2"}, {Family: "meta", Key: "x", Value: ""}}
		if err := db.WriteBatch(writes); err != nil {
			t.Fatal(err)
		}
		if err := db.WriteBatch([]Write{{Key: "k9", Value: "v"}, {Family: "none", Key: "k", Value: ""}}); !errors.Is(err, ErrNoFamily) {
			t.Errorf("a batch into no family: %v", err)
		}
		if err := db.DeleteRaw("meta", "x"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		db = openDB(t, path, &Options{Format: format})
		if names, err := db.Families(); err != nil || !slices.Equal(names, []string{DefaultFamily, "a\x00b", "meta"}) {
			t.Errorf("families %q, %v", names, err)
		}
		check := func(family, prefix string, limit int, want ...KeyValue) {
			t.Helper()
			if got, err := db.ScanPrefix(family, prefix, limit); err != nil || !slices.Equal(got, want) {
				t.Errorf("%q in %q: %v, %v, not %v", prefix, family, got, err, want)
			}
		}
		check("meta", "k", 0, KeyValue{"k1", "m1"}, KeyValue{"k2", "m2"})
		check("meta", "", 1, KeyValue{"k1", "m1"})
		check("", "", 0, KeyValue{"k1", "v"})
		check("a\x00b", "", 0)
		if err := db.DropFamily("meta"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := db.GetRaw("meta", "k1"); !errors.Is(err, ErrNoFamily) {
			t.Errorf("a dropped family: %v", err)
		}
		if err := db.CreateFamily("meta"); err != nil {
			t.Fatal(err)
		}
		check("meta", "", 0)
		if err := db.DropFamily(DefaultFamily); err == nil {
			t.Error("default was dropped")
		}
	}
}

func TestLargeBatches(t *testing.T) {
	db := tempDB(t, nil)
	var writes []Write
	for i := range 100 {
		writes = append(writes, Write{Key: fmt.Sprintf("key%02d", i), Value: strings.Repeat("v", tick.MaxValue)})
	}
	if err := db.WriteBatch(writes); err != nil {
		t.Fatal(err)
	}
	found, err := db.ScanPrefix("", "key", 0)
	if err != nil || len(found) != len(writes) || found[99].Value != writes[99].Value {
		t.Errorf("%d found, %v", len(found), err)
	}
}
