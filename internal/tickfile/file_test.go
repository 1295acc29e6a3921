package tickfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"microts/internal/tick"
)

// File is a file that is read by its footer, as other programs do.
type File struct {
	r      io.ReaderAt
	market byte
	groups []Group
}

// Open opens a file of some bytes. If it is not of this format, the error is a
// *FormatError.
func Open(r io.ReaderAt, size int64) (*File, error) {
	const ends = len(magic)*2 + 4
	if size < int64(ends) {
		return nil, malformed("no Parquet file: %d bytes", size)
	}
	var end [8]byte
	if err := readAt(r, end[:], size-8); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(end[:]))
	if string(end[4:]) != magic || length > size-int64(ends) {
		return nil, malformed("no Parquet file: no footer at its end")
	}
	footer := make([]byte, length)
	if err := readAt(r, footer, size-8-length); err != nil {
		return nil, err
	}
	var meta format.FileMetaData
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), footer, &meta); err != nil {
		return nil, malformed("footer: %v", err)
	}
	f := &File{r: r}
	return f, f.setMetadata(&meta, size-8-length)
}

func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%d bytes at %d: %w", len(b), at, err)
}

// setMetadata checks the metadata of a file whose groups end before end.
func (f *File) setMetadata(meta *format.FileMetaData, end int64) error {
	for _, kv := range meta.KeyValueMetadata {
		switch {
		case kv.Key == formatKey && kv.Value != strconv.Itoa(Format):
			return malformed("%s is %q; this microts reads %d", formatKey, kv.Value, Format)
		case kv.Key == marketKey && len(kv.Value) == 1:
			f.market = kv.Value[0]
		}
	}
	if _, err := tick.NewName(f.market, "1"); err != nil {
		return malformed("no Parquet of ticks: no %s in the metadata", marketKey)
	}
	if err := checkSchema(meta.Schema); err != nil {
		return err
	}
	for i := range meta.RowGroups {
		g, err := groupOf(&meta.RowGroups[i], end)
		if err != nil {
			return malformed("group %d: %w", i, err)
		}
		f.groups = append(f.groups, g)
	}
	return nil
}

// checkSchema checks that names, types and nulls are those of the format.
func checkSchema(got []format.SchemaElement) error {
	want := schema()
	if len(got) != len(want) {
		return malformed("%d columns, %d expected", len(got)-1, NumColumns)
	}
	for i, w := range want[1:] {
		g := got[i+1]
		if g.Name != w.Name || g.Type != w.Type || g.RepetitionType != w.RepetitionType || !reflect.DeepEqual(g.LogicalType, w.LogicalType) {
			return malformed("column %d is %s, not %s of the format", i+1, g.Name, w.Name)
		}
	}
	return nil
}

// groupOf makes a Group of what the footer says.
func groupOf(row *format.RowGroup, end int64) (g Group, err error) {
	if len(row.Columns) != NumColumns || row.NumRows < 1 || row.NumRows > MaxGroupRows {
		return g, malformed("%d rows in %d columns", row.NumRows, len(row.Columns))
	}
	g.Rows = int(row.NumRows)
	at := int64(-1)
	for i := range row.Columns {
		m := &row.Columns[i].MetaData
		offset := m.DataPageOffset
		if m.DictionaryPageOffset > 0 {
			offset = min(offset, m.DictionaryPageOffset)
		}
		if at < 0 {
			g.Offset, at = offset, offset
		}
		n := m.TotalCompressedSize
		if m.Codec != format.Zstd || offset != at || offset < int64(len(magic)) || n < 0 || n > math.MaxInt32 || n > end-offset {
			return g, malformed("column %s: %d bytes at %d", Column(i), n, offset)
		}
		g.Lengths[i] = int(n)
		at += n
	}
	code, times := row.Columns[Code].MetaData.Statistics, row.Columns[Time].MetaData.Statistics
	if len(times.MinValue) != 8 || len(times.MaxValue) != 8 {
		return g, malformed("no statistics of ts_us")
	}
	g.FirstCode, g.LastCode = string(code.MinValue), string(code.MaxValue)
	g.FirstTime, g.LastTime = int64(binary.LittleEndian.Uint64(times.MinValue)), int64(binary.LittleEndian.Uint64(times.MaxValue))
	nulls := row.Columns[Price].MetaData.Statistics.NullCount
	if nulls < 0 || nulls > row.NumRows {
		return g, malformed("%d nulls of %d rows", nulls, row.NumRows)
	}
	g.Raws = int(nulls)
	return g, nil
}

// Market returns the market of the file's ticks.
func (f *File) Market() byte { return f.market }

// Groups returns the groups of the file. The caller does not change them.
func (f *File) Groups() []Group { return f.groups }

// Read sets c to the rows of a group, with the columns of a set, and returns the runs
// of their codes. It reads only the chunks that it needs.
func (f *File) Read(g *Group, set tick.ColumnSet, c *tick.Columns) ([]Run, error) {
	var chunks Chunks
	from, to := int64(math.MaxInt64), int64(0)
	for column := range g.Needs(set) {
		r := g.Column(column)
		from, to = min(from, r.Offset), max(to, r.Offset+r.Length)
	}
	b := make([]byte, to-from)
	if err := readAt(f.r, b, from); err != nil {
		return nil, err
	}
	chunks = g.Cut(b, from)
	return g.Decode(&chunks, set, c)
}
