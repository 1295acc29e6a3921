package tablefile

import (
	"fmt"
	"io"
	"time"
)

// Kind is what the values of a column are.
type Kind uint8

// The kinds, and what the formats make of them. A missing value is empty in CSV and null in
// the others.
const (
	Text     Kind = iota // STRING; in CSV in quotes if it needs some
	Float                // DOUBLE; in CSV the shortest text that reads back, NaN, +Inf and -Inf; in JSON null for these three
	Int                  // INT64
	Unsigned             // UINT64
	Time                 // TIMESTAMP(MICROS, UTC); in CSV and JSON ISO 8601 with the offset of the zone
	Truth                // BOOLEAN; true and false
	Price                // integers in 1/10000: DOUBLE; in CSV and JSON the exact decimal
	Bytes                // BYTE_ARRAY; in CSV and JSON base64
)

// Field is the name and the kind of a column.
type Field struct {
	Name string
	Kind Kind
}

// Column is the values of some rows, in the slice of the field's kind.
type Column struct {
	Texts    []string // Text and Bytes
	Floats   []float64
	Ints     []int64 // Int, Time (µs since 1970) and Price
	Unsigned []uint64
	Truths   []bool

	Missing []bool // of each row; nil: no value is missing
}

// missing says whether the value of a row is missing.
func (c *Column) missing(row int) bool { return c.Missing != nil && c.Missing[row] }

// Writer writes a table.
type Writer interface {
	// Write appends rows: the values of each field. It keeps nothing of them.
	Write(rows int, columns []Column) error

	// Close ends the table. It does not close the io.Writer.
	Close() error
}

// NewWriter returns a Writer in a format. CSV and JSON lines show times in a zone.
func NewWriter(w io.Writer, f Format, fields []Field, zone *time.Location) (Writer, error) {
	switch f {
	case CSV:
		return newCSV(w, fields, zone)
	case JSON:
		return newJSON(w, fields, zone), nil
	case Parquet:
		return newParquet(w, fields), nil
	}
	return nil, fmt.Errorf("format %q is unknown", f)
}
