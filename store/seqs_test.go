package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"microts/internal/tick"
)

// moments are what a database should hold of a series: its values by their moments.
type moments map[moment]string

// next returns the next free seq of a time, or -1.
func (m moments) next(ts int64) int {
	last := -1
	for at := range m {
		if at.ts == ts {
			last = max(last, int(at.seq))
		}
	}
	if last < tick.MaxSeq {
		return last + 1
	}
	for seq := range tick.MaxSeq + 1 {
		if _, taken := m[moment{ts, uint16(seq)}]; !taken {
			return seq
		}
	}
	return -1
}

func (m moments) rows() (rows []tick.Row) {
	for at, value := range m {
		rows = append(rows, tick.Row{Time: at.ts, Seq: at.seq, Value: value})
	}
	slices.SortFunc(rows, func(a, b tick.Row) int { return moment{a.Time, a.Seq}.compare(moment{b.Time, b.Seq}) })
	return rows
}

func mustPutNext(t testing.TB, db *DB, in *tick.Instrument, ts int64, value string) uint16 {
	t.Helper()
	seq, err := db.PutNext(in, ts, value)
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func TestNextSeqIsOneAboveTheLast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db, err := env.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := instrument('S', "2")
	for want := range uint16(3) {
		if seq := mustPutNext(t, db, pingAn, 100, "a"); seq != want {
			t.Errorf("seq %d, not %d", seq, want)
		}
	}
	if seq := mustPutNext(t, db, other, 100, "a"); seq != 0 {
		t.Errorf("seq %d of another instrument", seq)
	}
	mustPut(t, db, pingAn, 100, 7, "explicit")
	mustPut(t, db, pingAn, 50, 2, "before")
	for _, c := range []struct {
		ts   int64
		want uint16
	}{{100, 8}, {50, 3}, {50, 4}, {101, 0}, {100, 9}, {0, 0}, {tick.MaxTime - 1, 0}, {tick.MaxTime - 1, 1}} {
		if seq := mustPutNext(t, db, pingAn, c.ts, "b"); seq != c.want {
			t.Errorf("seq %d at %d, not %d", seq, c.ts, c.want)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openDB(t, path, nil)
	if seq := mustPutNext(t, db, pingAn, 100, "c"); seq != 10 {
		t.Errorf("seq %d after a reopen, not 10", seq)
	}
	if err := db.Delete(pingAn, 100, 10); err != nil {
		t.Fatal(err)
	}
	if seq := mustPutNext(t, db, pingAn, 100, "d"); seq != 10 {
		t.Errorf("seq %d after a delete, not 10", seq)
	}
	if err := db.PutRaw("", string(rawKey(pingAn, 100, 20)), "raw"); err != nil {
		t.Fatal(err)
	}
	if seq := mustPutNext(t, db, pingAn, 100, "e"); seq != 21 {
		t.Errorf("seq %d after a raw put, not 21", seq)
	}
}

func rawKey(in *tick.Instrument, ts int64, seq uint16) []byte {
	key := makeTickKey(*in, ts, seq)
	return key[:]
}

// TestNextSeqAgainstModel puts rows of all times, in all orders and ways, with and
// without seqs, from two DBs.
func TestNextSeqAgainstModel(t *testing.T) {
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		path := filepath.Join(t.TempDir(), fmt.Sprint(n))
		defer os.RemoveAll(path)
		var dbs [2]*DB
		open := func() {
			for i := range dbs {
				var err error
				if dbs[i], err = env.Open(path, nil); err != nil {
					r.Fatal(err)
				}
			}
		}
		closeAll := func() {
			for _, db := range dbs {
				if err := db.Close(); err != nil {
					r.Error(err)
				}
			}
		}
		open()
		defer func() { closeAll() }()
		const most = 1000
		times := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 3), rapid.Int64Range(0, most))
		seqs := rapid.SampledFrom([]uint16{0, 1, 2, 5, 300, tick.MaxSeq - 1, tick.MaxSeq})
		want := []moments{{}, {}} // of ticks, and of the points of data type 3
		value := 0
		next := func() string { value++; return fmt.Sprint(value) }
		pick := func(r *rapid.T) *DB { return dbs[rapid.IntRange(0, 1).Draw(r, "db")] }
		// batch draws times that ascend, descend, or are in no order.
		batch := func(r *rapid.T) []int64 {
			ts := make([]int64, rapid.SampledFrom([]int{1, 2, 10, 300}).Draw(r, "rows"))
			at, by := times.Draw(r, "from"), rapid.Int64Range(-3, 3).Draw(r, "step")
			for i := range ts {
				ts[i] = at
				if by == 0 {
					at = times.Draw(r, "ts")
				}
				at = (at + by + most) % most
			}
			return ts
		}
		r.Repeat(map[string]func(*rapid.T){
			"next": func(r *rapid.T) {
				ts, v := times.Draw(r, "ts"), next()
				if seq, err := pick(r).PutNext(pingAn, ts, v); err != nil || int(seq) != want[0].next(ts) {
					r.Fatalf("seq %d at %d, not %d, %v", seq, ts, want[0].next(ts), err)
				}
				want[0][moment{ts, uint16(want[0].next(ts))}] = v
			},
			"next rows": func(r *rapid.T) {
				var rows []tick.Row
				for _, ts := range batch(r) {
					rows = append(rows, tick.Row{Time: ts, Seq: 9, Value: next()})
				}
				if n, err := pick(r).PutRows(pingAn, rows, WriteOptions{AutoSeq: true}); n != 0 || err != nil {
					r.Fatal(n, err)
				}
				for i, row := range rows {
					if seq := want[0].next(row.Time); seq != int(row.Seq) {
						r.Fatalf("row %d: seq %d at %d, not %d", i, row.Seq, row.Time, seq)
					}
					want[0][moment{row.Time, row.Seq}] = row.Value
				}
			},
			"next points": func(r *rapid.T) {
				var points []tick.Point
				for _, ts := range batch(r) {
					points = append(points, tick.Point{Time: ts, Value: float64(value)})
				}
				s, err := pick(r).Series("000001.SZ", 3)
				if err != nil {
					r.Fatal(err)
				}
				if n, err := s.PutPoints(points, WriteOptions{AutoSeq: true}); n != 0 || err != nil {
					r.Fatal(n, err)
				}
				for i, p := range points {
					if seq := want[1].next(p.Time); seq != int(p.Seq) {
						r.Fatalf("point %d: seq %d at %d, not %d", i, p.Seq, p.Time, seq)
					}
					want[1][moment{p.Time, p.Seq}] = ""
				}
			},
			"put": func(r *rapid.T) {
				ts, seq, v := times.Draw(r, "ts"), seqs.Draw(r, "seq"), next()
				if err := pick(r).Put(pingAn, ts, seq, v); err != nil {
					r.Fatal(err)
				}
				want[0][moment{ts, seq}] = v
			},
			"put rows": func(r *rapid.T) {
				var rows []tick.Row
				for _, ts := range batch(r) {
					rows = append(rows, tick.Row{Time: ts, Seq: seqs.Draw(r, "seq"), Value: next()})
					want[0][moment{ts, rows[len(rows)-1].Seq}] = rows[len(rows)-1].Value
				}
				if err := pick(r).PutMany(pingAn, rows); err != nil {
					r.Fatal(err)
				}
			},
			"raw": func(r *rapid.T) {
				ts, seq, v := times.Draw(r, "ts"), seqs.Draw(r, "seq"), next()
				if err := pick(r).PutRaw("", string(rawKey(pingAn, ts, seq)), v); err != nil {
					r.Fatal(err)
				}
				want[0][moment{ts, seq}] = v
			},
			"delete": func(r *rapid.T) {
				ts, seq := times.Draw(r, "ts"), seqs.Draw(r, "seq")
				if err := pick(r).Delete(pingAn, ts, seq); err != nil {
					r.Fatal(err)
				}
				delete(want[0], moment{ts, seq})
			},
			"delete range": func(r *rapid.T) {
				from, to := times.Draw(r, "from"), times.Draw(r, "to")
				if _, err := pick(r).DeleteRange(pingAn, tick.Range{From: from, To: to}); err != nil {
					r.Fatal(err)
				}
				for at := range want[0] {
					if from <= at.ts && at.ts <= to {
						delete(want[0], at)
					}
				}
			},
			"reopen": func(r *rapid.T) {
				closeAll()
				open()
			},
			"": func(r *rapid.T) {
				if got, rows := allRows(t, dbs[0], pingAn), want[0].rows(); !slices.Equal(got, rows) {
					r.Fatalf("%s, not %s", describe(got), describe(rows))
				}
			},
		})
	})
}

