package tickfile

import (
	"encoding/binary"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// chunk is an encoded column chunk, and what the footer says of it.
type chunk struct {
	bytes        []byte
	uncompressed int64 // with the headers of the pages
	dictionary   int   // bytes of the dictionary page, or 0
	encoding     format.Encoding
	nulls        int64
	min, max     []byte // plain, or nil
}

// encoder encodes column chunks. Its buffers are used again.
type encoder struct {
	words      dictionary
	integers   []int32 // of columns of INT32
	indexes    []int32
	body       []byte
	compressed []byte
}

// pack returns the body of a page, compressed if that saves an eighth: a reader is
// faster with what is not compressed.
func (e *encoder) pack(body []byte) (packed []byte, stored bool) {
	e.compressed = compressor.EncodeAll(body, e.compressed[:0])
	if len(e.compressed) > len(body)-len(body)/8 {
		return body, true
	}
	return e.compressed, false
}

// dictionaryPage begins a chunk with a page of n plain values. Parquet has no way to
// say that the body of a dictionary page is not compressed.
func (e *encoder) dictionaryPage(n int, plain []byte) chunk {
	e.compressed = compressor.EncodeAll(plain, e.compressed[:0])
	var k chunk
	k.bytes = appendPage(nil, format.PageHeader{
		Type: format.DictionaryPage, UncompressedPageSize: int32(len(plain)),
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(n), Encoding: format.Plain}),
	}, nil, e.compressed)
	k.dictionary = len(k.bytes)
	k.uncompressed = int64(len(k.bytes) - len(e.compressed) + len(plain))
	return k
}

// dataPage ends a chunk with the page of its rows. Levels are nil or one for each row:
// 1 where there is a value.
func (e *encoder) dataPage(k chunk, rows int, levels []byte, encoding format.Encoding, body []byte) chunk {
	var encoded []byte
	for _, level := range levels {
		k.nulls += int64(1 - level)
	}
	if levels != nil {
		encoded, _ = (&rle.Encoding{BitWidth: 1}).EncodeLevels(nil, levels) // of levels of one bit
	}
	packed, stored := e.pack(body)
	before := len(k.bytes)
	k.bytes = appendPage(k.bytes, format.PageHeader{
		Type: format.DataPageV2, UncompressedPageSize: int32(len(encoded) + len(body)),
		DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{
			NumValues: int32(rows), NumNulls: int32(k.nulls), NumRows: int32(rows), Encoding: encoding,
			DefinitionLevelsByteLength: int32(len(encoded)), IsCompressed: thrift.New(!stored),
		}),
	}, encoded, packed)
	k.uncompressed += int64(len(k.bytes) - before - len(packed) + len(body))
	k.encoding = encoding
	return k
}

// codes encodes the column code: the runs of some rows.
func (e *encoder) codes(runs []Run) chunk {
	var plain []byte
	e.indexes = e.indexes[:0]
	for i, run := range runs {
		plain = appendPlain(plain, run.Code)
		for range run.To - run.From {
			e.indexes = append(e.indexes, int32(i))
		}
	}
	k := e.dataPage(e.dictionaryPage(len(runs), plain), len(e.indexes), nil, format.RLEDictionary, e.encodeIndexes())
	k.min, k.max = []byte(runs[0].Code), []byte(runs[len(runs)-1].Code)
	return k
}

// appendPlain appends a BYTE_ARRAY.
func appendPlain(b []byte, value string) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(value))), value...)
}

// integers encodes a column of integers: the values that are there, as INT32 or INT64
// has them.
func (e *encoder) encodeIntegers(physical format.Type, rows int, levels []byte, values []int64) chunk {
	size := 8
	if physical == format.Int32 {
		size = 4
		e.integers = e.integers[:0]
		for _, v := range values {
			e.integers = append(e.integers, int32(v))
		}
		e.body, _ = new(delta.BinaryPackedEncoding).EncodeInt32(e.body[:0], e.integers) // of no size that is refused
	} else {
		e.body, _ = new(delta.BinaryPackedEncoding).EncodeInt64(e.body[:0], values)
	}
	var k chunk
	most := len(e.body) - len(values)/8 // a dictionary has to save a bit of a value
	if indexes, ok := e.words.indexes(e.indexes[:0], values, most/size); ok {
		e.indexes = indexes
		if n := len(e.words.values); n*size+len(values)*bitsFor(n)/8 < most {
			plain := make([]byte, 0, n*size)
			for _, v := range e.words.values {
				plain = binary.LittleEndian.AppendUint64(plain, uint64(v))[:len(plain)+size]
			}
			return e.dataPage(e.dictionaryPage(n, plain), rows, levels, format.RLEDictionary, e.encodeIndexes())
		}
	}
	return e.dataPage(k, rows, levels, format.DeltaBinaryPacked, e.body)
}

// encodeIndexes encodes e.indexes into e.body.
func (e *encoder) encodeIndexes() []byte {
	e.body, _ = new(rle.DictionaryEncoding).EncodeInt32(e.body[:0], e.indexes) // of no size that is refused
	return e.body
}

// values encodes the column raw.
func (e *encoder) values(rows int, levels []byte, values []string) chunk {
	e.body = e.body[:0]
	for _, value := range values {
		e.body = appendPlain(e.body, value)
	}
	return e.dataPage(chunk{}, rows, levels, format.Plain, e.body)
}

// dictionary numbers the different values of a column, in the order in which they come.
type dictionary struct {
	values []int64
	slots  [2 * maxWords]int32 // one more than a number, or 0
}

// maxWords is how many different values a dictionary has at most. Its values are then in
// the cache of a core that decodes them.
const (
	wordBits = 12
	maxWords = 1 << wordBits
)

// indexes appends the numbers of values. It returns false if there are more than most
// different ones.
func (d *dictionary) indexes(indexes []int32, values []int64, most int) ([]int32, bool) {
	most = min(most, maxWords)
	d.values = d.values[:0]
	clear(d.slots[:])
	for _, v := range values {
		const mix = 0x9e3779b97f4a7c15
		slot := uint64(v) * mix >> (64 - wordBits - 1)
		for d.slots[slot] != 0 && d.values[d.slots[slot]-1] != v {
			slot = (slot + 1) % uint64(len(d.slots))
		}
		if d.slots[slot] == 0 {
			if len(d.values) >= most {
				return indexes, false
			}
			d.values = append(d.values, v)
			d.slots[slot] = int32(len(d.values))
		}
		indexes = append(indexes, d.slots[slot]-1)
	}
	return indexes, true
}

// bitsFor returns how many bits the number of one of n values takes.
func bitsFor(n int) int {
	bits := 0
	for 1<<bits < n {
		bits++
	}
	return bits
}
