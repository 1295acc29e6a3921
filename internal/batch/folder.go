package batch

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Names in the folder of a run.
const (
	planFile    = "plan.json"
	journalFile = "journal.jsonl"
	logsDir     = "logs"
	filesDir    = "files"

	ReportFile  = "report.json"
	HTMLFile    = "report.html"
	JUnitFile   = "junit.xml"
	CSVFile     = "results.csv"
	ParquetFile = "results.parquet"
)

// Folder is the account of a run while a process works on it. It is for one
// goroutine.
type Folder struct {
	Path    string
	Plan    *Plan
	journal *journal
	jobs    map[int]*jobState
	runs    []run
}

// run is the work of one process on the batch.
type run struct {
	opened      Record
	last        time.Time // of its last record
	interrupted bool
}

// jobState is what the journal says of a job.
type jobState struct {
	*Job
	status   Status
	last     Record    // the last end or skip, without the result
	attempts []attempt // in the order in which they began
	from, to int64     // where the end record of a job that is done stands
	rows     int       // that it returned
}

// attempt is one attempt at a job.
type attempt struct {
	number, worker int
	run            int    // place in Folder.runs
	status         Status // Running where the process died within
	start, end     time.Time
}

// Create makes the folder of a new run, which must not have one in it.
func Create(path string, p *Plan) (*Folder, error) {
	if _, err := os.Stat(filepath.Join(path, planFile)); err == nil {
		return nil, fmt.Errorf("%s holds a run already: continue it with --resume %s, or choose another folder", path, path)
	}
	for _, dir := range []string{logsDir, filesDir} {
		if err := os.MkdirAll(filepath.Join(path, dir), 0o755); err != nil {
			return nil, err
		}
	}
	if err := writePlan(path, p); err != nil {
		return nil, err
	}
	return open(path, p)
}

// Open opens the folder of a run to go on with it, in the folder of the process
// in which the run was begun.
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

func open(path string, p *Plan) (*Folder, error) {
	f := &Folder{Path: path, Plan: p, jobs: map[int]*jobState{}}
	for _, j := range p.Jobs {
		f.jobs[j.ID] = &jobState{Job: j, status: Pending}
	}
	var err error
	f.journal, err = openJournal(filepath.Join(path, journalFile), f.apply)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Close ends the work on the folder.
func (f *Folder) Close() error { return f.journal.close() }

func readPlan(path string) (*Plan, error) {
	text, err := os.ReadFile(filepath.Join(path, planFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no run: it has no %s", path, planFile)
	}
	if err != nil {
		return nil, err
	}
	p := &Plan{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(path, planFile), err)
	}
	if p.Format != planFormat {
		return nil, fmt.Errorf("%s: format %d, and this microts knows %d", filepath.Join(path, planFile), p.Format, planFormat)
	}
	return p, nil
}

func writePlan(path string, p *Plan) error {
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(path, planFile), append(text, '\n'))
}

// writeFile writes a file whole or not at all.
func writeFile(path string, text []byte) error {
	return writeStream(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// writeStream is writeFile for what is written piece by piece.
func writeStream(path string, write func(w io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	steps := []func() error{
		func() error { return write(w) }, w.Flush, func() error { return f.Chmod(0o644) }, f.Sync, f.Close,
		func() error { return os.Rename(f.Name(), path) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			f.Close() // twice is an error that nobody needs
			os.Remove(f.Name())
			return err
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// apply takes a record into account.
func (f *Folder) apply(r *Record, from, to int64) error {
	if r.Event == Opened {
		f.runs = append(f.runs, run{opened: *r})
	}
	if len(f.runs) == 0 {
		return fmt.Errorf("%s before any %s", r.Event, Opened)
	}
	current := &f.runs[len(f.runs)-1]
	current.last = r.Time
	switch r.Event {
	case Opened:
		return nil
	case Closed:
		current.interrupted = r.Interrupted
		return nil
	}
	s := f.jobs[r.Job]
	if s == nil {
		return fmt.Errorf("the plan has no job %d", r.Job)
	}
	switch r.Event {
	case Started:
		s.status = Running
		s.attempts = append(s.attempts, attempt{number: r.Attempt, worker: r.Worker, run: len(f.runs) - 1, status: Running, start: r.Time})
	case Skip, Ended:
		if r.Outcome == nil {
			return fmt.Errorf("%s of job %d has no status", r.Event, r.Job)
		}
		s.status, s.last = r.Status, *r
		if r.Event == Ended && len(s.attempts) > 0 {
			a := &s.attempts[len(s.attempts)-1]
			a.status, a.end = r.Status, r.Time
		}
		s.rows = 0
		if r.Result != nil {
			s.rows = len(r.Result.Rows)
		}
		outcome := *r.Outcome
		outcome.Result = nil
		s.last.Outcome = &outcome
		s.from, s.to = from, to
	default:
		return fmt.Errorf("unknown event %q", r.Event)
	}
	return nil
}

// record appends a record to the journal and takes it into account.
func (f *Folder) record(r *Record) error {
	from, to, err := f.journal.append(r)
	if err != nil {
		return err
	}
	return f.apply(r, from, to)
}

// result returns what a job that is done returned.
func (f *Folder) result(s *jobState) (*Table, error) {
	r, err := f.journal.record(s.from, s.to)
	if err != nil {
		return nil, err
	}
	if r.Outcome == nil || r.Result == nil {
		return &Table{}, nil
	}
	return r.Result, nil
}

// logName returns the path of a job's log within the folder.
func logName(j *Job) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '=', c == ',', c == '[', c == ']':
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
