package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// inventory is the files of a database at one moment, open for reading. A process that
// writes to the database may change them meanwhile: then the inventory is made anew, as
// an image is (image.go). Nothing in the folder is changed. close ends it.
type inventory struct {
	dir      string
	manifest *manifest // nil: none can be read
	broken   error     // why the MANIFEST does not tell which files count; then all do
	walErr   error     // why the WALs are no whole ones
	writer   *LockedError

	tables  []tableFile
	missing []newFile // table files that the MANIFEST names and the folder lacks
	others  []tableFile
	wals    []*walReader
	strange []string // names of files that no database has
	side    []string // names of the files in the side folder
}

// tableFile is a table file; file is nil if it was not opened.
type tableFile struct {
	number uint64
	name   string
	size   int64
	file   *os.File
}

func takeInventory(dir string) (*inventory, error) {
	const (
		most  = 200 // times that a writer may be in the way
		pause = 2 * time.Millisecond
	)
	for range most {
		inv := &inventory{dir: dir}
		err := inv.take()
		if err == nil {
			return inv, nil
		}
		if inv.close(); !errors.Is(err, errMoved) {
			return nil, err
		}
		time.Sleep(pause)
	}
	return nil, errMoved
}

func (inv *inventory) close() {
	for _, t := range inv.tables {
		_ = t.file.Close()
	}
	for _, w := range inv.wals {
		_ = w.close()
	}
}

// take opens the files. The error is errMoved if they changed meanwhile.
func (inv *inventory) take() (err error) {
	entries, err := os.ReadDir(inv.dir)
	if err != nil {
		return err
	}
	if !isDatabase(entries) {
		return fmt.Errorf("no database is there: %s holds no file CURRENT, no MANIFEST and no table files", inv.dir)
	}
	inv.writer = writerOf(inv.dir)
	if err := inv.readManifest(); err != nil {
		return err
	}
	for _, e := range entries {
		if err := inv.add(e); err != nil {
			return err
		}
	}
	if inv.broken == nil {
		if err := inv.compare(); err != nil {
			return err
		}
	}
	slices.SortFunc(inv.wals, func(a, b *walReader) int { return int(int64(a.log.number) - int64(b.log.number)) })
	side, err := os.ReadDir(filepath.Join(inv.dir, sideDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range side {
		inv.side = append(inv.side, e.Name())
	}
	return nil
}

// isDatabase says whether a folder holds a database, or what is left of one.
func isDatabase(entries []os.DirEntry) bool {
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		name := e.Name()
		return name == currentFile || strings.HasPrefix(name, manifestNamePrefix) || filepath.Ext(name) == tableSuffix
	})
}

// writerOf returns who has a database open for writing, or nil.
func writerOf(dir string) *LockedError {
	if holder := rocksLockHolder(dir); holder.PID != 0 {
		return holder
	}
	return dirLockHolder(dir)
}

// readManifest reads the MANIFEST. If it is damaged, that is in broken.
func (inv *inventory) readManifest() (err error) {
	inv.manifest, err = checkedManifest(inv.dir)
	if inv.writer != nil && errors.Is(err, fs.ErrNotExist) {
		return errMoved // the writer is making the database
	}
	damage := (*FormatError)(nil)
	if errors.As(err, &damage) || errors.Is(err, fs.ErrNotExist) {
		inv.broken = err
		return nil
	}
	return err
}

// add opens a file that counts.
func (inv *inventory) add(e os.DirEntry) error {
	number, suffix, ok := fileNumber(e.Name())
	switch m := inv.manifest; {
	case ok && suffix == tableSuffix:
		t := tableFile{number: number, name: e.Name()}
		if info, err := e.Info(); err == nil {
			t.size = info.Size()
		}
		if inv.broken == nil {
			if _, named := m.tables[number]; !named {
				inv.others = append(inv.others, t)
				return nil
			}
		}
		return inv.open(t)
	case ok && suffix == logSuffix:
		if inv.broken == nil && number < m.log {
			return nil
		}
		w, err := openWAL(inv.dir, number)
		if errors.Is(err, fs.ErrNotExist) {
			return errMoved
		}
		if err == nil {
			inv.wals = append(inv.wals, w)
		}
		return err
	case !isOwnName(e.Name()):
		inv.strange = append(inv.strange, e.Name())
	}
	return nil
}

// isOwnName says whether RocksDB or microts makes files of a name that are neither
// table files nor WALs.
func isOwnName(name string) bool {
	switch name {
	case currentFile, sideDir, "LOCK", "IDENTITY", "lost":
		return true
	}
	return strings.HasPrefix(name, manifestNamePrefix) || strings.HasPrefix(name, "LOG") || strings.HasPrefix(name, "OPTIONS-") || filepath.Ext(name) == ".dbtmp"
}

func (inv *inventory) open(t tableFile) error {
	f, err := os.Open(filepath.Join(inv.dir, t.name))
	if errors.Is(err, fs.ErrNotExist) {
		return errMoved
	}
	if err != nil {
		return err
	}
	t.file = f
	inv.tables = append(inv.tables, t)
	info, err := f.Stat()
	if err == nil {
		inv.tables[len(inv.tables)-1].size = info.Size()
	}
	return err
}

// compare finds the table files that are missing, reads the WALs, and makes sure that
// nothing has changed meanwhile.
func (inv *inventory) compare() error {
	m := inv.manifest
	have := map[uint64]bool{}
	for _, t := range inv.tables {
		have[t.number] = true
	}
	for number, f := range m.files {
		if have[number] {
			continue
		}
		link := ingestedAs(inv.dir, f.size) // which the next open puts back
		if link == "" {
			inv.missing = append(inv.missing, f)
			continue
		}
		t := tableFile{number: number, name: filepath.Join(sideDir, filepath.Base(link))}
		if err := inv.open(t); err != nil {
			return err
		}
	}
	_, inv.walErr = m.checkWALs(inv.dir)
	if now, _ := readManifest(inv.dir); now == nil || !now.sameAs(m) {
		return errMoved
	}
	damage := (*FormatError)(nil)
	if inv.walErr != nil && !errors.As(inv.walErr, &damage) {
		if errors.Is(inv.walErr, fs.ErrNotExist) {
			return errMoved
		}
		return inv.walErr
	}
	return nil
}
