package archive

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
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

// testStore is a store in a folder whose clock tells what a test wants, and which can fail.
type testStore struct {
	objects.Store
	folder string
	now    time.Time

	mu   sync.Mutex
	fail func(op, key string) error // nil, or called before each operation
	ops  []string
}

func newTestStore(t testing.TB) *testStore {
	t.Helper()
	folder := t.TempDir()
	s, err := objects.Open(t.Context(), fileURL(folder), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &testStore{Store: s, folder: folder, now: later}
}

func fileURL(folder string) string { return (&url.URL{Scheme: "file", Path: folder}).String() }

func (s *testStore) before(op, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ops = append(s.ops, op+" "+key)
	if s.fail != nil {
		return s.fail(op, key)
	}
	return nil
}

// count returns how many operations there were since the last call.
func (s *testStore) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.ops)
	s.ops = nil
	return n
}

func (s *testStore) Now(ctx context.Context) (time.Time, error) { return s.now, s.before("now", "") }

func (s *testStore) Get(ctx context.Context, key string, off, n int64) ([]byte, error) {
	if err := s.before("get", key); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, key, off, n)
}

func (s *testStore) Stat(ctx context.Context, key string) (int64, error) {
	if err := s.before("stat", key); err != nil {
		return 0, err
	}
	return s.Store.Stat(ctx, key)
}

func (s *testStore) Put(ctx context.Context, key string, r io.ReaderAt, size int64, sum [32]byte) error {
	if err := s.before("put", key); err != nil {
		return err
	}
	return s.Store.Put(ctx, key, r, size, sum)
}

func (s *testStore) Create(ctx context.Context, key string, data []byte) error {
	if err := s.before("create", key); err != nil {
		return err
	}
	return s.Store.Create(ctx, key, data)
}

func (s *testStore) List(ctx context.Context, prefix string, f func(objects.Object) error) error {
	if err := s.before("list", prefix); err != nil {
		return err
	}
	return s.Store.List(ctx, prefix, f)
}

func (s *testStore) Delete(ctx context.Context, key string) error {
	if err := s.before("delete", key); err != nil {
		return err
	}
	return s.Store.Delete(ctx, key)
}

// open opens the archive of the store.
func (s *testStore) open(t testing.TB, o Options) *Archive {
	t.Helper()
	a, closeArchive, err := openStore(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeArchive)
	return a
}

// newDB returns a database that holds some ticks.
func newDB(t testing.TB, ticks sourcetest.Ticks) *store.DB {
	t.Helper()
	env := store.NewEnv()
	t.Cleanup(func() { _ = env.Close() })
	db, err := env.Open(t.TempDir(), &store.Options{Durability: store.None, OneCore: true})
	if err != nil {
		t.Fatal(err)
	}
	for in, rows := range ticks {
		if err := db.PutMany(&in, rows); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// seal seals all days of a database with small parts and groups.
func (s *testStore) seal(t testing.TB, hot Hot, o SealOptions) SealReport {
	t.Helper()
	report, err := s.trySeal(t, hot, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func (s *testStore) trySeal(t testing.TB, hot Hot, o SealOptions) (SealReport, error) {
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
