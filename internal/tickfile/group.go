package tickfile

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"iter"

	"microts/internal/tick"
)

// Range is a range of bytes of a file.
type Range struct{ Offset, Length int64 }

// Group is a row group of a file: where its bytes stand, and which rows it has. As JSON
// it stands in manifests.
type Group struct {
	Rows int `json:"n"`
	Raws int `json:"raw,omitempty"` // how many of the rows have values that are no tick records

	FirstCode string `json:"c"`
	LastCode  string `json:"d"`
	FirstTime int64  `json:"t"` // no row of FirstCode is before it, in µs
	LastTime  int64  `json:"u"` // no row of LastCode is after it

	// The chunks of the columns follow one another, in the order of the columns.
	Offset  int64           `json:"o"`
	Lengths [NumColumns]int `json:"l"`

	// Sums are the checksums of the chunks. Decode checks those that it decodes; if
	// all Sums are 0, as in a Group of Open, it checks those of the pages.
	Sums Sums `json:"s"`
}

// Sums are a CRC-32C for each column. As text they are base64 of 4 bytes each,
// little-endian.
type Sums [NumColumns]uint32

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// MarshalText implements encoding.TextMarshaler.
func (s Sums) MarshalText() ([]byte, error) {
	var b []byte
	for _, sum := range s {
		b = binary.LittleEndian.AppendUint32(b, sum)
	}
	return base64.RawStdEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Sums) UnmarshalText(text []byte) error {
	b, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil || len(b) != 4*len(s) {
		return fmt.Errorf("checksums of %d columns expected, got %.80q", len(s), text)
	}
	for i := range s {
		s[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return nil
}

// Range returns where the group stands in the file.
func (g *Group) Range() Range {
	whole := Range{Offset: g.Offset}
	for _, n := range g.Lengths {
		whole.Length += int64(n)
	}
	return whole
}

// Column returns where the chunk of a column stands in the file.
func (g *Group) Column(c Column) Range {
	chunk := Range{g.Offset, int64(g.Lengths[c])}
	for _, n := range g.Lengths[:c] {
		chunk.Offset += int64(n)
	}
	return chunk
}

// Needs returns the columns whose chunks Decode needs for a set of columns, ascending.
// The chunk of code is not among them if all rows have one code, that of raw is not if
// all values are tick records. If they are not, that of seq is.
func (g *Group) Needs(set tick.ColumnSet) iter.Seq[Column] {
	return func(yield func(Column) bool) {
		for c, d := range definitions {
			needed := d.set&set != 0
			switch Column(c) {
			case Code:
				needed = g.FirstCode != g.LastCode
			case Time:
				needed = true
			case Seq:
				needed = needed || g.Raws > 0
			case Raw:
				needed = g.Raws > 0
			}
			if needed && !yield(Column(c)) {
				return
			}
		}
	}
}

// Chunks are the bytes of column chunks. Those of columns that are not needed may be
// missing.
type Chunks [NumColumns][]byte

// Cut cuts the bytes of the whole group, or of a part of it that begins at an offset in
// the file, into chunks. Chunks that are not whole in it are missing.
func (g *Group) Cut(b []byte, offset int64) Chunks {
	var chunks Chunks
	for c := range Column(NumColumns) {
		r := g.Column(c)
		from, to := r.Offset-offset, r.Offset-offset+r.Length
		if 0 <= from && from <= to && to <= int64(len(b)) {
			chunks[c] = b[from:to:to]
		}
	}
	return chunks
}

// Run is consecutive rows of one code: those from From (included) to To (not included).
type Run struct {
	Code     string
	From, To int
}
