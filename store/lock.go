package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// dirLock is the lock of a database's folder, which a process holds while it has the
// database open for writing: an flock on microts/lock, where its PID stands.
//
// RocksDB locks its file LOCK too, but with a POSIX lock, which ends as soon as the
// process closes any descriptor of that file: a script that reads all files of the
// folder would release it. An flock belongs to the descriptor that took it.
type dirLock struct{ file *os.File }

// lockDir takes the lock of a database's folder, whose side folder exists. The error
// is a *LockedError if another process, or another Env of this one, holds the lock. A
// file system without flock leaves it to RocksDB's lock.
func lockDir(path string) (dirLock, error) {
	f, err := os.OpenFile(filepath.Join(path, sideDir, lockFile), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return dirLock{}, err
	}
	switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
	case errors.Is(err, unix.EWOULDBLOCK):
		defer f.Close()
		return dirLock{}, lockedBy(writtenPID(f))
	case errors.Is(err, unix.ENOLCK), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EOPNOTSUPP):
		return dirLock{}, f.Close()
	case err != nil:
		return dirLock{}, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
	}
	// The PID serves messages only.
	_ = f.Truncate(0)
	_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return dirLock{f}, nil
}

// unlock releases the lock. The zero dirLock holds none.
func (l dirLock) unlock() {
	if l.file != nil {
		_ = l.file.Close() // nothing was written that matters
	}
}

// dirLockHolder returns which process holds the lock of a database's folder, as the kernel
// tells it, or nil. It takes no lock: that could be in the way of a process that opens
// the database.
func dirLockHolder(path string) *LockedError {
	f, err := os.Open(filepath.Join(path, sideDir, lockFile))
	if err != nil {
		return nil
	}
	defer f.Close()
	id, err := identify(f.Name())
	if err != nil {
		return nil
	}
	pid := writtenPID(f)
	locks, _ := os.ReadFile("/proc/locks") // without it, RocksDB's lock must do
	for line := range strings.Lines(string(locks)) {
		// number: FLOCK ADVISORY WRITE pid major:minor:inode from to
		words := strings.Fields(line)
		if len(words) > 5 && words[1] == "FLOCK" && words[4] == strconv.Itoa(pid) && strings.HasSuffix(words[5], fmt.Sprintf(":%d", id.ino)) {
			return lockedBy(pid)
		}
	}
	return nil
}

// writtenPID returns the PID in a lock file, or 0.
func writtenPID(f *os.File) int {
	text := make([]byte, 32)
	n, _ := f.ReadAt(text, 0)
	pid, _ := strconv.Atoi(string(bytes.TrimSpace(text[:n])))
	return pid
}

// lockedBy returns the error of a database that a process has open; pid 0 is an
// unknown one.
func lockedBy(pid int) *LockedError {
	if pid <= 0 {
		return &LockedError{}
	}
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return &LockedError{PID: pid, Command: string(bytes.TrimSpace(name))}
}

// isLockError says whether RocksDB failed to open because of its lock file.
func isLockError(err error) bool {
	return strings.Contains(err.Error(), "While lock file") || strings.Contains(err.Error(), "lock hold by current process")
}

// rocksLockHolder asks the kernel which process holds RocksDB's lock of the database
// in path. The caller must not hold it: closing the file LOCK would release it.
func rocksLockHolder(path string) *LockedError {
	f, err := os.Open(filepath.Join(path, "LOCK"))
	if err != nil {
		return &LockedError{}
	}
	defer f.Close()
	lock := unix.Flock_t{Type: unix.F_WRLCK}
	if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &lock); err != nil || lock.Type == unix.F_UNLCK {
		return &LockedError{}
	}
	return lockedBy(int(lock.Pid))
}
