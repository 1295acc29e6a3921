package sst

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A table file is a row of blocks without gaps, and the footer. Integers are
// little-endian.
//
//	data blocks, in the order of their keys
//	other blocks: filter, index, dictionary, range deletions, properties, ...
//	metaindex block: name and handle of each other block but the index
//	footer
//
// The footer (rocksdb/table/format.cc):
//
//	size  field
//	1     checksum type: 1 CRC-32C, 4 XXH3
//	40    handle of the metaindex block, handle of the index block, zeros
//	4     format_version
//	8     magic, 0x88e241b785f4cff7
//
// A handle is the offset of a block and its size without trailer, both varints.
const (
	footerSize   = 1 + footerMiddle + 4 + 8
	footerMiddle = 40
	footerMagic  = 0x88e241b785f4cff7

	minVersion   = 1
	deltaVersion = 4 // from which on an index holds differences
	maxVersion   = 5
)

// Names of the metaindex, and of properties.
const (
	propertiesName  = "rocksdb.properties"
	dictionaryName  = "rocksdb.compression_dict"
	rangeDeleteName = "rocksdb.range_del"
	partitionedName = "partitionedfilter."
	indexName       = "index" // not in the metaindex
	metaindexName   = "metaindex"

	dataSizeName     = "rocksdb.data.size"
	entriesName      = "rocksdb.num.entries"
	blocksName       = "rocksdb.num.data.blocks"
	indexTypeName    = "rocksdb.block.based.table.index.type"
	userKeyName      = "rocksdb.index.key.is.user.key"
	deltaName        = "rocksdb.index.value.is.delta.encoded"
	externalName     = "rocksdb.external_sst_file.version"
	globalSeqName    = "rocksdb.external_sst_file.global_seqno"
	globalSeqVersion = 2 // of externalName, from which on there is a globalSeqName
)

// Handle says where a block lies in a file.
type Handle struct {
	Offset uint64
	Size   uint64 // without the trailer
}

func (h Handle) end() uint64 { return h.Offset + h.Size + trailerSize }

// Fault is one piece of damage in a table file.
type Fault struct {
	What   string // what is damaged: "footer", "index block", "data block", ...
	Offset int64  // where it begins in the file
	Bytes  int64  // how many are damaged
	Err    error

	// After and Before are the keys between which the lost keys of a data block lay, both
	// excluded; nil is unknown.
	After, Before []byte
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%s at byte %d (%d bytes): %v", f.What, f.Offset, f.Bytes, f.Err)
}

func (f *Fault) Unwrap() error { return f.Err }

// Table is an open table file. Any number of goroutines may share one; each makes
// iterators of its own.
type Table struct {
	Entries    uint64 // how many the properties promise, range deletions included
	DataBlocks uint64 // how many the properties promise
	dataSize   uint64 // where the data blocks end

	// External says that the table was ingested: then all its entries have GlobalSeq,
	// which is 0 if the file does not tell it. The caller may set it.
	External  bool
	GlobalSeq uint64

	r        io.ReaderAt
	size     int64
	version  uint32
	checksum byte

	meta       []namedHandle // of the metaindex, and those of indexName and metaindexName
	index      []byte        // the content of the index block
	indexForm  indexForm
	found      []Handle // of a table that Salvage made: its data blocks; such a table has no index
	deletes    []RangeDelete
	decompress *decompressor
}

type namedHandle struct {
	name string
	Handle
}

// Open reads footer, metaindex, properties, dictionary and index of a table file of a
// size in bytes. The error is a *Fault if one of them is damaged, which Salvage can do
// without, or of r.
func Open(r io.ReaderAt, size int64) (*Table, error) {
	t := &Table{r: r, size: size}
	metaindex, index, err := t.readFooter()
	if err != nil {
		return nil, err
	}
	t.decompress = newDecompressor(t.version)
	if err := t.readMetaindex(metaindex); err != nil {
		return nil, err
	}
	t.meta = append(t.meta, namedHandle{indexName, index}, namedHandle{metaindexName, metaindex})
	if err := t.readProperties(); err != nil {
		return nil, err
	}
	if err := t.readDictionary(); err != nil {
		return nil, err
	}
	content, err := t.readBlock(index, nil, t.maxIndex())
	if err == nil {
		_, err = newBlock(content)
	}
	if err != nil {
		return nil, t.fault("index block", index, err)
	}
	t.index = content
	return t, nil
}

