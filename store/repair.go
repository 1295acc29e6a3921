package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Repair writes the new database under another name, and gives it its own when it is
// complete. A process that dies meanwhile leaves a folder with these names, which the
// next Repair replaces.
const (
	incompleteSuffix = ".incomplete"
	incompleteNote   = "INCOMPLETE" // a file in the folder
)

// Repair saves all that can be read of the database in a folder into a new database:
// good blocks of damaged table files, the records of WALs before and behind damage, and
// what checksums cover of buffers. Of several values of a key it takes the newest by
// sequence number. What an earlier open had set aside as *.unverified it takes where
// nothing else has the key. The report says what the new database holds; its faults
// with Lost set are what is not in it.
//
// The new database gets the format, the unit and the column families of the old one,
// in which nothing changes. The folder to must not exist; it is complete or not there
// when Repair returns. Errors: those of Check, a *LockedError while another process
// has the database open for writing, and those of writing.
func (env *Env) Repair(ctx context.Context, path, to string, o CheckOptions) (*CheckReport, error) {
	report, err := env.repair(ctx, path, to, o)
	if err != nil {
		return nil, fmt.Errorf("repair database %q: %w", path, err)
	}
	return report, nil
}

func (env *Env) repair(ctx context.Context, path, to string, o CheckOptions) (report *CheckReport, err error) {
	if err := checkTarget(path, to); err != nil {
		return nil, err
	}
	inv, err := takeInventory(path)
	if err != nil {
		return nil, err
	}
	defer inv.close()
	if inv.writer != nil {
		return nil, inv.writer
	}
	c := newChecker(ctx, inv, o)
	if err := c.read(); err != nil {
		return nil, err
	}
	work, err := beginWork(to)
	if err != nil {
		return nil, err
	}
	defer work.end(&err)
	if err := c.save(env, work.path); err != nil {
		return nil, err
	}
	return c.finish(), work.complete(to)
}

// checkTarget returns why a new database cannot be made in a folder, or nil.
func checkTarget(path, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s exists: give the name of a folder that does not", to)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	from, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	target, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(from, target); err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
		return fmt.Errorf("%s lies in the database that is to be repaired: give another folder", to)
	}
	return nil
}

// save writes all keys into a new database.
func (c *checker) save(env *Env, path string) (err error) {
	db, err := env.Open(path, &Options{Format: c.format, Durability: None})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := c.walk(func(key, value []byte) error { return c.saveKey(db, key, value) }); err != nil {
		return err
	}
	return db.Flush()
}

// saveKey writes one key into the new database.
func (c *checker) saveKey(db *DB, key, value []byte) error {
	if string(key) == formatKey || string(key) == bufferKey {
		return nil // the new database has its own
	}
	e := rawEntry{tagPut, key, string(value)}
	if len(key) == 0 || e.size() > maxEntries {
		c.fault(Fault{What: keyFault, Bytes: int64(len(key) + len(value)), Problem: fmt.Sprintf("a key of %d bytes and a value of %d, which cannot be written", len(key), len(value)), Lost: true}, bytes.Clone(key), nil)
		return nil
	}
	const mostKey = 127 // of putPoint
	return db.chain.append(func(b *buffer) bool {
		if key[0] != 0 && len(key) <= mostKey {
			return b.putPoint(key, e.value, allMarks)
		}
		return b.appendEntry(tagPut, key, e.value)
	})
}

// work is the folder of a database that is not complete.
type work struct {
	path string
	lock *os.File // the note, locked while the database is made
}

// beginWork makes the folder for a new database, in place of one that a Repair left
// that died.
func beginWork(to string) (*work, error) {
	w := &work{path: to + incompleteSuffix}
	note := filepath.Join(w.path, incompleteNote)
	err := os.Mkdir(w.path, 0o755)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.MkdirAll(w.path, 0o755)
	}
	exists := errors.Is(err, fs.ErrExist)
	if err != nil && !exists {
		return nil, err
	}
	flags := os.O_RDWR | os.O_CREATE
	if entries, err := os.ReadDir(w.path); exists && err == nil && len(entries) > 0 {
		flags = os.O_RDWR // a repair's folder has the note
	}
	if w.lock, err = os.OpenFile(note, flags, 0o644); err != nil {
		return nil, fmt.Errorf("%s is not what a repair left: %w", w.path, err)
	}
	if err := unix.Flock(int(w.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("another process repairs into %s", w.path), w.lock.Close())
	}
	const text = "microts check --repair makes a database here, which is not complete.\n"
	if _, err := w.lock.WriteAt([]byte(text), 0); err != nil {
		return nil, errors.Join(err, w.lock.Close())
	}
	return w, w.clear()
}

// clear removes what an earlier repair has left.
func (w *work) clear() error {
	entries, err := os.ReadDir(w.path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != incompleteNote {
			if err := os.RemoveAll(filepath.Join(w.path, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete gives the database its name.
func (w *work) complete(to string) error {
	if err := os.Remove(filepath.Join(w.path, incompleteNote)); err != nil {
		return err
	}
	if err := syncFolder(w.path); err != nil {
		return err
	}
	// Not os.Rename, which would replace an empty folder that was made meanwhile.
	if err := unix.Renameat2(unix.AT_FDCWD, w.path, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE); err != nil {
		if !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) {
			return fmt.Errorf("name the new database %s: %w", to, err)
		}
		if err := os.Rename(w.path, to); err != nil { // a file system without such a rename
			return err
		}
	}
	return syncFolder(filepath.Dir(to))
}

// end releases the folder. After an error it removes it.
func (w *work) end(err *error) {
	if *err != nil {
		*err = errors.Join(*err, os.RemoveAll(w.path))
	}
	_ = w.lock.Close() // nothing was written that matters
}
