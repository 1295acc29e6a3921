package archive

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"microts/internal/objects"
	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
)

// tryAll returns everything that an archive has, or the first error.
func tryAll(a *Archive) (map[tick.Name][]tick.Row, error) {
	names, err := a.Names(0)
	if err != nil {
		return nil, err
	}
	all := map[tick.Name][]tick.Row{}
	for _, n := range names {
		in, err := a.Find(n)
		if err != nil {
			return nil, err
		}
		rows, err := a.Scan(&in, tick.ScanOptions{Range: tick.Always})
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			all[n] = append(all[n], rows.Row())
		}
		rows.Close()
		if rows.Err() != nil {
			return nil, rows.Err()
		}
	}
	return all, nil
}

// TestFlippedBits flips bits all over the parts and manifests: what is read is right, or a
// DamagedError; and Verify finds each of them.
func TestFlippedBits(t *testing.T) {
	s := newTestStore(t)
	ticks := dayOf(codes, 60)
	in := sourcetest.Instrument('S', "600000")
	ticks[in][3].Value = "no record"
	s.seal(t, newDB(t, ticks), SealOptions{Date: day, GroupRows: 50})
	want := allTicks(t, s.open(t, Options{}))
	m, err := s.open(t, Options{}).shared.manifest(t.Context(), dayID{'S', mustDate(t, day)}, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range s.keys("") {
		whole := s.data(key)
		step := 1 + len(whole)/60
		if testing.Short() {
			step = 1 + len(whole)/10
		}
		for i := 0; i < len(whole); i += step {
			damaged := s.data(key)
			damaged[i] ^= 1 << (i % 8)
			s.change(key, damaged)
			var got map[tick.Name][]tick.Row
			a, err := s.tryOpen(t, Options{})
			if err == nil {
				got, err = tryAll(a)
			}
			isDamage := errors.As(err, new(*DamagedError)) || errors.As(err, new(*FormatError))
			switch {
			case key == headerKey: // JSON of people: another zone would be another zone
			case err != nil && !isDamage:
				t.Fatalf("bit at %d of %s: %v", i, key, err)
			case err == nil && !reflect.DeepEqual(got, want):
				t.Fatalf("bit at %d of %s: other ticks without an error", i, key)
			case err == nil && (isNeeded(m, key, i) || strings.HasPrefix(key, sealedPrefix)):
				t.Fatalf("bit at %d of %s: no error", i, key)
			}
			if key != headerKey {
				report, err := Verify(t.Context(), s, VerifyOptions{})
				if err != nil || len(report.Problems) == 0 || report.Problems[0].Key != key {
					t.Fatalf("bit at %d of %s: verify found %v, %v", i, key, report.Problems, err)
				}
			}
			s.change(key, whole)
		}
	}
}

// isNeeded says whether a byte of a part is one that reading all ticks needs.
func isNeeded(m *manifest, key string, at int) bool {
	for _, p := range m.Parts {
		for _, g := range p.Groups {
			for c := range g.Needs(tick.AllColumns) {
				if r := g.Column(c); p.key == key && r.Offset <= int64(at) && int64(at) < r.Offset+r.Length {
					return true
				}
			}
		}
	}
	return false
}

// TestPartsThatAreCutOrMissing checks that they are errors, and never no ticks.
func TestPartsThatAreCutOrMissing(t *testing.T) {
	for _, cached := range []bool{false, true} {
		s := newTestStore(t)
		s.seal(t, newDB(t, dayOf(codes, 200)), SealOptions{Date: day})
		for _, key := range append(s.keys(ticksPrefix), s.keys(sealedPrefix)...) {
			whole := s.data(key)
			for _, n := range []int{len(whole) / 2, 4, 0, -1} {
				cut := []byte(nil)
				if n >= 0 {
					cut = whole[:n:n]
				}
				if n < 0 && strings.HasPrefix(key, sealedPrefix) {
					continue // then the day is not sealed
				}
				s.change(key, cut)
				o := Options{}
				if cached {
					o.Cache = t.TempDir()
				}
				_, err := tryAll(s.open(t, o))
				if e := mustBe[*DamagedError](t, err); e.Key != key {
					t.Errorf("%s cut to %d: %v", key, n, e)
				}
				for _, quick := range []bool{false, true} {
					report, err := Verify(t.Context(), s, VerifyOptions{Quick: quick})
					if err != nil || len(report.Problems) != 1 || report.Problems[0].Key != key {
						t.Errorf("%s cut to %d: verify found %v, %v", key, n, report.Problems, err)
					}
				}
				s.change(key, whole)
			}
		}
	}
}

var errUnreachable = &objects.UnreachableError{URL: "test:", Op: "get", Attempts: 8, Err: errors.New("connection refused")}

// TestStoreThatCannotBeReached checks that it is an error at each step, and never no ticks.
func TestStoreThatCannotBeReached(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 50)), SealOptions{Date: day})
	want := allTicks(t, s.open(t, Options{}))
	for step := 0; ; step++ {
		var n atomic.Int64
		s.fail = func(string, string) error {
			if n.Add(1) > int64(step) {
				return errUnreachable
			}
			return nil
		}
		a, err := s.tryOpen(t, Options{})
		var got map[tick.Name][]tick.Row
		if err == nil {
			got, err = tryAll(a)
		}
		if err == nil {
			if step < 6 || !reflect.DeepEqual(got, want) {
				t.Errorf("step %d: no error", step)
			}
			break
		}
		mustBe[*objects.UnreachableError](t, err)
		// A verification ends too, and says nothing of damage.
		n.Store(0)
		report, err := Verify(t.Context(), s, VerifyOptions{})
		if len(report.Problems) > 0 {
			t.Errorf("step %d: verify takes the store for damaged: %v", step, report.Problems)
		}
		if err != nil {
			mustBe[*objects.UnreachableError](t, err)
		}
	}
}

