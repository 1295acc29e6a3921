package batch

import (
	"io"

	"github.com/parquet-go/parquet-go"
)

// node returns the type of a column in Parquet.
func (c *column) node() parquet.Node {
	switch c.kind {
	case boolKind:
		return parquet.Leaf(parquet.BooleanType)
	case intKind:
		return parquet.Int(64)
	case floatKind:
		return parquet.Leaf(parquet.DoubleType)
	}
	return parquet.String()
}

// value returns a value in the type of its column.
func (c *column) value(v any) parquet.Value {
	switch c.kind {
	case boolKind:
		return parquet.BooleanValue(v.(bool))
	case intKind:
		return parquet.Int64Value(int64(v.(float64)))
	case floatKind:
		return parquet.DoubleValue(v.(float64))
	}
	return parquet.ByteArrayValue([]byte(showValue(v)))
}

// orderedGroup is a parquet.Group, which sorts its columns by name, with its columns
// in the order of names.
type orderedGroup struct {
	parquet.Group
	names []string
}

// Fields implements parquet.Node.
func (o orderedGroup) Fields() []parquet.Field {
	fields := make([]parquet.Field, len(o.names))
	at := map[string]int{}
	for i, name := range o.names {
		at[name] = i
	}
	for _, field := range o.Group.Fields() {
		fields[at[field.Name()]] = field
	}
	return fields
}

func (f *Folder) writeParquet(w io.Writer, r *results) error {
	group := parquet.Group{}
	for _, c := range r.columns {
		group[c.name] = parquet.Optional(c.node())
	}
	schema := parquet.NewSchema("results", orderedGroup{group, r.names()})
	out := parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd))
	const block = 1024 // rows
	rows := make([]parquet.Row, 0, block)
	flush := func() error {
		_, err := out.WriteRows(rows)
		rows = rows[:0]
		return err
	}
	err := f.eachRow(r, func(values []any) error {
		if rows = append(rows, r.parquetRow(values)); len(rows) == block {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	return out.Close()
}

func (r *results) parquetRow(values []any) parquet.Row {
	row := make(parquet.Row, len(values))
	for i, v := range values {
		if v == nil {
			row[i] = parquet.NullValue().Level(0, 0, i)
		} else {
			row[i] = r.columns[i].value(v).Level(0, 1, i)
		}
	}
	return row
}
