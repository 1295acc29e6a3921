package archive

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microts/internal/objects"
	"microts/internal/tick"
	"microts/internal/tick/sourcetest"
	"microts/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// later is after all ticks of the tests.
var later = time.Date(2256, 1, 1, 0, 0, 0, 0, time.UTC)

// testStore is a store in memory whose clock tells what a test wants, and which can fail.
type testStore struct {
	mu      sync.Mutex
	objects map[string]object
	now     time.Time
	fail    func(op, key string) error // nil, or called before each operation
	gets    int
}

type object struct {
	data     []byte
	modified time.Time
}

func newTestStore(testing.TB) *testStore {
	return &testStore{objects: map[string]object{}, now: later}
}

func (s *testStore) URL() string { return "test:" }

func (s *testStore) Close() {}

// begin begins an operation; the caller unlocks mu.
func (s *testStore) begin(ctx context.Context, op, key string) error {
	s.mu.Lock()
	if s.fail != nil {
		if err := s.fail(op, key); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s *testStore) Now(ctx context.Context) (time.Time, error) {
	defer s.mu.Unlock()
	return s.now, s.begin(ctx, "now", "")
}

func (s *testStore) Get(ctx context.Context, key string, off, n int64) ([]byte, error) {
	defer s.mu.Unlock()
	if err := s.begin(ctx, "get", key); err != nil {
		return nil, err
	}
	s.gets++
	o, ok := s.objects[key]
	if !ok {
		return nil, &objects.NotFoundError{URL: s.URL(), Key: key}
	}
	size := int64(len(o.data))
	if n < 0 {
		n = size - off
	}
	if off+n > size {
		return nil, &objects.ShortError{URL: s.URL(), Key: key, Want: off + n, Size: size}
	}
	return bytes.Clone(o.data[off : off+n]), nil
}

func (s *testStore) Stat(ctx context.Context, key string) (int64, error) {
	defer s.mu.Unlock()
	if err := s.begin(ctx, "stat", key); err != nil {
		return 0, err
	}
	o, ok := s.objects[key]
	if !ok {
		return 0, &objects.NotFoundError{URL: s.URL(), Key: key}
	}
	return int64(len(o.data)), nil
}

func (s *testStore) Put(ctx context.Context, key string, r io.ReaderAt, size int64, sum [32]byte) error {
	data := make([]byte, size)
	if _, err := r.ReadAt(data, 0); err != nil && err != io.EOF {
		return err
	}
	if sha256.Sum256(data) != sum {
		return errors.New("another checksum")
	}
	defer s.mu.Unlock()
	if err := s.begin(ctx, "put", key); err != nil {
		return err
	}
	s.objects[key] = object{data, s.now}
	return nil
}

func (s *testStore) Create(ctx context.Context, key string, data []byte) error {
	defer s.mu.Unlock()
	if err := s.begin(ctx, "create", key); err != nil {
		return err
	}
	if o, ok := s.objects[key]; ok && !bytes.Equal(o.data, data) {
		return &objects.ExistsError{URL: s.URL(), Key: key, Found: bytes.Clone(o.data)}
	} else if !ok {
		s.objects[key] = object{bytes.Clone(data), s.now}
	}
	return nil
}

func (s *testStore) List(ctx context.Context, prefix string, f func(objects.Object) error) error {
	err := s.begin(ctx, "list", prefix)
	var found []objects.Object
	for _, key := range sortedKeys(s.objects) {
		if strings.HasPrefix(key, prefix) {
			found = append(found, objects.Object{Key: key, Size: int64(len(s.objects[key].data)), Modified: s.objects[key].modified})
		}
	}
	s.mu.Unlock()
	for _, o := range found {
		err = cmp.Or(err, f(o))
	}
	return err
}

func (s *testStore) Delete(ctx context.Context, key string) error {
	defer s.mu.Unlock()
	if err := s.begin(ctx, "delete", key); err != nil {
		return err
	}
	delete(s.objects, key)
	return nil
}

func (s *testStore) Sweep(ctx context.Context, before time.Time) (int, error) {
	defer s.mu.Unlock()
	return 0, s.begin(ctx, "sweep", "")
}

// count returns how many reads there were since the last call.
func (s *testStore) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.gets
	s.gets = 0
	return n
}