func TestNoArchive(t *testing.T) {
	s := newTestStore(t)
	_, err := s.tryOpen(t, Options{})
	mustBe[*NoArchiveError](t, err)
	a := s.open(t, Options{MayBeMissing: true})
	if got := allTicks(t, a); len(got) > 0 {
		t.Error("ticks of no archive")
	}
	s.seal(t, newDB(t, dayOf(codes, 10)), SealOptions{Date: day})
	if err := a.Refresh(); err != nil {
		t.Fatal(err)
	}
	if got := allTicks(t, a); len(got) != len(codes) {
		t.Error("Refresh does not see the first seal")
	}
	s.change(headerKey, []byte(`{"format":2,"zone":"Asia/Shanghai","day_starts":"00:00"}`))
	_, err = s.tryOpen(t, Options{})
	mustBe[*FormatError](t, err)
}

// TestCacheHeals damages all files of the cache: reading goes to the store again.
func TestCacheHeals(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 200)), SealOptions{Date: day})
	want := allTicks(t, s.open(t, Options{}))
	folder := t.TempDir()
	for range 2 {
		o := Options{Cache: folder}
		a, closeArchive, err := openStore(t.Context(), s, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tryAll(a)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Error("other ticks", err)
		}
		closeArchive() // and the cache is written
		for _, path := range cacheFiles(t, folder) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := range data {
				data[i] ^= 0x10
			}
			if err := os.WriteFile(path, data[:len(data)-len(data)/3], 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// cacheFiles returns the paths of the files in a folder.
func cacheFiles(t testing.TB, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// TestWhatIsCachedIsNotReadAgain opens an archive twice: the second time nothing but the rule
// of days is read.
func TestWhatIsCachedIsNotReadAgain(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 200)), SealOptions{Date: day})
	folder := t.TempDir()
	for i := range 2 {
		s.count()
		a, closeArchive, err := openStore(t.Context(), s, Options{Cache: folder})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tryAll(a); err != nil {
			t.Fatal(err)
		}
		closeArchive()
		if n := s.count(); i == 1 && n != 1 {
			t.Errorf("%d reads, not 1", n)
		}
	}
}

