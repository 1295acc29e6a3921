package sst

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// A table file whose footer, metaindex, properties or index is damaged, or whose end is
// missing, does not say where its blocks are. They can be found all the same: they
// follow one another from the first byte, and a block ends where the checksum of what
// came since its beginning matches. To find a block behind a damaged one, Salvage looks
// for the bytes with which ZSTD begins, or tries each of the next 32 KiB.

const (
	mostFound  = 1 << 20  // bytes of a block that Salvage finds
	mostBehind = 64 << 10 // bytes of a block that it finds behind a damaged one
	mostTries  = 32 << 10 // bytes behind the last block at which it tries
)

// Salvage finds the data blocks of a damaged table file, and what else is needed to
// read its entries. It calls fault with each part of the file in which it finds no
// block. What follows the data blocks is no damage: nothing in it is needed. If
// Salvage finds no properties, it cannot know that a table was ingested; known says
// whether it did. The error is of r.
func Salvage(r io.ReaderAt, size int64, fault func(*Fault)) (t *Table, known bool, err error) {
	s := salvager{t: &Table{r: r, size: size, version: maxVersion}, end: size, fault: fault}
	s.t.decompress = newDecompressor(maxVersion)
	s.open()
	s.t.found = []Handle{}
	if err := s.scan(); err != nil {
		return nil, false, err
	}
	return s.t, s.known, nil
}

// salvager does the work of Salvage.
type salvager struct {
	t      *Table
	fault  func(*Fault)
	end    int64 // of the part of the file where data blocks are
	known  bool  // the properties were found
	kind   byte  // how the data blocks are compressed that are; 0: not known
	others bool  // a block that is no data block was found
	last   []byte
	window []byte // of the file
	at     int64  // where it begins
	buf    buffers
}

// open reads what Open reads, as far as it can be read.
func (s *salvager) open() {
	metaindex, _, err := s.t.readFooter()
	if err != nil {
		s.t.version, s.t.checksum = maxVersion, 0
		return
	}
	s.t.decompress = newDecompressor(s.t.version)
	if err := s.t.readMetaindex(metaindex); err != nil {
		s.t.meta = nil
		return
	}
	for _, m := range s.t.meta {
		s.end = min(s.end, int64(min(m.Offset, uint64(s.end))))
	}
	if s.known = s.t.readProperties() == nil; s.known {
		s.end = int64(min(s.t.dataSize, uint64(s.end)))
	}
	_ = s.t.readDictionary() // blocks that need it are faults
}

// scan goes through the file.
func (s *salvager) scan() error {
	lost := int64(-1) // where a part without a block begins
	most := mostFound
	for at := int64(0); at < s.end; {
		if lost >= 0 && !s.mayBegin(at, at-lost) {
			at++
			continue
		}
		h, err := s.find(at, most)
		if err != nil {
			return err
		}
		if h == (Handle{}) {
			if lost < 0 {
				lost = at
			}
			most = mostBehind
			at++
			continue
		}
		if before := s.last; s.take(h) && lost >= 0 {
			s.lose(lost, at, before)
		}
		lost, most = -1, mostFound
		at = int64(h.end())
	}
	if lost >= 0 && !s.others {
		s.lose(lost, s.end, s.last)
	}
	return nil
}

// lose tells of a part without blocks, behind the data block with a last key.
func (s *salvager) lose(from, to int64, last []byte) {
	s.fault(&Fault{What: "blocks", Offset: from, Bytes: to - from, Err: errNoBlock, After: last})
}

var errNoBlock = errors.New("no block is found there")

// mayBegin says whether to look for a block at an offset, so many bytes after the last
// block.
func (s *salvager) mayBegin(at, behind int64) bool {
	if s.kind != zstdType {
		return behind < mostTries
	}
	const magic = "\x28\xb5\x2f\xfd"
	w, err := s.bytes(at, 3+len(magic))
	if err != nil {
		return false
	}
	i := bytes.Index(w, []byte(magic))
	return i > 0 && w[i-1] < 0x80
}

