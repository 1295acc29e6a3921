package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/linxGnu/grocksdb"
)

// A read-only database is opened beside the process that writes to it, and must see a
// state that it had: all ticks up to some moment, and none after. RocksDB's secondary
// instances do not promise that: they read the MANIFEST and the WALs at two moments,
// and between the two a table file may come with ticks of its own.
//
// So a reader makes an image in a folder of its own, of what a crash at one moment
// would have left, and opens that: the whole edits of the MANIFEST, links to the table
// files that it names, and the WALs. If the MANIFEST is the same before and after the
// last WAL is copied, then the table files are those of the moment of the copy. A
// table file of an ingestion is in the MANIFEST before the WAL says that it was
// committed, so an image with its mark has the file.
//
// RocksDB keeps the table files of an image open. Nothing else of it is needed once it
// is open, so it is removed at once.

// errMoved is returned when the writer has changed the files of a database while an
// image of it was made.
var errMoved = errors.New("the database changes faster than it can be opened; try again")

// openImage opens an image of a database for reading. It sets an option of o that the
// image needs.
func openImage(path string, o *grocksdb.Options) (db *grocksdb.DB, err error) {
	const (
		most  = 200 // times that the writer may be in the way
		pause = 2 * time.Millisecond
	)
	o.SetMaxOpenFiles(-1) // files that the writer removes stay readable
	for range most {
		var m *manifest
		if db, m, err = tryImage(path, o); err == nil {
			return db, nil
		}
		if !errors.Is(err, errMoved) {
			now, _ := readManifest(path)
			if m == nil || now != nil && now.sameAs(m) { // else a file may have vanished meanwhile
				return nil, err
			}
		}
		time.Sleep(pause)
	}
	return nil, err
}

// tryImage makes an image and opens it. It returns the MANIFEST that it saw, if it came
// so far.
func tryImage(path string, o *grocksdb.Options) (*grocksdb.DB, *manifest, error) {
	removeOldImages()
	dir, err := os.MkdirTemp("", imagePrefix)
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	m, err := makeImage(path, dir)
	if err != nil {
		return nil, m, err
	}
	db, err := grocksdb.OpenDbForReadOnly(o, dir, false)
	return db, m, err
}

// makeImage makes an image of a database in an empty folder.
func makeImage(path, image string) (*manifest, error) {
	m, err := checkedManifest(path)
	if err != nil {
		return m, err
	}
	if err := m.checkTables(path); err != nil {
		return m, err
	}
	logs, err := m.logs(path)
	if err != nil {
		return m, err
	}
	from, err := filepath.Abs(path)
	if err != nil {
		return m, err
	}
	for i, number := range logs {
		log := fmt.Sprintf("%06d%s", number, logSuffix)
		if i == len(logs)-1 {
			err = copyFile(filepath.Join(from, log), filepath.Join(image, log))
		} else { // it is whole: there is a newer one
			err = os.Symlink(filepath.Join(from, log), filepath.Join(image, log))
		}
		if errors.Is(err, os.ErrNotExist) {
			return m, errMoved
		}
		if err != nil {
			return m, err
		}
	}
	now, err := readManifest(path)
	if now == nil {
		return m, err
	}
	logsNow, err := now.logs(path)
	if err != nil {
		return m, err
	}
	if !now.sameAs(m) || !slices.Equal(logs, logsNow) {
		return m, errMoved
	}
	for number := range m.tables {
		if err := os.Symlink(filepath.Join(from, tableName(number)), filepath.Join(image, tableName(number))); err != nil {
			return m, err
		}
	}
	if err := os.WriteFile(filepath.Join(image, m.name), m.edits, 0o600); err != nil {
		return m, err
	}
	return m, os.WriteFile(filepath.Join(image, currentFile), []byte(m.name+"\n"), 0o600)
}

// sameAs says whether nothing was written to the MANIFEST between two looks at it.
func (m *manifest) sameAs(other *manifest) bool {
	return m.name == other.name && len(m.edits) == len(other.edits)
}

// logs returns the numbers of the WALs that count, in the order in which they were
// begun.
func (m *manifest) logs(dir string) (numbers []uint64, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if number, suffix, ok := fileNumber(e.Name()); ok && suffix == logSuffix && number >= m.log {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}

func tableName(number uint64) string { return fmt.Sprintf("%06d%s", number, tableSuffix) }
