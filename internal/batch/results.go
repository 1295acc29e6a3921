package batch

import (
	"encoding/csv"
	"io"
	"math"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
)

// The results are one table: the rows that jobs returned, in the order of the
// jobs' ids, with the columns
//
//	job_id      the job
//	...         its parameters, in their order
//	...         what it returned, in the order in which jobs first did
//
// A returned value of a parameter's name stands in the parameter's column. A
// column is of integers or numbers where all its values are, of booleans, or else
// of strings. What a row does not have is empty in CSV and null in Parquet; NaN,
// +Inf and -Inf are written so in CSV.
type results struct {
	columns []*column
	index   map[string]int
	rows    int

	first [][]any // the first of the rows, for report.html
}

type column struct {
	name string
	kind kind
}

// kind is the type of a column: the least that all its values are of.
type kind int

const (
	noKind kind = iota
	boolKind
	intKind
	floatKind
	stringKind
)

const jobColumn = "job_id"

// shownRows is how many rows report.html shows.
const shownRows = 10_000

func (r *results) names() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.name
	}
	return names
}

// at returns the place of a column, which is added where it is new.
func (r *results) at(name string) int {
	i, ok := r.index[name]
	if !ok {
		i = len(r.columns)
		r.index[name] = i
		r.columns = append(r.columns, &column{name: name})
	}
	return i
}

// admit widens a column for a value.
func (c *column) admit(v any) {
	k := noKind
	switch v := v.(type) {
	case nil:
		return
	case bool:
		k = boolKind
	case string:
		k = stringKind
	case float64:
		const exact = 1 << 53
		if k = floatKind; v == math.Trunc(v) && math.Abs(v) <= exact {
			k = intKind
		}
	}
	switch {
	case c.kind == noKind || c.kind == k:
		c.kind = k
	case c.kind == intKind && k == floatKind, c.kind == floatKind && k == intKind:
		c.kind = floatKind
	default:
		c.kind = stringKind
	}
}

// eachRow calls a function with the rows of all jobs that are done.
func (f *Folder) eachRow(r *results, each func(row []any) error) error {
	for _, j := range f.Plan.Jobs {
		s := f.jobs[j.ID]
		if s.status != Done || s.rows == 0 {
			continue
		}
		t, err := f.result(s)
		if err != nil {
			return err
		}
		for _, values := range t.Rows {
			row := make([]any, len(r.columns))
			set := func(name string, v any) {
				i := r.at(name)
				if i == len(row) {
					row = append(row, nil)
				}
				row[i] = v
			}
			set(jobColumn, float64(j.ID))
			for _, p := range j.Params {
				set(p.Name, p.Value)
			}
			for k, v := range values {
				if v != nil {
					set(t.Columns[k], v)
				}
			}
			if err := each(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeResults writes results.csv and results.parquet.
func (f *Folder) writeResults() (*results, error) {
	r := &results{index: map[string]int{}}
	r.at(jobColumn)
	r.columns[0].kind = intKind
	for _, j := range f.Plan.Jobs { // before what jobs returned
		for _, p := range j.Params {
			r.columns[r.at(p.Name)].admit(p.Value)
		}
	}
	err := f.eachRow(r, func(row []any) error {
		r.rows++
		for i, v := range row {
			r.columns[i].admit(v)
		}
		if len(r.first) < shownRows {
			r.first = append(r.first, row)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = writeStream(filepath.Join(f.Path, CSVFile), func(w io.Writer) error { return f.writeCSV(w, r) })
	if err != nil {
		return nil, err
	}
	return r, writeStream(filepath.Join(f.Path, ParquetFile), func(w io.Writer) error { return f.writeParquet(w, r) })
}

func (f *Folder) writeCSV(w io.Writer, r *results) error {
	out := csv.NewWriter(w)
	if err := out.Write(r.names()); err != nil {
		return err
	}
	line := make([]string, len(r.columns))
	err := f.eachRow(r, func(row []any) error {
		for i, v := range row {
			line[i] = showValue(v)
		}
		return out.Write(line)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// node returns the type of a column of Parquet.
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

// value returns a value as its column holds it.
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

// ordered is a group whose columns keep their order.
type ordered struct {
	parquet.Group
	names []string
}

func (o ordered) Fields() []parquet.Field {
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
	schema := parquet.NewSchema("results", ordered{group, r.names()})
	out := parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd))
	const block = 1024
	rows := make([]parquet.Row, 0, block)
	flush := func() error {
		_, err := out.WriteRows(rows)
		rows = rows[:0]
		return err
	}
	err := f.eachRow(r, func(values []any) error {
		row := make(parquet.Row, len(values))
		for i, v := range values {
			if v == nil {
				row[i] = parquet.NullValue().Level(0, 0, i)
			} else {
				row[i] = r.columns[i].value(v).Level(0, 1, i)
			}
		}
		if rows = append(rows, row); len(rows) == block {
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
