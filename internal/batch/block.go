package batch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// A block is a Table in bytes: a frame of Zstandard with its checksum. What is
// compressed is
//
//	uvarint         number of rows
//	uvarint         number of columns; then, for each column
//	  text          name
//	  text          Kind
//	  uvarint       Column.Row
//	  byte          1: some values are missing, 0: none is
//	  bit set       of the rows whose value is missing, if some are: 8 bytes for 64 rows
//	  values        of all rows, by the family of the kind
//
// and the values are
//
//	number          float64, 8 bytes each
//	boolean         0 or 1, a byte each
//	string          uvarint number of words, the words as texts, and for each row the
//	                index of its word as uvarint
//
// A text is its length in bytes as uvarint, and the bytes. All numbers are in little
// endian.

// zstdWriter and zstdReader may be shared by goroutines.
var (
	zstdWriter = sync.OnceValue(func() *zstd.Encoder {
		w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20))
		if err != nil {
			panic(err) // of wrong options only
		}
		return w
	})
	zstdReader = sync.OnceValue(func() *zstd.Decoder {
		r, err := zstd.NewReader(nil)
		if err != nil {
			panic(err) // of wrong options only
		}
		return r
	})
)

// encode returns the block of a Table.
func (t *Table) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(t.Rows))
	b = binary.AppendUvarint(b, uint64(len(t.Columns)))
	for _, c := range t.Columns {
		b = c.append(b)
	}
	return zstdWriter().EncodeAll(b, nil)
}

func (c *column) append(b []byte) []byte {
	b = appendText(b, c.Name)
	b = appendText(b, string(c.Kind))
	b = binary.AppendUvarint(b, uint64(c.Row))
	if c.missing == nil {
		b = append(b, 0)
	} else {
		b = append(b, 1)
		for _, bits := range c.missing {
			b = binary.LittleEndian.AppendUint64(b, bits)
		}
	}
	for _, f := range c.numbers {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
	}
	for _, truth := range c.truths {
		if truth {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	if c.Kind.family() != "string" {
		return b
	}
	b = binary.AppendUvarint(b, uint64(len(c.words)))
	for _, word := range c.words {
		b = appendText(b, word)
	}
	for _, i := range c.texts {
		b = binary.AppendUvarint(b, uint64(i))
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// decodeTable returns the Table of a block.
func decodeTable(block []byte) (*Table, error) {
	b, err := zstdReader().DecodeAll(block, nil)
	if err != nil {
		return nil, fmt.Errorf("rows are damaged: %w", err)
	}
	r := blockReader{b: b}
	t := &Table{Rows: r.count(math.MaxInt32)}
	for range r.count(len(b)) {
		t.Columns = append(t.Columns, r.column(t.Rows))
		if r.bad {
			break
		}
	}
	if r.bad || len(r.b) > 0 {
		return nil, errors.New("rows are damaged: not a table")
	}
	return t, nil
}

// blockReader reads what a block holds. Once bad, it returns zeros.
type blockReader struct {
	b   []byte // the rest
	bad bool
}

// count reads a number from 0 to most.
func (r *blockReader) count(most int) int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > uint64(most) {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

// bytes reads n bytes.
func (r *blockReader) bytes(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *blockReader) text() string { return string(r.bytes(r.count(len(r.b)))) }

func (r *blockReader) column(rows int) *column {
	c := &column{rows: rows}
	c.Name, c.Kind = r.text(), Kind(r.text())
	c.Row = r.count(rows)
	if some := r.bytes(1); len(some) == 1 && some[0] == 1 {
		bits := r.bytes((rows + 63) / 64 * 8)
		c.missing = make([]uint64, len(bits)/8)
		for i := range c.missing {
			c.missing[i] = binary.LittleEndian.Uint64(bits[i*8:])
		}
	}
	switch c.Kind.family() {
	case "number":
		values := r.bytes(rows * 8)
		c.numbers = make([]float64, len(values)/8)
		for i := range c.numbers {
			c.numbers[i] = math.Float64frombits(binary.LittleEndian.Uint64(values[i*8:]))
		}
	case "boolean":
		values := r.bytes(rows)
		c.truths = make([]bool, len(values))
		for i, v := range values {
			c.truths[i] = v != 0
		}
	case "string":
		r.texts(c, rows)
	default:
		r.bad = true
	}
	return c
}

// texts reads the values of a column of texts.
func (r *blockReader) texts(c *column, rows int) {
	for range r.count(len(r.b)) {
		c.words = append(c.words, r.text())
	}
	c.texts = make([]uint32, min(rows, len(r.b))) // a byte or more each
	for i := range c.texts {
		c.texts[i] = uint32(r.count(max(len(c.words)-1, 0)))
	}
	r.bad = r.bad || len(c.texts) < rows || len(c.words) == 0
}
