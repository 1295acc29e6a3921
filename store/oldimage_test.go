package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestOldImagesAreRemoved removes what killed readers left behind, and nothing else: no
// image that is young, in use, or not an image.
func TestOldImagesAreRemoved(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	used, remove, err := makeImageFolder()
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Minute)
	for name, age := range map[string]time.Time{
		imagePrefix + "old":   old,
		imagePrefix + "young": time.Now(),
		"other":               old,
		filepath.Base(used):   old,
	} {
		folder := filepath.Join(temp, name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "CURRENT"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(folder, age, age); err != nil {
			t.Fatal(err)
		}
	}
	stays := func(name string, want bool) {
		t.Helper()
		if _, err := os.Stat(filepath.Join(temp, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	removeImagesBefore(time.Now().Add(-time.Minute))
	stays(imagePrefix+"old", false)
	stays(imagePrefix+"young", true)
	stays("other", true)
	stays(filepath.Base(used), true)
	remove()
	stays(filepath.Base(used), false)
}
