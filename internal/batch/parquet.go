package batch

import (
	"io"
	"time"

	"github.com/parquet-go/parquet-go"

	"microts/internal/tablefile"
	"microts/internal/tick"
)

// daySeconds are the seconds of a day.
const daySeconds = 24 * 60 * 60

// node returns the type of a column in Parquet. Texts are in a dictionary, which the
// writer gives up when it gets large.
func (c *resultColumn) node() parquet.Node {
	switch c.kind.Type(c.name) {
	case "BOOLEAN":
		return parquet.Leaf(parquet.BooleanType)
	case "BIGINT":
		return parquet.Int(64)
	case "DOUBLE":
		return parquet.Leaf(parquet.DoubleType)
	case "DATE":
		return parquet.Date()
	case "TIMESTAMP":
		return parquet.Timestamp(parquet.Microsecond)
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
}

// parquetValue returns a value, which is not nil, in a type of Kind.Type.
func parquetValue(kind string, v any) parquet.Value {
	switch kind {
	case "BOOLEAN":
		return parquet.BooleanValue(v.(bool))
	case "BIGINT":
		return parquet.Int64Value(int64(v.(float64)))
	case "DOUBLE":
		return parquet.DoubleValue(v.(float64))
	case "DATE":
		day, _ := time.Parse(time.DateOnly, v.(string)) // as kindOfText
		return parquet.Int32Value(int32(day.Unix() / daySeconds))
	case "TIMESTAMP":
		if us, ok := v.(float64); ok {
			return parquet.Int64Value(int64(us))
		}
		at, _ := parseMoment(v.(string), tick.Shanghai) // as kindOfText
		return parquet.Int64Value(at.UnixMicro())
	}
	return parquet.ByteArrayValue([]byte(showValue(v)))
}

// parquetWriter writes rows as Parquet.
type parquetWriter struct {
	w       *parquet.GenericWriter[any]
	columns []*resultColumn
	rows    int             // since the last row group
	values  []parquet.Value // of one column
}

func newParquetWriter(w io.Writer, s *schema) *parquetWriter {
	var nodes []parquet.Node
	for _, c := range s.columns {
		nodes = append(nodes, c.node())
	}
	return &parquetWriter{w: tablefile.NewParquet(w, s.names(), nodes), columns: s.columns}
}

// write writes the rows from (included) to to (not included), from 0 on.
func (w *parquetWriter) write(origins []origin, from, to int) error {
	if w.rows >= tablefile.GroupRows {
		if err := w.w.Flush(); err != nil {
			return err
		}
		w.rows = 0
	}
	for i, out := range w.w.ColumnWriters() {
		w.values = w.columns[i].appendValues(w.values[:0], i, origins[i], from, to)
		if _, err := out.WriteRowValues(w.values); err != nil {
			return err
		}
	}
	w.rows += to - from
	return nil
}

func (w *parquetWriter) close() error { return w.w.Close() }

// appendValues appends the values of some rows; the column is number i.
func (c *resultColumn) appendValues(values []parquet.Value, i int, s origin, from, to int) []parquet.Value {
	null := parquet.NullValue().Level(0, 0, i)
	kind := c.kind.Type(c.name)
	level := func(v any) parquet.Value {
		if v == nil {
			return null
		}
		return parquetValue(kind, v).Level(0, 1, i)
	}
	if s.column == nil {
		v := level(s.value)
		for range to - from {
			values = append(values, v)
		}
		return values
	}
	var words []parquet.Value
	for _, word := range s.column.words {
		words = append(words, level(word))
	}
	for row := from; row < to; row++ {
		switch {
		case !s.column.has(row):
			values = append(values, null)
		case words != nil:
			values = append(values, words[s.column.texts[row]])
		case kind == "DOUBLE":
			values = append(values, parquet.DoubleValue(s.column.numbers[row]).Level(0, 1, i))
		case kind == "BIGINT", kind == "TIMESTAMP":
			values = append(values, parquet.Int64Value(int64(s.column.numbers[row])).Level(0, 1, i))
		default:
			values = append(values, level(s.column.value(row)))
		}
	}
	return values
}