// TestSmallScansReadLittle counts requests and bytes of a scan of one code of a day: the
// manifest, and one range that is a small part of the day.
func TestSmallScansReadLittle(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 3000)), SealOptions{Date: day, PartSize: DefaultPartSize, GroupRows: 500})
	a := s.open(t, Options{})
	s.count()
	in := sourcetest.Instrument('S', "600519")
	rows := sourcetest.Scan(t, a, in, tick.ScanOptions{Range: tick.Range{From: at(9, 40, 0, 0), To: at(9, 45, 0, 0) - 1}})
	if len(rows) != 300 {
		t.Fatal(len(rows))
	}
	manifest, part := len(s.data(s.keys(sealedPrefix)[0])), len(s.data(s.keys(ticksPrefix)[0]))
	if n, read := s.count(), int(a.Usage().Bytes)-manifest; n != 2 || read > part/8 {
		t.Errorf("%d requests, %d bytes of a part of %d", n, read, part)
	}
	blocks, err := a.ScanColumns(&in, tick.ScanOptions{Range: tick.Always}, tick.PriceColumn)
	if err != nil {
		t.Fatal(err)
	}
	blocks.Close()
	before := a.Usage().Bytes
	if n, err := a.Count(&in, tick.Always); n != 3000 || err != nil || a.Usage().Bytes != before || s.count() > 1 {
		t.Errorf("count: %d, %v, and reads", n, err)
	}
}

// TestManyScansDownloadThePart checks that a part is read whole once its ranges cost as much.
func TestManyScansDownloadThePart(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 2000)), SealOptions{Date: day, PartSize: DefaultPartSize, GroupRows: 500})
	a := s.open(t, Options{Cache: t.TempDir()})
	in := sourcetest.Instrument('S', "600519")
	for i := range 8 {
		from := at(9, 30, 0, 0) + int64(i)*200_000_000
		if rows := sourcetest.Scan(t, a, in, tick.ScanOptions{Range: tick.Range{From: from, To: from + 199_999_999}}); len(rows) != 200 {
			t.Fatal(len(rows))
		}
		if i == 3 {
			s.count()
		}
	}
	if n := s.count(); n != 0 {
		t.Errorf("%d reads after the download", n)
	}
}

// fullDisk fails as a full disk does, after some bytes.
type fullDisk struct {
	io.Writer
	left int
}

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, syscall.ENOSPC
	}
	return f.Writer.Write(p)
}

// TestFullCacheDisk checks that it only means that nothing is cached.
func TestFullCacheDisk(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 2000)), SealOptions{Date: day, PartSize: DefaultPartSize, GroupRows: 100})
	want := allTicks(t, s.open(t, Options{}))
	folder := t.TempDir()
	a, closeArchive, err := openStore(t.Context(), s, Options{Cache: folder})
	if err != nil {
		t.Fatal(err)
	}
	a.shared.cache.created = func(f *os.File) io.Writer { return &fullDisk{f, 100} }
	for range 3 {
		got, err := tryAll(a)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatal("other ticks", err)
		}
	}
	closeArchive()
	if left := cacheFiles(t, folder); len(left) > 0 || a.Usage().CacheFailed == 0 {
		t.Errorf("%v is in the cache, %d writes failed", left, a.Usage().CacheFailed)
	}
}

