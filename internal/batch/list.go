package batch

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// RunSummary tells of a run folder in short.
type RunSummary struct {
	Path    string
	Started time.Time
	Seconds float64 // of all runs together
	Scripts []string
	Counts  Counts
	Rows    int
	Err     error // of a folder that cannot be read, which has nothing but Path then
}

// ListRuns reads the run folders in the folder dir, the oldest first. A run that goes
// on in another process is among them. There are none if dir does not exist.
func ListRuns(dir string) ([]RunSummary, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var all []RunSummary
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if exists(filepath.Join(path, planFile)) {
			all = append(all, summarize(path))
		}
	}
	slices.SortStableFunc(all, func(a, b RunSummary) int { return a.Started.Compare(b.Started) })
	return all, nil
}

// summarize reads a run folder, without a lock.
func summarize(path string) RunSummary {
	s := RunSummary{Path: path}
	p, err := readPlan(path)
	if err != nil {
		s.Err = err
		return s
	}
	f := newFolder(path, p)
	journal, err := os.Open(filepath.Join(path, journalFile))
	if err != nil {
		s.Err = err
		return s
	}
	defer journal.Close()
	if _, err := readJournal(journal, journal.Name(), f.apply); err != nil {
		s.Err = err
		return s
	}
	r := f.Report()
	s.Started, s.Seconds, s.Counts = r.Started, r.Seconds, r.Counts
	for _, j := range r.Jobs {
		s.Rows += j.Rows
	}
	for _, j := range p.Jobs {
		if !slices.Contains(s.Scripts, j.Script) {
			s.Scripts = append(s.Scripts, j.Script)
		}
	}
	return s
}
