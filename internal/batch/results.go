package batch

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// The results are the rows that jobs returned, in the order of the jobs' IDs. Each
// script has a file results/SCRIPT.csv and the same as .parquet. results.csv and
// results.parquet hold the rows of all scripts together, if their columns agree.

// ResultsDir is the folder of the results of each script, in the run folder.
const ResultsDir = "results"

// ResultReport tells of the results of one script.
type ResultReport struct {
	Script  string         `json:"script"` // its name
	Rows    int            `json:"rows"`
	Columns []ColumnReport `json:"columns"`
	CSV     string         `json:"csv"`     // path in the run folder
	Parquet string         `json:"parquet"` // path in the run folder
}

// ColumnReport tells of a column of results.
type ColumnReport struct {
	Name string `json:"name"`
	Type string `json:"type"` // in Parquet: BOOLEAN, BIGINT, DOUBLE, VARCHAR, DATE or TIMESTAMP
}

// resultReports returns a report for each script that returned rows.
func resultReports(all []*schema) []ResultReport {
	reports := []ResultReport{}
	used := map[string]bool{}
	for _, s := range all {
		if s.rows == 0 {
			continue
		}
		path := filepath.Join(ResultsDir, resultName(s.script, used))
		r := ResultReport{Script: s.script, Rows: s.rows, CSV: path + ".csv", Parquet: path + ".parquet"}
		for _, c := range s.columns {
			r.Columns = append(r.Columns, ColumnReport{c.name, c.kind.Type(c.name)})
		}
		reports = append(reports, r)
	}
	return reports
}

// resultName returns the name of a file for a script, without its ending. used are
// the names that are taken, to which it adds the name.
func resultName(script string, used map[string]bool) string {
	base := strings.Map(func(c rune) rune {
		if strings.ContainsRune("/\\:*?\"<>|", c) || c < ' ' {
			return '_'
		}
		return c
	}, strings.TrimLeft(script, "./"))
	const most = 100 // bytes
	base = strings.ToValidUTF8(base[:min(len(base), most)], "")
	name := base
	for n := 2; name == "" || used[strings.ToLower(name)]; n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	used[strings.ToLower(name)] = true
	return name
}

// chunkRows is how many rows are written at a time.
const chunkRows = 64 << 10

// WriteProgress is told how many rows of the results are written of how many.
type WriteProgress func(rows, all int)

