package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// folder is the folder sideDir of a database that is open for writing. It makes the
// database's buffers, and notices when the database is removed, moved or replaced: what
// is written then would be lost.
type folder struct {
	dir    *os.File // keeps the inode from being used again
	id     fileID
	bootID string
	mapped bool // buffers are files
	made   int  // of them
}

// fileID identifies a file or folder, whatever path leads to it, while it is open.
type fileID struct{ dev, ino uint64 }

func identify(path string) (fileID, error) {
	var stat unix.Stat_t
	err := unix.Stat(path, &stat)
	return fileID{stat.Dev, stat.Ino}, err
}

// openFolder opens a folder. close closes it.
func openFolder(path string, mapped bool) (*folder, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	id, err := identify(path)
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return &folder{dir: dir, id: id, bootID: bootID(), mapped: mapped}, nil
}

func (f *folder) close() error { return f.dir.Close() }

// newBuffer makes a buffer.
func (f *folder) newBuffer() (*buffer, error) {
	if !f.mapped {
		return newHeapBuffer(), nil
	}
	if err := f.check(nil); err != nil {
		return nil, err
	}
	path := filepath.Join(f.dir.Name(), fmt.Sprint(f.made)+bufferSuffix)
	f.made++
	return newMappedBuffer(path, f.bootID)
}

// check returns an error if the folder, or the file of the buffer, is no longer where it
// was.
func (f *folder) check(b *buffer) error {
	if b != nil && b.file != nil && !gone(b.file.Name(), b.id) {
		return nil
	}
	database := filepath.Dir(f.dir.Name())
	if gone(f.dir.Name(), f.id) {
		return fmt.Errorf("the database %s was removed, moved or replaced while it was open", database)
	}
	if b != nil && b.file != nil {
		return fmt.Errorf("the write buffer %s was removed or replaced while the database was open", b.file.Name())
	}
	return nil
}

// gone says whether a path no longer leads to a file. An error that does not tell is none.
func gone(path string, id fileID) bool {
	now, err := identify(path)
	if err != nil {
		return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR)
	}
	return now != id
}
