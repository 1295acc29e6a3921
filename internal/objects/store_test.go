package objects

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microts/internal/objects/objecttest"
	"microts/internal/torture"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// eachStore runs a test on an empty store of each kind.
func eachStore(t *testing.T, test func(t *testing.T, s Store)) {
	t.Run("s3", func(t *testing.T) { test(t, open(t, objecttest.S3(t).URL("a/prefix"), Options{})) })
	t.Run("folder", func(t *testing.T) {
		test(t, open(t, folderURL(filepath.Join(t.TempDir(), "a b")), Options{Create: true}))
	})
}

func folderURL(dir string) string { return (&url.URL{Scheme: "file", Path: dir}).String() }

func open(t testing.TB, address string, o Options) Store {
	t.Helper()
	s, err := Open(t.Context(), address, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func put(s Store, key string, data []byte) error {
	return s.Put(context.Background(), key, bytes.NewReader(data), int64(len(data)), sha256.Sum256(data))
}

func mustPut(t testing.TB, s Store, key string, data []byte) {
	t.Helper()
	if err := put(s, key, data); err != nil {
		t.Fatal(err)
	}
}

func isNotFound(err error) bool { return errors.As(err, new(*NotFoundError)) }

func TestPutAndGet(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		ctx := t.Context()
		large := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		for key, data := range map[string][]byte{
			"a":                    []byte("first"),
			"market=S/date=1/a.b":  large,
			"market=S/date=1/a":    {},
			"with space/é+%/x&y=z": {0, 255},
		} {
			mustPut(t, s, key, data)
			mustPut(t, s, key, data) // it may be repeated
			got, err := s.Get(ctx, key, 0, -1)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %d bytes, %v", key, len(got), err)
			}
			if size, err := s.Stat(ctx, key); err != nil || size != int64(len(data)) {
				t.Errorf("%s: size %d, %v", key, size, err)
			}
		}
		mustPut(t, s, "a", []byte("second"))
		for _, c := range []struct {
			off, n int64
			want   string
		}{
			{0, -1, "second"}, {0, 6, "second"}, {1, 2, "ec"}, {5, 1, "d"}, {4, -1, "nd"}, {3, 0, ""}, {0, 1, "s"},
		} {
			if got, err := s.Get(ctx, "a", c.off, c.n); err != nil || string(got) != c.want {
				t.Errorf("Get(%d, %d): %q, %v", c.off, c.n, got, err)
			}
		}
		for _, c := range []struct{ off, n int64 }{{0, 7}, {5, 2}, {6, 1}, {7, 1}, {6, -1}, {100, -1}} {
			var short *ShortError
			if got, err := s.Get(ctx, "a", c.off, c.n); !errors.As(err, &short) || got != nil {
				t.Errorf("Get(%d, %d) behind the end: %q, %v", c.off, c.n, got, err)
			}
		}
	})
}

func TestPutChecksWhatItWrites(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		data := []byte("these bytes")
		wrong := sha256.Sum256([]byte("others"))
		if err := s.Put(t.Context(), "a", bytes.NewReader(data), int64(len(data)), wrong); err == nil {
			t.Error("a wrong checksum is no error")
		}
		if err := s.Put(t.Context(), "a", bytes.NewReader(data), int64(len(data))+1, sha256.Sum256(data)); err == nil {
			t.Error("a wrong size is no error")
		}
		if _, err := s.Stat(t.Context(), "a"); !isNotFound(err) {
			t.Errorf("after a failed put: %v", err)
		}
	})
}

