package sst

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"

	"github.com/zeebo/xxh3"
)

// A block in a file is its content, maybe compressed, and a trailer:
//
//	size  field
//	...   content
//	1     how it is compressed, see compress.go
//	4     checksum of content and the byte before, little-endian
//
// The content is entries and an array of restarts (rocksdb/table/block_based/block_builder.cc).
// Keys share their beginning with the key before; at a restart, they share nothing.
//
//	entry: varint shared, varint rest, varint length of value, rest of key, value
//	uint32 offset of each restart
//	uint32 number of restarts; the highest bit says that a hash table lies before it
//
// In an index block whose handles are differences, entries have no length of value.
const (
	trailerSize = 1 + 4

	checksumCRC32C = 1
	checksumXXH3   = 4

	maxBlock = 64 << 20 // bytes of a block's content; RocksDB's are far smaller
	maxIndex = 1 << 30  // bytes of an index
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)

	errChecksum = errors.New("checksum does not match")
	errEntries  = errors.New("its entries are not whole")
)

// errRead is wrapped by errors of the reader of the file.
var errRead = errors.New("cannot read")

// readAt fills b from an offset.
func readAt(r io.ReaderAt, b []byte, offset int64) error {
	n, err := r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w byte %d: %w", errRead, offset, err)
}

// readRaw reads a block with its trailer into buf, if that has room.
func (t *Table) readRaw(h Handle, buf []byte) ([]byte, error) {
	if h.Offset > uint64(t.size) || h.Size > uint64(t.size) || h.end() > uint64(t.size) {
		return nil, fmt.Errorf("it would reach from byte %d to %d, and the file has %d", h.Offset, h.end(), t.size)
	}
	n := int(h.Size + trailerSize)
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	return buf[:n], readAt(t.r, buf[:n], int64(h.Offset))
}

// verify checks a block's checksum.
func (t *Table) verify(raw []byte) error { return verify(raw, t.checksum) }

func verify(raw []byte, checksum byte) error {
	n := len(raw) - trailerSize
	if sum(raw[:n+1], checksum) != binary.LittleEndian.Uint32(raw[n+1:]) {
		return errChecksum
	}
	return nil
}

// sum returns the checksum of a block's content and the byte that follows it.
func sum(b []byte, checksum byte) uint32 {
	if checksum == checksumCRC32C {
		return bits.RotateLeft32(crc32.Checksum(b, castagnoli), -15) + 0xa282ead8
	}
	const prime = 0x6b9083d9
	last := len(b) - 1
	return uint32(xxh3.Hash(b[:last])) ^ uint32(b[last])*prime
}

// readBlock reads, verifies and decompresses a block of at most limit bytes. The result
// may lie in buf.
func (t *Table) readBlock(h Handle, buf *buffers, limit int) ([]byte, error) {
	if buf == nil {
		buf = &buffers{}
	}
	raw, err := t.readRaw(h, buf.raw)
	if err != nil {
		return nil, err
	}
	buf.raw = raw
	if err := t.verify(raw); err != nil {
		return nil, err
	}
	return t.decompress.content(raw, buf, limit)
}

// buffers are memory that one reader of blocks uses again and again.
type buffers struct{ raw, plain []byte }

// block iterates over the entries of a block's content.
type block struct {
	rest    []byte // the entries to come
	noSizes bool   // entries have no length of value
	shared  bool   // the last key shared bytes with the one before
	key     []byte // of the last entry; next changes it in place
	value   []byte // of the last entry; part of the content
}

// newBlock begins before the first entry.
func newBlock(content []byte) (block, error) {
	n := len(content) - 4
	if n < 0 {
		return block{}, errEntries
	}
	const hashed = 1 << 31
	restarts := uint64(binary.LittleEndian.Uint32(content[n:]))
	if restarts&hashed != 0 {
		restarts &^= hashed
		if n -= 2; n < 0 {
			return block{}, errEntries
		}
		n -= int(binary.LittleEndian.Uint16(content[n:])) // a byte for each bucket
	}
	if n < 0 || restarts > uint64(n)/4 {
		return block{}, errEntries
	}
	return block{rest: content[:n-4*int(restarts)]}, nil
}

// next moves to the next entry and says whether there is one. Without sizes, value is
// all that follows, and the caller tells by skip how much of it is the value.
func (b *block) next() (bool, error) {
	r := b.rest
	if len(r) == 0 {
		return false, nil
	}
	var sizes [3]uint64                                    // shared, rest, value
	if len(r) > 3 && r[0]|r[1]|r[2] < 0x80 && !b.noSizes { // one byte each, as in nearly all entries
		sizes = [3]uint64{uint64(r[0]), uint64(r[1]), uint64(r[2])}
		r = r[3:]
	} else {
		want := sizes[:]
		if b.noSizes {
			want = sizes[:2]
		}
		for i := range want {
			v, n := binary.Uvarint(r)
			if n <= 0 {
				return false, errEntries
			}
			want[i], r = v, r[n:]
		}
	}
	shared, rest, size := sizes[0], sizes[1], sizes[2]
	if shared > uint64(len(b.key)) || rest > uint64(len(r)) || size > uint64(len(r))-rest {
		return false, errEntries
	}
	if b.noSizes {
		size = uint64(len(r)) - rest
	}
	b.key = append(b.key[:shared], r[:rest]...)
	b.shared = shared > 0
	b.value = r[rest : rest+size]
	b.rest = r[rest+size:]
	return true, nil
}

// skip ends the value of the last entry where rest begins.
func (b *block) skip(rest []byte) { b.rest = rest }

// eachPair calls visit with each key and value of a block's content, until it returns
// an error. The slices are valid until it returns.
func eachPair(content []byte, visit func(key, value []byte) error) error {
	b, err := newBlock(content)
	if err != nil {
		return err
	}
	for {
		more, err := b.next()
		if !more || err != nil {
			return err
		}
		if err := visit(b.key, b.value); err != nil {
			return err
		}
	}
}

// Kind is what an entry does.
type Kind byte

// The kinds of entries that RocksDB 7.8 knows.
const (
	KindDelete       Kind = 0x00
	KindPut          Kind = 0x01
	KindMerge        Kind = 0x02
	KindSingleDelete Kind = 0x07
	KindRangeDelete  Kind = 0x0f
)

const keyTail = 8 // bytes of sequence number and kind behind a key

// splitKey splits a key of a data block: the key, then 7 bytes of sequence number and
// 1 byte of kind as one little-endian uint64.
func splitKey(internal []byte) (key []byte, seq uint64, kind Kind, ok bool) {
	n := len(internal) - keyTail
	if n < 0 {
		return nil, 0, 0, false
	}
	tail := binary.LittleEndian.Uint64(internal[n:])
	return internal[:n], tail >> 8, Kind(tail), true
}
