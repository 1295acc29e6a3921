package archive

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
	"microts/store"
)

var codes = []string{"1", "600000", "600519", "SH000001"}

func TestSealedDayIsReadBack(t *testing.T) {
	s := newTestStore(t)
	ticks := dayOf(codes, 250)
	report := s.seal(t, newDB(t, ticks), SealOptions{Date: day})
	if len(report.Days) != 1 || report.Days[0].Outcome != Sealed || report.Days[0].Rows != 1000 || report.Days[0].Codes != 4 || report.Days[0].Parts < 2 {
		t.Fatalf("%+v", report)
	}
	a := s.open(t, Options{})
	days, err := a.Days(0)
	if err != nil || len(days) != 1 || days[0] != (Day{'S', day, 1, later}) {
		t.Fatal(days, err)
	}
	infos, err := a.Describe(days...)
	if err != nil || len(infos) != 1 || infos[0].Rows != 1000 || infos[0].SHA256 != report.Days[0].SHA256 || infos[0].Digest != report.Days[0].Digest {
		t.Fatalf("%+v %v, not %+v", infos, err, report.Days[0])
	}
	names, err := a.DayNames(days[0])
	want := []CodeRows{{tick.Name{Market: 'S', Code: "1"}, 250}, {tick.Name{Market: 'S', Code: "600000"}, 250}, {tick.Name{Market: 'S', Code: "600519"}, 250}, {tick.Name{Market: 'S', Code: "SH000001"}, 250}}
	if err != nil || !reflect.DeepEqual(names, want) {
		t.Error(names, err)
	}
	if got, want := allTicks(t, a), allTicks(t, newDB(t, ticks)); !reflect.DeepEqual(got, want) {
		t.Error("other ticks came back")
	}
	for _, d := range []Day{{Market: 'S', Date: "2026-11-25"}, {Market: 'T', Date: day}, {Market: 'S', Date: day, Revision: 2}} {
		_, err := a.DayNames(d)
		mustBe[*NotSealedError](t, err)
	}
}

// TestArchiveInThePlaceOfAnother deletes an archive and makes another one: what is cached of
// the first does not count.
func TestArchiveInThePlaceOfAnother(t *testing.T) {
	folder := t.TempDir()
	for i := range 2 {
		s := newTestStore(t)
		s.now = later.Add(time.Duration(i) * time.Second)
		db := newDB(t, dayOf(codes, 10+i))
		s.seal(t, db, SealOptions{Date: day})
		a, closeArchive, err := openStore(t.Context(), s, Options{Cache: folder})
		if err != nil {
			t.Fatal(err)
		}
		if got := allTicks(t, a); !reflect.DeepEqual(got, allTicks(t, db)) {
			t.Errorf("archive %d: other ticks", i)
		}
		closeArchive() // and the cache is written
	}
}

// TestSealingAgain checks that the same ticks are a success, whatever parts they make, and
// that other ticks are a conflict that names both and changes nothing.
func TestSealingAgain(t *testing.T) {
	s := newTestStore(t)
	db := newDB(t, dayOf(codes, 100))
	first := s.seal(t, db, SealOptions{Date: day}).Days[0]
	for _, o := range []SealOptions{{Date: day}, {Before: "2026-11-25", PartSize: 1 << 20, GroupRows: 7}, {Date: day, Revise: Merge}, {Date: day, Revise: Replace}} {
		before := maps.Clone(s.objects)
		if again := s.seal(t, db, o).Days[0]; again.Outcome != Unchanged || again.DayInfo != first.DayInfo {
			t.Errorf("%+v: %+v, not %+v", o, again, first)
		}
		if !reflect.DeepEqual(s.objects, before) {
			t.Errorf("%+v: the store changed", o)
		}
	}
	in := sourcetest.Instrument('S', "1")
	if err := db.Put(&in, at(10, 0, 0, 0), 0, "late"); err != nil {
		t.Fatal(err)
	}
	_, err := trySeal(t, db, s, SealOptions{Date: day})
	conflict := mustBe[*ConflictError](t, err)
	if conflict.Revision != 1 || !strings.Contains(conflict.Theirs, "400 ticks") || !strings.Contains(conflict.Ours, "401 ticks") {
		t.Errorf("%+v", conflict)
	}
}

