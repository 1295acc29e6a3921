package tick

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// ColumnSet is a set of the columns of ticks. The times are not in it: they are always read.
type ColumnSet uint8

// The columns of tick records, in their order in a record, and the seqs.
const (
	PriceColumn ColumnSet = 1 << iota
	QtyColumn
	ChannelColumn
	SideColumn
	OrderNoColumn
	TickNoColumn
	SeqColumn

	// AllColumns is the set of all of them.
	AllColumns = PriceColumn | QtyColumn | ChannelColumn | SideColumn | OrderNoColumn | TickNoColumn | SeqColumn
)

// Columns are consecutive rows of a scan whose tick records are taken apart: a slice for
// each field, of one length. A slice whose column was not asked for is empty.
//
// The rows whose values are no tick records are named in Others; their fields are zero.
type Columns struct {
	Times []int64 // µs
	Seqs  []uint16

	Prices   []int32 // in 1/10000 of the currency
	Qtys     []uint32
	Channels []uint8
	Sides    []Side
	OrderNos []uint64
	TickNos  []uint64

	Others      []int    // the rows that are no tick records, ascending
	OtherSeqs   []uint16 // their seqs, also if nobody asked for SeqColumn
	OtherValues []string // their values
}

// Len returns the number of rows.
func (c *Columns) Len() int { return len(c.Times) }

// Reset removes all rows. The slices keep their room.
func (c *Columns) Reset() {
	clear(c.OtherValues)
	*c = Columns{
		c.Times[:0], c.Seqs[:0], c.Prices[:0], c.Qtys[:0], c.Channels[:0], c.Sides[:0], c.OrderNos[:0], c.TickNos[:0],
		c.Others[:0], c.OtherSeqs[:0], c.OtherValues[:0],
	}
}

// Append appends the rows of other columns of the same set.
func (c *Columns) Append(other *Columns) {
	first := c.Len()
	c.Times, c.Seqs = append(c.Times, other.Times...), append(c.Seqs, other.Seqs...)
	c.Prices, c.Qtys = append(c.Prices, other.Prices...), append(c.Qtys, other.Qtys...)
	c.Channels, c.Sides = append(c.Channels, other.Channels...), append(c.Sides, other.Sides...)
	c.OrderNos, c.TickNos = append(c.OrderNos, other.OrderNos...), append(c.TickNos, other.TickNos...)
	for _, row := range other.Others {
		c.Others = append(c.Others, first+row)
	}
	c.OtherSeqs, c.OtherValues = append(c.OtherSeqs, other.OtherSeqs...), append(c.OtherValues, other.OtherValues...)
}

// Part returns the rows from (included) to to (not included). They share the memory of c;
// only Others is made anew.
func (c *Columns) Part(from, to int) Columns {
	first, _ := slices.BinarySearch(c.Others, from)
	end, _ := slices.BinarySearch(c.Others, to)
	part := Columns{
		c.Times[from:to:to], part(c.Seqs, from, to), part(c.Prices, from, to), part(c.Qtys, from, to), part(c.Channels, from, to),
		part(c.Sides, from, to), part(c.OrderNos, from, to), part(c.TickNos, from, to),
		nil, c.OtherSeqs[first:end:end], c.OtherValues[first:end:end],
	}
	for _, row := range c.Others[first:end] {
		part.Others = append(part.Others, row-from)
	}
	return part
}

// part returns a part of a column, which is empty if nobody asked for it.
func part[T any](column []T, from, to int) []T {
	if len(column) == 0 {
		return nil
	}
	return column[from:to:to]
}

// AppendBlock appends the rows of a block, with the columns of a set, which is the same in
// each call. The columns keep nothing of the block but the values in OtherValues.
func (c *Columns) AppendBlock(b *Block, set ColumnSet) {
	first, n := c.Len(), b.Len()
	c.Times = append(c.Times, b.Times...)
	if set&SeqColumn != 0 {
		c.Seqs = append(c.Seqs, b.Seqs...)
	}
	if set&PriceColumn != 0 {
		c.Prices = lengthen(c.Prices, n)
	}
	if set&QtyColumn != 0 {
		c.Qtys = lengthen(c.Qtys, n)
	}
	if set&ChannelColumn != 0 {
		c.Channels = lengthen(c.Channels, n)
	}
	if set&SideColumn != 0 {
		c.Sides = lengthen(c.Sides, n)
	}
	if set&OrderNoColumn != 0 {
		c.OrderNos = lengthen(c.OrderNos, n)
	}
	if set&TickNoColumn != 0 {
		c.TickNos = lengthen(c.TickNos, n)
	}
	for i := range n {
		value := b.Values.At(i)
		if !IsRecord(value) {
			c.Others, c.OtherSeqs, c.OtherValues = append(c.Others, first+i), append(c.OtherSeqs, b.Seqs[i]), append(c.OtherValues, value)
			continue
		}
		v := (*[RecordSize]byte)(unsafe.Pointer(unsafe.StringData(value)))
		if set&PriceColumn != 0 {
			c.Prices[first+i] = int32(binary.BigEndian.Uint32(v[0:]))
		}
		if set&QtyColumn != 0 {
			c.Qtys[first+i] = binary.BigEndian.Uint32(v[4:])
		}
		if set&ChannelColumn != 0 {
			c.Channels[first+i] = v[8]
		}
		if set&SideColumn != 0 {
			c.Sides[first+i] = Side(v[9])
		}
		if set&OrderNoColumn != 0 {
			c.OrderNos[first+i] = binary.BigEndian.Uint64(v[10:])
		}
		if set&TickNoColumn != 0 {
			c.TickNos[first+i] = binary.BigEndian.Uint64(v[18:])
		}
	}
}

