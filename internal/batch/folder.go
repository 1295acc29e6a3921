package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"microts/internal/host"
)

// The files and folders of a run folder.
const (
	planFile    = "plan.json"
	journalFile = "journal.jsonl"
	rowsFile    = "rows.bin"
	logsDir     = "logs"
	filesDir    = "files"

	ReportFile  = "report.json"
	HTMLFile    = "report.html"
	JUnitFile   = "junit.xml"
	CSVFile     = "results.csv"
	ParquetFile = "results.parquet"
)

// Folder is an open run folder. One process can have it open at a time, and in that
// process one goroutine at a time may use it.
type Folder struct {
	Path    string
	Plan    *Plan
	journal *journal
	rows    *rowFile
	jobs    map[int]*jobHistory // by Job.ID
	runs    []pastRun           // in the order of their starts; the last one may go on
}

// Create makes the run folder of a new run and opens it. If the folder holds a run
// already, Create fails. Of several processes that create one run folder at a time,
// one succeeds.
func Create(path string, p *Plan) (*Folder, error) {
	holdsRun := func() error {
		if !exists(filepath.Join(path, planFile)) {
			return nil
		}
		return fmt.Errorf("%s holds a run already: continue it with --resume %s, or choose another folder", path, path)
	}
	if err := holdsRun(); err != nil {
		return nil, err
	}
	for _, dir := range []string{logsDir, filesDir} {
		if err := os.MkdirAll(filepath.Join(path, dir), 0o755); err != nil {
			return nil, err
		}
	}
	f, err := open(path, p) // locks the journal: from here on there is one process
	if err == nil {
		if err = holdsRun(); err == nil {
			err = writePlan(path, p)
		}
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Open opens the run folder of an earlier run, so that another run can resume it.
// The process must be in the folder in which the plan was made: the paths of the
// plan are relative to it.
func Open(path string) (*Folder, error) {
	p, err := readPlan(path)
	if err != nil {
		return nil, err
	}
	if dir, err := os.Getwd(); err != nil || !sameFile(dir, p.Dir) {
		return nil, errors.Join(err, fmt.Errorf("%s was begun in %s, and its paths are relative to that: continue it there", path, p.Dir))
	}
	return open(path, p)
}

// OpenAnywhere is Open to write the reports of a run, which runs no jobs. The process
// may be in any folder.
func OpenAnywhere(path string) (*Folder, error) {
	p, err := readPlan(path)
	if err != nil {
		return nil, err
	}
	return open(path, p)
}

// Check returns an error if a script of the run cannot be compiled, or if no job's name
// contains one of only; see Spec.Only.
func (f *Folder) Check(only []string) error {
	if _, err := selectJobs(f.Plan.Jobs, only); err != nil {
		return err
	}
	var wrong []error
	seen := map[string]bool{}
	chunks := host.NewChunks()
	for _, j := range f.Plan.Jobs {
		if !seen[j.Script] {
			seen[j.Script] = true
			wrong = append(wrong, chunks.Check(j.Script))
		}
	}
	return errors.Join(wrong...)
}

// newFolder makes the Folder of a plan, before anything happened.
func newFolder(path string, p *Plan) *Folder {
	f := &Folder{Path: path, Plan: p, jobs: map[int]*jobHistory{}}
	for _, j := range p.Jobs {
		f.jobs[j.ID] = &jobHistory{Job: j, status: Pending}
	}
	return f
}

func open(path string, p *Plan) (*Folder, error) {
	f := newFolder(path, p)
	var err error
	if f.rows, err = openRowFile(filepath.Join(path, rowsFile)); err != nil {
		return nil, err
	}
	f.journal, err = openJournal(filepath.Join(path, journalFile), f.apply)
	if err != nil {
		return nil, errors.Join(err, f.rows.close())
	}
	return f, nil
}

// Close closes the files, after it has made all that they hold survive a power failure.
func (f *Folder) Close() error { return errors.Join(f.rows.close(), f.journal.close()) }

// sync makes all rows and events survive a power failure.
func (f *Folder) sync() error {
	if err := f.rows.sync(); err != nil { // first, as events tell where rows are
		return err
	}
	return f.journal.sync()
}

// record writes the rows of an event, and appends the event to the journal and to the
// history.
func (f *Folder) record(e *Event) error {
	if e.Outcome != nil && e.Result != nil {
		if err := f.rows.append(e.Result); err != nil {
			return err
		}
	}
	if err := f.journal.append(e); err != nil {
		return err
	}
	return f.apply(e)
}

// logName returns the path of a job's log, relative to the run folder.
func logName(j *Job) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.ContainsRune("-.=,[]", c):
			return c
		}
		return '_'
	}, j.Name)
	const most = 100
	if len(name) > most {
		name = name[:most]
	}
	return filepath.Join(logsDir, fmt.Sprintf("%06d-%s.log", j.ID, name))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// sameFile says whether two paths lead to the same file or folder.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