// TestSealersThatMeet seals the same ticks with parts of other sizes at the moment of
// publishing.
func TestSealersThatMeet(t *testing.T) {
	s := newTestStore(t)
	db := newDB(t, dayOf(codes, 100))
	met := false
	s.fail = func(op, key string) error {
		if op != "create" || !strings.HasPrefix(key, sealedPrefix) || met {
			return nil
		}
		met = true
		s.mu.Unlock()
		defer s.mu.Lock()
		s.seal(t, db, SealOptions{Date: day, GroupRows: 7})
		return nil
	}
	if report := s.seal(t, db, SealOptions{Date: day}); report.Days[0].Outcome != Unchanged || !met {
		t.Errorf("%+v", report)
	}
	if n := len(s.keys(sealedPrefix)); n != 1 {
		t.Errorf("%d manifests", n)
	}
}

func TestRevisions(t *testing.T) {
	s := newTestStore(t)
	ticks := dayOf(codes, 100)
	s.now = later
	s.seal(t, newDB(t, ticks), SealOptions{Date: day})
	all := allTicks(t, s.open(t, Options{}))

	// A database that was pruned gets a late tick and a correction.
	in, name := sourcetest.Instrument('S', "600000"), tick.Name{Market: 'S', Code: "600000"}
	late := sourcetest.Ticks{in: {{Time: at(9, 30, 1, 0), Seq: 1, Value: "corrected"}, {Time: at(15, 0, 0, 0), Value: "late"}}}
	s.now = later.Add(time.Hour)
	report := s.seal(t, newDB(t, late), SealOptions{Date: day, Revise: Merge})
	if d := report.Days[0]; d.Outcome != Sealed || d.Revision != 2 || d.Rows != 401 {
		t.Fatalf("%+v", d)
	}
	merged := allTicks(t, s.open(t, Options{}))
	want := maps.Clone(all)
	want[name] = append(slices.Clone(all[name]), late[in][1])
	want[name][1] = late[in][0]
	if !reflect.DeepEqual(merged, want) {
		t.Error("the merged revision has other ticks")
	}

	s.now = later.Add(2 * time.Hour)
	if d := s.seal(t, newDB(t, late), SealOptions{Date: day, Revise: Replace}).Days[0]; d.Revision != 3 || d.Rows != 2 {
		t.Fatalf("%+v", d)
	}
	alone := map[tick.Name][]tick.Row{name: late[in]}
	for _, c := range []struct {
		what string
		o    Options
		want map[tick.Name][]tick.Row
	}{
		{"latest", Options{}, alone},
		{"revision 1", Options{Revision: 1}, all},
		{"revision 2", Options{Revision: 2}, want},
		{"revision 4", Options{Revision: 4}, map[tick.Name][]tick.Row{}},
		{"before all", Options{AsOf: later.Add(-1)}, map[tick.Name][]tick.Row{}},
		{"as of the first", Options{AsOf: later}, all},
		{"as of the second", Options{AsOf: later.Add(90 * time.Minute)}, want},
		{"as of the third", Options{AsOf: later.Add(9 * time.Hour)}, alone},
	} {
		if got := allTicks(t, s.open(t, c.o)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: other ticks", c.what)
		}
	}
}

// TestPins checks that an archive with pins reads the same ticks later.
func TestPins(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 100)), SealOptions{Date: day})
	a := s.open(t, Options{})
	want := allTicks(t, a)
	days, err := a.Days(0)
	if err != nil {
		t.Fatal(err)
	}
	pins, err := a.Pins(days...)
	if err != nil || len(pins) != 1 || pins["S/2026-11-24"].Revision != 1 || len(pins["S/2026-11-24"].SHA256) != 64 {
		t.Fatal(pins, err)
	}
	s.seal(t, newDB(t, dayOf(codes[:2], 10)), SealOptions{Date: day, Revise: Replace})
	s.seal(t, newDB(t, sourcetest.Ticks{sourcetest.Instrument('S', "1"): {{Time: at(24+9, 30, 0, 0), Value: "next day"}}}), SealOptions{})
	s.fail = func(op, _ string) error {
		if op == "list" {
			return errors.New("pins need no listing")
		}
		return nil
	}
	if got := allTicks(t, s.open(t, Options{Pins: pins})); !reflect.DeepEqual(got, want) {
		t.Error("other ticks")
	}
	pins["S/2026-11-24"] = Pin{1, strings.Repeat("0", 64)}
	_, err = s.open(t, Options{Pins: pins}).Names(0)
	mustBe[*DamagedError](t, err)
	for _, bad := range []Pins{{"S": {Revision: 1}}, {"S/2026-11-31": {Revision: 1}}, {"S/2026-11-24": {}}} {
		if _, err := s.tryOpen(t, Options{Pins: bad}); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
}

