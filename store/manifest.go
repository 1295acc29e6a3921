package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A MANIFEST is a log of edits (rocksdb/db/version_edit.h), each a row of tags with
// their values. What counts here:
//
//	tag                 value
//	2 log number        varint: WALs with lower numbers are obsolete
//	3 next file number  varint
//	4 last sequence     varint: all sequence numbers up to it are in table files
//	6 deleted file      varint level, varint number
//	10 min log number   varint: WALs with lower numbers are obsolete
//	100, 102, 103       new file: varint level, varint number, ..., varint size, keys,
//	                    varint smallest and varint largest sequence, ...
//
// The forms of the other tags are known too: an unknown one is an error, unless it
// says that it can be passed over (bit 13), which means that a length and that many
// bytes follow.
const (
	tagComparator      = 1
	tagLogNumber       = 2
	tagNextFile        = 3
	tagLastSequence    = 4
	tagCompactPointer  = 5
	tagDeletedFile     = 6
	tagPrevLogNumber   = 9
	tagMinLogToKeep    = 10
	tagNewFile2        = 100
	tagNewFile3        = 102
	tagNewFile4        = 103
	tagFamily          = 200
	tagFamilyAdd       = 201
	tagFamilyDrop      = 202
	tagMaxFamily       = 203
	tagInAtomicGroup   = 300
	tagSafeToIgnore    = 1 << 13
	newFileTerminate   = 1
	currentFile        = "CURRENT"
	tableSuffix        = ".sst"
	logSuffix          = ".log"
	manifestNamePrefix = "MANIFEST-"
)

// manifest is what a MANIFEST says of a database's files.
type manifest struct {
	name   string
	edits  []byte             // its bytes, up to where its last whole edit ends
	tables map[uint64]uint64  // number and size in bytes of each table file
	files  map[uint64]newFile // the same table files, with all that the MANIFEST says of them
	log    uint64             // WALs with lower numbers are obsolete
	next   uint64             // the next file number

	flushed  map[uint64]bool // the last sequence numbers of table files: a WAL begins behind one
	ingested map[uint64]bool // sequence numbers that table files of ingestions took
}

// readManifest reads the MANIFEST that CURRENT names. The error is a *FormatError if
// one of the two is damaged.
func readManifest(dir string) (*manifest, error) {
	name, err := currentManifest(dir)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, os.ErrNotExist) {
		if now, err := currentManifest(dir); err != nil || now != name {
			return readManifest(dir) // a writer has begun a new one meanwhile
		}
		return nil, damaged("lacks the file " + name + ", which CURRENT names")
	}
	if err != nil {
		return nil, err
	}
	m, err := parseManifest(data)
	m.name = name
	if err != nil {
		return m, damaged(fmt.Sprintf("has a damaged %s: %v", name, err))
	}
	return m, nil
}

// currentManifest returns the name of the MANIFEST that CURRENT names. The error is a
// *FormatError if it names none.
func currentManifest(dir string) (string, error) {
	current, err := os.ReadFile(filepath.Join(dir, currentFile))
	if err != nil {
		return "", err
	}
	name, whole := strings.CutSuffix(string(current), "\n")
	if !whole || !strings.HasPrefix(name, manifestNamePrefix) || strings.ContainsRune(name, '/') {
		return "", damaged(fmt.Sprintf("has a file CURRENT that names no MANIFEST: %.40q", current))
	}
	return name, nil
}

// damaged is the error of a database that is damaged in a way that opening it would
// make worse.
func damaged(found string) *FormatError {
	return &FormatError{found, "run `microts check PATH`, which says what can be read, and `microts check --repair NEW PATH`, which saves it, or restore a backup; microts changed nothing"}
}

// parseManifest reads the bytes of a MANIFEST, which may be anything. With an error it
// returns what stands before the damage.
func parseManifest(data []byte) (*manifest, error) {
	m := &manifest{tables: map[uint64]uint64{}, files: map[uint64]newFile{}, flushed: map[uint64]bool{0: true}, ingested: map[uint64]bool{}}
	for r := newLogBytes(data); ; {
		record, err := r.next()
		if errors.Is(err, errLogEnd) {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		if err := m.apply(&editReader{rest: record}); err != nil {
			return m, fmt.Errorf("the edit before byte %d: %w", r.end, err)
		}
		m.edits = data[:r.end]
	}
}

// apply applies one edit.
func (m *manifest) apply(e *editReader) error {
	for len(e.rest) > 0 && e.err == nil {
		switch tag := e.uvarint(); tag {
		case tagComparator, tagFamilyAdd:
			e.bytes()
		case tagLogNumber, tagMinLogToKeep:
			m.log = max(m.log, e.uvarint())
		case tagNextFile:
			m.next = e.uvarint()
		case tagLastSequence:
			m.flushed[e.uvarint()] = true
		case tagPrevLogNumber, tagFamily, tagMaxFamily, tagInAtomicGroup:
			e.uvarint()
		case tagFamilyDrop:
		case tagCompactPointer:
			e.uvarint()
			e.bytes()
		case tagDeletedFile:
			e.uvarint()
			number := e.uvarint()
			delete(m.tables, number)
			delete(m.files, number)
		case tagNewFile2, tagNewFile3, tagNewFile4:
			f := e.newFile(tag)
			m.tables[f.number] = f.size
			m.files[f.number] = f
			m.flushed[f.last] = true
			if f.first == f.last {
				m.ingested[f.first] = true
			}
		default:
			if tag&tagSafeToIgnore == 0 {
				return fmt.Errorf("unknown tag %d", tag)
			}
			e.bytes()
		}
	}
	return e.err
}

// editReader reads the parts of an edit. After the first error it reads zeros.
type editReader struct {
	rest []byte
	err  error
}

var errShortEdit = errors.New("it ends too early")

func (e *editReader) uvarint() uint64 {
	v, n := binary.Uvarint(e.rest)
	if n <= 0 {
		e.err, e.rest = errShortEdit, nil
		return 0
	}
	e.rest = e.rest[n:]
	return v
}

// bytes reads a length and that many bytes.
func (e *editReader) bytes() []byte {
	n := e.uvarint()
	if n > uint64(len(e.rest)) {
		e.err, e.rest = errShortEdit, nil
		return nil
	}
	b := e.rest[:n]
	e.rest = e.rest[n:]
	return b
}

// newFile is the value of one of the tags of a new file.
type newFile struct {
	level, number, size uint64
	smallest, largest   []byte // keys, with 8 bytes of RocksDB's own
	first, last         uint64 // sequence numbers
}

func (e *editReader) newFile(tag uint64) (f newFile) {
	f.level = e.uvarint()
	f.number = e.uvarint()
	if tag == tagNewFile3 {
		e.uvarint() // path
	}
	f.size = e.uvarint()
	f.smallest, f.largest = bytes.Clone(e.bytes()), bytes.Clone(e.bytes())
	f.first, f.last = e.uvarint(), e.uvarint()
	for tag == tagNewFile4 && e.err == nil && e.uvarint() != newFileTerminate {
		e.bytes()
	}
	return f
}