// maxIndex is how large the content of an index may be: not larger than the file,
// unless that is small.
func (t *Table) maxIndex() int { return int(min(max(t.size, maxBlock), maxIndex)) }

func (t *Table) fault(what string, h Handle, err error) error {
	if errors.Is(err, errRead) {
		return err
	}
	return &Fault{What: what, Offset: int64(min(h.Offset, uint64(t.size))), Bytes: int64(min(h.Size+trailerSize, uint64(t.size))), Err: err}
}

func (t *Table) readFooter() (metaindex, index Handle, err error) {
	bad := func(format string, args ...any) error {
		at := max(t.size-footerSize, 0)
		return &Fault{What: "footer", Offset: at, Bytes: t.size - at, Err: fmt.Errorf(format, args...)}
	}
	if t.size < footerSize {
		return metaindex, index, bad("the file has %d bytes, fewer than a footer", t.size)
	}
	footer := make([]byte, footerSize)
	if err := readAt(t.r, footer, t.size-footerSize); err != nil {
		return metaindex, index, err
	}
	if magic := binary.LittleEndian.Uint64(footer[footerSize-8:]); magic != footerMagic {
		return metaindex, index, bad("the file does not end as a table file does")
	}
	t.checksum, t.version = footer[0], binary.LittleEndian.Uint32(footer[1+footerMiddle:])
	switch {
	case t.version < minVersion || t.version > maxVersion:
		return metaindex, index, bad("format_version %d, and %d to %d are known", t.version, minVersion, maxVersion)
	case t.checksum != checksumCRC32C && t.checksum != checksumXXH3:
		return metaindex, index, bad("checksum type %d, and %d and %d are known", t.checksum, checksumCRC32C, checksumXXH3)
	}
	rest := footer[1 : 1+footerMiddle]
	var ok1, ok2 bool
	metaindex, rest, ok1 = readHandle(rest)
	index, _, ok2 = readHandle(rest)
	if !ok1 || !ok2 || !bytes.Equal(appendHandles(metaindex, index), footer[1:1+footerMiddle]) {
		return metaindex, index, bad("it does not say where the index is")
	}
	return metaindex, index, nil
}

// appendHandles returns what a footer with these handles has between its checksum type
// and its format_version.
func appendHandles(handles ...Handle) []byte {
	b := make([]byte, 0, footerMiddle)
	for _, h := range handles {
		b = binary.AppendUvarint(binary.AppendUvarint(b, h.Offset), h.Size)
	}
	return b[:footerMiddle]
}

// readHandle reads a handle from the beginning of b and returns the rest.
func readHandle(b []byte) (h Handle, rest []byte, ok bool) {
	offset, n := binary.Uvarint(b)
	if n <= 0 {
		return h, nil, false
	}
	size, m := binary.Uvarint(b[n:])
	if m <= 0 {
		return h, nil, false
	}
	return Handle{offset, size}, b[n+m:], true
}

func (t *Table) readMetaindex(h Handle) error {
	content, err := t.readBlock(h, nil, maxBlock)
	if err != nil {
		return t.fault("metaindex block", h, err)
	}
	err = eachPair(content, func(key, value []byte) error {
		target, _, ok := readHandle(value)
		if !ok {
			return fmt.Errorf("%.40q has no handle", key)
		}
		t.meta = append(t.meta, namedHandle{string(key), target})
		return nil
	})
	if err != nil {
		return t.fault("metaindex block", h, err)
	}
	return nil
}

// find returns the handle of a block that the metaindex names.
func (t *Table) find(name string) (Handle, bool) {
	for _, m := range t.meta {
		if m.name == name {
			return m.Handle, true
		}
	}
	return Handle{}, false
}

func (t *Table) readProperties() error {
	h, ok := t.find(propertiesName)
	if !ok {
		return t.fault("metaindex block", Handle{}, errors.New("it names no properties"))
	}
	raw, err := t.readRaw(h, nil)
	if err != nil {
		return t.fault("properties block", h, err)
	}
	content := raw[:h.Size]
	properties, parseErr := parseProperties(content)
	if err := t.verify(raw); err != nil {
		// RocksDB writes the sequence number of an ingested file over the zero with which
		// the checksum was made.
		if parseErr != nil || !zeroGlobalSeq(content, properties) || t.verify(raw) != nil {
			return t.fault("properties block", h, err)
		}
	}
	if parseErr != nil {
		return t.fault("properties block", h, parseErr)
	}
	if err := t.use(properties); err != nil {
		return t.fault("properties block", h, err)
	}
	return nil
}

