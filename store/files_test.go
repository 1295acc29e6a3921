package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microts/internal/tick"
)

const damageTicks = 3000

// loadedDB makes a closed database of damageTicks ticks in several table files.
func loadedDB(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "db")
	for part := range int64(3) {
		db, err := env.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(damageTicks / 3) {
			mustPut(t, db, pingAn, part*1_000_000_000+i*1000, 0, fmt.Sprint("value ", i))
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// contents returns a hash of each file of a database, besides those that say who has
// it open and what RocksDB logs.
func contents(t testing.TB, dir string) map[string][sha256.Size]byte {
	t.Helper()
	sums := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "LOCK" || d.Name() == lockFile || strings.HasPrefix(d.Name(), "LOG") {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		sums[rel] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func sameContents(a, b map[string][sha256.Size]byte) string {
	for name := range a {
		if a[name] != b[name] {
			return name
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			return name
		}
	}
	return ""
}

// copyDB copies a closed database.
func copyDB(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "db")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// expectAllOrNothing opens a damaged database: either it refuses and changes nothing,
// or all ticks are there, or reading them is an error. It returns whether it opened.
func expectAllOrNothing(t *testing.T, path, what string) bool {
	t.Helper()
	for _, o := range []*Options{{ReadOnly: true}, {}} {
		before := contents(t, path)
		db, err := env.Open(path, o)
		if err != nil {
			if changed := sameContents(before, contents(t, path)); changed != "" {
				t.Errorf("%s: open with %+v refuses (%v) and changes %s", what, *o, err, changed)
			}
			continue
		}
		n, err := readAll(db)
		if err == nil && n != damageTicks {
			t.Errorf("%s: open with %+v gives %d of %d ticks without a word", what, *o, n, damageTicks)
		}
		if err := db.Close(); err != nil && o.ReadOnly {
			t.Errorf("%s: close: %v", what, err)
		}
		if !o.ReadOnly {
			return true
		}
	}
	return false
}

// readAll reads all ticks and returns their number.
func readAll(db *DB) (n int, err error) {
	rows, err := db.Scan(pingAn, tick.ScanOptions{Range: tick.Always})
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

// TestDamagedFilesAreNeverAShorterDatabase cuts, removes and flips bits of each of
// RocksDB's files; the MANIFEST it cuts at every byte if MICROTS_ROUNDS is set.
func TestDamagedFilesAreNeverAShorterDatabase(t *testing.T) {
	whole := loadedDB(t)
	entries, err := os.ReadDir(whole)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || name == "LOCK" || name == "LOG" || name == "IDENTITY" || strings.HasPrefix(name, "OPTIONS") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(whole, name))
		if err != nil {
			t.Fatal(err)
		}
		spoil := func(what string, change func(path string) error) {
			path := copyDB(t, whole)
			if err := change(filepath.Join(path, name)); err != nil {
				t.Fatal(err)
			}
			if !expectAllOrNothing(t, path, name+" "+what) {
				refused++
			}
		}
		spoil("is removed", os.Remove)
		if len(data) == 0 {
			continue
		}
		cuts := []int{0, 1, len(data) / 2, len(data) - 1}
		flips := 10
		if strings.HasPrefix(name, manifestNamePrefix) {
			cuts, flips = nil, 40
			for cut := range len(data) {
				if cut%7 == 0 || os.Getenv("MICROTS_ROUNDS") != "" {
					cuts = append(cuts, cut)
				}
			}
		}
		for _, cut := range cuts {
			spoil(fmt.Sprintf("is cut to %d of %d bytes", cut, len(data)), func(path string) error { return os.Truncate(path, int64(cut)) })
		}
		for range flips {
			bit := rng.IntN(8 * len(data))
			spoil(fmt.Sprintf("has bit %d flipped", bit), func(path string) error {
				flipped := append([]byte(nil), data...)
				flipped[bit/8] ^= 1 << (bit % 8)
				return os.WriteFile(path, flipped, 0o644)
			})
		}
	}
	if refused == 0 {
		t.Error("nothing was refused: the test has tested nothing")
	}
}

// TestForeignFilesStay: RocksDB takes a file of such a name for its own and deletes it.
func TestForeignFilesStay(t *testing.T) {
	whole := loadedDB(t)
	for _, name := range []string{"20231113.log", "20231113.sst", "20231113.blob", "20231113.dbtmp", "600519.log"} {
		path := copyDB(t, whole)
		if err := os.WriteFile(filepath.Join(path, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := env.Open(path, nil)
		if f := (*FormatError)(nil); !errors.As(err, &f) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if text, err := os.ReadFile(filepath.Join(path, name)); string(text) != "mine" {
			t.Errorf("%s is gone: %v", name, err)
		}
		if err := os.Remove(filepath.Join(path, name)); err != nil {
			t.Fatal(err)
		}
		expectOpen(t, path)
	}
	for _, name := range []string{"notes.log", "20231113.csv", "20231113.log.gz", "README"} {
		path := copyDB(t, whole)
		if err := os.WriteFile(filepath.Join(path, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		expectOpen(t, path)
		if text, err := os.ReadFile(filepath.Join(path, name)); string(text) != "mine" {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
}

func expectOpen(t *testing.T, path string) {
	t.Helper()
	if !expectAllOrNothing(t, path, path) {
		t.Errorf("%s does not open", path)
	}
}

// TestCutManifestAfterAKill cuts the MANIFEST of a database whose process was killed.
func TestCutManifestAfterAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	cmd, _, out := child(t, "flushes", path)
	for line := ""; line != "flushed\n"; {
		var err error
		if line, err = out.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Process.Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	m, err := readManifest(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(path, m.name), int64(len(m.edits)-60)); err != nil {
		t.Fatal(err)
	}
	before := contents(t, path)
	if _, err := env.Open(path, nil); err == nil || !strings.Contains(err.Error(), m.name) {
		t.Errorf("open: %v", err)
	}
	if changed := sameContents(before, contents(t, path)); changed != "" {
		t.Errorf("open changed %s", changed)
	}
}

func FuzzParseManifest(f *testing.F) {
	path := loadedDB(f)
	m, err := readManifest(path)
	if err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(path, m.name))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:100])
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := parseManifest(data); err == nil && len(m.edits) > len(data) {
			t.Errorf("%d of %d bytes", len(m.edits), len(data))
		}
	})
}

// TestReadManifestWhileItIsReplaced reads the MANIFEST while a writer begins new ones,
// as RocksDB does: the new file, then CURRENT, then the old one is removed.
func TestReadManifestWhileItIsReplaced(t *testing.T) {
	dir := loadedDB(t)
	m, err := readManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		old := m.name
		for i := range 3000 {
			name := fmt.Sprintf("%s%06d", manifestNamePrefix, 1000+i)
			temporary := filepath.Join(dir, "next")
			err := errors.Join(
				os.WriteFile(filepath.Join(dir, name), m.edits, 0o644),
				os.WriteFile(temporary, []byte(name+"\n"), 0o644),
				os.Rename(temporary, filepath.Join(dir, currentFile)),
				os.Remove(filepath.Join(dir, old)),
			)
			if err != nil {
				done <- err
				return
			}
			old = name
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
			if now, err := readManifest(dir); err != nil || len(now.tables) != len(m.tables) {
				t.Errorf("%+v, %v", now, err)
				<-done
				return
			}
		}
	}
}
