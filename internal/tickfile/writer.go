package tickfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"microts/internal/tick"
)

// WriterOptions say how a Writer writes.
type WriterOptions struct {
	// GroupRows is how many rows a row group has, from 1 to MaxGroupRows; the last one
	// has fewer. Small groups make reads of one code cheaper, large ones whole scans.
	// Zero is DefaultGroupRows.
	GroupRows int
}

const (
	// DefaultGroupRows is the usual number of rows of a group.
	DefaultGroupRows = 16384
	// MaxGroupRows is the greatest number of rows of a group.
	MaxGroupRows = 1 << 16
	// maxGroupRaw is how many bytes the values of a group that are no tick records have
	// at most, before the last of them: a group is cut there.
	maxGroupRaw = 4 << 20
)

// magic begins and ends a Parquet file.
const magic = "PAR1"

// Writer writes a file. It is for one goroutine.
type Writer struct {
	w       io.Writer
	market  byte
	rows    int
	written int64
	err     error // of w; no more is written then

	buffered tick.Columns // the rows of the next group
	runs     []Run        // of them
	raw      int          // bytes of their values that are no tick records
	last     tick.Row     // the last row, if there is a run

	groups []Group
	footer []format.RowGroup
	encoder
	levels, noLevels []byte // of the columns of tick records, of raw
	scratch          []int64
}

// NewWriter returns a Writer of a file of a market's ticks. The caller checks the
// market: it is one printable ASCII character.
func NewWriter(w io.Writer, market byte, o WriterOptions) *Writer {
	if o.GroupRows == 0 {
		o.GroupRows = DefaultGroupRows
	}
	out := &Writer{w: w, market: market, rows: min(max(o.GroupRows, 1), MaxGroupRows)}
	out.write([]byte(magic))
	return out
}

// Size returns how many bytes have been written. Rows of a group that is not full are
// not among them.
func (w *Writer) Size() int64 { return w.written }

// Write writes rows, with all columns, of one code as tick.Name.CodeText has it. All rows
// of a file ascend by (code, time, seq). An error of the rows leaves the file as it was;
// any other is final. Write keeps nothing of c but the values in OtherValues.
func (w *Writer) Write(code string, c *tick.Columns) error {
	if w.err != nil {
		return w.err
	}
	if c.Len() == 0 {
		return nil
	}
	if err := w.check(code, c); err != nil {
		return err
	}
	if len(w.runs) == 0 || w.runs[len(w.runs)-1].Code != code {
		at := w.buffered.Len()
		w.runs = append(w.runs, Run{code, at, at})
	}
	n := c.Len()
	w.last = tick.Row{Time: c.Times[n-1], Seq: c.Seqs[n-1]}
	for from := 0; from < n && w.err == nil; {
		to := w.fits(c, from)
		w.take(c, from, to)
		w.runs[len(w.runs)-1].To = w.buffered.Len()
		if w.buffered.Len() == w.rows || w.raw >= maxGroupRaw {
			w.flush()
		}
		from = to
	}
	return w.err
}

