package source

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microts/internal/archive"
	"microts/internal/objects"
	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
	"microts/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	none = context.Background()
	env  = NewEnv()
)

// open opens a Source that the test closes.
func open(t testing.TB, path string, o *Options) *Source {
	t.Helper()
	s, err := env.Open(none, path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// put puts a tick of an instrument, such as "600000" or "rb2405.SHFE", at the open of a day.
func put(t testing.TB, s *Source, market byte, code, date string) {
	t.Helper()
	name, err := tick.NewName(market, code)
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.DB().Define(name)
	if err != nil {
		t.Fatal(err)
	}
	us, err := tick.ParseTime(date+" 09:30", tick.Shanghai, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckPut(&in, us); err != nil {
		t.Fatal(err)
	}
	if err := s.DB().Put(&in, us, 0, "v"); err != nil {
		t.Fatal(err)
	}
}

// seal seals the days of a Source before a date.
func seal(t testing.TB, s *Source, url, before string) {
	t.Helper()
	if _, err := s.Seal(none, url, archive.SealOptions{Before: before}); err != nil {
		t.Fatal(err)
	}
}

// TestSource runs the suite of all Sources on a snapshot of a database with an archive,
// through which all reads go a long way. Packages store and archive run it on their own.
func TestSource(t *testing.T) {
	sourcetest.Run(t, func(t testing.TB, ticks sourcetest.Ticks) tick.Source {
		s := open(t, filepath.Join(t.TempDir(), "db"), &Options{Archive: "file://" + t.TempDir()})
		for in, rows := range ticks {
			if err := s.DB().PutMany(&in, rows); err != nil {
				t.Fatal(err)
			}
		}
		snap, err := s.Snapshot(none)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = snap.Close() })
		return snap
	})
}

// TestWhere: the places of ticks, as sealed days move them.
func TestWhere(t *testing.T) {
	url, path := "file://"+t.TempDir(), filepath.Join(t.TempDir(), "db")
	db := open(t, path, nil)
	put(t, db, 'S', "600000", "2023-11-14")
	put(t, db, 'S', "600000", "2023-11-15")
	put(t, db, 'S', "1", "2023-11-14")
	put(t, db, 'F', "rb2405.SHFE", "2023-11-16")
	seal(t, db, url, "2023-11-15")
	both, sealed := open(t, path, &Options{Archive: url}), open(t, url, nil)
	for _, c := range []struct {
		s          *Source
		market     byte
		code, want string
	}{
		{db, 'S', "1", "database"},
		{db, 'S', "2", ""},
		{sealed, 'S', "1", "archive"},
		{sealed, 'F', "rb2405.SHFE", ""},
		{both, 'S', "1", "archive"},
		{both, 'S', "600000", "archive, database"},
		{both, 'F', "rb2405.SHFE", "database"},
		{both, 'F', "rb2410.SHFE", ""},
	} {
		if got, err := c.s.Where(tick.Name{Market: c.market, Code: c.code}); string(got) != c.want || err != nil {
			t.Errorf("%s of %s: %q, %v, not %q", c.code, c.s.Kind(), got, err, c.want)
		}
	}
	lines, err := both.Describe()
	if want := []string{"archive " + url + ": Parquet of ticks, in days of Asia/Shanghai that begin at 00:00", "market S: 1 sealed days, 2023-11-14 to 2023-11-14"}; !slices.Equal(lines, want) || err != nil {
		t.Errorf("%q, %v", lines, err)
	}
	// Another handle has sealed one more day: a Refresh shows it.
	seal(t, db, url, "2023-11-16")
	if err := both.Refresh(); err != nil {
		t.Fatal(err)
	}
	if got, err := both.Where(tick.Name{Market: 'S', Code: "600000"}); got != InArchive || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	stats, err := both.Stats()
	if err != nil || stats.Archive.Days != 2 || stats.Database == nil || stats.Mode != "rw" {
		t.Errorf("%+v, %v", stats, err)
	}
}

// TestSealedIsNotWritten: what would change a sealed day is told from the rest.
func TestSealedIsNotWritten(t *testing.T) {
	url, path := "file://"+t.TempDir(), filepath.Join(t.TempDir(), "db")
	s := open(t, path, &Options{Archive: url})
	put(t, s, 'S', "600000", "2023-11-14")
	put(t, s, 'H', "700", "2023-11-15")
	seal(t, s, url, "2023-11-15")
	in, _ := tick.ParseInstrument('S', "600001")
	day := tick.Range{From: 1_699_891_200_000_000, To: 1_699_977_599_999_999} // 2023-11-14 in Shanghai
	wrong := (*archive.SealedError)(nil)
	for ts, isSealed := range map[int64]bool{day.From - 1: false, day.From: true, day.To: true, day.To + 1: false} {
		if err := s.CheckPut(&in, ts); errors.As(err, &wrong) != isSealed {
			t.Errorf("%d: %v", ts, err)
		}
		if err := s.CheckRange('S', tick.Range{From: ts, To: ts}); errors.As(err, &wrong) != isSealed {
			t.Errorf("range at %d: %v", ts, err)
		}
	}
	if err := s.CheckRows(&in, []tick.Row{{Time: 1}, {Time: day.From}}); err == nil || !strings.HasPrefix(err.Error(), "row 2: S/2023-11-14 is sealed (revision 1)") {
		t.Errorf("%v", err)
	}
	if err := s.CheckRange('H', tick.Always); err != nil {
		t.Error(err)
	}
}

// TestOptionsGoTogether: options that do not are errors, which show no secret.
func TestOptionsGoTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	rocks := store.Options{RocksDB: map[string]string{"write_buffer_size": "1"}}
	for _, c := range []struct {
		path string
		o    Options
		want string
	}{
		{"file:///a", Options{ReadWrite: true}, `option "mode"`},
		{"file:///a", Options{Archive: "file:///b"}, `option "archive"`},
		{"file:///a", Options{Options: rocks}, `option "write_buffer_size": unknown; an archive has mode, cache,`},
		{"file:///a", Options{Options: store.Options{Durability: store.Sync}}, `option "durability"`},
		{"file:///a", Options{Options: store.Options{Format: tick.V1}}, "a storage engine needs a database"},
		{path, Options{ArchiveOptions: ArchiveOptions{Cache: "x"}}, `option "cache"`},
		{path, Options{ArchiveOptions: ArchiveOptions{CacheSize: 1}}, `option "cache_size"`},
		{path, Options{ArchiveOptions: ArchiveOptions{Timeout: 1}}, `option "timeout"`},
		{path, Options{ArchiveOptions: ArchiveOptions{RequestTimeout: 1}}, `option "request_timeout"`},
		{path, Options{ArchiveOptions: ArchiveOptions{Revision: 1}}, `option "revision"`},
		{path, Options{ArchiveOptions: ArchiveOptions{AsOf: time.Now()}}, `option "as_of"`},
		{path, Options{Archive: "elsewhere"}, `option "archive": s3://BUCKET/PREFIX or file:///FOLDER expected, got "elsewhere"`},
		{path, Options{Archive: "file:///b", Options: store.Options{Format: tick.V1}}, "storage engine V1 has no archive"},
		{"https://key:secret@host/x", Options{}, `got "https://host/x"`},
		{path, Options{Archive: "https://key:secret@host/x"}, `got "https://host/x"`},
		{"s3://key:secret@bucket/x", Options{}, "no user and no password expected"},
	} {
		_, err := env.Open(none, c.path, &c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s, %+v: %v, not %s", c.path, c.o, err, c.want)
		}
	}
	if found, _ := filepath.Glob(path); found != nil {
		t.Error("a database was made")
	}
}

