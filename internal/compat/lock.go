package compat

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"microts/internal/luavm"
)

// descriptor is what a file of the library io is, as far as lfs needs it.
type descriptor interface {
	// Descriptor calls f with the number that the operating system gives the file. The error
	// of a closed file is os.ErrClosed.
	Descriptor(f func(fd int) error) error
}

// lockFile is lfs.lock(file, mode [, start [, length]]): it locks bytes of a file for this
// process, for reading ("r") or writing ("w"). Length 0 is all of the file.
func lockFile(c *luavm.Call) {
	mode := c.String(2)
	kind := int16(unix.F_RDLCK)
	switch {
	case strings.HasPrefix(mode, "w"):
		kind = unix.F_WRLCK
	case strings.HasPrefix(mode, "u"):
		kind = unix.F_UNLCK
	case !strings.HasPrefix(mode, "r"):
		c.Errorf("lock: invalid mode")
	}
	setLock(c, "lock", kind, 3)
}

// unlockFile is lfs.unlock(file [, start [, length]]).
func unlockFile(c *luavm.Call) { setLock(c, "unlock", unix.F_UNLCK, 2) }

// setLock sets a lock on the bytes that the arguments from number i on say.
func setLock(c *luavm.Call, name string, kind int16, i int) {
	file, ok := c.Arg(1).Data().(descriptor)
	if !ok {
		c.TypeError(1, "FILE*")
	}
	lock := unix.Flock_t{Type: kind, Start: int64(c.OptNumber(i, 0)), Len: int64(c.OptNumber(i+1, 0))}
	err := file.Descriptor(func(fd int) error { return unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &lock) })
	switch {
	case err == nil:
		c.Return(luavm.True)
	case errors.Is(err, os.ErrClosed):
		c.Errorf("%s: closed file", name)
	default:
		message, _ := CError(err)
		c.Return(luavm.Nil, luavm.Part(message))
	}
}

// lockDir is lfs.lock_dir(folder): it makes the file lockfile.lfs in a folder, or returns
// nil and a message if it is there. The object that it returns removes the file with the
// method free.
func lockDir(c *luavm.Call) {
	path := c.String(1) + "/lockfile.lfs"
	if err := os.Symlink("lock", path); err != nil {
		message, _ := CError(err)
		c.Return(luavm.Nil, luavm.Part(message))
		return
	}
	free := func(c *luavm.Call) {
		if path != "" {
			_ = os.Remove(path) // somebody else may have removed it
			path = ""
		}
		c.Return()
	}
	meta := luavm.NewTable(0, 1)
	meta.SetString("__index", luavm.NewLibrary(map[string]luavm.Native{"free": free}).Value())
	c.Return(luavm.NewUserData(nil, meta))
}
