package tablefile

import (
	"io"

	"github.com/parquet-go/parquet-go"

	"microts/internal/tick"
)

// node returns what a kind is in Parquet. Texts are in a dictionary, which the writer
// gives up when it gets large.
func (k Kind) node() parquet.Node {
	switch k {
	case Float, Price:
		return parquet.Leaf(parquet.DoubleType)
	case Int:
		return parquet.Encoded(parquet.Int(64), &parquet.DeltaBinaryPacked)
	case Unsigned:
		return parquet.Encoded(parquet.Uint(64), &parquet.DeltaBinaryPacked)
	case Time:
		return parquet.Encoded(parquet.Timestamp(parquet.Microsecond), &parquet.DeltaBinaryPacked)
	case Truth:
		return parquet.Leaf(parquet.BooleanType)
	case Bytes:
		return parquet.Leaf(parquet.ByteArrayType)
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
}

// OrderedGroup is a parquet.Group, which sorts its columns by name, with its columns in the
// order of Names.
type OrderedGroup struct {
	parquet.Group
	Names []string
}

// Fields implements parquet.Node.
func (o OrderedGroup) Fields() []parquet.Field {
	fields := make([]parquet.Field, len(o.Names))
	at := map[string]int{}
	for i, name := range o.Names {
		at[name] = i
	}
	for _, field := range o.Group.Fields() {
		fields[at[field.Name()]] = field
	}
	return fields
}

// NewParquet returns parquet-go's writer of columns with some nodes, all of which may be
// null, in the order of names.
func NewParquet(w io.Writer, names []string, nodes []parquet.Node) *parquet.GenericWriter[any] {
	group := parquet.Group{}
	for i, name := range names {
		group[name] = parquet.Optional(nodes[i])
	}
	schema := parquet.NewSchema("table", OrderedGroup{group, names})
	const dictionary = 1 << 20 // bytes
	return parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd), parquet.DictionaryMaxBytes(dictionary), parquet.CreatedBy("microts", "", ""))
}

// GroupRows is after how many rows a row group ends.
const GroupRows = 512 << 10

// parquetWriter writes Parquet.
type parquetWriter struct {
	w      *parquet.GenericWriter[any]
	fields []Field
	rows   int // since the last row group
	values []parquet.Value
}

func newParquet(w io.Writer, fields []Field) *parquetWriter {
	var names []string
	var nodes []parquet.Node
	for _, f := range fields {
		names, nodes = append(names, f.Name), append(nodes, f.Kind.node())
	}
	return &parquetWriter{w: NewParquet(w, names, nodes), fields: fields}
}

func (w *parquetWriter) Write(rows int, columns []Column) error {
	if w.rows >= GroupRows {
		if err := w.w.Flush(); err != nil {
			return err
		}
		w.rows = 0
	}
	for i, out := range w.w.ColumnWriters() {
		w.values = appendValues(w.values[:0], w.fields[i].Kind, i, rows, &columns[i])
		if _, err := out.WriteRowValues(w.values); err != nil {
			return err
		}
	}
	w.rows += rows
	return nil
}

func (w *parquetWriter) Close() error { return w.w.Close() }

// appendValues appends the values of column number i.
func appendValues(values []parquet.Value, kind Kind, i, rows int, c *Column) []parquet.Value {
	var (
		text string
		word parquet.Value // of text: the same text mostly comes again
		made bool
	)
	for row := range rows {
		if c.missing(row) {
			values = append(values, parquet.NullValue().Level(0, 0, i))
			continue
		}
		var v parquet.Value
		switch kind {
		case Float:
			v = parquet.DoubleValue(c.Floats[row])
		case Int, Time:
			v = parquet.Int64Value(c.Ints[row])
		case Unsigned:
			v = parquet.Int64Value(int64(c.Unsigned[row]))
		case Truth:
			v = parquet.BooleanValue(c.Truths[row])
		case Price:
			v = parquet.DoubleValue(float64(c.Ints[row]) / tick.PriceScale)
		default:
			if c.Texts[row] != text || !made {
				text, made = c.Texts[row], true
				word = parquet.ByteArrayValue([]byte(text))
			}
			v = word
		}
		values = append(values, v.Level(0, 1, i))
	}
	return values
}
