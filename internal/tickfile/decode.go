package tickfile

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/parquet-go/parquet-go/format"

	"microts/internal/tick"
)

// Decode sets c to the rows of the group, with the columns of a set, and returns the
// runs of their codes. It needs the chunks of Needs. The columns keep nothing of the
// chunks. Where codes differ, the chunk of code may be missing: then it returns no runs.
//
// Whatever the bytes are, it neither panics nor allocates more than the rows of a Group,
// which it checks, can take; bytes that are not of this format are a *FormatError. The
// rows it returns ascend by (code, time, seq); that is checked, of the columns that are
// decoded, if there are runs.
func (g *Group) Decode(chunks *Chunks, set tick.ColumnSet, c *tick.Columns) ([]Run, error) {
	if g.Rows < 1 || g.Rows > MaxGroupRows || g.Raws < 0 || g.Raws > g.Rows {
		return nil, malformed("a group of %d rows, %d of them no tick records", g.Rows, g.Raws)
	}
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	c.Reset()
	runs, err := d.decode(g, chunks, set, c)
	if err != nil {
		c.Reset()
		return nil, err
	}
	return runs, nil
}

// decoders keeps the buffers of decoders.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decoder decodes groups. Its buffers are used again.
type decoder struct {
	body            []byte
	encoded, levels []byte
	words           [maxWords]int64
}

func (d *decoder) decode(g *Group, chunks *Chunks, set tick.ColumnSet, c *tick.Columns) ([]Run, error) {
	runs := []Run{{g.FirstCode, 0, g.Rows}}
	for column := range g.Needs(set) {
		var err error
		switch {
		case column != Code:
			err = d.column(g, column, chunks, c)
		case chunks[Code] == nil:
			runs = nil
		default:
			runs, err = d.codes(g, chunks)
		}
		if err != nil {
			return nil, malformed("column %s: %w", column, err)
		}
	}
	if runs == nil && (slices.Min(c.Times) < 0 || slices.Max(c.Times) >= tick.MaxTime) {
		return nil, malformed("times that are no times")
	}
	if err := checkOrder(runs, c); err != nil {
		return nil, err
	}
	if set&tick.SeqColumn == 0 {
		c.Seqs = c.Seqs[:0] // OtherSeqs needed them
	}
	return runs, nil
}

// column decodes a column that is not code.
func (d *decoder) column(g *Group, column Column, chunks *Chunks, c *tick.Columns) error {
	switch column {
	case Time:
		return integers(d, g, column, chunks, &c.Times)
	case Seq:
		return integers(d, g, column, chunks, &c.Seqs)
	case Price:
		return integers(d, g, column, chunks, &c.Prices)
	case Qty:
		return integers(d, g, column, chunks, &c.Qtys)
	case Channel:
		return integers(d, g, column, chunks, &c.Channels)
	case OrderNo:
		return integers(d, g, column, chunks, &c.OrderNos)
	case TickNo:
		return integers(d, g, column, chunks, &c.TickNos)
	case Side:
		if err := integers(d, g, column, chunks, &c.Sides); err != nil {
			return err
		}
		if side := slices.Max(c.Sides); side > tick.NoSide {
			return malformed("side %d", side)
		}
		return nil
	}
	return d.values(g, chunks, c)
}

// page is what the chunk of a column has.
type page struct {
	words    []byte // plain values of the dictionary, or nil
	numWords int

	encoding format.Encoding
	present  int    // how many values are there
	levels   []byte // one for each row, 1 where there is a value; nil if all are there
	body     []byte // slack zeros follow it in its array
}

// slack is how many bytes may be read behind a body.
const slack = 16