// readDictionary reads what blocks are compressed with, if there is such a thing.
func (t *Table) readDictionary() error {
	h, ok := t.find(dictionaryName)
	if !ok {
		return nil
	}
	dictionary, err := t.readBlock(h, nil, maxBlock)
	if err == nil {
		t.decompress, err = t.decompress.withDictionary(dictionary)
	}
	if err != nil {
		return t.fault("dictionary", h, err)
	}
	return nil
}

// use takes over what the properties say of the table.
func (t *Table) use(properties properties) error {
	t.Entries, t.DataBlocks = properties.number(entriesName), properties.number(blocksName)
	t.dataSize = properties.number(dataSizeName)
	t.External = len(properties[externalName]) == 4 && binary.LittleEndian.Uint32(properties[externalName]) >= globalSeqVersion
	if seq := properties[globalSeqName]; t.External && len(seq) == 8 {
		t.GlobalSeq = binary.LittleEndian.Uint64(seq)
	}
	t.indexForm = indexForm{userKeys: properties.number(userKeyName) != 0, delta: properties.number(deltaName) != 0}
	if kind := properties[indexTypeName]; len(kind) == 4 {
		t.indexForm.kind = binary.LittleEndian.Uint32(kind)
	}
	if t.indexForm.delta != (t.version >= deltaVersion) {
		return fmt.Errorf("they do not fit the footer's format_version %d", t.version)
	}
	if t.indexForm.kind > indexFirstKey {
		return fmt.Errorf("unknown kind of index %d", t.indexForm.kind)
	}
	return nil
}

// properties are a table's properties by name.
type properties map[string][]byte

func (p properties) number(name string) uint64 {
	n, _ := binary.Uvarint(p[name])
	return n
}

// parseProperties returns copies of the properties.
func parseProperties(content []byte) (properties, error) {
	p := properties{}
	err := eachPair(content, func(key, value []byte) error {
		p[string(key)] = slices.Clone(value)
		return nil
	})
	return p, err
}

// zeroGlobalSeq zeroes the global sequence number in the content of a properties
// block, and says whether there is one.
func zeroGlobalSeq(content []byte, p properties) bool {
	if len(p[globalSeqName]) != 8 {
		return false
	}
	done := false
	_ = eachPair(content, func(key, value []byte) error {
		if string(key) == globalSeqName {
			clear(value)
			done = true
		}
		return nil
	})
	return done
}

// RangeDelete is a range deletion: it removes the keys from Start to End, End
// excluded, whose sequence numbers are lower.
type RangeDelete struct {
	Start, End []byte
	Seq        uint64
}

// RangeDeletes returns the range deletions of the table. The error is a *Fault if they
// cannot be read.
func (t *Table) RangeDeletes() ([]RangeDelete, error) {
	h, ok := t.find(rangeDeleteName)
	if !ok {
		return t.deletes, nil
	}
	content, err := t.readBlock(h, nil, maxBlock)
	if err != nil {
		return nil, t.fault("range deletions", h, err)
	}
	all, err := t.parseRangeDeletes(content)
	if err != nil {
		return all, t.fault("range deletions", h, err)
	}
	return all, nil
}

func (t *Table) parseRangeDeletes(content []byte) (all []RangeDelete, err error) {
	err = eachPair(content, func(key, value []byte) error {
		user, seq, kind, ok := splitKey(key)
		if !ok || kind != KindRangeDelete {
			return errors.New("an entry that is no range deletion")
		}
		if t.External {
			seq = t.GlobalSeq
		}
		all = append(all, RangeDelete{slices.Clone(user), slices.Clone(value), seq})
		return nil
	})
	return all, err
}

// Sample returns about n keys that part the table into pieces of about the same size,
// fewer than n if it is small.
func (t *Table) Sample(n int) (keys [][]byte) {
	if t.index == nil || n < 1 {
		return nil
	}
	step := max(t.dataSize/uint64(n), 1)
	next := step
	for x := t.newIndex(); ; {
		e, ok, err := x.next()
		if !ok || err != nil {
			return keys
		}
		if e.Offset >= next {
			keys = append(keys, slices.Clone(e.limit))
			next = e.Offset + step
		}
	}
}
