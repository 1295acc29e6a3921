package archive

import (
	"errors"
	"slices"
	"testing"
	"time"

	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
)

func TestPutsIntoSealedDays(t *testing.T) {
	s := newTestStore(t)
	in, other := sourcetest.Instrument('S', "1"), sourcetest.Instrument('T', "1")
	s.seal(t, newDB(t, sourcetest.Ticks{in: {{Time: at(9, 0, 0, 0)}, {Time: at(48+9, 0, 0, 0)}}}), SealOptions{})
	u := NewUnion(newDB(t, nil), s.open(t, Options{}))
	for _, c := range []struct {
		in     tick.Instrument
		ts     int64
		sealed string
	}{
		{in, at(0, 0, 0, 0) - 1, ""},
		{in, 0, ""},
		{in, at(0, 0, 0, 0), "S/2026-11-24"},
		{in, at(24, 0, 0, 0) - 1, "S/2026-11-24"},
		{in, at(24, 0, 0, 0), ""},
		{in, at(48, 0, 0, 0) - 1, ""},
		{in, at(48, 0, 0, 0), "S/2026-11-26"},
		{in, at(72, 0, 0, 0), ""},
		{in, tick.MaxTime - 1, ""},
		{other, at(48, 0, 0, 0), ""},
		{in, at(48, 0, 0, 0), "S/2026-11-26"},
	} {
		for range 2 { // also what CheckPut remembers
			err := u.CheckPut(&c.in, c.ts)
			if c.sealed == "" && err != nil {
				t.Errorf("%v at %d: %v", c.in, c.ts, err)
			} else if c.sealed != "" {
				if e := mustBe[*SealedError](t, err); e.Day != c.sealed || e.Revision != 1 {
					t.Errorf("%v at %d: %+v", c.in, c.ts, e)
				}
			}
			if err := u.CheckRange(c.in.Market(), tick.Range{From: c.ts, To: c.ts}); (err != nil) != (c.sealed != "") {
				t.Errorf("range of %v at %d: %v", c.in, c.ts, err)
			}
		}
	}
	if err := u.CheckRange('S', tick.Range{From: at(24, 0, 0, 0), To: at(48, 0, 0, 0)}); !errors.As(err, new(*SealedError)) {
		t.Error(err)
	}
	if err := u.CheckRange('S', tick.Range{From: at(10, 0, 0, 0), To: at(9, 0, 0, 0)}); err != nil {
		t.Error("an empty range:", err)
	}
	// What is sealed later, CheckPut sees after Refresh.
	late := at(24+9, 0, 0, 0)
	if err := u.CheckPut(&in, late); err != nil {
		t.Fatal(err)
	}
	s.seal(t, newDB(t, sourcetest.Ticks{in: {{Time: late}}}), SealOptions{Date: "2026-11-25"})
	if err := u.Refresh(); err != nil {
		t.Fatal(err)
	}
	mustBe[*SealedError](t, u.CheckPut(&in, late))
}

// standInDB gives long codes numbers that are not those of an archive, as a database does
// whose codes collide.
type standInDB struct {
	Hot
	known map[string]uint64
}

func (d *standInDB) Find(n tick.Name) (tick.Instrument, error) {
	if !n.IsLong() {
		return d.Hot.Find(n)
	}
	if number, ok := d.known[n.Code]; ok {
		return tick.StandIn(n.Market, number), nil
	}
	return tick.StandIn(n.Market, 100), nil // what it proposes for all others
}

func (d *standInDB) Name(in *tick.Instrument) (tick.Name, error) {
	for code, number := range d.known {
		if *in == tick.StandIn(in.Market(), number) {
			return tick.Name{Market: in.Market(), Code: code}, nil
		}
	}
	return tick.Name{Market: in.Market(), Code: in.Code()}, nil
}

// TestLongCodesOfBothSides gives the database and the archive other stand-ins.
func TestLongCodesOfBothSides(t *testing.T) {
	names := []tick.Name{{Market: 'X', Code: "rb2405.SHFE"}, {Market: 'X', Code: "au2406.SHFE"}, {Market: 'X', Code: "沪铜2405"}}
	db := newDB(t, nil)
	for i, n := range names {
		in, err := db.Define(n)
		if err == nil {
			err = db.Put(&in, at(9, 0, 0, i), 0, n.Code)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s := newTestStore(t)
	s.seal(t, db, SealOptions{Date: day})
	u := NewUnion(&standInDB{newDB(t, nil), map[string]uint64{names[0].Code: 7}}, s.open(t, Options{}))
	found, err := u.Names('X')
	if err != nil || len(found) != 3 {
		t.Fatal(found, err)
	}
	for i, n := range names {
		in, err := u.Find(n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := u.Name(&in); err != nil || got != n {
			t.Errorf("%v is %v, %v", n, got, err)
		}
		want := []tick.Row{{Time: at(9, 0, 0, i), Value: n.Code}}
		if got := sourcetest.Scan(t, u, in, tick.ScanOptions{Range: tick.Always}); !slices.Equal(got, want) {
			t.Errorf("%v has %v", n, got)
		}
		if value, ok, err := u.Get(&in, want[0].Time, 0); value != n.Code || !ok || err != nil {
			t.Errorf("%v: get %q, %v, %v", n, value, ok, err)
		}
	}
}

// TestPutsNoticeASeal: a put into a day that another process has sealed since is refused
// without Refresh, once the days may be listed again; a store that cannot be reached keeps
// nobody from writing.
func TestPutsNoticeASeal(t *testing.T) {
	s := newTestStore(t)
	in := sourcetest.Instrument('S', "1")
	late := at(9, 0, 0, 0)
	u := NewUnion(newDB(t, nil), s.open(t, Options{MayBeMissing: true}))
	put := func(n int) (err error) {
		for range n {
			err = errors.Join(err, u.CheckPut(&in, late))
		}
		return err
	}
	if err := put(1); err != nil {
		t.Fatal(err)
	}
	s.seal(t, newDB(t, sourcetest.Ticks{in: {{Time: late}}}), SealOptions{Date: "2026-11-24"})
	if err := put(2 * noticePuts); err != nil {
		t.Error("the days were listed again too soon:", err)
	}
	u.every = 0
	future := time.Now().Add(time.Hour).UnixMicro()
	if err := u.CheckPut(&in, future); err != nil {
		t.Error(err)
	}
	if err := put(noticePuts); err == nil {
		t.Error("no put noticed that the day is sealed")
	}
	mustBe[*SealedError](t, u.CheckPut(&in, late))
	if err := u.CheckPut(&in, future); err != nil {
		t.Error(err)
	}
}