// check checks rows that are to be written.
func (w *Writer) check(code string, c *tick.Columns) error {
	name, err := tick.NewName(w.market, code)
	if err != nil {
		return err
	}
	if text := name.CodeText(); text != code {
		return fmt.Errorf("code: %q expected, got %q", text, code)
	}
	n := c.Len()
	for i, length := range []int{len(c.Seqs), len(c.Prices), len(c.Qtys), len(c.Channels), len(c.Sides), len(c.OrderNos), len(c.TickNos)} {
		if length != n {
			return fmt.Errorf("code %s: column %d has %d rows, %d expected", code, i, length, n)
		}
	}
	previous, started := w.last, len(w.runs) > 0
	if started {
		switch before := w.runs[len(w.runs)-1].Code; {
		case code < before:
			return fmt.Errorf("codes must ascend: %q after %q", code, before)
		case code > before:
			started = false
		}
	}
	for i, us := range c.Times {
		if err := tick.CheckTime("ts_us", us); err != nil {
			return fmt.Errorf("code %s: %w", code, err)
		}
		if started && (us < previous.Time || us == previous.Time && c.Seqs[i] <= previous.Seq) {
			return fmt.Errorf("code %s: rows must ascend by time and seq: (%d, %d) after (%d, %d)", code, us, c.Seqs[i], previous.Time, previous.Seq)
		}
		if c.Sides[i] > tick.NoSide {
			return fmt.Errorf("code %s: side is %d, not 0 (B), 1 (S) or 2 (N)", code, c.Sides[i])
		}
		previous, started = tick.Row{Time: us, Seq: c.Seqs[i]}, true
	}
	for i, value := range c.OtherValues {
		if len(value) > tick.MaxValue || tick.IsRecord(value) {
			return fmt.Errorf("code %s: value %d, of %d bytes, is a tick record or longer than %d bytes", code, i, len(value), tick.MaxValue)
		}
	}
	return nil
}

// fits returns the end of the rows, beginning with from, that the group takes.
func (w *Writer) fits(c *tick.Columns, from int) int {
	to := min(c.Len(), from+w.rows-w.buffered.Len())
	raw := w.raw
	first, _ := slices.BinarySearch(c.Others, from)
	for i, row := range c.Others[first:] {
		if row >= to {
			break
		}
		if raw += len(c.OtherValues[first+i]); raw >= maxGroupRaw {
			return row + 1
		}
	}
	return to
}

// take moves rows to the group.
func (w *Writer) take(c *tick.Columns, from, to int) {
	part := c.Part(from, to)
	for _, value := range part.OtherValues {
		w.raw += len(value)
	}
	w.buffered.Append(&part)
}

// flush writes the group. The last code stays as a run of no rows.
func (w *Writer) flush() {
	c := &w.buffered
	n := c.Len()
	runs := w.runs
	if runs[0].From == runs[0].To {
		runs = runs[1:]
	}
	first, last := runs[0], runs[len(runs)-1]
	g := Group{
		Rows: n, Raws: len(c.Others), FirstCode: first.Code, LastCode: last.Code,
		FirstTime: c.Times[0], LastTime: c.Times[n-1], Offset: w.written,
	}
	footer := format.RowGroup{
		NumRows: int64(n), FileOffset: w.written,
		SortingColumns: []format.SortingColumn{{ColumnIdx: int32(Code)}, {ColumnIdx: int32(Time)}, {ColumnIdx: int32(Seq)}},
	}
	w.setLevels(n, c.Others)
	for column := range Column(NumColumns) {
		k := w.encode(column, c, runs)
		g.Lengths[column] = len(k.bytes)
		g.Sums[column] = crc32.Checksum(k.bytes, castagnoli)
		meta := w.metadata(column, n, k)
		footer.Columns = append(footer.Columns, format.ColumnChunk{MetaData: meta})
		footer.TotalByteSize += meta.TotalUncompressedSize
		footer.TotalCompressedSize += meta.TotalCompressedSize
		w.write(k.bytes)
	}
	w.groups = append(w.groups, g)
	w.footer = append(w.footer, footer)
	c.Reset()
	w.raw = 0
	w.runs = append(w.runs[:0], Run{Code: last.Code})
}

// setLevels sets the levels of n rows.
func (w *Writer) setLevels(n int, others []int) {
	w.levels, w.noLevels = w.levels[:0], w.noLevels[:0]
	for range n {
		w.levels, w.noLevels = append(w.levels, 1), append(w.noLevels, 0)
	}
	for _, row := range others {
		w.levels[row], w.noLevels[row] = 0, 1
	}
}

