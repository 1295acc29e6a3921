package sst

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// How a block is compressed (rocksdb/util/compression.h). Before the compressed bytes
// stands the length of the content: with Snappy as a part of its form, else as a
// varint. In format_version 1, LZ4 has it in 8 bytes instead, and zlib and bzip2 have
// none.
const (
	noCompression = 0
	snappyType    = 1
	zlibType      = 2
	bzip2Type     = 3
	lz4Type       = 4
	lz4hcType     = 5
	zstdType      = 7
)

var (
	errCompressed = errors.New("it cannot be decompressed")
	errTooLarge   = errors.New("it says that it is larger than any block")
)

// decompressor decompresses the blocks of a table. Any number of goroutines may share
// one.
type decompressor struct {
	version    uint32
	dictionary []byte
	zstd       *zstd.Decoder
}

// plainZSTD decompresses blocks that need no dictionary.
var plainZSTD = func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstdOptions()...)
	if err != nil {
		panic(err) // the options are constants
	}
	return d
}()

func zstdOptions(more ...zstd.DOption) []zstd.DOption {
	return append([]zstd.DOption{zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true)}, more...)
}

func newDecompressor(version uint32) *decompressor {
	return &decompressor{version: version, zstd: plainZSTD}
}

// withDictionary returns a decompressor with a dictionary, which it keeps.
func (d *decompressor) withDictionary(dictionary []byte) (*decompressor, error) {
	const magic = "\x37\xa4\x30\xec" // of a dictionary that was trained
	option := zstd.WithDecoderDictRaw(0, dictionary)
	if bytes.HasPrefix(dictionary, []byte(magic)) {
		option = zstd.WithDecoderDicts(dictionary)
	}
	z, err := zstd.NewReader(nil, zstdOptions(option)...)
	if err != nil {
		return nil, fmt.Errorf("not a dictionary: %w", err)
	}
	return &decompressor{d.version, dictionary, z}, nil
}

// content returns the content of a block of at most limit bytes. It may lie in buf.
func (d *decompressor) content(raw []byte, buf *buffers, limit int) ([]byte, error) {
	n := len(raw) - trailerSize
	kind, data := raw[n], raw[:n]
	if kind == noCompression {
		return data, nil
	}
	size, data, err := d.contentSize(kind, data)
	if err != nil {
		return nil, err
	}
	if size > uint64(limit) {
		return nil, errTooLarge
	}
	var plain []byte
	switch kind {
	case snappyType:
		plain, err = snappy.Decode(buf.plain[:cap(buf.plain)], data)
	case zlibType:
		plain, err = readSized(flate.NewReaderDict(bytes.NewReader(data), d.dictionary), buf, size, limit)
	case bzip2Type:
		plain, err = readSized(bzip2.NewReader(bytes.NewReader(data)), buf, size, limit)
	case lz4Type, lz4hcType:
		plain, err = d.lz4(data, buf, size)
	case zstdType:
		if uint64(cap(buf.plain)) < size {
			buf.plain = make([]byte, 0, size)
		}
		plain, err = d.zstd.DecodeAll(data, buf.plain[:0])
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCompressed, err)
	}
	if size != unknownSize && uint64(len(plain)) != size {
		return nil, fmt.Errorf("%w: it has %d bytes and not %d", errCompressed, len(plain), size)
	}
	buf.plain = plain
	return plain, nil
}

// unknownSize is the size of a content whose block does not tell it.
const unknownSize = 0

// contentSize returns what a block says of the length of its content, and the
// compressed bytes.
func (d *decompressor) contentSize(kind byte, data []byte) (uint64, []byte, error) {
	switch kind {
	case snappyType:
		n, err := snappy.DecodedLen(data)
		if err != nil {
			return 0, nil, fmt.Errorf("%w: %w", errCompressed, err)
		}
		return uint64(n), data, nil
	case zlibType, bzip2Type:
		if d.version < 2 {
			return unknownSize, data, nil
		}
	case lz4Type, lz4hcType:
		if d.version < 2 {
			if len(data) < 8 {
				return 0, nil, errCompressed
			}
			return binary.LittleEndian.Uint64(data), data[8:], nil
		}
	case zstdType:
	default:
		return 0, nil, fmt.Errorf("unknown compression %d", kind)
	}
	size, n := binary.Uvarint(data)
	if n <= 0 {
		return 0, nil, errCompressed
	}
	return size, data[n:], nil
}

func (d *decompressor) lz4(data []byte, buf *buffers, size uint64) ([]byte, error) {
	const mostRatio = 255 // that LZ4 can reach
	if size > mostRatio*uint64(len(data))+64 {
		return nil, errTooLarge
	}
	if uint64(cap(buf.plain)) < size {
		buf.plain = make([]byte, size)
	}
	plain := buf.plain[:size]
	n, err := lz4.UncompressBlockWithDict(data, plain, d.dictionary)
	return plain[:max(n, 0)], err
}

// readSized reads all of r, which is to have size bytes, or at most limit if the size
// is unknown.
func readSized(r io.Reader, buf *buffers, size uint64, limit int) ([]byte, error) {
	if size != unknownSize {
		limit = int(size)
	}
	b := bytes.NewBuffer(buf.plain[:0])
	n, err := io.Copy(b, io.LimitReader(r, int64(limit)+1))
	if err == nil && n > int64(limit) {
		err = errTooLarge
	}
	return b.Bytes(), err
}
