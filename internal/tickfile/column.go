package tickfile

import (
	"fmt"
	"strconv"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"microts/internal/tick"
)

// Column is a column of a file, by its place there.
type Column int

// The columns. The rows are sorted by code, ts_us and seq. A row whose value is a tick
// record has price to tick_no, and no raw; any other row has only raw, the value itself.
//
//	column    physical    annotation              nulls  encodings
//	code      BYTE_ARRAY  STRING                  no     RLE_DICTIONARY
//	ts_us     INT64       TIMESTAMP(MICROS, UTC)  no     D
//	seq       INT32       UINT_16                 no     D
//	price     INT32                               yes    D
//	qty       INT32       UINT_32                 yes    D
//	side      INT32       UINT_8                  yes    D
//	channel   INT32       UINT_8                  yes    D
//	order_no  INT64       UINT_64                 yes    D
//	tick_no   INT64       UINT_64                 yes    D
//	raw       BYTE_ARRAY                          yes    PLAIN
//
// D is DELTA_BINARY_PACKED or, where it is smaller, RLE_DICTIONARY.
const (
	Code Column = iota
	Time
	Seq
	Price
	Qty
	Side
	Channel
	OrderNo
	TickNo
	Raw

	NumColumns = 10
)

// Format is the version of the format, which the metadata of a file names.
const Format = 1

// The keys of the metadata.
const (
	formatKey = "microts.format"
	marketKey = "microts.market"
)

// definition says what a column is in Parquet.
type definition struct {
	name      string
	physical  format.Type
	logical   format.LogicalType
	converted thrift.Null[deprecated.ConvertedType]
	optional  bool
	set       tick.ColumnSet // the column of ticks that it is, or 0
}

var definitions = [NumColumns]definition{
	Code: {
		name: "code", physical: format.ByteArray,
		logical:   format.LogicalType{Value: &format.StringType{}},
		converted: thrift.New(deprecated.UTF8),
	},
	Time: {
		name: "ts_us", physical: format.Int64,
		logical: format.LogicalType{Value: &format.TimestampType{
			IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: &format.MicroSeconds{}},
		}},
		converted: thrift.New(deprecated.TimestampMicros),
	},
	Seq:     unsigned("seq", format.Int32, 16, deprecated.Uint16, false, tick.SeqColumn),
	Price:   {name: "price", physical: format.Int32, optional: true, set: tick.PriceColumn},
	Qty:     unsigned("qty", format.Int32, 32, deprecated.Uint32, true, tick.QtyColumn),
	Side:    unsigned("side", format.Int32, 8, deprecated.Uint8, true, tick.SideColumn),
	Channel: unsigned("channel", format.Int32, 8, deprecated.Uint8, true, tick.ChannelColumn),
	OrderNo: unsigned("order_no", format.Int64, 64, deprecated.Uint64, true, tick.OrderNoColumn),
	TickNo:  unsigned("tick_no", format.Int64, 64, deprecated.Uint64, true, tick.TickNoColumn),
	Raw:     {name: "raw", physical: format.ByteArray, optional: true},
}

// unsigned defines a column of unsigned integers.
func unsigned(name string, physical format.Type, bits int8, converted deprecated.ConvertedType, optional bool, set tick.ColumnSet) definition {
	return definition{
		name: name, physical: physical, optional: optional, set: set,
		logical:   format.LogicalType{Value: &format.IntType{BitWidth: bits}},
		converted: thrift.New(converted),
	}
}

// String returns the column's name.
func (c Column) String() string { return definitions[c].name }

// schema returns the schema of all files.
func schema() []format.SchemaElement {
	elements := []format.SchemaElement{{Name: "ticks", NumChildren: thrift.New[int32](NumColumns)}}
	for _, d := range definitions {
		repetition := format.Required
		if d.optional {
			repetition = format.Optional
		}
		elements = append(elements, format.SchemaElement{
			Name: d.name, Type: thrift.New(d.physical), RepetitionType: thrift.New(repetition),
			ConvertedType: d.converted, LogicalType: d.logical,
		})
	}
	return elements
}

// metadata returns the metadata of the files of a market.
func metadata(market byte) []format.KeyValue {
	return []format.KeyValue{
		{Key: formatKey, Value: strconv.Itoa(Format)},
		{Key: marketKey, Value: string(rune(market))},
	}
}

// FormatError says why bytes are not a file, or not a row group, of this format.
type FormatError struct{ reason string }

// Error implements error.
func (e *FormatError) Error() string { return e.reason }

func malformed(text string, args ...any) error {
	return &FormatError{fmt.Errorf(text, args...).Error()}
}
