package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestOldImagesAreRemoved removes what killed readers left behind, and nothing else.
func TestOldImagesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	old := time.Now().Add(-2 * time.Hour)
	for _, name := range []string{imagePrefix + "old", imagePrefix + "new", "other"} {
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "CURRENT"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if name == imagePrefix+"new" {
			continue
		}
		if err := os.Chtimes(folder, old, old); err != nil {
			t.Fatal(err)
		}
	}
	removeImagesBefore(time.Now().Add(-time.Hour))
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != imagePrefix+"new" || left[1].Name() != "other" {
		t.Errorf("left are %v, %v", left, err)
	}
}
