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
//	\0microts\0format   "V2 1": the storage engine and the version of its format
//	\0microts\0buffer   uint64 big-endian, the number of the last buffer committed (buffer.go)
const (
	reservedPrefix = "\x00microts\x00"
	formatKey      = reservedPrefix + "format"
	bufferKey      = reservedPrefix + "buffer"

	formatEngine  = "V2"
	formatVersion = 1

	// sideDir is the folder in a database's folder that holds its buffers.
	sideDir = "microts"
)

var formatValue = fmt.Sprintf("%s %d", formatEngine, formatVersion)

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
// database is one that this package reads. found is false in a database that
// holds nothing at all.
func checkFormat(db *grocksdb.DB) (found bool, err error) {
	ro := grocksdb.NewDefaultReadOptions()
	defer ro.Destroy()
	marker, err := db.GetBytes(ro, []byte(formatKey))
	if err != nil {
		return false, err
	}
	if marker != nil {
		return true, checkMarker(string(marker))
	}
	it := db.NewIterator(ro)
	defer it.Close()
	it.SeekToFirst()
	if !it.Valid() {
		return false, it.Err()
	}
	key := it.Key()
	defer key.Free()
	return false, foreign(key.Data())
}

func checkMarker(marker string) error {
	if marker == formatValue {
		return nil
	}
	var engine string
	var version int
	if _, err := fmt.Sscanf(marker, "%s %d", &engine, &version); err != nil {
		return &FormatError{fmt.Sprintf("has the unknown format %q", marker), "open it with the microts that wrote it"}
	}
	if engine != formatEngine {
		return &FormatError{
			fmt.Sprintf("holds a database of storage engine %s, and micro_ts is storage engine %s", engine, formatEngine),
			fmt.Sprintf("open it with storage engine %s, or give another folder", engine),
		}
	}
	return &FormatError{
		fmt.Sprintf("has version %d of the format, and this microts reads version %d", version, formatVersion),
		"open it with a newer microts",
	}
}

// foreign tells from its first key whose database it is.
func foreign(key []byte) error {
	const v1KeySize = 17 // symbol 8, ts_us 8, data_type 1
	switch {
	case len(key) == KeySize && printable(key[0]) && bytes.Equal(key[10:14], make([]byte, 4)):
		return &FormatError{
			"was written by the LuaJIT original, whose keys hold 32 bits of the time",
			"read it with the original and write it anew into another folder; microts changed nothing",
		}
	case len(key) == v1KeySize:
		return &FormatError{
			"looks like a database of storage engine V1, and micro_ts is storage engine V2",
			"open it with storage engine V1, or give another folder; microts changed nothing",
		}
	}
	return &FormatError{
		"holds a RocksDB database that microts did not write",
		"give another folder; microts changed nothing",
	}
}

// checkForeign opens a database that may be another program's for reading
// only, so that nothing of it changes, and checks its format.
func checkForeign(options *grocksdb.Options, path string) error {
	db, err := grocksdb.OpenDbForReadOnly(options, path, false)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = checkFormat(db)
	return err
}
