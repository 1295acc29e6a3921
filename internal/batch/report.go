package batch

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"time"
)

// Report is the content of report.json: what became of each job. In JSON times are
// RFC 3339 in UTC.
type Report struct {
	Format      int         `json:"format"`  // 1
	Version     string      `json:"version"` // of the microts that made the plan
	Started     time.Time   `json:"started"`
	Ended       time.Time   `json:"ended"`       // time of the last event
	Seconds     float64     `json:"seconds"`     // of all runs together
	Interrupted bool        `json:"interrupted"` // the user ended the last run
	Runs        []RunReport `json:"runs"`        // the first one, those that resumed it, those of merged shards
	Shard       Shard       `json:"shard"`
	Total       int         `json:"total"` // number of jobs of all shards
	Options     Options     `json:"options"`
	Counts      Counts      `json:"counts"`
	Rows        int         `json:"rows"` // that all jobs returned

	// Columns are those of results.csv and results.parquet; there are none if the columns
	// of the scripts differ, since there are no such files.
	Columns []string `json:"columns"`

	Results  []ResultReport `json:"results"`         // of each script that returned rows
	Complete bool           `json:"results_written"` // the files of the results hold all rows
	Jobs     []JobReport    `json:"jobs"`            // in the order of their IDs
}

const reportFormat = 1

// RunReport tells of one run, which one process made.
type RunReport struct {
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	Workers int       `json:"workers"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"` // time of the last event
}

// JobReport tells what became of one job.
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
	Memory    int64           `json:"memory_bytes,omitempty"` // at the last measurement; 0: never measured
	Rows      int             `json:"rows"`                   // number of rows that it returned
	Log       string          `json:"log,omitempty"`          // path in the run folder; "" if the job printed nothing
	Attempts  []AttemptReport `json:"attempts"`
}

// AttemptReport tells of one attempt at a job.
type AttemptReport struct {
	Number  int       `json:"number"` // from 1 on
	Run     int       `json:"run"`    // index in Report.Runs, from 0 on
	Worker  int       `json:"worker"` // from 1 on
	Status  Status    `json:"status"` // running: the process died during the attempt
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
}

// Report makes the report. Rows and Columns are left to WriteReports.
func (f *Folder) Report() *Report {
	p := f.Plan
	r := &Report{
		Format: reportFormat, Version: p.Version, Shard: p.Shard, Total: p.Total, Options: p.Options,
		Counts: Counts{Jobs: len(p.Jobs)}, Started: p.Created, Ended: p.Created,
		Runs: []RunReport{}, Columns: []string{}, Results: []ResultReport{}, Jobs: []JobReport{},
	}
	for i, run := range f.runs {
		o := run.opened
		r.Runs = append(r.Runs, RunReport{o.Host, o.PID, o.Workers, o.Time, run.last})
		r.Seconds += run.last.Sub(o.Time).Seconds()
		r.Interrupted = run.interrupted
		if i == 0 || o.Time.Before(r.Started) {
			r.Started = o.Time
		}
		r.Ended = later(r.Ended, run.last)
	}
	for _, j := range p.Jobs {
		report := f.jobs[j.ID].report()
		if log := logName(j); exists(filepath.Join(f.Path, log)) {
			report.Log = log
		}
		r.Counts.add(report.Status, 1)
		r.Jobs = append(r.Jobs, report)
	}
	return r
}

// report makes the report of a job, without Log. A job whose attempt was cut short,
// or did not get its retry, is Interrupted.
func (j *jobHistory) report() JobReport {
	r := JobReport{
		ID: j.ID, Name: j.Name, Script: j.Script, Params: j.Params, Needs: j.Needs, Hash: j.Hash,
		Status: j.status, Attempts: []AttemptReport{},
	}
	if j.rows != nil && j.status == Done {
		r.Rows = j.rows.Count
	}
	if o := j.last.Outcome; o != nil && j.status != Pending {
		r.Reason, r.Message, r.Traceback, r.Memory = o.Reason, o.Message, o.Traceback, o.Memory
	}
	switch j.status {
	case Running:
		r.Status, r.Reason, r.Message, r.Traceback = Interrupted, "", "the process that ran it died", ""
	case Retry:
		r.Status = Interrupted
	}
	for _, a := range j.attempts {
		attempt := AttemptReport{Number: a.number, Run: a.run, Worker: a.worker, Status: a.status, Started: a.start}
		if !a.end.IsZero() {
			attempt.Seconds = a.end.Sub(a.start).Seconds()
		}
		r.Attempts = append(r.Attempts, attempt)
		r.Seconds = attempt.Seconds
	}
	return r
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ErrUnwritten is the error of WriteReports when its context ended before the results
// were written. The report is there, without them.
var ErrUnwritten = errors.New("the results are not written")

// WriteReports writes the reports and then the results into the run folder, and returns
// the report. It tells progress, unless that is nil, how many rows it has written. When
// ctx ends, it returns the report and ErrUnwritten.
func (f *Folder) WriteReports(ctx context.Context, progress WriteProgress) (*Report, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	removeUnfinished(f.Path, ReportFile, HTMLFile, JUnitFile, CSVFile, ParquetFile)
	all := f.schemas()
	r := f.Report()
	r.Results = resultReports(all)
	for _, result := range r.Results {
		r.Rows += result.Rows
	}
	if joined := together(all); joined != nil {
		r.Columns = joined.names()
	}
	if err := f.writePages(r, all); err != nil {
		return nil, err
	}
	switch err := f.writeResults(ctx, all, r.Results, progress); {
	case err != nil && ctx.Err() != nil:
		return r, ErrUnwritten
	case err != nil:
		return r, err
	}
	r.Complete = true
	return r, f.writeJSON(r)
}

// writePages writes the reports.
func (f *Folder) writePages(r *Report, all []*schema) error {
	results, err := f.pageResults(all, r.Results)
	if err != nil {
		return err
	}
	html, err := r.html(filepath.Base(f.Path), results)
	if err != nil {
		return err
	}
	junit, err := r.junit(filepath.Base(f.Path))
	if err != nil {
		return err
	}
	return errors.Join(
		f.writeJSON(r),
		writeFile(filepath.Join(f.Path, HTMLFile), html),
		writeFile(filepath.Join(f.Path, JUnitFile), junit),
	)
}

func (f *Folder) writeJSON(r *Report) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(f.Path, ReportFile), append(text, '\n'))
}
