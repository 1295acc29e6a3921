package store

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

// TestIngestions fills buffers in ascending and in other orders while nothing is
// committed, and looks at what is there when all is committed at once.
func TestIngestions(t *testing.T) {
	big := strings.Repeat("v", 50_000)
	for _, c := range []struct {
		name    string
		puts    func(put func(ts int64, seq uint16))
		commits uint64 // ingestions and single buffers
	}{
		{"one ingestion", func(put func(int64, uint16)) {
			for i := range int64(200) {
				put(i, 0)
			}
		}, 1},
		{"one microsecond", func(put func(int64, uint16)) {
			for i := range uint16(200) {
				put(7, i)
			}
		}, 1},
		{"over itself", func(put func(int64, uint16)) {
			for range 2 {
				for i := range int64(205) {
					put(i, 0)
				}
			}
		}, 1},
		{"descending", func(put func(int64, uint16)) {
			for i := range int64(200) {
				put(200-i, 0)
			}
		}, 1},
		{"a tick twice", func(put func(int64, uint16)) {
			for i := range int64(200) {
				put(i/2, 0)
			}
		}, 1},
		{"too short for an ingestion", func(put func(int64, uint16)) {
			for i := range int64(50) {
				put(i, 0)
			}
		}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := tempDB(t, &Options{holdCommits: true})
			want := model{}
			n := 0
			c.puts(func(ts int64, seq uint16) {
				value := fmt.Sprint(n) + big
				n++
				mustPut(t, db, pingAn, ts, seq, value)
				want.put(ts, seq, value)
			})
			if err := db.Flush(); err != nil {
				t.Fatal(err)
			}
			if got := allRows(t, db, pingAn); !reflect.DeepEqual(got, want.rows(0, tick.MaxTime)) {
				t.Errorf("%d rows, not %d", len(got), len(want))
			}
			s, err := db.Stats()
			if err != nil || s.Commits != c.commits || s.Entries != uint64(n) {
				t.Errorf("%d commits of %d entries, not %d of %d, %v", s.Commits, s.Entries, c.commits, n, err)
			}
			for k := range want { // through the filter
				if _, ok, err := db.Get(pingAn, k.Time, k.Seq); !ok || err != nil {
					t.Fatalf("tick %d %d is not found, %v", k.Time, k.Seq, err)
				}
			}
		})
	}
}

// TestScanBesideAnIngestion keeps a scan open while a table file over its rows is
// taken in.
func TestScanBesideAnIngestion(t *testing.T) {
	db := tempDB(t, &Options{holdCommits: true})
	load := func(value string) {
		for i := range int64(2000) {
			mustPut(t, db, pingAn, i, 0, value)
		}
		if err := db.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	old, fresh := strings.Repeat("o", 4000), strings.Repeat("n", 4000)
	load(old)
	s, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Always})
	if err != nil {
		t.Fatal(err)
	}
	load(fresh)
	rows := 0
	for s.Next() {
		if s.Value() != old {
			t.Fatalf("row %d is new", rows)
		}
		rows++
	}
	if rows != 2000 || s.Err() != nil {
		t.Errorf("%d rows, %v", rows, s.Err())
	}
	for _, row := range allRows(t, db, pingAn) {
		if row.Value != fresh {
			t.Fatalf("row %d is old", row.Time)
		}
	}
}

// TestIngestionOrder compares what addSorted would write with a map.
func TestIngestionOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var buffers []*buffer
		want := map[string]string{}
		n := 0
		for i := range rapid.IntRange(1, 3).Draw(t, "buffers") {
			b := newHeapBuffer()
			b.begin(uint64(i + 1))
			for range rapid.IntRange(0, 40).Draw(t, "entries") {
				n++
				key := makeTickKey(*pingAn, rapid.Int64Range(0, 30).Draw(t, "time"), 0)
				long := append([]byte{typedTag, 3}, key[:]...)
				value := fmt.Sprint(n)
				if rapid.Bool().Draw(t, "typed") {
					b.putPoint(long, value, 1)
					want[string(long)] = value
				} else {
					b.putTick(pingAn, key.time(), 0, value)
					want[string(key[:])] = value
				}
			}
			buffers = append(buffers, b)
		}
		r := ingestion{buffers: buffers}
		ascending := r.collect()
		if len(r.places) != n {
			t.Fatalf("%d entries, not %d", len(r.places), n)
		}
		r.sort()
		got := map[string]string{}
		for i, at := range r.places {
			if i > 0 {
				switch c := bytes.Compare(r.key(r.places[i-1]), r.key(at)); {
				case c > 0:
					t.Fatalf("entry %d is out of order", i)
				case c == 0 && ascending:
					t.Fatalf("equal keys were taken to ascend")
				}
			}
			entry, err := readEntry(append(make([]byte, wireHeader), r.entry(at)...), wireHeader)
			if err != nil {
				t.Fatal(err)
			}
			got[string(entry.key)] = string(entry.value) // the last one of a key stays
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%v, not %v", got, want)
		}
	})
}