// encode encodes a column of the group.
func (w *Writer) encode(column Column, c *tick.Columns, runs []Run) chunk {
	n := c.Len()
	switch column {
	case Code:
		return w.codes(runs)
	case Raw:
		return w.values(n, w.noLevels, c.OtherValues)
	case Time:
		k := w.encodeIntegers(format.Int64, n, nil, c.Times)
		k.min = binary.LittleEndian.AppendUint64(nil, uint64(slices.Min(c.Times)))
		k.max = binary.LittleEndian.AppendUint64(nil, uint64(slices.Max(c.Times)))
		return k
	case Seq:
		return w.encodeIntegers(format.Int32, n, nil, widen(w, c.Seqs, nil))
	case Price:
		values := widen(w, c.Prices, c.Others)
		k := w.encodeIntegers(format.Int32, n, w.levels, values)
		if len(values) > 0 {
			k.min = binary.LittleEndian.AppendUint32(nil, uint32(slices.Min(values)))
			k.max = binary.LittleEndian.AppendUint32(nil, uint32(slices.Max(values)))
		}
		return k
	}
	var values []int64
	switch column {
	case Qty:
		values = widen(w, c.Qtys, c.Others)
	case Side:
		values = widen(w, c.Sides, c.Others)
	case Channel:
		values = widen(w, c.Channels, c.Others)
	case OrderNo:
		values = widen(w, c.OrderNos, c.Others)
	case TickNo:
		values = widen(w, c.TickNos, c.Others)
	}
	return w.encodeIntegers(definitions[column].physical, n, w.levels, values)
}

// widen returns the values of a column but for those of some rows, ascending.
func widen[T uint8 | tick.Side | uint16 | int32 | uint32 | uint64](w *Writer, column []T, without []int) []int64 {
	w.scratch = w.scratch[:0]
	for row, v := range column {
		if len(without) > 0 && without[0] == row {
			without = without[1:]
			continue
		}
		w.scratch = append(w.scratch, int64(v))
	}
	return w.scratch
}

// metadata returns what the footer says of a chunk that stands at the end of what has
// been written.
func (w *Writer) metadata(column Column, rows int, k chunk) format.ColumnMetaData {
	d := definitions[column]
	m := format.ColumnMetaData{
		Type: d.physical, Encoding: []format.Encoding{k.encoding}, PathInSchema: []string{d.name}, Codec: format.Zstd,
		NumValues: int64(rows), TotalUncompressedSize: k.uncompressed, TotalCompressedSize: int64(len(k.bytes)),
		DataPageOffset: w.written + int64(k.dictionary),
		Statistics:     format.Statistics{NullCount: k.nulls, MinValue: k.min, MaxValue: k.max},
	}
	if k.dictionary > 0 {
		m.DictionaryPageOffset = w.written
		m.Encoding = append(m.Encoding, format.Plain)
	}
	if d.optional {
		m.Encoding = append(m.Encoding, format.RLE)
	}
	return m
}

// Close writes the rows that are left and the footer, and returns the groups. It does
// not close the io.Writer.
func (w *Writer) Close() ([]Group, error) {
	if w.err == nil && w.buffered.Len() > 0 {
		w.flush()
	}
	if w.err != nil {
		return nil, w.err
	}
	meta := format.FileMetaData{
		Version: 2, Schema: schema(), RowGroups: w.footer, KeyValueMetadata: metadata(w.market), CreatedBy: "microts",
	}
	for range NumColumns {
		meta.ColumnOrders = append(meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	for _, g := range w.groups {
		meta.NumRows += int64(g.Rows)
	}
	b, err := thrift.Marshal(new(thrift.CompactProtocol), &meta)
	if err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	if len(b) > math.MaxInt32 {
		return nil, fmt.Errorf("footer: %d bytes, more than Parquet can have", len(b))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(b)))
	w.write(append(b, magic...))
	if w.err != nil {
		return nil, w.err
	}
	w.err = errors.New("tickfile: Write after Close")
	return w.groups, nil
}

// write writes bytes, unless writing has failed.
func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	n, err := w.w.Write(b)
	w.written += int64(n)
	w.err = err
}
