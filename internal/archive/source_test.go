package archive

import (
	"context"
	"testing"
	"time"

	"microts/internal/objects"
	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
)

// clockStore is a store with a clock of its own.
type clockStore struct{ objects.Store }

func (clockStore) Now(context.Context) (time.Time, error) { return later, nil }

// inFolder returns an archive of some ticks in a folder.
func inFolder(t testing.TB, ticks sourcetest.Ticks, o Options) *Archive {
	t.Helper()
	s, err := objects.Open(t.Context(), fileURL(t), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := trySeal(t, newDB(t, ticks), clockStore{s}, SealOptions{PartSize: 100 << 10}); err != nil {
		t.Fatal(err)
	}
	env := NewEnv()
	t.Cleanup(env.Close)
	a, err := env.Open(t.Context(), s.URL(), o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestSource runs the suite of all Sources on archives and unions.
func TestSource(t *testing.T) {
	for name, source := range map[string]sourcetest.Maker{
		"archive": func(t testing.TB, ticks sourcetest.Ticks) tick.Source {
			s := newTestStore(t)
			s.seal(t, newDB(t, ticks), SealOptions{})
			return s.open(t, Options{})
		},
		"cache": func(t testing.TB, ticks sourcetest.Ticks) tick.Source {
			s := newTestStore(t)
			s.seal(t, newDB(t, ticks), SealOptions{PartSize: 100 << 10})
			return s.open(t, Options{Cache: t.TempDir(), CacheSize: 1 << 20})
		},
		"one core": func(t testing.TB, ticks sourcetest.Ticks) tick.Source {
			a := inFolder(t, ticks, Options{OneCore: true})
			a.SetInterrupt(context.Background().Err)
			return a
		},
		"union": func(t testing.TB, ticks sourcetest.Ticks) tick.Source {
			// Every second day is sealed, and what the database has of it is hidden.
			s := newTestStore(t)
			sealed, hot := sourcetest.Ticks{}, sourcetest.Ticks{}
			for in, rows := range ticks {
				for _, r := range rows {
					if defaultDays.of(r.Time)%2 == 0 {
						sealed[in] = append(sealed[in], r)
					} else {
						hot[in] = append(hot[in], r)
					}
				}
			}
			s.seal(t, newDB(t, sealed), SealOptions{})
			a := s.open(t, Options{})
			days, err := a.Days('S')
			if err != nil {
				t.Fatal(err)
			}
			db := newDB(t, hot)
			for _, d := range days {
				hidden := sourcetest.Instrument('S', "hidden")
				times, err := a.Rule().Range(d.Date)
				if err == nil {
					err = db.Put(&hidden, times.From, 0, "hidden")
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			return NewUnion(db, a)
		},
	} {
		t.Run(name, func(t *testing.T) { sourcetest.Run(t, source) })
	}
}
