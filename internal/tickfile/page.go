package tickfile

import (
	"encoding/binary"
	"hash/crc32"
	"math"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The chunk of a column is a dictionary page, if its values are in a dictionary, and one
// data page:
//
//	page header  Thrift, compact: sizes, CRC-32, number of values, encoding
//	levels       only of data pages (DATA_PAGE_V2) of columns with nulls: which values
//	             are there; RLE, not compressed
//	values       zstd, or as they are if zstd saves too little
//
// So a chunk is decoded without anything else of its file. All that the footer adds is
// for other programs.

// appendPage appends a page: its header, levels and body.
func appendPage(b []byte, h format.PageHeader, levels, body []byte) []byte {
	h.CompressedPageSize = int32(len(levels) + len(body))
	crc := crc32.Update(crc32.ChecksumIEEE(levels), crc32.IEEETable, body)
	h.CRC = int32(crc)
	header, err := thrift.Marshal(new(thrift.CompactProtocol), &h)
	if err != nil {
		panic(err) // of a struct of integers
	}
	b = append(b, header...)
	b = append(b, levels...)
	return append(b, body...)
}

// pageHeader is what is needed of a format.PageHeader.
type pageHeader struct {
	kind         format.PageType
	uncompressed int // of levels and body
	compressed   int // the same
	crc          uint32
	hasCRC       bool

	values, nulls int
	encoding      format.Encoding
	levels        int  // bytes
	stored        bool // the body is not compressed
}

// parsePageHeader parses the header of a dictionary or data page with which b begins,
// and returns what follows it.
func parsePageHeader(b []byte) (h pageHeader, rest []byte, err error) {
	p := thriftParser{b: b}
	h.kind = -1
	p.structure(func(field int, kind byte) {
		switch field {
		case 1:
			h.kind = format.PageType(p.integer(kind))
		case 2:
			h.uncompressed = p.size(kind)
		case 3:
			h.compressed = p.size(kind)
		case 4:
			h.crc, h.hasCRC = uint32(p.integer(kind)), true
		case 7:
			p.inner(kind, func(field int, kind byte) {
				switch field {
				case 1:
					h.values = p.size(kind)
				case 2:
					h.encoding = format.Encoding(p.integer(kind))
				default:
					p.skip(kind)
				}
			})
		case 8:
			p.inner(kind, func(field int, kind byte) {
				switch field {
				case 1:
					h.values = p.size(kind)
				case 2:
					h.nulls = p.size(kind)
				case 4:
					h.encoding = format.Encoding(p.integer(kind))
				case 5:
					h.levels = p.size(kind)
				case 6:
					p.failed = p.failed || p.size(kind) != 0 // levels of repetition
				case 7:
					h.stored = kind == thriftFalse
				default:
					p.skip(kind)
				}
			})
		default:
			p.skip(kind)
		}
	})
	if p.failed || h.levels > h.uncompressed || h.levels > h.compressed || h.nulls > h.values {
		return h, nil, malformed("no header of a page")
	}
	return h, p.b, nil
}

// The types of Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt16  = 4
	thriftInt32  = 5
	thriftInt64  = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftStruct = 12
)

// thriftParser parses structs in Thrift's compact protocol. After failed it returns
// zeros.
type thriftParser struct {
	b      []byte
	depth  int
	failed bool
}

// structure calls f with the fields of a struct; f must consume the value.
func (p *thriftParser) structure(f func(field int, kind byte)) {
	const deepest = 8
	if p.depth++; p.depth > deepest {
		p.failed = true
	}
	for field := 0; !p.failed; {
		c := p.byte()
		if c == 0 {
			break
		}
		if step := int(c >> 4); step != 0 {
			field += step
		} else {
			field = int(int16(p.zigzag()))
		}
		if !p.failed {
			f(field, c&15)
		}
	}
	p.depth--
}

// inner is structure for the value of a field, which must be a struct.
func (p *thriftParser) inner(kind byte, f func(field int, kind byte)) {
	if kind != thriftStruct {
		p.failed = true
		return
	}
	p.structure(f)
}

func (p *thriftParser) byte() byte {
	if len(p.b) == 0 {
		p.failed = true
		return 0
	}
	c := p.b[0]
	p.b = p.b[1:]
	return c
}

func (p *thriftParser) unsigned() uint64 {
	v, n := binary.Uvarint(p.b)
	if n <= 0 {
		p.failed = true
		return 0
	}
	p.b = p.b[n:]
	return v
}

func (p *thriftParser) zigzag() int64 {
	v := p.unsigned()
	return int64(v>>1) ^ -int64(v&1)
}

// integer returns the value of a field, which must be an integer.
func (p *thriftParser) integer(kind byte) int64 {
	if kind < thriftInt16 || thriftInt64 < kind {
		p.failed = true
		return 0
	}
	return p.zigzag()
}

// size returns the value of a field, which must be an integer from 0 to 2^31-1.
func (p *thriftParser) size(kind byte) int {
	v := p.integer(kind)
	if v < 0 || v > math.MaxInt32 {
		p.failed = true
		return 0
	}
	return int(v)
}

// skip skips the value of a field.
func (p *thriftParser) skip(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse:
	case thriftByte:
		p.byte()
	case thriftInt16, thriftInt32, thriftInt64:
		p.unsigned()
	case thriftDouble:
		p.bytes(8)
	case thriftBinary:
		p.bytes(p.unsigned())
	case thriftList, thriftSet:
		p.elements()
	case thriftStruct:
		p.structure(func(_ int, kind byte) { p.skip(kind) })
	default:
		p.failed = true
	}
}

func (p *thriftParser) bytes(n uint64) {
	if n > uint64(len(p.b)) {
		p.failed = true
		return
	}
	p.b = p.b[n:]
}

// elements skips the elements of a list.
func (p *thriftParser) elements() {
	c := p.byte()
	n, kind := uint64(c>>4), c&15
	if n == 15 {
		n = p.unsigned()
	}
	const deepest = 8
	if p.depth++; p.depth > deepest {
		p.failed = true
	}
	for ; n > 0 && !p.failed; n-- {
		if kind == thriftTrue || kind == thriftFalse {
			p.byte() // here, and only here, a boolean has a byte of its own
			continue
		}
		p.skip(kind)
	}
	p.depth--
}

// The codecs of bodies. Both may be used by several goroutines at once, and start none.
var (
	compressor   = must(zstd.NewWriter(nil, zstd.WithEncoderCRC(false)))
	decompressor = must(zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true)))
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // of constant options
	}
	return v
}
