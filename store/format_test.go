package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linxGnu/grocksdb"
	"golang.org/x/sys/unix"

	"microts/internal/tick"
)

// otherDB makes a RocksDB database that holds just the given keys.
func otherDB(t *testing.T, pairs map[string]string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "db")
	o := grocksdb.NewDefaultOptions()
	defer o.Destroy()
	o.SetCreateIfMissing(true)
	db, err := grocksdb.OpenDb(o, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	wo := grocksdb.NewDefaultWriteOptions()
	defer wo.Destroy()
	for k, v := range pairs {
		if err := db.Put(wo, []byte(k), []byte(v)); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestForeignDatabasesAreRefusedAndUnchanged(t *testing.T) {
	original := makeTickKey(*pingAn, 1_700_000_000_000_100, 0)
	copy(original[10:14], make([]byte, 4)) // the original's keys hold 32 bits of the time
	for _, c := range []struct {
		name  string
		pairs map[string]string
		want  string
	}{
		{"another program's", map[string]string{"hello": "world"}, "microts did not write"},
		{"the original's", map[string]string{string(original[:]): "100200"}, "LuaJIT original"},
		{"V1", map[string]string{"600000  \x00\x06\x0a\x24\x18\x1e\x40\x00\x01": "v"}, "storage engine V1"},
		{"a newer version", map[string]string{formatKey: "V2 2"}, "version 2 of the format"},
		{"V1, marked", map[string]string{formatKey: "V1 1"}, "storage engine V1, and was opened with storage engine V2"},
		{"a broken marker", map[string]string{formatKey: "?"}, `unknown format "?"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := otherDB(t, c.pairs)
			before := fileNames(t, path)
			for _, o := range []*Options{nil, {ReadOnly: true}} {
				_, err := env.Open(path, o)
				if f := (*FormatError)(nil); !errors.As(err, &f) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("options %+v: %v", o, err)
				}
			}
			for k, v := range c.pairs {
				if got := readForeign(t, path, k); got != v {
					t.Errorf("key %q holds %q, not %q", k, got, v)
				}
			}
			if after := fileNames(t, path); after["microts"] {
				t.Errorf("files before: %v, after: %v", before, after)
			}
		})
	}
}

func fileNames(t *testing.T, dir string) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	return names
}

func readForeign(t *testing.T, path, key string) string {
	t.Helper()
	o := grocksdb.NewDefaultOptions()
	defer o.Destroy()
	db, err := grocksdb.OpenDbForReadOnly(o, path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ro := grocksdb.NewDefaultReadOptions()
	defer ro.Destroy()
	value, err := db.GetBytes(ro, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return string(value)
}

func TestOwnDatabaseOpensAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "db")
	for i := range int64(3) {
		db, err := env.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		mustPut(t, db, pingAn, i, 0, "x")
		if n, _ := db.Count(pingAn, tick.Range{From: 0, To: 10}); n != int(i)+1 {
			t.Errorf("open %d sees %d ticks", i+1, n)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if marker := readForeign(t, path, formatKey); marker != "V2 1" {
		t.Errorf("the marker is %q", marker)
	}
}

func TestDamagedDatabase(t *testing.T) {
	damage := map[string]func(path string) error{
		"CURRENT is gone":    func(path string) error { return os.Remove(filepath.Join(path, "CURRENT")) },
		"CURRENT is garbage": func(path string) error { return os.WriteFile(filepath.Join(path, "CURRENT"), []byte("garbage"), 0o644) },
	}
	for name, spoil := range damage {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "db")
			db, err := env.Open(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			mustPut(t, db, pingAn, 1, 0, "x")
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			current, err := os.ReadFile(filepath.Join(path, "CURRENT"))
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second finds what the first left
				if _, err := env.Open(path, nil); err == nil || !strings.Contains(err.Error(), "CURRENT") {
					t.Errorf("open: %v", err)
				}
			}
			if err := os.WriteFile(filepath.Join(path, "CURRENT"), current, 0o644); err != nil {
				t.Fatal(err)
			}
			db = openDB(t, path, nil)
			if value, _, err := db.Get(pingAn, 1, 0); value != "x" || err != nil {
				t.Errorf("after CURRENT was restored: %q, %v", value, err)
			}
		})
	}
}

func TestPathsThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file:                      "not a directory",
		filepath.Join(file, "db"): "not a directory",
	} {
		if _, err := env.Open(path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open %s: %v", path, err)
		}
	}
	if _, err := env.Open(filepath.Join(dir, "none"), &Options{ReadOnly: true}); err == nil {
		t.Error("a missing database was opened read-only")
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
		t.Error("and made")
	}
}

// TestFullDisk fills a small file system. What was put before stays, the error
// says what is wrong, and with room again the database opens.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 8<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "db")
	db, err := env.Open(path, &Options{RocksDB: map[string]string{"compression": "kNoCompression"}})
	if err != nil {
		t.Fatal(err)
	}
	value := func(i int) string { return fmt.Sprintf("%d:%s", i, strings.Repeat("x", 50_000)) }
	put := 0
	for err == nil && put < 2000 {
		if err = db.Put(pingAn, int64(put), 0, value(put)); err == nil {
			put++
		}
	}
	if err == nil || !strings.Contains(err.Error(), "o space left") {
		t.Errorf("after %d ticks: %v", put, err)
	}
	if err := db.Close(); err == nil {
		t.Error("close said nothing of the ticks that it could not commit")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	db, err = env.Open(path, nil)
	if err != nil {
		t.Fatalf("with room again: %v", err)
	}
	defer db.Close()
	for i := range put {
		if got, ok, err := db.Get(pingAn, int64(i), 0); got != value(i) || !ok || err != nil {
			t.Fatalf("tick %d of %d: %d bytes, %v, %v", i, put, len(got), ok, err)
		}
	}
}

// TestKilledInTheFirstOpen opens what a process leaves that dies before RocksDB
// has made its file CURRENT.
func TestKilledInTheFirstOpen(t *testing.T) {
	path := t.TempDir()
	for _, name := range []string{firstManifest, "LOG", "LOCK", "IDENTITY"} {
		if err := os.WriteFile(filepath.Join(path, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	db := openDB(t, path, nil)
	mustPut(t, db, pingAn, 1, 0, "x")
	if got := allRows(t, db, pingAn); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// TestAnyFormat: with it, a database of the other format is opened as what it is, also if the
// process has it open already; a new one gets the format that is asked for.
func TestAnyFormat(t *testing.T) {
	env := NewEnv()
	defer env.Close()
	for _, format := range []tick.Format{tick.V1, tick.V2} {
		path := t.TempDir()
		open := func(o Options, want tick.Format) {
			t.Helper()
			o.Durability = None
			db, err := env.Open(path, &o)
			if err != nil {
				t.Fatal(err)
			}
			if db.Format() != want {
				t.Errorf("format %v, %v expected", db.Format(), want)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
		open(Options{Format: format, AnyFormat: true}, format)
		for _, other := range []tick.Format{tick.V1, tick.V2} {
			open(Options{Format: other, AnyFormat: true}, format)
			open(Options{Format: other, AnyFormat: true, ReadOnly: true}, format)
		}
		keeps, err := env.Open(path, &Options{Format: format, Durability: None})
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range []tick.Format{tick.V1, tick.V2} {
			open(Options{Format: other, AnyFormat: true}, format)
			open(Options{Format: other, AnyFormat: true, ReadOnly: true}, format)
		}
		if err := keeps.Close(); err != nil {
			t.Error(err)
		}
	}
}
