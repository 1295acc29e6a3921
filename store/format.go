package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/linxGnu/grocksdb"
)

// Keys that begin with reservedPrefix are microts' own. No tick's key does: its
// first byte is printable.
//
//	key                 value
//	\0microts\0format   "V2 1" or "V1 1": the storage engine and the version of its format
//	\0microts\0buffer   uint64 big-endian, the number of the last buffer committed (buffer.go)
//	\0microts\0unit     the unit of time that points were first written in (unit.go)
//	\0microts\0family\0 and \0microts\0\x01: column families (family.go)
const (
	reservedPrefix = "\x00microts\x00"
	formatKey      = reservedPrefix + "format"
	bufferKey      = reservedPrefix + "buffer"

	formatVersion = 1 // of both storage engines

	// sideDir is the folder in a database's folder that holds its buffers.
	sideDir = "microts"
)

// Format is a storage engine: what the keys and the values of a database look
// like. A database is of one format for ever.
type Format int

const (
	// V2, the zero value, is scheme A (key.go): what micro_ts reads and writes,
	// and the storage engine storage_engine_v2.
	V2 Format = iota
	// V1 is the plain scheme (series.go) of the storage engine storage_engine.
	V1
)

var formatNames = []string{V2: "V2", V1: "V1"}

// String returns "V1" or "V2".
func (f Format) String() string { return formatNames[f] }

// marker returns what stands under formatKey.
func (f Format) marker() string { return fmt.Sprintf("%v %d", f, formatVersion) }

// opener is who opens databases of the format.
func (f Format) opener() string {
	if f == V1 {
		return `require "storage_engine"`
	}
	return `require "storage_engine_v2" or "micro_ts"`
}

// firstManifest is what RocksDB writes first of all when it makes a database; the
// first open of the database then replaces it.
const firstManifest = "MANIFEST-000001"

// checkDir looks at a folder before RocksDB does, which would take it over.
// known says that microts has had a database there.
func checkDir(path string) (exists, known bool, err error) {
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
			known = true
		case name == firstManifest: // a process that died while it made the database left it
		case strings.HasPrefix(name, "MANIFEST-"), filepath.Ext(name) == ".sst":
			damaged = name
		}
	}
	if !exists && damaged != "" {
		return false, false, &FormatError{
			fmt.Sprintf("holds %s but no file CURRENT, so it is a damaged RocksDB database", damaged),
			"restore CURRENT or a backup; microts changed nothing",
		}
	}
	return exists, known, nil
}

// checkFormat reads the format marker and returns a *FormatError unless the
// database is of the format wanted. found is false in a database that
// holds nothing at all.
func checkFormat(db *grocksdb.DB, want Format) (found bool, err error) {
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

func checkMarker(marker string, want Format) error {
	if marker == want.marker() {
		return nil
	}
	var engine string
	var version int
	if _, err := fmt.Sscanf(marker, "%s %d", &engine, &version); err != nil {
		return &FormatError{fmt.Sprintf("has the unknown format %q", marker), "open it with the microts that wrote it"}
	}
	for f, name := range formatNames {
		if engine == name && Format(f) != want {
			return formatMismatch(Format(f), want)
		}
	}
	return &FormatError{
		fmt.Sprintf("has version %d of the format, and this microts reads version %d", version, formatVersion),
		"open it with a newer microts",
	}
}

// formatMismatch is the error of a database that was opened as another's.
func formatMismatch(is, want Format) error {
	return &FormatError{
		fmt.Sprintf("holds a database of storage engine %v, and was opened with storage engine %v", is, want),
		fmt.Sprintf("open it with %s, or give another folder", is.opener()),
	}
}

// foreign tells from its first key whose database it is.
func foreign(key []byte, want Format) error {
	switch {
	case len(key) == KeySize && printable(key[0]) && bytes.Equal(key[10:14], make([]byte, 4)):
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

// checkForeign opens a database that may be another program's for reading
// only, so that nothing of it changes, and checks its format.
func checkForeign(options *grocksdb.Options, path string, want Format) error {
	db, err := grocksdb.OpenDbForReadOnly(options, path, false)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = checkFormat(db, want)
	return err
}