// TestInterrupt checks that each operation ends when it is interrupted, even if the store
// does not answer.
func TestInterrupt(t *testing.T) {
	s := newTestStore(t)
	s.seal(t, newDB(t, dayOf(codes, 100)), SealOptions{Date: day})
	stop := errors.New("stop")
	in := sourcetest.Instrument('S', "1")
	for name, work := range map[string]func(a *Archive) error{
		"names": func(a *Archive) error { _, err := a.Names(0); return err },
		"get":   func(a *Archive) error { _, _, err := a.Get(&in, at(9, 30, 0, 0), 0); return err },
		"last":  func(a *Archive) error { _, _, err := a.Last(&in, tick.MaxTime-1); return err },
		"count": func(a *Archive) error {
			_, err := a.Count(&in, tick.Range{From: at(9, 31, 0, 0), To: tick.MaxTime - 1})
			return err
		},
		"scan":    func(a *Archive) error { _, err := tryAll(a); return err },
		"refresh": func(a *Archive) error { return a.Refresh() },
	} {
		t.Run(name, func(t *testing.T) {
			hung := hangingStore{testStore: s}
			a, closeArchive, err := openStore(context.Background(), &hung, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer closeArchive()
			hung.hangs.Store(true)
			a.SetInterrupt(func() error {
				if hung.waiting.Load() > 0 {
					return stop
				}
				return nil
			})
			if err := work(a); !errors.Is(err, stop) {
				t.Error(err)
			}
		})
	}
}

// hangingStore is a store that does not answer before the context ends.
type hangingStore struct {
	*testStore
	hangs   atomic.Bool
	waiting atomic.Int64
}

func (s *hangingStore) Get(ctx context.Context, key string, off, n int64) ([]byte, error) {
	if !s.hangs.Load() {
		return s.testStore.Get(ctx, key, off, n)
	}
	s.waiting.Add(1)
	<-ctx.Done()
	return nil, ctx.Err()
}

func (s *hangingStore) List(ctx context.Context, prefix string, f func(objects.Object) error) error {
	if !s.hangs.Load() {
		return s.testStore.List(ctx, prefix, f)
	}
	s.waiting.Add(1)
	<-ctx.Done()
	return ctx.Err()
}

// TestClosedArchive checks that a closed archive answers nothing, its scans included.
func TestClosedArchive(t *testing.T) {
	env := NewEnv()
	s := inFolder(t, dayOf(codes, 3000), Options{})
	a, err := env.Open(t.Context(), s.Path(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := env.Open(t.Context(), s.Path(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.shared != b.shared {
		t.Error("two archives of a URL share nothing")
	}
	in := sourcetest.Instrument('S', "1")
	rows, err := a.Scan(&in, tick.ScanOptions{Range: tick.Always})
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	for range 2 {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	for rows.Next() {
	}
	check := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	check("scan that had begun", rows.Err())
	closed := func(a *Archive) {
		t.Helper()
		_, err := tryAll(a)
		check("names", err)
		_, _, err = a.Get(&in, 0, 0)
		check("get", err)
		_, err = a.Count(&in, tick.Always)
		check("count", err)
		_, err = a.Days(0)
		check("days", err)
		check("refresh", a.Refresh())
		_, err = a.Find(tick.Name{Market: 'S', Code: "1"})
		check("find", err)
	}
	closed(a)
	if got, err := tryAll(b); err != nil || len(got) != len(codes) {
		t.Error("the other archive:", err)
	}
	env.Close()
	env.Close()
	_, err = b.Names(0)
	check("names after the Env is closed", err)
	closed(b)
	_, err = env.Open(t.Context(), s.Path(), Options{})
	check("open", err)
}

// TestClocksDoNotMatter seals with a clock that is years away from that of the store: nothing
// depends on it, and the store's says which days are over.
func TestClocksDoNotMatter(t *testing.T) {
	s := newTestStore(t)
	s.now = time.UnixMicro(at(24+9, 0, 0, 0)) // this test may run in any year
	s.seal(t, newDB(t, dayOf(codes, 10)), SealOptions{Date: day})
	s.now = s.now.Add(-24 * time.Hour) // a clock that goes back
	s.seal(t, newDB(t, dayOf(codes, 10)), SealOptions{Date: "2026-11-23"})
	if _, err := trySeal(t, newDB(t, dayOf(codes, 11)), s, SealOptions{Date: day}); !errors.As(err, new(*NotOverError)) {
		t.Error(err)
	}
	if got := allTicks(t, s.open(t, Options{})); len(got) != len(codes) {
		t.Error("ticks are missing")
	}
}
