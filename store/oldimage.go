package store

import (
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// imagePrefix begins the name of the folder of an image.
const imagePrefix = "microts-read-only-"

// makeImageFolder makes a folder for an image. It is locked until remove removes it or
// this process dies.
func makeImageFolder() (dir string, remove func(), err error) {
	if dir, err = os.MkdirTemp("", imagePrefix); err != nil {
		return "", nil, err
	}
	lock, _ := lockFolder(dir) // best effort: see removeOldImages
	return dir, func() {
		_ = os.RemoveAll(dir) // what is left, removeOldImages removes
		_ = lock.Close()      // nil is an error, too
	}, nil
}

// removeOldImages removes the folders of images that processes left behind because they
// were killed: nobody has them locked. Young ones stay, because a folder is made some µs
// before it is locked. Only the first call does something.
var removeOldImages = sync.OnceFunc(func() { removeImagesBefore(time.Now().Add(-time.Minute)) })

func removeImagesBefore(limit time.Time) {
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), imagePrefix+"*")) // the pattern is valid
	for _, dir := range folders {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || !info.ModTime().Before(limit) {
			continue
		}
		if lock, err := lockFolder(dir); err == nil {
			_ = os.RemoveAll(dir) // fails for those of another user
			_ = lock.Close()
		}
	}
}

// lockFolder locks a folder until the file is closed. The error is of a folder that
// another process has locked, or whose file system knows no locks.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