// count returns how many ticks of an instrument of market S a Source has.
func count(t testing.TB, s *Source, code string) int {
	t.Helper()
	in, err := tick.ParseInstrument('S', code)
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.Count(&in, tick.Always)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOpenWhileADayIsPruned: a day that is sealed and deleted from the database between the
// opening of the archive and that of the database, or after pins were taken, comes from the
// archive.
func TestOpenWhileADayIsPruned(t *testing.T) {
	url, path := "file://"+t.TempDir(), filepath.Join(t.TempDir(), "db")
	writer := open(t, path, nil)
	put(t, writer, 'S', "600000", "2023-11-14")
	put(t, writer, 'S', "600000", "2023-11-15")
	seal(t, writer, url, "2023-11-15")
	prune := func() {
		seal(t, writer, url, "2023-11-16")
		to, err := objects.Open(none, url, objects.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer to.Close()
		if _, err := archive.Prune(none, writer.DB(), to, archive.PruneOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	before := open(t, path, &Options{Archive: url})
	pins, err := before.Archive().Pins()
	if err != nil || len(pins) != 1 {
		t.Fatal(pins, err)
	}
	s := open(t, path, &Options{Archive: url, opened: prune})
	if n := count(t, writer, "600000"); n != 0 {
		t.Fatalf("%d ticks are left in the database", n)
	}
	if n := count(t, s, "600000"); n != 2 {
		t.Errorf("%d ticks, 2 expected", n)
	}
	pinned := open(t, path, &Options{Archive: url, ArchiveOptions: ArchiveOptions{Pins: pins}})
	if n := count(t, pinned, "600000"); n != 2 {
		t.Errorf("with pins: %d ticks, 2 expected", n)
	}
	if days, err := pinned.Archive().Days(0); len(days) != 2 || err != nil || len(pins) != 1 {
		t.Errorf("%v, %v, %v", days, err, pins)
	}
}