// writeResults writes the files of the results. When ctx ends, it ends with the error
// of ctx, and the files that are not complete are what they were.
func (f *Folder) writeResults(ctx context.Context, all []*schema, reports []ResultReport, progress WriteProgress) error {
	dir := filepath.Join(f.Path, ResultsDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	joined := together(all)
	w := &resultsWriter{folder: f, ctx: ctx, progress: progress}
	for _, r := range reports {
		w.all += r.Rows
	}
	written := map[string]bool{} // by file name
	var err error
	if joined != nil && len(reports) != 1 { // of one script they are the files of the script
		if w.together, err = newResultFiles(joined, filepath.Join(f.Path, CSVFile), filepath.Join(f.Path, ParquetFile)); err != nil {
			return err
		}
		defer w.together.abort()
	}
	for _, s := range all {
		if s.rows == 0 {
			continue
		}
		r := reports[0]
		reports = reports[1:]
		written[filepath.Base(r.CSV)], written[filepath.Base(r.Parquet)] = true, true
		if err := w.write(s, filepath.Join(f.Path, r.CSV), filepath.Join(f.Path, r.Parquet)); err != nil {
			return err
		}
	}
	if w.together != nil {
		if err := w.together.commit(); err != nil {
			return err
		}
	}
	if joined == nil {
		if err := removeFiles(filepath.Join(f.Path, CSVFile), filepath.Join(f.Path, ParquetFile)); err != nil {
			return err
		}
	}
	return removeOthers(dir, written)
}

// removeOthers removes files of results, also those that a killed process left
// unfinished, that are not among some.
func removeOthers(dir string, written map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		ending := filepath.Ext(e.Name())
		old := ending == ".csv" || ending == ".parquet" || strings.HasPrefix(e.Name(), ".")
		if old && !written[e.Name()] {
			err = errors.Join(err, removeFiles(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// resultsWriter writes the results of all scripts.
type resultsWriter struct {
	folder   *Folder
	ctx      context.Context
	progress WriteProgress
	together *resultFiles // nil: none
	rows     int          // that are written
	all      int
}

// write writes the results of one script into two files.
func (w *resultsWriter) write(s *schema, csvPath, parquetPath string) error {
	files, err := newResultFiles(s, csvPath, parquetPath)
	if err != nil {
		return err
	}
	defer files.abort()
	for _, j := range s.jobs {
		t, err := w.folder.rows.table(j.rows)
		if err != nil {
			return err
		}
		for from := 0; from < t.Rows; from += chunkRows {
			if err := w.ctx.Err(); err != nil {
				return err
			}
			to := min(from+chunkRows, t.Rows)
			if err := files.write(j.Job, t, from, to); err != nil {
				return err
			}
			if w.together != nil {
				if err := w.together.write(j.Job, t, from, to); err != nil {
					return err
				}
			}
			w.rows += to - from
			w.progress(w.rows, w.all)
		}
	}
	if err := files.commit(); err != nil || w.together != nil || s.rows < w.all {
		return err
	}
	return errors.Join(
		linkFile(csvPath, filepath.Join(w.folder.Path, CSVFile)),
		linkFile(parquetPath, filepath.Join(w.folder.Path, ParquetFile)),
	)
}

// resultFiles are the two files of one schema.
type resultFiles struct {
	schema      *schema
	csvFile     *newFile
	parquetFile *newFile
	csv         *csvWriter
	parquet     *parquetWriter
}

func newResultFiles(s *schema, csvPath, parquetPath string) (r *resultFiles, err error) {
	r = &resultFiles{schema: s}
	if r.csvFile, err = createFile(csvPath); err != nil {
		return nil, err
	}
	if r.parquetFile, err = createFile(parquetPath); err != nil {
		r.csvFile.abort()
		return nil, err
	}
	r.csv, r.parquet = &csvWriter{w: r.csvFile}, newParquetWriter(r.parquetFile, s)
	if err := r.csv.header(s.names()); err != nil {
		r.abort()
		return nil, err
	}
	return r, nil
}

// write writes the rows from (included) to to (not included) of what a job returned.
// Both files are written at the same time.
func (r *resultFiles) write(j *Job, t *Table, from, to int) error {
	origins := r.schema.origins(j, t)
	const few = 1000 // rows that a goroutine is not worth
	if to-from < few {
		return errors.Join(r.csv.rows(origins, from, to), r.parquet.write(origins, from, to))
	}
	var csvErr error
	var wait sync.WaitGroup
	wait.Go(func() { csvErr = r.csv.rows(origins, from, to) })
	err := r.parquet.write(origins, from, to)
	wait.Wait()
	return errors.Join(csvErr, err)
}

func (r *resultFiles) commit() error {
	if err := r.parquet.close(); err != nil {
		return err
	}
	return errors.Join(r.csvFile.commit(), r.parquetFile.commit())
}

// abort removes what commit did not complete.
func (r *resultFiles) abort() {
	r.csvFile.abort()
	r.parquetFile.abort()
}

// linkFile gives a file another name, which may be that of an older file. Without hard
// links it copies the file.
func linkFile(from, to string) error {
	link := filepath.Join(filepath.Dir(to), unfinishedPrefix(filepath.Base(to))+"link")
	if err := removeFiles(link); err != nil {
		return err
	}
	if os.Link(from, link) == nil {
		return os.Rename(link, to)
	}
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return writeStream(to, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
}

// removeFiles removes files if they exist.
func removeFiles(paths ...string) error {
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