func TestMissingObjects(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		ctx := t.Context()
		mustPut(t, s, "dir/file", []byte("x"))
		for _, key := range []string{"none", "dir", "dir/none", "dir/file/none", "none/at/all"} {
			if _, err := s.Get(ctx, key, 0, -1); !isNotFound(err) {
				t.Errorf("Get(%s): %v", key, err)
			}
			if _, err := s.Get(ctx, key, 3, 2); !isNotFound(err) {
				t.Errorf("Get(%s) of a range: %v", key, err)
			}
			if _, err := s.Stat(ctx, key); !isNotFound(err) {
				t.Errorf("Stat(%s): %v", key, err)
			}
		}
		for _, key := range []string{"none", "dir/none", "none/none", "dir/file", "dir/file"} {
			if err := s.Delete(ctx, key); err != nil {
				t.Errorf("Delete(%s): %v", key, err)
			}
		}
		if _, err := s.Stat(ctx, "dir/file"); !isNotFound(err) {
			t.Errorf("after Delete: %v", err)
		}
		if err := s.List(ctx, "nothing/", func(o Object) error { return fmt.Errorf("%v", o) }); err != nil {
			t.Errorf("List of nothing: %v", err)
		}
	})
}

func TestBadKeys(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		ctx := t.Context()
		for _, key := range []string{"", "/a", "a/", "a//b", ".", "..", "a/../b", "../a", "a\x00", "a\\b", "\xff", ".tmp-x", "a/.tmp-x", strings.Repeat("x", 256)} {
			var bad *KeyError
			_, getErr := s.Get(ctx, key, 0, -1)
			_, statErr := s.Stat(ctx, key)
			for what, err := range map[string]error{"Get": getErr, "Stat": statErr, "Put": put(s, key, nil), "Create": s.Create(ctx, key, nil), "Delete": s.Delete(ctx, key)} {
				if !errors.As(err, &bad) {
					t.Errorf("%s(%q): %v", what, key, err)
				}
			}
		}
	})
}

func TestCreateMakesAnObjectOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		ctx := t.Context()
		if err := s.Create(ctx, "m/r1", []byte("first")); err != nil {
			t.Fatal(err)
		}
		if err := s.Create(ctx, "m/r1", []byte("first")); err != nil {
			t.Errorf("the same bytes: %v", err)
		}
		var exists *ExistsError
		if err := s.Create(ctx, "m/r1", []byte("other")); !errors.As(err, &exists) || string(exists.Found) != "first" {
			t.Errorf("other bytes: %v", err)
		}
		if got, err := s.Get(ctx, "m/r1", 0, -1); err != nil || string(got) != "first" {
			t.Errorf("%q, %v", got, err)
		}
		if err := CheckCreateOnly(ctx, s); err != nil {
			t.Error(err)
		}
		if keys := list(t, s, ""); !reflect.DeepEqual(keys, []string{"m/r1"}) {
			t.Errorf("left: %v", keys)
		}
	})
}

func TestOneOfEightCreatesWins(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		for round := range 4 {
			key := fmt.Sprint("race/", round)
			errs := make([]error, 8)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = s.Create(t.Context(), key, bytes.Repeat([]byte{byte(i)}, 1000*(i+1))) })
			}
			wg.Wait()
			winner := -1
			for i, err := range errs {
				var exists *ExistsError
				switch {
				case err == nil && winner < 0:
					winner = i
				case err == nil:
					t.Errorf("%d and %d both won", winner, i)
				case !errors.As(err, &exists):
					t.Errorf("%d: %v", i, err)
				}
			}
			if winner < 0 {
				t.Fatal("nobody won")
			}
			got, err := s.Get(t.Context(), key, 0, -1)
			if err != nil || !bytes.Equal(got, bytes.Repeat([]byte{byte(winner)}, 1000*(winner+1))) {
				t.Errorf("%d won, and there are %d bytes, %v", winner, len(got), err)
			}
		}
	})
}

// TestChecksAtOnce: checks of several sealers do not disturb each other.
func TestChecksAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range torture.Rounds(t, 5, 2) {
					if err := CheckCreateOnly(t.Context(), s); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}

