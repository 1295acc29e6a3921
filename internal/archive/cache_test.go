package archive

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func newCache(t testing.TB, folder string, size int64) *cache {
	t.Helper()
	c, err := openCache(folder, size)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCacheKeepsWhatIsUsed fills a cache that two processes share: it stays below its size,
// and what was used last stays.
func TestCacheKeepsWhatIsUsed(t *testing.T) {
	folder := t.TempDir()
	one, other := newCache(t, folder, 10_000), newCache(t, folder, 10_000)
	defer one.close()
	defer other.close()
	past := time.Now().Add(-time.Hour)
	name := func(i int) string { return hashName(fmt.Sprint(i)) }
	data := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 1000) }
	for i := range 10 {
		[]*cache{one, other}[i%2].write(name(i), data(i))
		if err := os.Chtimes(one.path(name(i)), past, past.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if got := other.readAt(name(0), 10, 100); !bytes.Equal(got, data(0)[:100]) {
		t.Fatal("what one process writes, another does not read")
	}
	one.write(name(10), data(10))
	var there []int
	for i := range 11 {
		if b := one.readAt(name(i), 0, -1); b != nil {
			there = append(there, i)
			if !bytes.Equal(b, data(i)) {
				t.Errorf("file %d has other bytes", i)
			}
		}
	}
	if want := "[0 3 4 5 6 7 8 9 10]"; fmt.Sprint(there) != want {
		t.Errorf("%v are there, not %s", there, want)
	}
	if b := one.readAt(name(3), 500, 501); b != nil {
		t.Error("bytes behind the end")
	}
}

// TestCacheSweepsWhatWasLeft deletes temporary files of processes that were killed, and
// touches no files of others.
func TestCacheSweepsWhatWasLeft(t *testing.T) {
	folder := t.TempDir()
	past := time.Now().Add(-2 * temporaryAge)
	files := map[string]bool{temporary + "1": false, temporary + "2": true, "notes.txt": true}
	for name := range files {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
		if name != temporary+"2" {
			if err := os.Chtimes(path, past, past); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := newCache(t, folder, 10)
	c.write(hashName("x"), []byte("more than the cache keeps"))
	c.close()
	for name, stays := range files {
		if _, err := os.Stat(filepath.Join(folder, name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCacheThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := openCache(filepath.Join(file, "cache"), 0); err == nil {
		t.Error("no error")
	}
}
