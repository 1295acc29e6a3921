package batch

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// RejectedDir is the folder, in the run folder, of rows that do not go together with
// the results: a CSV file for each job whose result is an error of its columns.
const RejectedDir = "rejected"

// rowsAreIn stands before the path of rejected rows.
const rowsAreIn = "; its rows are in "

// reject writes the rows of a job into the folder of rejected rows, and adds to the
// error that keeps them from the results where they are.
func reject(folder string, j *Job, t *Table, why error) error {
	path := filepath.Join(RejectedDir, strings.TrimSuffix(filepath.Base(logName(j)), ".log")+".csv")
	err := os.MkdirAll(filepath.Join(folder, RejectedDir), 0o755)
	if err == nil {
		err = writeStream(filepath.Join(folder, path), func(w io.Writer) error { return writeTable(w, t) })
	}
	if err != nil {
		return fmt.Errorf("%w; its rows are lost: %w", why, err)
	}
	return fmt.Errorf("%w%s%s", why, rowsAreIn, filepath.Join(folder, path))
}

// writeTable writes a Table as CSV.
func writeTable(to io.Writer, t *Table) error {
	out := bufio.NewWriter(to)
	w := &csvWriter{w: out}
	names, origins := []string{}, []origin{}
	for _, c := range t.Columns {
		names, origins = append(names, c.Name), append(origins, origin{column: c})
	}
	if err := w.header(names); err != nil {
		return err
	}
	if err := w.rows(origins, 0, t.Rows); err != nil {
		return err
	}
	return out.Flush()
}