// open checks the chunk of a column and takes its pages apart. The page is valid until
// the next open.
func (d *decoder) open(g *Group, column Column, chunks *Chunks, most int) (p page, err error) {
	b := chunks[column]
	if len(b) != g.Lengths[column] {
		return p, malformed("%d bytes, %d expected", len(b), g.Lengths[column])
	}
	checked := g.Sums != Sums{}
	if sum := crc32.Checksum(b, castagnoli); checked && sum != g.Sums[column] {
		return p, malformed("checksum %08x, %08x expected: the bytes have changed", sum, g.Sums[column])
	}
	d.body = d.body[:0]
	h, rest, err := parsePageHeader(b)
	if err != nil {
		return p, err
	}
	if h.kind == format.DictionaryPage {
		if p.words, rest, err = d.unpack(h, rest, checked, most); err != nil {
			return p, err
		}
		if h.encoding != format.Plain {
			return p, malformed("a dictionary in encoding %v", h.encoding)
		}
		p.numWords = h.values
		if h, rest, err = parsePageHeader(rest); err != nil {
			return p, err
		}
	}
	if h.kind != format.DataPageV2 || h.values != g.Rows {
		return p, malformed("a page of type %v with %d values, DATA_PAGE_V2 with %d expected", h.kind, h.values, g.Rows)
	}
	levels := rest[:min(h.levels, len(rest))]
	if p.body, rest, err = d.unpack(h, rest, checked, most); err != nil {
		return p, err
	}
	if len(rest) > 0 {
		return p, malformed("%d bytes after the page", len(rest))
	}
	p.encoding, p.present = h.encoding, h.values-h.nulls
	optional := definitions[column].optional
	if wanted := g.present(column); p.present != wanted || !optional && h.levels > 0 {
		return p, malformed("%d values, %d expected", p.present, wanted)
	}
	if h.nulls > 0 {
		if err := d.setLevels(levels, h.values, p.present); err != nil {
			return p, err
		}
		p.levels = d.levels
	}
	return p, nil
}

// present returns how many values a column has that are not null.
func (g *Group) present(column Column) int {
	switch {
	case column == Raw:
		return g.Raws
	case definitions[column].optional:
		return g.Rows - g.Raws
	}
	return g.Rows
}

// unpack returns the body of the page of a header, and what follows the page. The body
// stands in d.body, with slack zeros behind it.
func (d *decoder) unpack(h pageHeader, b []byte, checked bool, most int) (body, rest []byte, err error) {
	if h.compressed > len(b) {
		return nil, nil, malformed("a page of %d bytes in %d", h.compressed, len(b))
	}
	size := h.uncompressed - h.levels
	if size > most {
		return nil, nil, malformed("a page of %d bytes, more than %d", size, most)
	}
	if !checked && h.hasCRC && crc32.ChecksumIEEE(b[:h.compressed]) != h.crc {
		return nil, nil, malformed("the checksum of a page: the bytes have changed")
	}
	packed, rest := b[h.levels:h.compressed], b[h.compressed:]
	// A buffer that grows leaves the page before in the old one.
	d.body = slices.Grow(d.body, size+slack)
	start := len(d.body)
	room := d.body[start : start : start+size+slack]
	if h.stored {
		room = append(room, packed[:min(len(packed), size+1)]...)
	} else if room, err = decompressor.DecodeAll(packed, room); err != nil {
		return nil, nil, malformed("zstd: %v", err)
	}
	if len(room) != size {
		return nil, nil, malformed("a page of %d bytes, %d expected", len(room), size)
	}
	d.body = d.body[:start+size+slack]
	clear(d.body[start+size:])
	return d.body[start : start+size], rest, nil
}

// setLevels decodes the levels of a page with nulls.
func (d *decoder) setLevels(encoded []byte, rows, present int) error {
	b := append(slices.Grow(d.encoded[:0], len(encoded)+slack), encoded...)
	clear(b[len(b) : len(b)+slack])
	d.encoded, d.levels = b, d.levels[:0]
	h, found := hybrid{b, 1}, 0
	for rows > 0 {
		n, level, packed, err := h.next()
		if err != nil {
			return err
		}
		n = min(n, rows)
		rows -= n
		for i := range n {
			if packed != nil {
				level = uint32(bits(packed, i, 1))
			}
			d.levels = append(d.levels, byte(level))
			found += int(level)
		}
	}
	if found != present {
		return malformed("levels of %d values, %d expected", found, present)
	}
	return nil
}

// integer is what a column of integers is decoded into.
type integer interface {
	uint8 | tick.Side | uint16 | int32 | uint32 | int64 | uint64
}

// integers decodes a column of integers.
func integers[T integer](d *decoder, g *Group, column Column, chunks *Chunks, out *[]T) error {
	p, err := d.open(g, column, chunks, g.Rows*16+1<<10)
	if err != nil {
		return err
	}
	values := slices.Grow((*out)[:0], g.Rows)[:p.present]
	switch p.encoding {
	case format.DeltaBinaryPacked:
		err = decodeDelta(values, p.body)
	case format.RLEDictionary:
		err = decodeWords(&d.words, values, p, definitions[column].physical)
	default:
		err = malformed("encoding %v", p.encoding)
	}
	if err != nil {
		return err
	}
	if p.levels != nil {
		values = spread(values, p.levels)
	}
	*out = values
	return nil
}

// spread moves values to the rows of levels 1; the others become 0.
func spread[T integer](values []T, levels []byte) []T {
	from := len(values)
	values = values[:len(levels)]
	for row := len(levels) - 1; row >= 0; row-- {
		if levels[row] == 0 {
			values[row] = 0
			continue
		}
		from--
		values[row] = values[from]
	}
	return values
}

