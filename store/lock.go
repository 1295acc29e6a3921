package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// isLockError says whether RocksDB did not open because its lock file is locked.
func isLockError(err error) bool {
	return strings.Contains(err.Error(), "While lock file") || strings.Contains(err.Error(), "lock hold by current process")
}

// lockHolder asks the kernel which process holds the lock of the database in path.
// The caller must not hold it: closing the file LOCK would release it.
func lockHolder(path string) *LockedError {
	f, err := os.Open(filepath.Join(path, "LOCK"))
	if err != nil {
		return &LockedError{}
	}
	defer f.Close()
	lock := unix.Flock_t{Type: unix.F_WRLCK}
	if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &lock); err != nil || lock.Type == unix.F_UNLCK {
		return &LockedError{}
	}
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", lock.Pid))
	return &LockedError{PID: int(lock.Pid), Command: string(bytes.TrimSpace(name))}
}