// TestSealersRace lets eight sealers seal different ticks at once: one wins, and readers see
// all of its ticks and no others.
func TestSealersRace(t *testing.T) {
	s := newTestStore(t)
	var mu sync.Mutex
	var won []SealedDay
	var dbs []*store.DB
	for i := range 8 {
		dbs = append(dbs, newDB(t, dayOf(codes, 100+i)))
	}
	var running sync.WaitGroup
	for _, db := range dbs {
		running.Go(func() {
			report, err := trySeal(t, db, s, SealOptions{Date: day})
			mu.Lock()
			defer mu.Unlock()
			if conflict := (*ConflictError)(nil); errors.As(err, &conflict) {
				return
			}
			if err != nil {
				t.Error(err)
			}
			won = append(won, report.Days...)
		})
	}
	running.Wait()
	if len(won) != 1 {
		t.Fatalf("%d sealers won", len(won))
	}
	got := allTicks(t, s.open(t, Options{}))
	for _, db := range dbs {
		if sum := int64(len(codes) * len(got[tick.Name{Market: 'S', Code: "1"}])); won[0].Rows == sum && reflect.DeepEqual(got, allTicks(t, db)) {
			return
		}
	}
	t.Error("the ticks are those of none of the sealers")
}

// TestSealerThatIsStopped ends a sealer before each of its operations, and then lets another
// one seal: until then nothing can be seen, and then everything, with the same parts.
func TestSealerThatIsStopped(t *testing.T) {
	db := newDB(t, dayOf(codes, 100))
	whole := newTestStore(t)
	whole.seal(t, db, SealOptions{Date: day})
	want := allTicks(t, db)
	stopped := errors.New("stopped")
	for step := 0; ; step++ {
		s := newTestStore(t)
		n := 0
		s.fail = func(string, string) error {
			if n++; n > step {
				return stopped
			}
			return nil
		}
		_, err := trySeal(t, db, s, SealOptions{Date: day})
		s.fail = nil
		if err == nil {
			if step < 8 {
				t.Errorf("a seal has only %d steps", step)
			}
			break
		}
		if !errors.Is(err, stopped) {
			t.Fatal(err)
		}
		if got := allTicks(t, s.open(t, Options{MayBeMissing: true})); len(got) > 0 {
			t.Errorf("step %d: ticks can be seen", step)
		}
		s.seal(t, db, SealOptions{Date: day})
		if got := allTicks(t, s.open(t, Options{})); !reflect.DeepEqual(got, want) {
			t.Errorf("step %d: other ticks", step)
		}
		if !slices.Equal(s.keys(ticksPrefix), whole.keys(ticksPrefix)) {
			t.Errorf("step %d: parts %v, not %v", step, s.keys(ticksPrefix), whole.keys(ticksPrefix))
		}
	}
}

func TestOnlyDaysThatAreOverAreSealed(t *testing.T) {
	s := newTestStore(t)
	db := newDB(t, dayOf(codes, 10))
	s.now = time.UnixMicro(at(24, 0, 0, 0) - 1)
	for _, o := range []SealOptions{{Date: day}, {Before: "2026-11-25"}} {
		_, err := trySeal(t, db, s, o)
		if e := mustBe[*NotOverError](t, err); e.End != "2026-11-25 00:00:00.000000" {
			t.Errorf("%+v", e)
		}
	}
	if len(s.keys(sealedPrefix)) > 0 {
		t.Error("a day was sealed")
	}
	s.now = time.UnixMicro(at(24, 0, 0, 0))
	s.seal(t, db, SealOptions{Date: day})
}

