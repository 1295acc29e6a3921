package store

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRuns puts rows of buffers that ascend, and such that do not, while nothing
// is committed, and looks at what is there when all is committed at once.
func TestRuns(t *testing.T) {
	big := strings.Repeat("v", 50_000)
	for _, c := range []struct {
		name    string
		puts    func(put func(ts int64, seq uint16))
		commits uint64 // runs and single buffers
	}{
		{"one run", func(put func(int64, uint16)) {
			for i := range int64(200) {
				put(i, 0)
			}
		}, 1},
		{"a run of one microsecond", func(put func(int64, uint16)) {
			for i := range uint16(200) {
				put(7, i)
			}
		}, 1},
		{"two runs, the second over the first", func(put func(int64, uint16)) {
			for range 2 {
				for i := range int64(205) {
					put(i, 0)
				}
			}
		}, 3}, // the buffer in which the second begins is none
		{"no run", func(put func(int64, uint16)) {
			for i := range int64(200) {
				put(200-i, 0)
			}
		}, 10},
		{"a tick twice", func(put func(int64, uint16)) {
			for i := range int64(200) {
				put(i/2, 0)
			}
		}, 10},
		{"too short a run", func(put func(int64, uint16)) {
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
			if got := allRows(t, db, pingAn); !reflect.DeepEqual(got, want.rows(0, MaxTime)) {
				t.Errorf("%d rows, not %d", len(got), len(want))
			}
			s, err := db.Stats()
			if err != nil || s.Commits != c.commits || s.Records != uint64(n) {
				t.Errorf("%d commits of %d records, not %d of %d, %v", s.Commits, s.Records, c.commits, n, err)
			}
			for k := range want { // through the filter
				if _, ok, err := db.Get(pingAn, k.Time, k.Seq); !ok || err != nil {
					t.Fatalf("tick %d %d is not found, %v", k.Time, k.Seq, err)
				}
			}
		})
	}
}

// TestScanBesideARun keeps a scan open while a run over its rows is taken in.
func TestScanBesideARun(t *testing.T) {
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
	s, err := db.Scan(pingAn, 0, MaxTime-1, 0, false)
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

// TestFollows compares with the keys themselves.
func TestFollows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Int64Range(0, 5), 0, 6)
		a, b := newHeapBuffer(), newHeapBuffer()
		all := append([]int64{}, times.Draw(t, "a")...)
		a.begin(1)
		for _, ts := range all {
			a.putTick(pingAn, ts, 0, "")
		}
		b.begin(2)
		for _, ts := range times.Draw(t, "b") {
			b.putTick(pingAn, ts, 0, "")
			all = append(all, ts)
		}
		want := true
		for i := 1; i < len(all); i++ {
			want = want && all[i-1] < all[i]
		}
		if got := b.follows(a); got != want {
			t.Fatalf("%v: %v", all, got)
		}
	})
}
