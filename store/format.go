package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/linxGnu/grocksdb"

	"microts/internal/tick"
)

// opener returns what a script requires to open databases of a format.
func opener(f tick.Format) string {
	if f == tick.V1 {
		return `require "storage_engine"`
	}
	return `require "storage_engine_v2" or "micro_ts"`
}

// firstManifest is the first file that RocksDB writes when it creates a database.
// The first open replaces it.
const firstManifest = "MANIFEST-000001"

// checkDir looks at a folder before RocksDB opens it, because RocksDB would take over
// whatever is there. exists says that the folder holds a database, own that microts
// has used it.
func checkDir(path string) (exists, own bool, err error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return false, false, err
	}
	damaged := ""
	for _, e := range entries {
		switch name := e.Name(); {
		case name == "CURRENT":
			exists = true
		case name == sideDir:
			own = true
		case name == firstManifest: // left by a process that died while it made the database
		case strings.HasPrefix(name, "MANIFEST-"), filepath.Ext(name) == ".sst":
			damaged = name
		}
	}
	if !exists && damaged != "" {
		return false, false, &FormatError{
			fmt.Sprintf("holds %s but no file CURRENT, so it is a damaged RocksDB database", damaged),
			"restore CURRENT, or run `microts check PATH`, which says what can be read, and `microts check --repair NEW PATH`, which saves it, or restore a backup; microts changed nothing",
		}
	}
	return exists, own, nil
}

// checkFormat returns a *FormatError unless the database's format marker is the wanted
// one. A database that holds nothing at all needs no marker: then found is false.
func checkFormat(db *grocksdb.DB, want tick.Format) (found bool, err error) {
	ro := grocksdb.NewDefaultReadOptions()
	defer ro.Destroy()
	marker, err := db.GetBytes(ro, []byte(formatKey))
	if err != nil {
		return false, err
	}
	if marker != nil {
		return true, checkMarker(string(marker), want)
	}
	it := db.NewIterator(ro)
	defer it.Close()
	it.SeekToFirst()
	if !it.Valid() {
		return false, it.Err()
	}
	key := it.Key()
	defer key.Free()
	return false, foreign(key.Data(), want)
}

func checkMarker(marker string, want tick.Format) error {
	if marker == formatMarker(want) {
		return nil
	}
	var format string
	var version int
	if _, err := fmt.Sscanf(marker, "%s %d", &format, &version); err != nil {
		return &FormatError{fmt.Sprintf("has the unknown format %q", marker), "open it with the microts that wrote it"}
	}
	for _, f := range []tick.Format{tick.V1, tick.V2} {
		if format == f.String() && f != want {
			return formatMismatch(f, want)
		}
	}
	return &FormatError{
		fmt.Sprintf("has version %d of the format, and this microts reads version %d", version, formatVersion),
		"open it with a newer microts",
	}
}

// formatMismatch returns the error of a database that was opened with another format.
func formatMismatch(is, want tick.Format) error {
	return &mismatchError{is, FormatError{
		fmt.Sprintf("holds a database of storage engine %v, and was opened with storage engine %v", is, want),
		fmt.Sprintf("open it with %s, or give another folder", opener(is)),
	}}
}

// mismatchError is the FormatError of a database of the other format.
type mismatchError struct {
	is tick.Format
	FormatError
}

func (e *mismatchError) Unwrap() error { return &e.FormatError }

// foreign returns the error of a database that has no format marker. Its first key
// tells which program wrote it.
func foreign(key []byte, want tick.Format) error {
	switch {
	case len(key) == tickKeySize && tick.Printable(key[0]) && bytes.Equal(key[10:14], make([]byte, 4)):
		return &FormatError{
			"was written by the LuaJIT original, whose keys hold 32 bits of the time",
			"read it with the original and write it anew into another folder; microts changed nothing",
		}
	case len(key) == v1KeySize:
		return &FormatError{
			fmt.Sprintf("looks like a database of storage engine V1 that microts did not write, and was opened with storage engine %v", want),
			"give another folder; microts changed nothing",
		}
	}
	return &FormatError{
		"holds a RocksDB database that microts did not write",
		"give another folder; microts changed nothing",
	}
}

// checkForeign reads a database that may be another program's, in an image so that
// nothing of it changes, and returns a *FormatError unless it has the format wanted.
func checkForeign(path string, want tick.Format) error {
	o := baseOptions(want)
	defer o.Destroy()
	db, _, err := openImage(path, o, false)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = checkFormat(db, want)
	return err
}
