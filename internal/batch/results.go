package batch

import (
	"encoding/csv"
	"io"
	"math"
	"path/filepath"
)

// results describes the table of results.csv and results.parquet. It has a row for
// each row that a job returned, in the order of the jobs' IDs, and these columns:
//
//	job_id      ID of the job
//	...         the parameters of the jobs, in the order in which they first occur
//	...         what jobs returned, in the order in which it first occurs
//
// If a job returns a value with the name of a parameter, it replaces the parameter's
// value. A column holds integers, numbers or booleans if all its values are of that
// type, else strings. A value that a row lacks is empty in CSV and null in Parquet.
// CSV has NaN, +Inf and -Inf as words.
type results struct {
	columns []*column
	index   map[string]int // in columns, by name
	rows    int

	first [][]any // the first shownRows rows; a row may be shorter than columns
}

type column struct {
	name string
	kind kind
}

// kind is the narrowest type that all values of a column have.
type kind int

const (
	noKind kind = iota // no values
	boolKind
	intKind
	floatKind
	stringKind
)

const jobColumn = "job_id"

// shownRows is the number of rows that report.html shows.
const shownRows = 10_000

func (r *results) names() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.name
	}
	return names
}

// column returns the index of a column, which it adds if it is new.
func (r *results) column(name string) int {
	i, ok := r.index[name]
	if !ok {
		i = len(r.columns)
		r.index[name] = i
		r.columns = append(r.columns, &column{name: name})
	}
	return i
}

// kindOf returns the kind of a value.
func kindOf(v any) kind {
	switch v := v.(type) {
	case bool:
		return boolKind
	case string:
		return stringKind
	case float64:
		const exact = 1 << 53
		if v == math.Trunc(v) && math.Abs(v) <= exact {
			return intKind
		}
		return floatKind
	}
	return noKind // nil
}

// admit widens the kind of a column, so that it holds a value.
func (c *column) admit(v any) {
	k := kindOf(v)
	switch {
	case k == noKind:
	case c.kind == noKind || c.kind == k:
		c.kind = k
	case c.kind == intKind && k == floatKind, c.kind == floatKind && k == intKind:
		c.kind = floatKind
	default:
		c.kind = stringKind
	}
}

// eachRow calls each with the rows of the results, in their order. It adds columns
// to r that it meets for the first time. A row has a value for each column that r has
// by then.
func (f *Folder) eachRow(r *results, each func(row []any) error) error {
	for _, j := range f.Plan.Jobs {
		history := f.jobs[j.ID]
		if history.status != Done || history.rows == 0 {
			continue
		}
		t, err := f.result(history)
		if err != nil {
			return err
		}
		for _, values := range t.Rows {
			if err := each(r.row(j, t.Columns, values)); err != nil {
				return err
			}
		}
	}
	return nil
}

// row makes a row of the results from a row that a job returned.
func (r *results) row(j *Job, columns []string, values []any) []any {
	row := make([]any, len(r.columns))
	set := func(name string, v any) {
		i := r.column(name)
		if i == len(row) {
			row = append(row, nil)
		}
		row[i] = v
	}
	set(jobColumn, float64(j.ID))
	for _, p := range j.Params {
		set(p.Name, p.Value)
	}
	for i, v := range values {
		if v != nil {
			set(columns[i], v)
		}
	}
	return row
}

// writeResults writes results.csv and results.parquet. It reads the results three
// times, since they may be larger than the memory: the first time for the columns.
func (f *Folder) writeResults() (*results, error) {
	r, err := f.scanResults()
	if err != nil {
		return nil, err
	}
	err = writeStream(filepath.Join(f.Path, CSVFile), func(w io.Writer) error { return f.writeCSV(w, r) })
	if err != nil {
		return nil, err
	}
	return r, writeStream(filepath.Join(f.Path, ParquetFile), func(w io.Writer) error { return f.writeParquet(w, r) })
}

// scanResults finds the columns and counts the rows of the results.
func (f *Folder) scanResults() (*results, error) {
	r := &results{index: map[string]int{}}
	r.column(jobColumn)
	r.columns[0].kind = intKind
	for _, j := range f.Plan.Jobs { // so that all parameters stand before what jobs returned
		for _, p := range j.Params {
			r.columns[r.column(p.Name)].admit(p.Value)
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
	return r, err
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
