package importer

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// chunkRows is how many rows of a Parquet file are made to ticks at once.
const chunkRows = 1 << 14

// openParquet makes in a Parquet file. The standard input is copied to a file first.
func (in *input) openParquet(s *settings, r *bufio.Reader) error {
	if s.Format != "" && s.Format != "parquet" {
		return fmt.Errorf("%s expected, got Parquet", s.Format)
	}
	in.format = formatParquet
	if in.file != nil {
		return nil
	}
	f, err := os.CreateTemp("", "microts-import-*.parquet")
	if err != nil {
		return err
	}
	in.closes = append(in.closes, func() error { return errors.Join(f.Close(), os.Remove(f.Name())) })
	in.file = f
	in.size, err = io.Copy(f, r)
	return err
}

// parquetFile is the columns of a Parquet file that hold one value a row.
type parquetFile struct {
	file   *parquet.File
	leaves []*parquet.Column
	market byte // of a sealed part, or 0
}

// damaged makes an error of a panic: the Parquet library panics on some damaged files.
func damaged(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("a Parquet file expected, got a damaged one: %v", p)
	}
}

// readParquet reads the columns of a Parquet file.
func readParquet(in *input) (p *parquetFile, err error) {
	defer damaged(&err)
	f, err := parquet.OpenFile(in.file, in.size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(1<<20))
	if err != nil {
		return nil, fmt.Errorf("a Parquet file expected: %w", err)
	}
	p = &parquetFile{file: f}
	if market, ok := f.Lookup("microts.market"); ok && len(market) == 1 {
		p.market = market[0]
	}
	p.collect(f.Root())
	return p, nil
}

func (p *parquetFile) collect(c *parquet.Column) {
	for _, child := range c.Columns() {
		switch {
		case child.Repeated():
		case child.Leaf():
			p.leaves = append(p.leaves, child)
		default:
			p.collect(child)
		}
	}
}

// columns returns the names of the columns. Those in groups have the names of the groups
// before theirs.
func (p *parquetFile) columns() (names []string) {
	for _, c := range p.leaves {
		names = append(names, strings.Join(c.Path(), "."))
	}
	return names
}

// parquetParser makes ticks of row groups. It is for one goroutine.
type parquetParser struct {
	plan    *plan
	readers []columnReader // in the order of plan.row.fields
	others  []bool         // rows that are not plain
}

func newParquetParser(p *plan, s *schema, f *parquetFile) *parquetParser {
	q := &parquetParser{plan: p}
	for _, column := range s.used {
		q.readers = append(q.readers, newColumnReader(f.leaves[column]))
	}
	return q
}

// parse makes ticks of a row group and calls emit with each batch, until that returns
// false. first is the number of its first row.
func (q *parquetParser) parse(group parquet.RowGroup, first, size int64, newBatch func(rows int) *batch, emit func(*batch) bool) (err error) {
	defer damaged(&err)
	chunks := group.ColumnChunks()
	for i := range q.readers {
		r := &q.readers[i]
		r.pages = chunks[r.leaf.Index()].Pages()
		r.left = 0
		defer r.close()
	}
	total := group.NumRows()
	for done := int64(0); done < total; {
		n := int(min(total-done, chunkRows))
		for i := range q.readers {
			if err := q.readers[i].read(n); err != nil {
				return fmt.Errorf("column %q: %w", strings.Join(q.readers[i].leaf.Path(), "."), err)
			}
		}
		b := newBatch(n)
		b.size = size * int64(n) / total
		b.rows += int64(n)
		if q.plan.direct != nil {
			q.addDirect(b, first+done, n)
		} else {
			for i := range n {
				q.add(b, first+done, i)
			}
		}
		done += int64(n)
		if !emit(b) {
			return nil
		}
	}
	return nil
}

// add makes a tick of row i of those that were read. first is the number of the first.
func (q *parquetParser) add(b *batch, first int64, i int) {
	r := &q.plan.row
	r.buf = r.buf[:0]
	for c := range q.readers {
		r.fields[c] = q.readers[c].cell(i)
	}
	line := first + int64(i)
	if err := q.plan.add(b, line); err != nil {
		b.bad = append(b.bad, BadRow{Line: line, Reason: err.Error(), Row: q.show(i)})
	}
}

// show returns the columns of a row that are used, for the file of bad rows.
func (q *parquetParser) show(row int) string {
	var b []byte
	for i := range q.readers {
		if i > 0 {
			b = append(b, ',')
		}
		b = q.readers[i].cell(row).appendText(b)
	}
	return string(b)
}

// columnReader reads a column of a row group, some rows at a time, as cells.
type columnReader struct {
	leaf  *parquet.Column
	kind  kind // of the cells
	scale uint8
	times int64 // what integers are multiplied by
	parts int64 // what they are divided by
	sign  bool  // integers have a sign

	pages parquet.Pages
	page  parquet.Page
	spent []parquet.Page // which texts may be parts of
	left  int            // rows of the page that are not read
	row   int            // of the page, that is next
	next  int            // value of the page that is next: nulls have none
	defs  []byte         // definition levels of the page; empty: no nulls
	index []int32
	data  pageData // of the page or, with index, of its dictionary

	null  []bool // of the rows that were read; empty: none is
	ints  []int64
	reals []float64
	texts [][]byte
}

