package batch

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"time"
)

// Report is the account of a run, as report.json holds it. Times are RFC 3339 in
// UTC, durations seconds.
type Report struct {
	Format      int         `json:"format"`  // 1
	Version     string      `json:"version"` // of microts
	Started     time.Time   `json:"started"`
	Ended       time.Time   `json:"ended"`       // the last event
	Seconds     float64     `json:"seconds"`     // of all runs together
	Interrupted bool        `json:"interrupted"` // the last run was, by the user
	Runs        []RunReport `json:"runs"`        // one, and one for each --resume, or those of the shards
	Shard       Shard       `json:"shard"`
	Total       int         `json:"total"` // jobs of all shards
	Options     Options     `json:"options"`
	Counts      Counts      `json:"counts"`
	Rows        int         `json:"rows"` // in results.csv and results.parquet
	Columns     []string    `json:"columns"`
	Jobs        []JobReport `json:"jobs"` // in the order of their ids
}

const reportFormat = 1

// RunReport is the work of one process.
type RunReport struct {
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	Workers int       `json:"workers"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"` // its last event
}

// JobReport is the account of one job.
type JobReport struct {
	ID        int             `json:"id"`
	Name      string          `json:"name"`
	Script    string          `json:"script"`
	Params    Params          `json:"params"`
	Needs     []int           `json:"needs,omitempty"`
	Hash      string          `json:"hash"`
	Status    Status          `json:"status"`
	Reason    Reason          `json:"reason,omitempty"`
	Message   string          `json:"message,omitempty"`
	Traceback string          `json:"traceback,omitempty"`
	Seconds   float64         `json:"seconds"`                // of the last attempt
	Memory    int64           `json:"memory_bytes,omitempty"` // the last that was measured; 0 where it never was
	Rows      int             `json:"rows"`
	Log       string          `json:"log,omitempty"` // within the folder; "" where it printed nothing
	Attempts  []AttemptReport `json:"attempts"`
}

// AttemptReport is one attempt at a job.
type AttemptReport struct {
	Number  int       `json:"number"` // from 1 on
	Run     int       `json:"run"`    // place in the report's runs, from 0 on
	Worker  int       `json:"worker"` // from 1 on
	Status  Status    `json:"status"` // running where the process died within
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
}

// Report makes the report of what the journal says.
func (f *Folder) Report() *Report {
	p := f.Plan
	r := &Report{
		Format: reportFormat, Version: p.Version, Shard: p.Shard, Total: p.Total, Options: p.Options,
		Counts: Counts{Jobs: len(p.Jobs)}, Started: p.Created, Ended: p.Created,
		Runs: []RunReport{}, Columns: []string{}, Jobs: []JobReport{},
	}
	for i, x := range f.runs {
		o := x.opened
		r.Runs = append(r.Runs, RunReport{o.Host, o.PID, o.Workers, o.Time, x.last})
		r.Seconds += x.last.Sub(o.Time).Seconds()
		r.Interrupted = x.interrupted
		if i == 0 || o.Time.Before(r.Started) {
			r.Started = o.Time
		}
		r.Ended = later(r.Ended, x.last)
	}
	for _, j := range p.Jobs {
		s := f.jobs[j.ID]
		status := s.status
		if status == Running || status == Retry { // the process died, or was ended, before it could end
			status = Interrupted
		}
		r.Counts.add(status, 1)
		jr := JobReport{
			ID: j.ID, Name: j.Name, Script: j.Script, Params: j.Params, Needs: j.Needs, Hash: j.Hash,
			Status: status, Rows: s.rows, Attempts: []AttemptReport{},
		}
		if o := s.last.Outcome; o != nil && status != Pending {
			jr.Reason, jr.Message, jr.Traceback, jr.Memory = o.Reason, o.Message, o.Traceback, o.Memory
		}
		if status == Interrupted && s.status == Running {
			jr.Reason, jr.Message, jr.Traceback = "", "the process that ran it died", ""
		}
		for _, a := range s.attempts {
			ar := AttemptReport{Number: a.number, Run: a.run, Worker: a.worker, Status: a.status, Started: a.start}
			if !a.end.IsZero() {
				ar.Seconds = a.end.Sub(a.start).Seconds()
			}
			jr.Attempts = append(jr.Attempts, ar)
			jr.Seconds = ar.Seconds
		}
		if log := logName(j); exists(filepath.Join(f.Path, log)) {
			jr.Log = log
		}
		r.Jobs = append(r.Jobs, jr)
	}
	return r
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// WriteReports writes all reports into the folder and returns the first of them.
func (f *Folder) WriteReports() (*Report, error) {
	r := f.Report()
	results, err := f.writeResults()
	if err != nil {
		return nil, err
	}
	r.Rows, r.Columns = results.rows, results.names()
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return nil, err
	}
	html, err := r.html(filepath.Base(f.Path), results)
	if err != nil {
		return nil, err
	}
	junit, err := r.junit(filepath.Base(f.Path))
	if err != nil {
		return nil, err
	}
	return r, errors.Join(
		writeFile(filepath.Join(f.Path, ReportFile), append(text, '\n')),
		writeFile(filepath.Join(f.Path, HTMLFile), html),
		writeFile(filepath.Join(f.Path, JUnitFile), junit),
	)
}

// Failures returns the jobs that failed.
func (r *Report) Failures() []JobReport {
	return slices.DeleteFunc(slices.Clone(r.Jobs), func(j JobReport) bool { return j.Status != Failed })
}