func list(t testing.TB, s Store, prefix string) (keys []string) {
	t.Helper()
	err := s.List(t.Context(), prefix, func(o Object) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestListInOrder(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		for _, key := range []string{"a/b", "a-b", "a/b/../c", "a.c/d", "ab", "b/a=1/x", "b/a=1/y", "b/a=10/x"} {
			if !strings.Contains(key, "..") {
				mustPut(t, s, key, []byte(key))
			}
		}
		for prefix, want := range map[string][]string{
			"":       {"a-b", "a.c/d", "a/b", "ab", "b/a=1/x", "b/a=1/y", "b/a=10/x"},
			"a":      {"a-b", "a.c/d", "a/b", "ab"},
			"a/":     {"a/b"},
			"b/a=1":  {"b/a=1/x", "b/a=1/y", "b/a=10/x"},
			"b/a=1/": {"b/a=1/x", "b/a=1/y"},
			"c":      nil,
		} {
			if got := list(t, s, prefix); !reflect.DeepEqual(got, want) {
				t.Errorf("%q: %v, not %v", prefix, got, want)
			}
		}
		stop := errors.New("enough")
		n := 0
		err := s.List(t.Context(), "b/", func(o Object) error {
			if n++; o.Size != int64(len(o.Key)) || time.Since(o.Modified).Abs() > time.Hour {
				t.Errorf("%+v", o)
			}
			return stop
		})
		if n != 1 || !errors.Is(err, stop) {
			t.Errorf("%d calls, %v", n, err)
		}
	})
}

func TestListManyObjects(t *testing.T) {
	const n = pageSize + 1
	server := objecttest.S3(t)
	if err := os.MkdirAll(server.Dir+"/x/many", 0o777); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := os.WriteFile(fmt.Sprintf("%s/x/many/%05d", server.Dir, i), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for kind, s := range map[string]Store{"s3": open(t, server.URL("x"), Options{}), "folder": open(t, folderURL(server.Dir+"/x"), Options{})} {
		keys := list(t, s, "many/")
		if len(keys) != n {
			t.Fatalf("%s: %d keys", kind, len(keys))
		}
		for i, key := range keys {
			if key != fmt.Sprintf("many/%05d", i) {
				t.Fatalf("%s: %d: %s", kind, i, key)
			}
		}
		if got := list(t, s, "many/0000"); len(got) != 10 {
			t.Errorf("%s: %v", kind, got)
		}
	}
}

func TestClockIsTheStores(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		before := time.Now().Add(-3 * time.Second) // HTTP knows no parts of a second
		now, err := s.Now(t.Context())
		if err != nil || now.Before(before) || now.After(time.Now().Add(3*time.Second)) {
			t.Errorf("%v, %v", now, err)
		}
		if keys := list(t, s, ""); keys != nil {
			t.Errorf("left: %v", keys)
		}
	})
}

func TestSweep(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		mustPut(t, s, scratch+"create-only-1", []byte("left by a process that died"))
		mustPut(t, s, "part", []byte("kept"))
		if n, err := s.Sweep(t.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
			t.Errorf("swept %d, %v", n, err)
		}
		if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 1 || err != nil {
			t.Errorf("swept %d, %v", n, err)
		}
		if keys := list(t, s, ""); !reflect.DeepEqual(keys, []string{"part"}) {
			t.Errorf("%v", keys)
		}
	})
}

func TestCanceledOperationsEnd(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, getErr := s.Get(ctx, "a", 0, -1)
		_, statErr := s.Stat(ctx, "a")
		for what, err := range map[string]error{
			"Get": getErr, "Stat": statErr, "Create": s.Create(ctx, "a", nil), "Delete": s.Delete(ctx, "a"),
			"Put":  s.Put(ctx, "a", bytes.NewReader(nil), 0, sha256.Sum256(nil)),
			"List": s.List(ctx, "", func(Object) error { return nil }),
		} {
			if !errors.Is(err, context.Canceled) || errors.As(err, new(*UnreachableError)) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}
