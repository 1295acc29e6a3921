package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// cache keeps bytes of an archive in files of a local folder, which any number of
// processes may share. A file is named by a SHA-256, in a folder of its first two digits:
//
//	whole parts     by the SHA-256 of the part
//	ranges of them  by that of the part's SHA-256, the offset and the length
//	manifests       by that of their URL and key
//
// What a name stands for never changes, so nothing is ever out of date. A file is written
// under a temporary name, with fsync, and renamed. If the folder takes more than its size,
// the files that were not used for longest are deleted; the time of a file's last change
// says when it was used. Whatever goes wrong with the cache, the caller goes without.
type cache struct {
	folder string
	size   int64

	room    sync.Mutex
	held    int64 // bytes in the folder, as far as this process knows; -1: not looked yet
	written int64 // bytes since the last look

	mu      sync.Mutex
	closed  bool
	writes  chan cacheWrite
	writer  sync.WaitGroup
	created func(*os.File) io.Writer // what a file is written through; for tests

	hits, failed atomic.Int64 // reads, files that could not be written
}

type cacheWrite struct {
	name string
	data []byte
}

const (
	defaultCacheSize = 16 << 30
	temporary        = "tmp-"
	temporaryAge     = time.Hour   // after which a temporary file is one that a killed process left
	touchAge         = time.Minute // that a file may be used without its time being set
	queuedWrites     = 64
)

// openCache opens the cache in a folder, which it makes.
func openCache(folder string, size int64) (*cache, error) {
	if size <= 0 {
		size = defaultCacheSize
	}
	if err := os.MkdirAll(folder, 0o777); err != nil && !errors.Is(err, syscall.ENOSPC) {
		return nil, fmt.Errorf("cache %q: %w", folder, err)
	}
	c := &cache{folder: folder, size: size, held: -1, writes: make(chan cacheWrite, queuedWrites), created: func(f *os.File) io.Writer { return f }}
	writes := c.writes
	c.writer.Go(func() {
		for w := range writes {
			c.write(w.name, w.data)
		}
	})
	return c, nil
}

// close waits for what is still to be written.
func (c *cache) close() {
	c.mu.Lock()
	c.closed = true
	close(c.writes)
	c.mu.Unlock()
	c.writer.Wait()
}

// rangeName returns the name of a range of a part.
func rangeName(part string, off, n int64) string {
	return hashName(part, fmt.Sprint(off), fmt.Sprint(n))
}

// hashName returns the name that is made of some texts.
func hashName(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	return hex.EncodeToString(sum[:])
}

func (c *cache) path(name string) string { return filepath.Join(c.folder, name[:2], name) }

// readAt returns n bytes of a file, or all if n < 0; nil if they are not there.
func (c *cache) readAt(name string, off, n int64) []byte {
	f, err := os.Open(c.path(name))
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || off > info.Size() {
		return nil
	}
	if n < 0 {
		n = info.Size() - off
	}
	b := make([]byte, n)
	if _, err := f.ReadAt(b, off); err != nil {
		return nil
	}
	if now := time.Now(); now.Sub(info.ModTime()) > touchAge {
		_ = os.Chtimes(f.Name(), time.Time{}, now) // else it is deleted earlier
	}
	c.hits.Add(1)
	return b
}

// has says whether a file is there.
func (c *cache) has(name string) bool {
	_, err := os.Lstat(c.path(name))
	return err == nil
}

// put writes a file some time later, or not at all if the disk cannot keep up. The caller
// does not change data any more.
func (c *cache) put(name string, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	select {
	case c.writes <- cacheWrite{name, data}:
	default:
	}
}

// drop deletes a file that holds other bytes than it should.
func (c *cache) drop(name string) { _ = os.Remove(c.path(name)) }

func (c *cache) write(name string, data []byte) {
	f, err := c.create()
	if err != nil {
		c.failed.Add(1)
		return
	}
	defer f.remove()
	if _, err = f.Write(data); err == nil {
		err = f.commit(name)
	}
	if err != nil {
		c.failed.Add(1)
	}
}

// cacheFile is a file of the cache that is being written.
type cacheFile struct {
	io.Writer
	cache *cache
	file  *os.File // nil after commit and remove
}

// create begins a file.
func (c *cache) create() (*cacheFile, error) {
	f, err := os.CreateTemp(c.folder, temporary)
	if err != nil {
		return nil, err
	}
	return &cacheFile{c.created(f), c, f}, nil
}

// commit gives the file its name.
func (f *cacheFile) commit(name string) error {
	size, err := f.file.Seek(0, io.SeekEnd)
	path := f.cache.path(name)
	err = errors.Join(err, f.file.Sync(), f.file.Close())
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o777)
	}
	if err == nil {
		err = os.Rename(f.file.Name(), path)
	}
	if err != nil {
		return err
	}
	f.file = nil
	f.cache.added(size)
	return nil
}

// remove deletes the file unless commit has named it.
func (f *cacheFile) remove() {
	if f.file == nil {
		return
	}
	_ = f.file.Close()
	_ = os.Remove(f.file.Name())
	f.file = nil
}

// added counts a file that was written, and makes room if it was too much. Other processes
// write too: after a sixteenth of the cache it looks again how much there is.
func (c *cache) added(size int64) {
	c.room.Lock()
	defer c.room.Unlock()
	c.written += size
	c.held += size
	if c.held < size || c.held > c.size || c.written > c.size/16 {
		c.held, c.written = c.shrink(), 0
	}
}

// shrink deletes files until nine tenths of the cache are left, if it is larger than its
// size, and returns how many bytes it holds.
func (c *cache) shrink() (held int64) {
	type entry struct {
		path string
		size int64
		used time.Time
	}
	var entries []entry
	now := time.Now()
	_ = filepath.WalkDir(c.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // another process may have deleted it
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		if strings.HasPrefix(d.Name(), temporary) {
			if now.Sub(info.ModTime()) > temporaryAge {
				_ = os.Remove(path)
			}
			return nil
		}
		if !isName(d.Name()) {
			return nil // none of ours
		}
		entries = append(entries, entry{path, info.Size(), info.ModTime()})
		held += info.Size()
		return nil
	})
	if held <= c.size {
		return held
	}
	slices.SortFunc(entries, func(a, b entry) int { return a.used.Compare(b.used) })
	for _, e := range entries {
		if held <= c.size/10*9 {
			break
		}
		if err := os.Remove(e.path); err == nil || errors.Is(err, fs.ErrNotExist) {
			held -= e.size
		}
	}
	return held
}

// isName says whether a file's name is one that the cache gives.
func isName(name string) bool {
	b, err := hex.DecodeString(name)
	return err == nil && len(b) == sha256.Size
}