// narrow returns a value of a column; ok is false if it is an INT32 that T does not hold.
func narrow[T integer](v int64) (t T, ok bool) {
	t = T(v)
	return t, uint32(t) == uint32(v)
}

// values decodes the column raw.
func (d *decoder) values(g *Group, chunks *Chunks, c *tick.Columns) error {
	const most = maxGroupRaw + tick.MaxValue + 4*MaxGroupRows
	p, err := d.open(g, Raw, chunks, most)
	if err != nil {
		return err
	}
	if p.encoding != format.Plain {
		return malformed("encoding %v", p.encoding)
	}
	for row := range g.Rows {
		if p.levels != nil && p.levels[row] == 0 {
			continue
		}
		value, rest, err := cutPlain(p.body)
		if err != nil {
			return err
		}
		if len(value) > tick.MaxValue {
			return malformed("a value of %d bytes", len(value))
		}
		c.Others, c.OtherSeqs, c.OtherValues = append(c.Others, row), append(c.OtherSeqs, c.Seqs[row]), append(c.OtherValues, string(value))
		p.body = rest
	}
	if len(p.body) > 0 {
		return malformed("%d bytes after the values", len(p.body))
	}
	return nil
}

// cutPlain cuts a plain BYTE_ARRAY off.
func cutPlain(b []byte) (value, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, malformed("a value that is cut off")
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, malformed("a value of %d bytes in %d", n, len(b)-4)
	}
	return b[4 : 4+n], b[4+n:], nil
}

// codes decodes the column code.
func (d *decoder) codes(g *Group, chunks *Chunks) ([]Run, error) {
	p, err := d.open(g, Code, chunks, g.Rows*(tick.MaxCode+4))
	if err != nil {
		return nil, err
	}
	if p.encoding != format.RLEDictionary || p.numWords > g.Rows || len(p.body) == 0 || p.body[0] > 32 {
		return nil, malformed("encoding %v with %d codes", p.encoding, p.numWords)
	}
	words := make([]string, 0, p.numWords)
	for range p.numWords {
		var code []byte
		if code, p.words, err = cutPlain(p.words); err != nil {
			return nil, err
		}
		words = append(words, string(code))
	}
	var runs []Run
	h := hybrid{p.body[1:], int(p.body[0])}
	for at := 0; at < g.Rows; {
		n, word, packed, err := h.next()
		if err != nil {
			return nil, err
		}
		for i := 0; i < n && at < g.Rows; i++ {
			step := 1
			if packed == nil {
				step, i = min(n, g.Rows-at), n
			} else {
				word = uint32(bits(packed, i*h.width, h.width))
			}
			if int(word) >= len(words) {
				return nil, malformed("word %d of %d", word, len(words))
			}
			if last := len(runs) - 1; last < 0 || runs[last].Code != words[word] {
				runs = append(runs, Run{words[word], at, at})
			}
			at += step
			runs[len(runs)-1].To = at
		}
	}
	return runs, nil
}

// checkOrder checks that rows ascend by (code, time, seq), or by (code, time) if there are
// no seqs, and that times are times.
func checkOrder(runs []Run, c *tick.Columns) error {
	for i, run := range runs {
		if i > 0 && run.Code <= runs[i-1].Code {
			return malformed("code %q after %q", run.Code, runs[i-1].Code)
		}
		times := c.Times[run.From:run.To]
		if times[0] < 0 || times[len(times)-1] >= tick.MaxTime {
			return malformed("times %d to %d", times[0], times[len(times)-1])
		}
		row := 0
		if len(c.Seqs) == 0 {
			row = descent(times)
		} else {
			row = momentDescent(times, c.Seqs[run.From:run.To])
		}
		if row > 0 {
			return malformed("row %d of code %s does not ascend", row, run.Code)
		}
	}
	return nil
}

// descent returns the first row whose time is before that of the row before, or 0.
func descent(times []int64) int {
	before := times[0]
	for row, us := range times {
		if us < before {
			return row
		}
		before = us
	}
	return 0
}

// momentDescent returns the first row whose time and seq are not above those of the row
// before, or 0.
func momentDescent(times []int64, seqs []uint16) int {
	before := times[0]
	seqs = seqs[:len(times)]
	for row := 1; row < len(times); row++ {
		us := times[row]
		if us <= before && (us < before || seqs[row] <= seqs[row-1]) {
			return row
		}
		before = us
	}
	return 0
}
