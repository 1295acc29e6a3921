package store

import (
	"os"
	"path/filepath"
	"sync"
	"time"
)

// imagePrefix begins the name of the folder of an image.
const imagePrefix = "microts-read-only-"

// removeOldImages removes the folders of images that processes left behind because they
// were killed. An image is needed for some ms, or for some minutes if the database is
// huge. Only the first call does something.
var removeOldImages = sync.OnceFunc(func() { removeImagesBefore(time.Now().Add(-time.Hour)) })

func removeImagesBefore(limit time.Time) {
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), imagePrefix+"*")) // the pattern is valid
	for _, dir := range folders {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() && info.ModTime().Before(limit) {
			_ = os.RemoveAll(dir) // fails for those of another user
		}
	}
}