// pageData is the values of a page, in one of these slices.
type pageData struct {
	int32s  []int32
	int64s  []int64
	int96s  []deprecated.Int96
	floats  []float32
	doubles []float64
	bits    []byte
	bytes   []byte
	offsets []uint32 // of bytes
	size    int      // of each of bytes, if there are no offsets
}

// newColumnReader finds out what the values of a column are.
func newColumnReader(leaf *parquet.Column) columnReader {
	r := columnReader{leaf: leaf, kind: decimal, times: 1, parts: 1, sign: true}
	t := leaf.Type()
	logical := t.LogicalType()
	switch t.Kind() {
	case parquet.Boolean:
		r.kind = boolean
	case parquet.Float, parquet.Double:
		r.kind = float
	case parquet.Int96:
		r.kind = instant
	case parquet.ByteArray, parquet.FixedLenByteArray:
		r.kind = text
	}
	perSecond := func(u format.TimeUnit) {
		switch u.Value.(type) {
		case *format.MilliSeconds:
			r.times = 1e3
		case *format.NanoSeconds:
			r.parts = 1e3
		}
	}
	if logical == nil || logical.Value == nil {
		r.converted(t.ConvertedType())
		return r
	}
	switch l := logical.Value.(type) {
	case *format.DecimalType:
		r.kind, r.scale = decimal, uint8(min(max(l.Scale, 0), maxScale))
	case *format.IntType:
		r.sign = l.IsSigned
	case *format.TimestampType:
		r.kind = wall
		if l.IsAdjustedToUTC {
			r.kind = instant
		}
		perSecond(l.Unit)
	case *format.DateType:
		r.kind = day
	case *format.TimeType:
		r.kind = clock
		perSecond(l.Unit)
	}
	return r
}

// converted is for files of old writers, which have no logical types.
func (r *columnReader) converted(t *deprecated.ConvertedType) {
	if t == nil {
		return
	}
	switch *t {
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		r.sign = false
	case deprecated.TimestampMillis:
		r.kind, r.times = instant, 1e3
	case deprecated.TimestampMicros:
		r.kind = instant
	case deprecated.Date:
		r.kind = day
	case deprecated.TimeMillis:
		r.kind, r.times = clock, 1e3
	case deprecated.TimeMicros:
		r.kind = clock
	}
}

// close gives the memory of the pages back, which texts of rows may be parts of.
func (r *columnReader) close() {
	r.releaseSpent()
	if r.page != nil {
		parquet.Release(r.page)
		r.page = nil
	}
	_ = r.pages.Close() // it was only read
}

func (r *columnReader) releaseSpent() {
	for _, page := range r.spent {
		parquet.Release(page)
	}
	clear(r.spent)
	r.spent = r.spent[:0]
}

// read reads the next n rows. What cell returned before is no longer valid.
func (r *columnReader) read(n int) error {
	r.releaseSpent()
	r.null, r.ints, r.reals, r.texts = r.null[:0], r.ints[:0], r.reals[:0], r.texts[:0]
	for n > 0 {
		if r.left == 0 {
			if err := r.nextPage(); err != nil {
				return err
			}
			continue
		}
		m := min(n, r.left)
		r.take(m)
		n -= m
	}
	return nil
}

func (r *columnReader) nextPage() error {
	if r.page != nil {
		r.spent, r.page = append(r.spent, r.page), nil
	}
	page, err := r.pages.ReadPage()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	r.page = page
	r.left, r.row, r.next, r.index, r.defs = int(page.NumRows()), 0, 0, nil, nil
	if page.NumNulls() > 0 {
		r.defs = page.DefinitionLevels()
	}
	values := page.Data()
	if d := page.Dictionary(); d != nil {
		r.index = values.Int32()
		values = d.Page().Data()
	}
	r.data = pageData{}
	switch r.leaf.Type().Kind() {
	case parquet.Boolean:
		r.data.bits = values.Boolean()
	case parquet.Int32:
		r.data.int32s = values.Int32()
	case parquet.Int64:
		r.data.int64s = values.Int64()
	case parquet.Int96:
		r.data.int96s = values.Int96()
	case parquet.Float:
		r.data.floats = values.Float()
	case parquet.Double:
		r.data.doubles = values.Double()
	case parquet.ByteArray:
		r.data.bytes, r.data.offsets = values.ByteArray()
	case parquet.FixedLenByteArray:
		r.data.bytes, r.data.size = values.FixedLenByteArray()
	}
	return nil
}