func TestAllSeqsOfATimeAreTaken(t *testing.T) {
	db := tempDB(t, nil)
	rows := make([]tick.Row, tick.MaxSeq+1)
	for i := range rows {
		rows[i].Time = 1_700_000_000_000_100
	}
	if _, err := db.PutRows(pingAn, rows, WriteOptions{AutoSeq: true}); err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if int(r.Seq) != i {
			t.Fatalf("row %d has seq %d", i, r.Seq)
		}
	}
	const want = "all 65536 seqs of S:000001 at 2023-11-15 06:13:20.000100 (1700000000000100 µs) are taken"
	full := func(err error) {
		t.Helper()
		if e := (*FullError)(nil); !errors.As(err, &e) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v", err)
		}
	}
	_, err := db.PutNext(pingAn, rows[0].Time, "x")
	full(err)
	_, err = db.PutRows(pingAn, rows[:1], WriteOptions{AutoSeq: true})
	full(err)
	if !strings.HasPrefix(err.Error(), "row 1: ") {
		t.Errorf("%v", err)
	}
	s := mustSeries(t, db, "000001.SZ", 0)
	_, err = s.PutPoints([]tick.Point{{Time: 1}, {Time: rows[0].Time}}, WriteOptions{AutoSeq: true})
	full(err)
	if !strings.HasPrefix(err.Error(), "point 2: ") {
		t.Errorf("%v", err)
	}
	for _, seq := range []uint16{40_000, 7} {
		if err := db.Delete(pingAn, rows[0].Time, seq); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []uint16{7, 40_000} { // the lowest first
		if seq := mustPutNext(t, db, pingAn, rows[0].Time, "y"); seq != want {
			t.Errorf("seq %d, not %d", seq, want)
		}
	}
	_, err = db.PutNext(pingAn, rows[0].Time, "x")
	full(err)
	if seq := mustPutNext(t, db, pingAn, rows[0].Time+1, "z"); seq != 0 {
		t.Errorf("seq %d after a full time", seq)
	}
}