// lengthen appends n zeros.
func lengthen[T any](s []T, n int) []T {
	s = slices.Grow(s, n)
	grown := s[:len(s)+n]
	clear(grown[len(s):])
	return grown
}

// Block sets b to the rows from (included) to to (not included), which must have the
// columns of AllColumns. It makes one string for all values.
func (c *Columns) Block(b *Block, from, to int) {
	b.Times, b.Seqs = c.Times[from:to], c.Seqs[from:to]
	b.Values.Offsets = b.Values.Offsets[:0]
	values := make([]byte, 0, (to-from)*RecordSize)
	other, _ := slices.BinarySearch(c.Others, from)
	for i := from; i < to; i++ {
		b.Values.Offsets = append(b.Values.Offsets, uint32(len(values)))
		if other < len(c.Others) && c.Others[other] == i {
			values = append(values, c.OtherValues[other]...)
			other++
			continue
		}
		values = AppendRecord(values, Record{
			Price: c.Prices[i], Qty: c.Qtys[i], Channel: c.Channels[i], Side: c.Sides[i],
			OrderNo: c.OrderNos[i], TickNo: c.TickNos[i],
		})
	}
	b.Values.Offsets = append(b.Values.Offsets, uint32(len(values)))
	b.Values.Bytes = unsafe.String(unsafe.SliceData(values), len(values))
}

// IsRecord says whether DecodeRecord takes a value.
func IsRecord(value string) bool {
	if len(value) != RecordSize {
		return false
	}
	v := (*[RecordSize]byte)(unsafe.Pointer(unsafe.StringData(value)))
	return Side(v[9]) <= NoSide && binary.NativeEndian.Uint64(v[26:])|binary.NativeEndian.Uint64(v[34:])|binary.NativeEndian.Uint64(v[42:]) == 0
}

// ColumnBlocks reads a scan in columns, block by block.
type ColumnBlocks interface {
	// Read sets c to the next block, which is not empty. It returns false at the end of
	// the scan and when reading fails. The slices of c are valid until the next Read;
	// the values in OtherValues stay valid.
	Read(c *Columns) bool
	// Err returns why Read returned false, or nil at the end of the scan.
	Err() error
	// Close frees what the ColumnBlocks hold. Closing twice is no error.
	Close()
}

// ColumnSource is a Source that keeps ticks in columns and can read some of them without
// making values. Package sourcetest checks that they are those of Scan.
type ColumnSource interface {
	Source

	// ScanColumns begins a scan, as Scan does, that reads times and the columns of a
	// set.
	ScanColumns(in *Instrument, o ScanOptions, set ColumnSet) (ColumnBlocks, error)
}

// ScanColumns begins a scan of a Source that reads times and the columns of a set.
// The caller closes the ColumnBlocks.
func ScanColumns(s Source, in *Instrument, o ScanOptions, set ColumnSet) (ColumnBlocks, error) {
	if s, ok := s.(ColumnSource); ok {
		return s.ScanColumns(in, o, set)
	}
	rows, err := s.Scan(in, o)
	if err != nil {
		return nil, err
	}
	return &takenApart{rows: rows, set: set}, nil
}

// takenApart takes the blocks of Rows apart.
type takenApart struct {
	rows    *Rows
	set     ColumnSet
	columns Columns
}

func (t *takenApart) Read(c *Columns) bool {
	t.columns.Reset()
	b := t.rows.NextBlock()
	if b == nil {
		return false
	}
	t.columns.AppendBlock(b, t.set)
	*c = t.columns
	return true
}

func (t *takenApart) Err() error { return t.rows.Err() }

func (t *takenApart) Close() { t.rows.Close() }