// take appends m rows of the page.
func (r *columnReader) take(m int) {
	before := r.len()
	if len(r.defs) > 0 {
		whole := byte(r.leaf.MaxDefinitionLevel())
		for len(r.null) < before {
			r.null = append(r.null, false)
		}
		for _, d := range r.defs[r.row : r.row+m] {
			if isNull := d < whole; isNull {
				r.null = append(r.null, true)
				r.nothing()
			} else {
				r.null = append(r.null, false)
				r.values(1)
			}
		}
	} else {
		if len(r.null) > 0 {
			r.null = append(r.null, make([]bool, m)...)
		}
		r.values(m)
	}
	r.row += m
	r.left -= m
}

func (r *columnReader) len() int { return max(len(r.ints), len(r.reals), len(r.texts)) }

// nothing appends what stands in the place of a null.
func (r *columnReader) nothing() {
	switch {
	case r.kind == text:
		r.texts = append(r.texts, nil)
	case r.kind == float:
		r.reals = append(r.reals, 0)
	default:
		r.ints = append(r.ints, 0)
	}
}

// values appends the next m values of the page.
func (r *columnReader) values(m int) {
	from := r.next
	r.next += m
	d := &r.data
	same := r.times == 1 && r.parts == 1
	switch {
	case r.index != nil && d.int64s != nil && same:
		for _, i := range r.index[from:r.next] {
			r.ints = append(r.ints, d.int64s[i])
		}
	case r.index != nil && d.doubles != nil:
		for _, i := range r.index[from:r.next] {
			r.reals = append(r.reals, d.doubles[i])
		}
	case r.index != nil && d.offsets != nil && r.kind == text:
		for _, i := range r.index[from:r.next] {
			r.texts = append(r.texts, d.bytes[d.offsets[i]:d.offsets[i+1]])
		}
	case r.index != nil:
		for _, i := range r.index[from:r.next] {
			r.value(d, int(i))
		}
	case d.int32s != nil && r.sign && same:
		for _, v := range d.int32s[from:r.next] {
			r.ints = append(r.ints, int64(v))
		}
	case d.int64s != nil && same:
		r.ints = append(r.ints, d.int64s[from:r.next]...)
	case d.doubles != nil:
		r.reals = append(r.reals, d.doubles[from:r.next]...)
	default:
		for i := from; i < r.next; i++ {
			r.value(d, i)
		}
	}
}

// value appends a value.
func (r *columnReader) value(d *pageData, i int) {
	switch {
	case d.int32s != nil:
		v := int64(d.int32s[i])
		if !r.sign {
			v = int64(uint32(v))
		}
		r.ints = append(r.ints, v*r.times/r.parts)
	case d.int64s != nil:
		v := d.int64s[i]
		if r.times != 1 || r.parts != 1 {
			v = v * r.times / r.parts
		}
		r.ints = append(r.ints, v)
	case d.doubles != nil:
		r.reals = append(r.reals, d.doubles[i])
	case d.floats != nil:
		r.reals = append(r.reals, float64(d.floats[i]))
	case d.int96s != nil:
		const julian1970 = 2440588
		v := d.int96s[i]
		nanos := int64(uint64(v[0]) | uint64(v[1])<<32)
		r.ints = append(r.ints, (int64(v[2])-julian1970)*oneDay+nanos/1e3)
	case d.bits != nil:
		r.ints = append(r.ints, int64(d.bits[i/8]>>(i%8)&1))
	default:
		var v []byte
		if d.offsets != nil {
			v = d.bytes[d.offsets[i]:d.offsets[i+1]]
		} else {
			v = d.bytes[i*d.size : (i+1)*d.size]
		}
		if r.kind == text {
			r.texts = append(r.texts, v)
		} else {
			r.ints = append(r.ints, bigEndian(v))
		}
	}
}

// bigEndian returns the integer of a DECIMAL of bytes. One that has no place in an int64
// becomes the greatest.
func bigEndian(v []byte) int64 {
	if len(v) == 0 {
		return 0
	}
	negative := v[0]&0x80 != 0
	for len(v) > 8 {
		if negative && v[0] != 0xff || !negative && v[0] != 0 {
			return 1<<63 - 1
		}
		v = v[1:]
	}
	var b [8]byte
	if negative {
		b = [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	}
	copy(b[8-len(v):], v)
	return int64(binary.BigEndian.Uint64(b[:]))
}

// cell returns the value of a row that was read.
func (r *columnReader) cell(i int) cell {
	if len(r.null) > 0 && r.null[i] {
		return cell{}
	}
	switch r.kind {
	case text:
		return cell{kind: text, text: r.texts[i]}
	case float:
		if r.data.floats != nil {
			return realCell(float32(r.reals[i]))
		}
		return floatCell(r.reals[i])
	case decimal:
		if v := r.ints[i]; v >= 0 || r.sign {
			return cell{kind: decimal, i: v, scale: r.scale}
		}
		return cell{kind: unsigned, i: r.ints[i]}
	}
	return cell{kind: r.kind, i: r.ints[i]}
}

// realCell returns the shortest decimal of a float32: 10.53, and not what is nearest to it in
// 32 bits, 10.529999733.
func realCell(f float32) cell {
	c, ok := parseNumber(appendReal(nil, f))
	if !ok { // NaN, infinity
		return floatCell(float64(f))
	}
	return c
}
