package store

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

func TestOverwritesAreCounted(t *testing.T) {
	db := tempDB(t, nil)
	expect := func(what string, n, want int, err error, all uint64) {
		t.Helper()
		s, statErr := db.Stats()
		if n != want || err != nil || statErr != nil || s.Overwritten != all {
			t.Errorf("%s: %d overwritten, not %d, %v; %d in all, not %d, %v", what, n, want, err, s.Overwritten, all, statErr)
		}
	}
	rows := func(times ...int64) (rows []tick.Row) {
		for _, ts := range times {
			rows = append(rows, tick.Row{Time: ts, Value: "v"})
		}
		return rows
	}
	put := func(in *tick.Instrument, o WriteOptions, times ...int64) (int, error) {
		return db.PutRows(in, rows(times...), o)
	}
	asked := WriteOptions{CountOverwrites: true}

	n, err := put(pingAn, WriteOptions{}, 1, 2, 2, 2, 3)
	expect("equal times", n, 2, err, 2)
	n, err = put(pingAn, WriteOptions{}, 9, 7, 8, 7, 9, 9)
	expect("equal times in no order", n, 3, err, 5)
	n, err = put(pingAn, WriteOptions{}, 1, 2, 9)
	expect("rows of calls before, unasked", n, 0, err, 5)
	n, err = put(pingAn, asked, 1, 2, 4, 9)
	expect("rows of calls before, asked", n, 3, err, 8)
	n, err = put(pingAn, asked, 9, 1, 2, 1, 10, 9)
	expect("both, in no order", n, 5, err, 13)
	n, err = put(pingAn, asked, 10, 10, 11)
	expect("over an earlier row, which was not the last put", n, 2, err, 15)
	n, err = put(pingAn, asked, 11, 11)
	expect("over the last put", n, 2, err, 17)
	n, err = put(pingAn, asked, 12, 13, 14)
	expect("later rows", n, 0, err, 17)
	mustPut(t, db, pingAn, 14, 0, "over the last put")
	mustPut(t, db, pingAn, 14, 1, "another seq")
	mustPut(t, db, instrument('S', "2"), 14, 1, "another instrument")
	expect("single puts", 0, 0, nil, 18)
	if err := db.Delete(pingAn, 14, 1); err != nil {
		t.Fatal(err)
	}
	mustPut(t, db, pingAn, 14, 1, "again")
	expect("a row that was removed", 0, 0, nil, 18)
	n, err = put(pingAn, WriteOptions{AutoSeq: true, CountOverwrites: true}, 14, 14, 1)
	expect("automatic seqs", n, 0, err, 18)

	s := mustSeries(t, db, "rb2405", 5)
	n, err = s.PutPoints([]tick.Point{{Time: 1}, {Time: 1}, {Time: 2}, {Time: 2, Seq: 1}}, WriteOptions{})
	expect("points", n, 1, err, 19)
	n, err = s.PutPoints([]tick.Point{{Time: 2, Seq: 1}, {Time: 1}}, asked)
	expect("points of calls before", n, 2, err, 21)

	db = tempDB(t, &Options{Format: tick.V1})
	s = mustSeries(t, db, "rb2405", 5)
	n, err = s.PutPoints([]tick.Point{{Time: 1}, {Time: 1, Seq: 1}, {Time: 2}}, WriteOptions{})
	expect("V1 keeps one point a time", n, 1, err, 1)
	n, err = s.PutPoints([]tick.Point{{Time: 1, Seq: 4}, {Time: 3}}, asked)
	expect("V1, calls before", n, 1, err, 2)
}

// TestCountedOverwritesAgainstModel compares the counts of calls that ask with a set.
func TestCountedOverwritesAgainstModel(t *testing.T) {
	db := tempDB(t, nil)
	code := 0
	rapid.Check(t, func(r *rapid.T) {
		code++
		in, have := instrument('C', fmt.Sprint(code)), map[moment]bool{}
		for range rapid.IntRange(1, 6).Draw(r, "calls") {
			rows, want := make([]tick.Row, rapid.IntRange(0, 12).Draw(r, "rows")), 0
			for i := range rows {
				at := moment{rapid.Int64Range(0, 20).Draw(r, "ts"), rapid.Uint16Range(0, 1).Draw(r, "seq")}
				rows[i] = tick.Row{Time: at.ts, Seq: at.seq}
			}
			if rapid.Bool().Draw(r, "sorted") {
				slices.SortFunc(rows, func(a, b tick.Row) int { return moment{a.Time, a.Seq}.compare(moment{b.Time, b.Seq}) })
			}
			for _, row := range rows {
				if at := (moment{row.Time, row.Seq}); have[at] {
					want++
				} else {
					have[at] = true
				}
			}
			before, _ := db.Stats()
			n, err := db.PutRows(in, rows, WriteOptions{CountOverwrites: true})
			if n != want || err != nil {
				r.Fatalf("%d overwritten, not %d, %v", n, want, err)
			}
			if after, err := db.Stats(); after.Overwritten-before.Overwritten != uint64(want) || err != nil {
				r.Fatalf("stats count %d, not %d, %v", after.Overwritten-before.Overwritten, want, err)
			}
		}
	})
}

// BenchmarkPutMany and BenchmarkSeriesPut write 1000 rows a call.
func BenchmarkPutMany(b *testing.B) {
	db := benchDB(b, &Options{Durability: None})
	values, rows := writerValues(), make([]tick.Row, 1000)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += len(rows) {
		for k := range rows {
			rows[k] = tick.Row{Time: benchStart + int64(i+k)*100, Value: values[(i+k)%600]}
		}
		if err := db.PutMany(&benchInstrument, rows); err != nil {
			b.Fatal(err)
		}
	}
	db.Flush()
}

func BenchmarkSeriesPut(b *testing.B) {
	db := benchDB(b, &Options{Durability: None})
	s, points := mustSeries(b, db, "SH600519", 1), make([]tick.Point, 1000)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += len(points) {
		for k := range points {
			points[k] = tick.Point{Time: benchStart + int64(i+k)*100, Value: float64(k), Has: tick.HasVolume, Volume: 7}
		}
		if err := s.Put(points); err != nil {
			b.Fatal(err)
		}
	}
	db.Flush()
}