// bytes returns at most n bytes of the file. They are valid until the next call.
func (s *salvager) bytes(at int64, n int) ([]byte, error) {
	if n = int(min(int64(n), s.t.size-at)); at < s.at || at+int64(n) > s.at+int64(len(s.window)) {
		size := min(int64(4*mostFound), s.t.size-at)
		if int64(cap(s.window)) < size {
			s.window = make([]byte, size)
		}
		s.window, s.at = s.window[:size], at
		if err := readAt(s.t.r, s.window, at); err != nil {
			s.window = nil
			return nil, err
		}
	}
	return s.window[at-s.at:][:n], nil
}

// find returns the block of at most so many bytes that begins at an offset, or the
// zero Handle.
func (s *salvager) find(at int64, most int) (Handle, error) {
	w, err := s.bytes(at, most+trailerSize)
	if err != nil {
		return Handle{}, err
	}
	checksums := []byte{s.t.checksum}
	if s.t.checksum == 0 {
		checksums = []byte{checksumXXH3, checksumCRC32C}
	}
	for n := 1; n+trailerSize <= len(w); n++ {
		if !s.mayEnd(w[:n], w[n]) {
			continue
		}
		for _, c := range checksums {
			if verify(w[:n+trailerSize], c) == nil {
				s.t.checksum = c
				return Handle{uint64(at), uint64(n)}, nil
			}
		}
	}
	return Handle{}, nil
}

// mayEnd says whether a block may be compressed as a trailer says, and end there. If it
// is not compressed, its restarts begin with a zero.
func (s *salvager) mayEnd(content []byte, kind byte) bool {
	if kind != noCompression {
		return kind == s.kind || s.kind == 0 && kind <= zstdType
	}
	b, err := newBlock(content)
	if err != nil || len(content)-len(b.rest) < 8 {
		return false
	}
	return binary.LittleEndian.Uint32(content[len(b.rest):]) == 0
}

// take looks at a block that was found, and says whether it is a data block.
func (s *salvager) take(h Handle) (isData bool) {
	content, err := s.t.readBlock(h, &s.buf, maxBlock)
	if err != nil {
		if f := (*Fault)(nil); errors.As(s.t.fault("data block", h, err), &f) && !s.others {
			f.After = slices.Clone(s.last)
			s.fault(f)
		}
		return false
	}
	kind := s.buf.raw[h.Size]
	if s.isData(content) {
		if kind != noCompression {
			s.kind = kind
		}
		s.t.found = append(s.t.found, h)
		return true
	}
	s.others = true
	if p, err := parseProperties(content); err == nil && len(p[entriesName]) > 0 {
		s.known = s.t.use(p) == nil
	} else if deletes, err := s.t.parseRangeDeletes(content); err == nil {
		s.t.deletes = append(s.t.deletes, deletes...)
	}
	return false
}

// isData says whether a content is that of a data block behind the last one. If so, it
// remembers the block's last key. An index can look like one, but for its values: all
// of them are handles of blocks that were found.
func (s *salvager) isData(content []byte) bool {
	previous, entries, handles := slices.Clone(s.last), 0, 0
	err := eachPair(content, func(key, value []byte) error {
		user, _, kind, ok := splitKey(key)
		known := kind == KindDelete || kind == KindPut || kind == KindMerge || kind == KindSingleDelete
		if !ok || !known || bytes.Compare(previous, user) > 0 {
			return errEntries
		}
		previous = append(previous[:0], user...)
		entries++
		if h, rest, ok := readHandle(value); ok && len(rest) == 0 && s.wasFound(h) {
			handles++
		}
		return nil
	})
	if err != nil || entries == handles {
		return false
	}
	s.last = previous
	return true
}

func (s *salvager) wasFound(h Handle) bool {
	i, ok := slices.BinarySearchFunc(s.t.found, h, func(a, b Handle) int { return cmp.Compare(a.Offset, b.Offset) })
	return ok && s.t.found[i] == h
}

// foundBlocks are the blocks that Salvage found, as a blockSource.
type foundBlocks struct{ rest []Handle }

func (f *foundBlocks) next() (e indexEntry, ok bool, err error) {
	if len(f.rest) == 0 {
		return e, false, nil
	}
	e.Handle, f.rest = f.rest[0], f.rest[1:]
	return e, true, nil
}