func TestSealBefore(t *testing.T) {
	s := newTestStore(t)
	in, other := sourcetest.Instrument('S', "1"), sourcetest.Instrument('T', "1")
	ticks := sourcetest.Ticks{
		in:    {{Time: at(0, 0, 0, 0) - 1, Value: "day before"}, {Time: at(0, 0, 0, 0), Value: "first"}, {Time: at(24, 0, 0, 0) - 1, Value: "last"}, {Time: at(24, 0, 0, 0), Value: "day after"}},
		other: {{Time: at(48, 0, 0, 0), Value: "later"}, {Time: at(12, 0, 0, 0)}},
	}
	db := newDB(t, ticks)
	var got []string
	for _, d := range s.seal(t, db, SealOptions{Before: "2026-11-25"}).Days {
		got = append(got, fmt.Sprint(d.Day, " ", d.Rows, " ", d.Outcome))
	}
	if want := []string{"S/2026-11-23 1 sealed", "S/2026-11-24 2 sealed", "T/2026-11-24 1 sealed"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	if d := s.seal(t, db, SealOptions{Market: 'T', Date: "2026-11-23"}).Days; len(d) != 1 || d[0].Outcome != Empty {
		t.Errorf("a day without ticks: %+v", d)
	}
}

func TestBadSealOptions(t *testing.T) {
	s := newTestStore(t)
	db := newDB(t, dayOf(codes, 10))
	for _, o := range []SealOptions{
		{},
		{Date: day, Before: day},
		{Date: "2026-11-31"},
		{Before: "today"},
		{Date: day, Rule: DayRule{Zone: "Mars", Starts: "00:00"}},
		{Date: day, Rule: DayRule{Zone: "UTC", Starts: "25:00"}},
	} {
		if _, err := Seal(t.Context(), db, s, o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	s.seal(t, db, SealOptions{Date: day})
	if _, err := trySeal(t, db, s, SealOptions{Date: day, Rule: DayRule{Zone: "UTC", Starts: "00:00"}}); err == nil || !strings.Contains(err.Error(), "Asia/Shanghai from 00:00") {
		t.Error("another rule of days:", err)
	}
}

// TestSealersOfTheLost refuses to seal an instrument whose code is lost.
func TestSealingALostCode(t *testing.T) {
	lost := lostDB{newDB(t, dayOf(codes, 1))}
	if _, err := trySeal(t, lost, newTestStore(t), SealOptions{Date: day}); err == nil || !strings.Contains(err.Error(), "unnamed-0000000000000007") {
		t.Error(err)
	}
}

type lostDB struct{ Hot }

func (lostDB) Names(byte) ([]tick.Name, error) {
	return []tick.Name{{Market: 'S', Code: tick.Unnamed(7)}}, nil
}

// TestEverythingIsReadBack seals random databases and reads them back: from an archive, a
// union, and a database into which it is unsealed, byte for byte.
func TestEverythingIsReadBack(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for seed := range rounds {
		draw := rapid.Custom(drawDatabase).Example(seed)
		db := newDB(t, nil)
		for name, rows := range draw {
			in, err := db.Define(name)
			if err == nil {
				err = db.PutMany(&in, rows)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		want := allTicks(t, db)
		s, other := newTestStore(t), newTestStore(t)
		rule := DayRule{Zone: "Asia/Shanghai", Starts: "21:00", NextMonday: seed%2 == 0}
		report := s.seal(t, db, SealOptions{Rule: rule, PartSize: int64(seed * 1000), GroupRows: 1 + seed*10})
		again := other.seal(t, db, SealOptions{Rule: rule})
		for i := range report.Days {
			if report.Days[i].Digest != again.Days[i].Digest {
				t.Errorf("seed %d: %v has two digests", seed, report.Days[i].Day)
			}
		}
		a := s.open(t, Options{})
		if got := allTicks(t, a); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: the archive has other ticks", seed)
		}
		if got := allTicks(t, NewUnion(db, a)); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: the union has other ticks", seed)
		}
		if got := allTicks(t, NewUnion(newDB(t, nil), a)); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: the union with an empty database has other ticks", seed)
		}
		back := newDB(t, nil)
		if _, err := Unseal(t.Context(), a, daysOf(t, a), back, UnsealOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := allTicks(t, back); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: the database that was unsealed has other ticks", seed)
		}
		if v, err := Verify(t.Context(), s, VerifyOptions{}); err != nil || len(v.Problems) > 0 || v.Days != len(report.Days) {
			t.Fatalf("seed %d: %+v, %v", seed, v, err)
		}
	}
}

// drawDatabase draws a database of any markets and codes.
func drawDatabase(t *rapid.T) map[tick.Name][]tick.Row {
	db := map[tick.Name][]tick.Row{}
	names := []tick.Name{
		{Market: 'S', Code: "1"},
		{Market: 'S', Code: "600000"},
		{Market: 'H', Code: "700"},
		{Market: 'X', Code: "rb2405.SHFE"},
		{Market: 'X', Code: "沪铜2405"},
		{Market: '/', Code: "%"},
		{Market: ' ', Code: " "},
		{Market: '%', Code: "a/b"},
		{Market: 'X', Code: "rb"},
	}
	for range rapid.IntRange(0, 400).Draw(t, "ticks") {
		name := rapid.SampledFrom(names).Draw(t, "name")
		r := tick.Row{
			Time:  at(20, 59, 59, 999_990) + int64(rapid.IntRange(0, 5).Draw(t, "day"))*86_400_000_000 + rapid.Int64Range(0, 20).Draw(t, "µs"),
			Seq:   rapid.SampledFrom([]uint16{0, 1, 2, tick.MaxSeq}).Draw(t, "seq"),
			Value: rapid.OneOf(rapid.Map(rapid.Int(), record), rapid.StringN(0, 60, 60)).Draw(t, "value"),
		}
		db[name] = append(db[name], r)
	}
	return db
}