// keys returns the keys that begin with a prefix.
func (s *testStore) keys(prefix string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(sortedKeys(s.objects), func(key string) bool { return !strings.HasPrefix(key, prefix) })
}

// change replaces the bytes of an object; nil deletes it.
func (s *testStore) change(key string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data == nil {
		delete(s.objects, key)
		return
	}
	s.objects[key] = object{data, s.objects[key].modified}
}

// data returns a copy of the bytes of an object.
func (s *testStore) data(key string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.objects[key].data)
}

// open opens the archive of the store.
func (s *testStore) open(t testing.TB, o Options) *Archive {
	t.Helper()
	a, err := s.tryOpen(t, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *testStore) tryOpen(t testing.TB, o Options) (*Archive, error) {
	a, closeArchive, err := openStore(context.Background(), s, o)
	if err == nil {
		t.Cleanup(closeArchive)
	}
	return a, err
}

// fileURL returns the URL of a new folder.
func fileURL(t testing.TB) string { return (&url.URL{Scheme: "file", Path: t.TempDir()}).String() }

// newDB returns a database that holds some ticks.
func newDB(t testing.TB, ticks sourcetest.Ticks) *store.DB {
	t.Helper()
	folder := t.TempDir() // is deleted after what follows
	env := store.NewEnv()
	t.Cleanup(func() { _ = env.Close() })
	db, err := env.Open(folder, &store.Options{Durability: store.None, OneCore: true})
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, ticks)
	return db
}

// put puts ticks into a database.
func put(t testing.TB, db *store.DB, ticks sourcetest.Ticks) {
	t.Helper()
	for in, rows := range ticks {
		if err := db.PutMany(&in, rows); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	_ Writer = (*store.DB)(nil)
	_ Pruner = (*store.DB)(nil)
)

// seal seals all days of a database with small parts and groups.
func (s *testStore) seal(t testing.TB, hot Hot, o SealOptions) SealReport {
	t.Helper()
	report, err := trySeal(t, hot, s, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func trySeal(t testing.TB, hot Hot, s objects.Store, o SealOptions) (SealReport, error) {
	t.Helper()
	if o.Date == "" && o.Before == "" {
		o.Before = "2256-01-01"
	}
	if o.PartSize == 0 {
		o.PartSize = 1 << 10
	}
	if o.GroupRows == 0 {
		o.GroupRows = 100
	}
	o.Temp = t.TempDir()
	report, err := Seal(t.Context(), hot, s, o)
	if left, _ := os.ReadDir(o.Temp); len(left) > 0 {
		t.Errorf("the sealer left %v", left)
	}
	return report, err
}

// at returns a time of 2026-11-24 in Shanghai, in µs.
func at(hour, minute, second, us int) int64 {
	return time.Date(2026, 11, 24, hour, minute, second, us*1000, tick.Shanghai).UnixMicro()
}

const day = "2026-11-24"

func mustDate(t testing.TB, text string) date {
	t.Helper()
	d, err := parseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// record returns the bytes of a tick record.
func record(n int) string {
	return string(tick.AppendRecord(nil, tick.Record{
		Price: int32(100_000 + n), Qty: uint32(n), Channel: uint8(n), Side: tick.Side(n % 3), OrderNo: 1<<63 + uint64(n), TickNo: uint64(n),
	}))
}

// dayOf returns n ticks of each of some codes, on 2026-11-24.
func dayOf(codes []string, n int) sourcetest.Ticks {
	ticks := sourcetest.Ticks{}
	for c, code := range codes {
		in := sourcetest.Instrument('S', code)
		for i := range n {
			ticks[in] = append(ticks[in], tick.Row{Time: at(9, 30, 0, 0) + int64(i)*1_000_000, Seq: uint16(i % 2), Value: record(c*1000 + i)})
		}
	}
	return ticks
}

// mustBe fails unless an error is of a type.
func mustBe[E error](t testing.TB, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("%T expected, got %v", e, err)
	}
	return e
}

// allTicks returns everything that a source has, by name.
func allTicks(t testing.TB, s Hot) map[tick.Name][]tick.Row {
	t.Helper()
	names, err := s.Names(0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[tick.Name][]tick.Row{}
	for _, n := range names {
		in, err := s.Find(n)
		if err != nil {
			t.Fatal(err)
		}
		all[n] = sourcetest.Scan(t, s, in, tick.ScanOptions{Range: tick.Always})
	}
	return all
}
