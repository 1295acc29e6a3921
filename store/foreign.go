package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// RocksDB takes each file with a name like those of its own for its own, and deletes it
// when it needs it no more. A user may have put such a file there: 20231113.log, a copy
// of an OPTIONS file, a table file of another database. What RocksDB itself has left is
// told by its exact name, its number and its content.

// rocksNames are the names that RocksDB 7.8 takes for its own
// (rocksdb/file/filename.cc), but for those that it never deletes.
var rocksNames = regexp.MustCompile(`^(?:archive.)?(\d+)\.(log|sst|ldb|blob|dbtmp)$|^(MANIFEST-)(\d+)$|^(OPTIONS-)(\d+).*$|^(LOG).+$`)

// checkForeignFiles returns a *FormatError if a file has a name that RocksDB would take
// for one of its own, and is none that it has left.
func (m *manifest) checkForeignFiles(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		match := rocksNames.FindStringSubmatch(e.Name())
		if match == nil {
			continue
		}
		own, err := m.left(dir, e, match)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !own {
			return &FormatError{
				fmt.Sprintf("holds the file %s, which RocksDB would take for its own and delete", e.Name()),
				"if you put it there, move it to another folder; else run `microts check PATH`; microts changed nothing",
			}
		}
	}
	return nil
}

// left says whether RocksDB may have left a file with a match of rocksNames.
func (m *manifest) left(dir string, e fs.DirEntry, match []string) (bool, error) {
	name := e.Name()
	path := filepath.Join(dir, name)
	number, err := strconv.ParseUint(match[1]+match[4]+match[6], 10, 64)
	if err != nil && match[7] == "" {
		return true, nil // no number of 64 bits: no name of RocksDB
	}
	if !e.Type().IsRegular() {
		return false, nil
	}
	// RocksDB counts its files. Since its last edit of the MANIFEST it has made a few.
	const since = 10_000
	late := number >= m.next+since
	switch {
	case match[2] == "log":
		return headLooks(path, !late && name == walName(number), isLog)
	case match[2] == "sst":
		if _, named := m.tables[number]; named {
			return name == tableName(number), nil
		}
		if late || name != tableName(number) {
			return false, nil
		}
		return m.leftTable(dir, path)
	case match[2] == "dbtmp":
		return headLooks(path, name == fmt.Sprintf("%06d.dbtmp", number), isTemporary)
	case match[3] != "":
		return headLooks(path, name == fmt.Sprintf("%s%06d", manifestNamePrefix, number), isLog)
	case match[5] != "":
		known := name == fmt.Sprintf("OPTIONS-%06d", number) || name == fmt.Sprintf("OPTIONS-%06d.dbtmp", number)
		return headLooks(path, known, isOptions)
	case match[7] != "": // RocksDB takes LOGBOOK.txt for whatever it looked at before
		return logNames.MatchString(name), nil
	}
	return false, nil // RocksDB makes no such files for microts
}

var logNames = regexp.MustCompile(`^LOG\.old(\.\d+)?$`)

// headLooks says whether a file has a known name, and is empty or begins as looks wants.
func headLooks(path string, known bool, looks func(head []byte) bool) (bool, error) {
	if !known {
		return false, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, logBlock)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	return zeros(head[:n]) || looks(head[:n]), nil
}

// isLog says whether a file that begins so may be a WAL or a MANIFEST, damaged or not.
func isLog(head []byte) bool {
	if len(head) < logHeader {
		return false
	}
	switch kind := head[6]; kind {
	case logWhole, logFirst, logWhole + logRecyclable, logFirst + logRecyclable:
		return true
	}
	kind, _, err := newLogBytes(head).resync(0) // the first fragment is damaged
	return err == nil && kind != 0
}

// isTemporary says whether a file that begins so may become CURRENT or IDENTITY.
func isTemporary(head []byte) bool {
	text := strings.TrimSuffix(string(head), "\n")
	return strings.HasPrefix(text, manifestNamePrefix) || strings.HasPrefix(manifestNamePrefix, text) ||
		len(text) <= 36 && strings.Trim(text, "0123456789abcdef-") == ""
}

func isOptions(head []byte) bool {
	return bytes.HasPrefix(head, []byte("# This is a RocksDB option file"))
}

const (
	tableMagic = 0x88e241b785f4cff7 // ends each table file
	tableTail  = 64 << 10           // has the properties, which name the database that made it

	identityFile  = "IDENTITY"
	ingestionName = "SST Writer" // stands for the database in the table files of ingestions
)

// leftTable says whether a table file that the MANIFEST does not name may be that of a
// flush, a compaction or an ingestion of this database that did not come to its end.
func (m *manifest) leftTable(dir, path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	tail := make([]byte, min(tableTail, info.Size()))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return false, err
	}
	if len(tail) < 8 || binary.LittleEndian.Uint64(tail[len(tail)-8:]) != tableMagic {
		return headLooks(path, true, func(head []byte) bool { return !isText(head) })
	}
	id, err := os.ReadFile(filepath.Join(dir, identityFile))
	id = bytes.TrimSpace(id)
	return err != nil || len(id) == 0 || bytes.Contains(tail, id) || bytes.Contains(tail, []byte(ingestionName)), nil
}

// isText says whether a file that begins so is text, which a table file never is.
func isText(head []byte) bool {
	for _, c := range head[:min(len(head), 512)] {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			return false
		}
	}
	return true
}
