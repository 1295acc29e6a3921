package store

import (
	"errors"
	"fmt"
	"io"
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

// openImage opens an image of a database for reading. own says that microts has had a
// database there, so that its WALs can be checked. It sets the options of o that the
// image needs. torn are the WALs whose end is not taken.
func openImage(path string, o *grocksdb.Options, own bool) (db *grocksdb.DB, torn []tornWAL, err error) {
	const (
		most  = 200 // times that the writer may be in the way
		least = 5   // times that the end of a WAL is torn: a writer may be writing it
		pause = 2 * time.Millisecond
	)
	o.SetMaxOpenFiles(-1) // files that the writer removes stay readable
	if own {
		o.SetWALRecoveryMode(grocksdb.AbsoluteConsistencyRecovery) // checkWALs has decided
	}
	for try := range most {
		var i *image
		if db, i, err = tryImage(path, o, own, try < least); err == nil {
			return db, i.torn, nil
		}
		if !errors.Is(err, errMoved) {
			now, _ := readManifest(path)
			if i == nil || now != nil && now.sameAs(i.manifest) { // else a file may have vanished meanwhile
				return nil, nil, err
			}
		}
		time.Sleep(pause)
	}
	return nil, nil, err
}

// tryImage makes an image and opens it. It returns what it made of the image, if it came
// so far as to read the MANIFEST. With whole, a torn WAL is errMoved.
func tryImage(path string, o *grocksdb.Options, own, whole bool) (*grocksdb.DB, *image, error) {
	dir, err := os.MkdirTemp("", "microts-read-only-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	from, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, err
	}
	m, err := checkedManifest(from)
	if m == nil {
		return nil, nil, err
	}
	i := &image{manifest: m, from: from, to: dir}
	if err == nil {
		err = i.make(own)
	}
	if err == nil && whole && len(i.torn) > 0 {
		err = errMoved
	}
	if err != nil {
		return nil, i, err
	}
	db, err := grocksdb.OpenDbForReadOnly(o, dir, false)
	return db, i, err
}

// image is an image that is being made.
type image struct {
	*manifest
	from, to string // folders: of the database, and of the image
	torn     []tornWAL
}

// make makes the image.
func (i *image) make(own bool) error {
	if err := i.checkTables(i.from); err != nil {
		return err
	}
	logs, err := i.copyWALs(own)
	if errors.Is(err, os.ErrNotExist) {
		return errMoved
	}
	if err != nil {
		return err
	}
	now, err := readManifest(i.from)
	if now == nil {
		return err
	}
	logsNow, err := now.logs(i.from)
	if err != nil {
		return err
	}
	if !now.sameAs(i.manifest) || !slices.Equal(logs, logsNow) {
		return errMoved
	}
	for number, size := range i.tables {
		table := filepath.Join(i.from, tableName(number))
		if _, err := os.Stat(table); errors.Is(err, os.ErrNotExist) {
			table = ingestedAs(i.from, size)
		}
		if err := os.Symlink(table, filepath.Join(i.to, tableName(number))); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(i.to, i.name), i.edits, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(i.to, currentFile), []byte(i.name+"\n"), 0o600)
}

// copyWALs copies what is taken of the WALs, and returns their numbers.
func (i *image) copyWALs(own bool) (numbers []uint64, err error) {
	var wals []wal
	if own {
		wals, err = i.checkWALs(i.from)
	} else {
		wals, err = i.wholeWALs(i.from)
	}
	if err != nil {
		return nil, err
	}
	for n, w := range wals {
		numbers = append(numbers, w.number)
		from, to := filepath.Join(i.from, walName(w.number)), filepath.Join(i.to, walName(w.number))
		if w.keep == w.size && n < len(wals)-1 { // nothing is appended to it
			err = os.Symlink(from, to)
		} else {
			err = copyFile(from, to, w.keep)
		}
		if err != nil {
			return nil, err
		}
		if w.lost > 0 {
			i.torn = append(i.torn, tornWAL{walName(w.number), w.lost, ""})
		}
	}
	return numbers, nil
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

// wholeWALs returns the WALs that count, unread.
func (m *manifest) wholeWALs(dir string) (wals []wal, err error) {
	numbers, err := m.logs(dir)
	if err != nil {
		return nil, err
	}
	for _, number := range numbers {
		info, err := os.Stat(filepath.Join(dir, walName(number)))
		if err != nil {
			return nil, err
		}
		wals = append(wals, wal{number: number, size: info.Size(), keep: info.Size()})
	}
	return wals, nil
}

// copyFile copies the first bytes of a file.
func copyFile(from, to string, size int64) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(out, in, size)
	return errors.Join(err, out.Close())
}

func tableName(number uint64) string { return fmt.Sprintf("%06d%s", number, tableSuffix) }