func TestNextSeqIsRefusedByV1(t *testing.T) {
	s := mustSeries(t, tempDB(t, &Options{Format: tick.V1}), "SH600519", 0)
	_, err := s.PutPoints([]tick.Point{{Time: 1}}, WriteOptions{AutoSeq: true})
	if e := (*tick.RangeError)(nil); !errors.As(err, &e) || e.Name != "seq" {
		t.Errorf("%v", err)
	}
}

// TestNextSeqsOfManyGoroutines: each row has a seq of its own.
func TestNextSeqsOfManyGoroutines(t *testing.T) {
	db := tempDB(t, nil)
	const goroutines, rounds = 6, 400
	var wait sync.WaitGroup
	for g := range goroutines {
		own := openDB(t, db.Path(), nil)
		wait.Go(func() {
			for i := range int64(rounds) {
				var err error
				switch ts := i / 4; {
				case g == 0: // a load far before the others, with holes
					_, err = own.PutNext(pingAn, 3*ts, fmt.Sprint(g, i))
				case i%50 == 7:
					_, err = own.DeleteRange(pingAn, tick.Range{From: 50_000, To: 50_010})
				case g%2 == 0:
					_, err = own.PutNext(pingAn, 10_000+ts, fmt.Sprint(g, i))
				default:
					rows := []tick.Row{{Time: 10_000 + ts, Value: fmt.Sprint(g, i)}, {Time: 10_000 + rounds - ts, Value: fmt.Sprint(g, i, "b")}, {Time: 50_000 + ts}}
					_, err = own.PutRows(pingAn, rows, WriteOptions{AutoSeq: true})
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	want := map[string]bool{}
	for g := range goroutines {
		for i := range rounds {
			switch {
			case g > 0 && i%50 == 7:
			case g%2 == 0:
				want[fmt.Sprint(g, i)] = true
			default:
				want[fmt.Sprint(g, i)], want[fmt.Sprint(g, i, "b")] = true, true
			}
		}
	}
	rows := rowsOf(t, db, pingAn, 0, 49_999, 0, false)
	for _, r := range rows {
		if !want[r.Value] {
			t.Fatalf("%v is not a row, or is there twice", r)
		}
		delete(want, r.Value)
	}
	if len(want) > 0 {
		t.Errorf("%d rows were overwritten: %.200v", len(want), want)
	}
	for i := 1; i < len(rows); i++ {
		if rows[i].Time == rows[i-1].Time && rows[i].Seq != rows[i-1].Seq+1 {
			t.Fatalf("%v after %v", rows[i], rows[i-1])
		}
	}
}

// TestLoadsReadFewRows: loads that ascend, descend, jitter or go among other rows read
// once, or in blocks.
func TestLoadsReadFewRows(t *testing.T) {
	const n = 20_000
	for name, c := range map[string]struct {
		before bool // each second time of the load has a row
		at     func(i int64) int64
		reads  int
	}{
		"ascending":   {false, func(i int64) int64 { return 1_000_000 + i }, 1},
		"equal times": {false, func(i int64) int64 { return 1_000_000 + i/7 }, 1},
		"descending":  {false, func(i int64) int64 { return 1_000_000 - i }, 1},
		"jitter":      {false, func(i int64) int64 { return 1_000_000 + i + i*7919%20 }, 1},
		"among rows":  {true, func(i int64) int64 { return 1_000_000 + i }, 40},
	} {
		db := tempDB(t, nil)
		mustPut(t, db, pingAn, 1, 0, "first")
		if c.before {
			for i := range int64(n) {
				mustPut(t, db, pingAn, 1_000_000+2*i, 0, "before")
			}
		}
		reads := 0
		for i := range int64(n) {
			if db.chain.seqs.next(&seriesID{in: *pingAn}, c.at(i)) == seqUnknown {
				reads++
			}
			mustPutNext(t, db, pingAn, c.at(i), "x")
		}
		if reads > c.reads {
			t.Errorf("%s: %d reads, more than %d", name, reads, c.reads)
		}
		// What the windows have forgotten is looked up: nothing is overwritten.
		again := 0
		for i := int64(0); i < n; i += 97 {
			mustPutNext(t, db, pingAn, c.at(i), "again")
			again++
		}
		rows := 1 + n + again
		if c.before {
			rows += n
		}
		if got, err := db.Count(pingAn, tick.Always); got != rows || err != nil {
			t.Errorf("%s: %d rows, not %d, %v", name, got, rows, err)
		}
	}
}

// TestWritesDuringALookupCount: what others write while a window is read is in it.
func TestWritesDuringALookupCount(t *testing.T) {
	db := tempDB(t, nil)
	id, rows := seriesID{in: *pingAn}, db.tickRows(pingAn)
	lookUp := func(ts int64, meanwhile func()) (next int) {
		c := db.chain
		c.mu.Lock()
		c.seqs.forget(&id)
		l := c.seqs.begin(&id)
		c.mu.Unlock()
		found, err := db.findSeqs(&rows, ts, minLook)
		if err != nil {
			t.Fatal(err)
		}
		meanwhile()
		c.mu.Lock()
		defer c.mu.Unlock()
		l.end(found)
		return c.seqs.next(&id, ts)
	}
	if next := lookUp(5, func() { mustPut(t, db, pingAn, 5, 3, "") }); next != 4 {
		t.Errorf("after a put: %d", next)
	}
	if next := lookUp(5, func() { mustPut(t, db, pingAn, 5, tick.MaxSeq, "") }); next != seqUnknown {
		t.Errorf("after a put of the greatest seq: %d", next)
	}
	if next := lookUp(5, func() { mustPut(t, db, pingAn, 5, 0, "") }); next != 1 {
		t.Errorf("after a put of the lowest free seq: %d", next)
	}
	removed := func() {
		if err := db.Delete(pingAn, 5, tick.MaxSeq); err != nil {
			t.Fatal(err)
		}
	}
	if next := lookUp(5, removed); next != seqUnknown {
		t.Errorf("after a delete: %d", next)
	}
	if len(db.chain.seqs.series[id].lookups) > 0 {
		t.Error("a lookup has not ended")
	}
}

// TestManyInstrumentsAreForgotten: memory has a bound.
func TestSeriesThatAreTrackedHaveABound(t *testing.T) {
	s := seqs{}
	for i := range int64(maxTracked + 10) {
		in, err := tick.NewInstrument('S', i)
		if err != nil {
			t.Fatal(err)
		}
		id := seriesID{in: in}
		l := s.begin(&id)
		l.end(&seqsFound{window: &window{until: tick.MaxTime}})
		if s.next(&id, 5) != 0 {
			t.Fatal(i)
		}
	}
	if len(s.series) > maxTracked {
		t.Errorf("%d series", len(s.series))
	}
}

func TestPutNextAllocatesNothing(t *testing.T) {
	db := tempDB(t, nil)
	ts := int64(0)
	if n := testing.AllocsPerRun(20_000, func() {
		ts++
		mustPutNext(t, db, pingAn, ts/3, "101201")
	}); n != 0 {
		t.Errorf("%v allocations per put", n)
	}
}

func BenchmarkPutNext(b *testing.B) {
	db := benchDB(b, nil)
	values := writerValues()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := db.PutNext(&benchInstrument, benchStart+int64(i)*100, values[i%600]); err != nil {
			b.Fatal(err)
		}
	}
	db.Flush()
}
