package archive

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
	"microts/store"
)

func TestUnsealTwice(t *testing.T) {
	s := newTestStore(t)
	ticks := dayOf(codes, 100)
	s.seal(t, newDB(t, ticks), SealOptions{Date: day})
	a := s.open(t, Options{})
	db := newDB(t, nil)
	in := sourcetest.Instrument('S', "1")
	put(t, db, sourcetest.Ticks{in: ticks[in][:50]}) // as an Unseal leaves that was stopped
	for range 2 {
		report, err := Unseal(t.Context(), a, daysOf(t, a), db, UnsealOptions{})
		if err != nil || report.Days != 1 || report.Rows != 400 {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	want := allTicks(t, db)
	for _, other := range []tick.Row{{Time: at(11, 0, 0, 0), Value: "more"}, {Time: ticks[in][0].Time, Value: "another value"}} {
		if err := db.Put(&in, other.Time, other.Seq, other.Value); err != nil {
			t.Fatal(err)
		}
		_, err := Unseal(t.Context(), a, daysOf(t, a), db, UnsealOptions{})
		if e := mustBe[*DifferenceError](t, err); e.Name != "S:000001" {
			t.Errorf("%+v", e)
		}
		if report, err := Unseal(t.Context(), a, daysOf(t, a), db, UnsealOptions{Replace: true}); err != nil || report.Deleted < 400 {
			t.Errorf("%+v, %v", report, err)
		}
		if got := allTicks(t, db); !reflect.DeepEqual(got, want) {
			t.Error("other ticks after Replace")
		}
	}
	if report, err := Unseal(t.Context(), a, nil, db, UnsealOptions{}); err != nil || report.Days != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	for _, d := range []Day{{Market: 'S', Date: "2026-11-25"}, {Market: 'T', Date: day}, {Market: 'S', Date: day, Revision: 2}} {
		_, err := Unseal(t.Context(), a, []Day{d}, db, UnsealOptions{})
		mustBe[*NotSealedError](t, err)
	}
	if _, err := Unseal(t.Context(), a, []Day{{Market: 'S', Date: "25"}}, db, UnsealOptions{}); err == nil {
		t.Error("a date that is none: no error")
	}
}

// daysOf returns all days of an archive.
func daysOf(t testing.TB, a *Archive) []Day {
	t.Helper()
	days, err := a.Days(0)
	if err != nil {
		t.Fatal(err)
	}
	return days
}

// TestPointsStay: points of other data types than 0 are counted and not sealed, and neither
// Prune nor Unseal touches them.
func TestPointsStay(t *testing.T) {
	s := newTestStore(t)
	db := newDB(t, dayOf(codes, 10))
	for dataType, times := range map[uint8][]int64{
		0: {at(10, 0, 0, 0)}, // a tick
		1: {at(-1, 0, 0, 0), at(9, 0, 0, 0), at(24, 0, 0, 0)},
		9: {at(24, 0, 0, 0) - 1},
	} {
		series, err := db.Series("600000", dataType)
		if err != nil {
			t.Fatal(err)
		}
		for _, us := range times {
			if err := series.Put([]tick.Point{{Time: us, Value: 1}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	points := func() (n int64) {
		n, err := countPoints(db, 0, tick.Always)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct {
		o    SealOptions
		want int64
	}{
		{SealOptions{Date: day}, 2},
		{SealOptions{Before: "2026-11-25"}, 3},
		{SealOptions{Before: "2026-11-25", Market: 'T'}, 0},
		{SealOptions{Before: "2026-11-24"}, 1},
	} {
		if report, err := Seal(t.Context(), db, s, c.o); err != nil || report.Points != c.want {
			t.Errorf("%+v: %+v, %v", c.o, report, err)
		}
	}
	a := s.open(t, Options{})
	if report, err := Prune(t.Context(), db, s, PruneOptions{}); err != nil || len(report.Days) == 0 || points() != 4 {
		t.Errorf("%+v, %v, %d points", report, err, points())
	}
	if n := len(allTicks(t, db)); n != 0 {
		t.Errorf("%d instruments have ticks", n)
	}
	if _, err := Unseal(t.Context(), a, daysOf(t, a), db, UnsealOptions{Replace: true}); err != nil || points() != 4 {
		t.Errorf("%v, %d points", err, points())
	}
	// What storage engines write with data type 0 are ticks.
	series, err := db.Series("600000", 0)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := series.Get(at(10, 0, 0, 0), 0, new(tick.Point)); !ok || err != nil {
		t.Error("the point of data type 0 did not come back:", err)
	}
}

// TestNoSymbols: a database of storage engine V1 is refused by all that move ticks, and stays.
func TestNoSymbols(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 10)), SealOptions{Date: day})
	env := store.NewEnv()
	t.Cleanup(func() { _ = env.Close() })
	db, err := env.Open(t.TempDir(), &store.Options{Durability: store.None, Format: tick.V1})
	if err != nil {
		t.Fatal(err)
	}
	series, err := db.Series("600000", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := series.Put([]tick.Point{{Time: at(9, 0, 0, 0), Value: 1}}); err != nil {
		t.Fatal(err)
	}
	a := s.open(t, Options{})
	for what, err := range map[string]error{
		"seal":   errorOf(Seal(t.Context(), db, s, SealOptions{Before: "2026-11-25"})),
		"prune":  errorOf(Prune(t.Context(), db, s, PruneOptions{})),
		"unseal": errorOf(Unseal(t.Context(), a, daysOf(t, a), db, UnsealOptions{Replace: true})),
	} {
		if !errors.Is(err, ErrSymbols) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n, err := series.Count(tick.Always); n != 1 || err != nil {
		t.Errorf("%d points, %v", n, err)
	}
}

func errorOf[R any](_ R, err error) error { return err }

func TestPrune(t *testing.T) {
	s := newTestStore(t)
	ticks := dayOf(codes, 100)
	in := sourcetest.Instrument('S', "1")
	ticks[in] = append(ticks[in], tick.Row{Time: at(24+9, 0, 0, 0), Value: "not sealed"})
	db := newDB(t, ticks)
	s.seal(t, db, SealOptions{Date: day})
	want := allTicks(t, NewUnion(db, s.open(t, Options{})))
	count := func() (n int) {
		for _, rows := range allTicks(t, db) {
			n += len(rows)
		}
		return n
	}
	prune := func(o PruneOptions) (PruneReport, error) { return Prune(t.Context(), db, s, o) }

	if report, err := prune(PruneOptions{DryRun: true}); err != nil || len(report.Days) != 1 || report.Days[0].Rows != 400 || count() != 401 {
		t.Fatalf("dry run: %+v, %v, %d ticks", report, err, count())
	}
	for _, o := range []PruneOptions{{Before: day}, {Date: "2026-11-25"}, {Market: 'T'}} {
		if report, err := prune(o); err != nil || len(report.Days) != 0 || count() != 401 {
			t.Errorf("%+v: %+v, %v, %d ticks", o, report, err, count())
		}
	}
	for _, late := range []tick.Row{{Time: at(11, 0, 0, 0), Value: "late"}, {Time: ticks[in][0].Time, Value: "another value"}} {
		if err := db.Put(&in, late.Time, late.Seq, late.Value); err != nil {
			t.Fatal(err)
		}
		before := count()
		_, err := prune(PruneOptions{})
		mustBe[*DifferenceError](t, err)
		if count() != before {
			t.Error("ticks were deleted")
		}
		if late.Value == "late" {
			err = db.Delete(&in, late.Time, late.Seq)
		} else {
			err = db.Put(&in, late.Time, late.Seq, ticks[in][0].Value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	part := s.keys(ticksPrefix)[0]
	whole := s.data(part)
	s.change(part, whole[:len(whole)-1])
	_, err := prune(PruneOptions{})
	mustBe[*DamagedError](t, err)
	s.change(part, whole)
	if count() != 401 {
		t.Error("ticks of a damaged day were deleted")
	}
	if report, err := prune(PruneOptions{Before: "2026-11-25"}); err != nil || len(report.Days) != 1 || report.Days[0].Rows != 400 || count() != 1 {
		t.Fatalf("%+v, %v, %d ticks", report, err, count())
	}
	if got := allTicks(t, NewUnion(db, s.open(t, Options{}))); !reflect.DeepEqual(got, want) {
		t.Error("the union has other ticks than before")
	}
}

// TestPruneOfWhatChanges puts a tick between the comparison and the deletion.
func TestPruneOfWhatChanges(t *testing.T) {
	s := newTestStore(t)
	db := newDB(t, dayOf(codes, 100))
	s.seal(t, db, SealOptions{Date: day})
	in := sourcetest.Instrument('S', "600519")
	late := &lateDB{Pruner: db, late: func() error { return db.Put(&in, at(11, 0, 0, 0), 0, "late") }}
	_, err := Prune(t.Context(), late, s, PruneOptions{})
	mustBe[*DifferenceError](t, err)
	if value, ok, err := db.Get(&in, at(11, 0, 0, 0), 0); value != "late" || !ok || err != nil {
		t.Error("the late tick was deleted", err)
	}
}

// lateDB calls late at its first delete.
type lateDB struct {
	Pruner
	late func() error
}

func (l *lateDB) Delete(in *tick.Instrument, ts int64, seq uint16) error {
	if l.late != nil {
		if err := l.late(); err != nil {
			return err
		}
		l.late = nil
	}
	return l.Pruner.Delete(in, ts, seq)
}

func TestGC(t *testing.T) {
	s := newTestStore(t)
	ticks := dayOf(codes, 100)
	s.now = later.Add(-40 * 24 * time.Hour)
	s.seal(t, newDB(t, ticks), SealOptions{Date: day})
	s.seal(t, newDB(t, dayOf(codes, 101)), SealOptions{Date: day, Revise: Replace})
	named := s.keys(ticksPrefix)
	// A sealer is killed before it publishes, one of them recently; people put files too.
	for _, c := range []struct {
		age time.Duration
		n   int
	}{{40 * 24 * time.Hour, 102}, {time.Hour, 103}} {
		s.now = later.Add(-c.age)
		s.fail = func(op, key string) error {
			if op == "create" && strings.HasPrefix(key, sealedPrefix) {
				return errUnreachable
			}
			return nil
		}
		if _, err := trySeal(t, newDB(t, dayOf(codes, c.n)), s, SealOptions{Date: day, Revise: Replace}); err == nil {
			t.Fatal("the sealer was not stopped")
		}
		s.fail = nil
	}
	s.objects["ticks/README"] = object{[]byte("x"), later.Add(-1000 * time.Hour)}
	s.now = later
	before := s.keys("")
	for _, o := range []GCOptions{{DryRun: true}, {}} {
		report, err := GC(t.Context(), s, o)
		if err != nil || len(report.Parts) == 0 || report.Bytes == 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		for _, key := range report.Parts {
			if slices.Contains(named, key) || key == "ticks/README" {
				t.Errorf("%s is not to be deleted", key)
			}
		}
		want := before
		if !o.DryRun {
			want = slices.DeleteFunc(slices.Clone(before), func(key string) bool { return slices.Contains(report.Parts, key) })
		}
		if !slices.Equal(s.keys(""), want) {
			t.Errorf("%+v: other objects than before without those of the report", o)
		}
	}
	if len(s.keys(ticksPrefix)) <= len(named)+1 {
		t.Error("the parts of the last hour were deleted")
	}
	if report, err := Verify(t.Context(), s, VerifyOptions{All: true}); err != nil || len(report.Problems) > 0 || report.Days != 2 {
		t.Errorf("%+v, %v", report, err)
	}
	if report, err := GC(t.Context(), s, GCOptions{OlderThan: time.Minute}); err != nil || len(report.Parts) == 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if want := append(slices.Clone(named), "ticks/README"); !slices.Equal(s.keys(ticksPrefix), slices.Sorted(slices.Values(want))) {
		t.Error("other parts than the named ones")
	}
	// A manifest that cannot be read may name any part.
	key := s.keys(sealedPrefix)[0]
	s.change(key, s.data(key)[:100])
	s.objects["ticks/market=S/date=2026-11-24/part-00000-0.parquet"] = object{[]byte("x"), later.Add(-1000 * time.Hour)}
	_, err := GC(t.Context(), s, GCOptions{})
	mustBe[*DamagedError](t, err)
}

// TestGCBesideASealer lets a sealer put a part again while GC is about to delete it.
func TestGCBesideASealer(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 10)), SealOptions{Date: day})
	key := dayID{'S', mustDate(t, day)}.partKey(partName(0, strings.Repeat("0", 64)))
	s.objects[key] = object{[]byte("x"), later.Add(-1000 * time.Hour)}
	s.fail = func(op, prefix string) error {
		if op == "list" && prefix == key {
			s.objects[key] = object{[]byte("x"), later}
		}
		return nil
	}
	if report, err := GC(t.Context(), s, GCOptions{}); err != nil || len(report.Parts) != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if !slices.Contains(s.keys(ticksPrefix), key) {
		t.Error("the part was deleted")
	}
}

func TestVerifyChooses(t *testing.T) {
	s := newTestStore(t)
	in, other := sourcetest.Instrument('S', "1"), sourcetest.Instrument('T', "1")
	s.seal(t, newDB(t, sourcetest.Ticks{in: {{Time: at(9, 0, 0, 0)}, {Time: at(33, 0, 0, 0)}}, other: {{Time: at(9, 0, 0, 0)}}}), SealOptions{})
	for want, o := range map[int]VerifyOptions{3: {}, 2: {Market: 'S'}, 1: {Market: 'S', Date: day}, 0: {Date: "2020-01-01"}} {
		if report, err := Verify(t.Context(), s, o); err != nil || report.Days != want || report.Rows != int64(want) {
			t.Errorf("%+v: %+v, %v", o, report, err)
		}
	}
	if _, err := Verify(t.Context(), s, VerifyOptions{Date: "x"}); err == nil {
		t.Error("a date that is none: no error")
	}
}
