package batch

import (
	"fmt"
	"time"
)

// The history of a run folder is what its journal tells of runs, jobs and attempts.

// pastRun is one run: the first one, one that resumed it, or that of a shard that
// was merged.
type pastRun struct {
	opened      Event
	last        time.Time // of its last event
	interrupted bool      // the user ended it
}

// jobHistory is what happened to a job.
type jobHistory struct {
	*Job
	status   Status
	last     Event         // the last AttemptEnded or JobSkipped
	attempts []pastAttempt // in the order of their starts
	rows     *Rows         // the last result; nil: none
}

// pastAttempt is one attempt at a job.
type pastAttempt struct {
	number, worker int
	run            int       // index in Folder.runs
	status         Status    // Running: it goes on, or the process died during it
	start, end     time.Time // end is zero while status is Running
}

// apply adds an event to the history.
func (f *Folder) apply(e *Event) error {
	if e.Kind == RunOpened {
		f.runs = append(f.runs, pastRun{opened: *e})
	}
	if len(f.runs) == 0 {
		return fmt.Errorf("%s before any %s", e.Kind, RunOpened)
	}
	current := &f.runs[len(f.runs)-1]
	current.last = e.Time
	switch e.Kind {
	case RunOpened:
		return nil
	case RunClosed:
		current.interrupted = e.Interrupted
		return nil
	}
	j := f.jobs[e.Job]
	if j == nil {
		return fmt.Errorf("the plan has no job %d", e.Job)
	}
	switch e.Kind {
	case AttemptStarted:
		j.start(e, len(f.runs)-1)
		return nil
	case AttemptEnded, JobSkipped:
		if err := j.end(e); err != nil {
			return err
		}
		if f.rows != nil && !f.rows.has(j.rows) { // the machine died before the file system had kept them
			j.status, j.rows = Interrupted, nil
		}
		return nil
	}
	return fmt.Errorf("unknown event %q", e.Kind)
}

// start adds an attempt of the run with this index.
func (j *jobHistory) start(e *Event, run int) {
	j.status = Running
	j.attempts = append(j.attempts, pastAttempt{number: e.Attempt, worker: e.Worker, run: run, status: Running, start: e.Time})
}

// end adds the outcome of an attempt, or of a skipped job.
func (j *jobHistory) end(e *Event) error {
	if e.Outcome == nil {
		return fmt.Errorf("%s of job %d has no status", e.Kind, e.Job)
	}
	if e.Kind == AttemptEnded && len(j.attempts) > 0 {
		a := &j.attempts[len(j.attempts)-1]
		a.status, a.end = e.Status, e.Time
	}
	j.status, j.last, j.rows = e.Status, *e, e.Result
	return nil
}

// nextAttempt returns the number of the next attempt.
func (j *jobHistory) nextAttempt() int {
	if n := len(j.attempts); n > 0 {
		return j.attempts[n-1].number + 1
	}
	return 1
}

// attemptsIn returns how many attempts the run with this index has made.
func (j *jobHistory) attemptsIn(run int) (n int) {
	for _, a := range j.attempts {
		if a.run == run {
			n++
		}
	}
	return n
}
