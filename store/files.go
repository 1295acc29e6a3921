package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Opening a database must not destroy it. RocksDB deletes files that its MANIFEST does not
// name, reads a MANIFEST that lost its end as a shorter one, and passes over damage in a
// WAL. So before RocksDB opens a folder, checkFiles looks at all that it could delete or
// misread; it changes nothing:
//
//	CURRENT                           it names a MANIFEST that is there, not an older one than was noted
//	the MANIFEST                      it reads to its end, and is as long as was noted
//	table files that it names         they are there, with the sizes that it says
//	WALs that it needs                they are there, and follow each other without a gap or damage
//	                                  (walcheck.go)
//	all others with names of RocksDB  a process that died has left them, not the user (foreign.go):
//	                                  old WALs, MANIFESTs and OPTIONS, table files that the MANIFEST
//	                                  does not name, temporary files
//
// Blocks of table files have checksums, which RocksDB checks as it reads them.

// checkFiles returns a *FormatError if a folder that holds a database has lost a part
// of it, or holds a file that RocksDB would take for its own. It returns the MANIFEST
// and the WALs that count.
func checkFiles(dir string) (*manifest, []wal, error) {
	m, err := checkedManifest(dir)
	if err != nil {
		return nil, nil, err
	}
	if err := m.checkForeignFiles(dir); err != nil {
		return nil, nil, err
	}
	if err := m.checkTables(dir); err != nil {
		return nil, nil, err
	}
	wals, err := m.checkWALs(dir)
	return m, wals, err
}

// checkedManifest reads the MANIFEST and compares it with what was noted of it. Its end
// may be torn, by the death of the process or of the machine that wrote it: then what
// was noted is whole, and what the torn edit was to say was never acknowledged.
func checkedManifest(dir string) (*manifest, error) {
	noted, size := readManifestNote(dir)
	m, err := readManifest(dir)
	switch {
	case m == nil:
		return nil, err
	case err != nil && (m.name != noted || int64(len(m.edits)) < size):
		return m, err
	case m.name == noted && int64(len(m.edits)) < size:
		return m, damaged(fmt.Sprintf("has a %s that lost its end: it has %d bytes and had %d", noted, len(m.edits), size))
	case manifestNumber(m.name) < manifestNumber(noted):
		return m, damaged(fmt.Sprintf("has a file CURRENT that names %s, and the last one was %s", m.name, noted))
	}
	return m, nil
}

// checkTables returns a *FormatError if a table file is missing or has another size.
func (m *manifest) checkTables(dir string) error {
	for number, size := range m.tables {
		name := tableName(number)
		switch info, err := os.Stat(filepath.Join(dir, name)); {
		case errors.Is(err, os.ErrNotExist) && ingestedAs(dir, size) != "":
		case errors.Is(err, os.ErrNotExist):
			return damaged(fmt.Sprintf("lacks the table file %s of %d bytes", name, size))
		case err != nil:
			return err
		case info.Size() != int64(size):
			return damaged(fmt.Sprintf("has a damaged table file %s: it has %d bytes, not %d", name, info.Size(), size))
		}
	}
	return nil
}

// fileNumber splits the name of a file of RocksDB into its number and its suffix, such
// as ".log". ok is false if the name begins with no number.
func fileNumber(name string) (number uint64, suffix string, ok bool) {
	suffix = filepath.Ext(name)
	number, err := strconv.ParseUint(strings.TrimSuffix(name, suffix), 10, 64)
	return number, suffix, err == nil
}

// manifestNumber returns the number in the name of a MANIFEST, or 0.
func manifestNumber(name string) uint64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(name, manifestNamePrefix), 10, 64)
	return n
}

// A manifestNote remembers in microts/manifest how long the MANIFEST was: its name, a
// space, its size in bytes, and a newline. A MANIFEST only grows.
type manifestNote struct {
	dir   string
	name  string
	size  int64 // when it was last looked at
	noted int64 // what stands in the note
}

// update looks at the MANIFEST. It notes the size that the last update saw: RocksDB may
// be writing what has come since. With final it notes the size that it sees.
func (n *manifestNote) update(final bool) error {
	if n.name == "" {
		name, err := currentManifest(n.dir)
		if err != nil {
			return err
		}
		n.name, n.size, n.noted = name, 0, -1
	}
	info, err := os.Stat(filepath.Join(n.dir, n.name))
	if err != nil {
		n.name = "" // RocksDB may have begun a new one: the next update finds it
		return err
	}
	whole := n.size
	n.size = info.Size()
	if final {
		whole = n.size
	}
	if whole == n.noted {
		return nil
	}
	n.noted = whole
	return n.write(whole)
}

// write replaces the note. A process that dies within leaves the old one or the new
// one: it is one write of few bytes.
func (n *manifestNote) write(size int64) error {
	return writeNote(manifestNotePath(n.dir), fmt.Sprintf("%s %d\n", n.name, size))
}

// writeNote writes a line to a file over what stands there.
func writeNote(path, line string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(line), 0)
	return errors.Join(err, f.Close())
}

func manifestNotePath(dir string) string { return filepath.Join(dir, sideDir, manifestNoteFile) }

// readManifestNote returns the note of a database, or "" and 0.
func readManifestNote(dir string) (name string, size int64) {
	text, err := os.ReadFile(manifestNotePath(dir))
	if err != nil {
		return "", 0
	}
	if _, err := fmt.Sscanf(string(text), "%s %d\n", &name, &size); err != nil {
		return "", 0
	}
	return name, size
}
