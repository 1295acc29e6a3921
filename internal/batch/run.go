package batch

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"microts/internal/human"
)

// run is the state of one run. It belongs to the goroutine that calls Runner.Run. That
// goroutine starts one for each attempt and one for each wait before a retry, and
// waits for all of them before run.run returns. They use only ctx, execute and the
// channels: they send what happened to ended and retries.
type run struct {
	config     Config
	options    *Options
	interrupts <-chan struct{}
	stops      <-chan struct{}
	execute    executor

	jobs        schedule
	schemas     map[string]*schema // by the names of scripts: the columns of the jobs that are done
	counts      Counts
	busy        []bool // by worker, from 0 on
	active      int    // attempts that go on
	backingOff  int    // jobs that wait before a retry
	stopping    bool   // no more jobs are started
	interrupted bool   // by the user
	failures    int    // jobs that failed in this run

	ctx        context.Context // of the attempts
	cancel     context.CancelCauseFunc
	ended      chan ended
	retries    chan *Job
	quit       chan struct{} // closed when nothing receives from ended and retries any more
	goroutines sync.WaitGroup
}

// executor runs an attempt and returns its outcome when it has ended. The outcome is
// the caller's. When the context ends, the attempt is to end.
type executor func(context.Context, *attempt) *Outcome

// ended tells the run that an attempt has ended.
type ended struct {
	attempt *attempt
	worker  int // from 0 on
	outcome *Outcome
}

// newRun makes the state of a run of a Runner, whose attempts execute executes.
func newRun(of *Runner, e *environment, execute executor) *run {
	r := &run{
		config: of.config, options: e.options, interrupts: of.interrupts, stops: of.stops, execute: execute,
		busy: make([]bool, e.options.Workers), ended: make(chan ended), retries: make(chan *Job), quit: make(chan struct{}),
	}
	r.ctx, r.cancel = context.WithCancelCause(context.Background())
	r.jobs, r.counts = newSchedule(of.config.Folder, e.chunks, of.chosen)
	r.schemas = map[string]*schema{}
	for _, s := range of.config.Folder.schemas() {
		r.schemas[s.script] = s
	}
	return r
}

// run runs the jobs and records the run in the journal.
func (r *run) run() error {
	defer r.cancel(nil)
	host, _ := os.Hostname()
	opened := &Event{Kind: RunOpened, Time: now(), PID: os.Getpid(), Host: host, Workers: r.options.Workers, Version: r.config.Folder.Plan.Version}
	if err := r.record(opened); err != nil {
		return err
	}
	err := r.loop()
	r.cancel(err)
	close(r.quit)
	r.goroutines.Wait()
	if err != nil {
		return err
	}
	return r.record(&Event{Kind: RunClosed, Time: now(), Interrupted: r.interrupted})
}

func (r *run) record(e *Event) error { return r.config.Folder.record(e) }

// now returns the time as the journal shows it.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// syncInterval is how often the events are made to survive a power failure.
const syncInterval = time.Second

// loop starts jobs and takes what happens, until nothing goes on and nothing is left
// to start.
func (r *run) loop() error {
	sync := time.NewTicker(syncInterval)
	defer sync.Stop()
	for {
		if err := r.startJobs(); err != nil {
			return err
		}
		if r.active == 0 && (r.stopping || r.backingOff == 0) {
			return nil
		}
		var err error
		select {
		case e := <-r.ended:
			err = r.end(e)
		case j := <-r.retries:
			r.backingOff--
			r.jobs.ready.push(j)
		case <-r.interrupts:
			r.interrupt()
		case <-r.stops:
			r.interrupted = true
			r.stopStarting("stopping what runs")
			r.cancel(errInterrupted)
		case <-sync.C:
			err = r.config.Folder.sync()
		}
		if err != nil {
			return err
		}
	}
}

// interrupt starts no more jobs the first time, and ends the attempts the second
// time.
func (r *run) interrupt() {
	if !r.interrupted {
		r.interrupted = true
		r.stopStarting(fmt.Sprintf("finishing %d running; interrupt again to stop them", r.active))
		return
	}
	r.cancel(errInterrupted)
	r.config.Observer.Stopping("stopping what runs")
}

// stopStarting starts no more jobs, and tells why.
func (r *run) stopStarting(why string) {
	if !r.stopping {
		r.stopping = true
		r.config.Observer.Stopping(why)
	}
}

// startJobs starts the jobs that can start, one for each worker that is not busy.
func (r *run) startJobs() error {
	for !r.stopping && r.active < r.options.Workers {
		j := r.jobs.ready.pop()
		if j == nil {
			return nil
		}
		if err := r.start(j); err != nil {
			return err
		}
	}
	return nil
}

// start starts an attempt at a job.
func (r *run) start(j *Job) error {
	a := r.newAttempt(j)
	worker := r.takeWorker()
	e := &Event{Kind: AttemptStarted, Time: now(), Job: j.ID, Attempt: a.number, Worker: worker + 1}
	if err := r.record(e); err != nil {
		return err
	}
	r.config.Observer.Notice(&Notice{
		Kind: e.Kind, Time: e.Time, Job: j, Attempt: e.Attempt, Worker: e.Worker, Progress: a.progress, Counts: r.counts,
	})
	r.goroutines.Go(func() {
		o := r.execute(r.ctx, a)
		if err := a.log.close(); err != nil && o.Status == Done {
			o = failed(fmt.Errorf("write the log: %w", err))
		}
		select {
		case r.ended <- ended{a, worker, o}:
		case <-r.quit:
		}
	})
	return nil
}

func (r *run) newAttempt(j *Job) *attempt {
	a := &attempt{Job: j, number: r.config.Folder.jobs[j.ID].nextAttempt(), needs: r.config.Folder.neededRows(j), progress: &Progress{}}
	var show func(line string)
	if r.config.Verbose {
		show = func(line string) { r.config.Observer.Line(j, line) }
	}
	a.log = newJobLog(r.config.Folder.Path, j, a.number > 1, show)
	return a
}

// takeWorker returns the first worker that is not busy, and makes it busy.
func (r *run) takeWorker() int {
	worker := 0
	for r.busy[worker] {
		worker++
	}
	r.busy[worker] = true
	r.active++
	return worker
}

// end takes the end of an attempt.
func (r *run) end(e ended) error {
	r.busy[e.worker] = false
	r.active--
	j, o := e.attempt.Job, e.outcome
	history := r.config.Folder.jobs[j.ID]
	began := history.attempts[len(history.attempts)-1].start
	if o.Status == Done && o.Result != nil {
		if o = r.admit(history, o); o.Status != Done {
			o.Result = nil
		}
	}
	event := &Event{Kind: AttemptEnded, Time: now(), Job: j.ID, Attempt: e.attempt.number, Worker: e.worker + 1, Hash: j.Hash, Outcome: o}
	var wait time.Duration
	if o.Status == Failed && o.Retryable && !r.stopping {
		if made := r.retriesMade(j); made < j.Retries {
			o.Status, wait = Retry, backoff(j, made)
		}
	}
	if err := r.record(event); err != nil {
		return err
	}
	if o.Status != Retry {
		r.count(o.Status)
	}
	r.config.Observer.Notice(&Notice{
		Kind: event.Kind, Time: event.Time, Job: j, Attempt: event.Attempt, Worker: event.Worker,
		Outcome: o, Duration: event.Time.Sub(began), Wait: wait, Counts: r.counts,
	})
	if o.Status == Retry {
		r.retryAfter(j, wait)
		return nil
	}
	if o.Status == Failed {
		r.failures++
		if r.failures == r.options.Failures {
			r.stopStarting(human.Count(r.failures, "job") + " failed")
		}
	}
	return r.release(j, o.Status)
}

// admit returns the outcome of a job that is done, or one that says that what it returned
// does not go together with what others did.
func (r *run) admit(j *jobHistory, o *Outcome) *Outcome {
	err := r.schemas[j.scriptName()].add(j, o.Result)
	if err == nil {
		return o
	}
	if t, decodeErr := decodeTable(o.Result.block); decodeErr == nil {
		err = reject(r.config.Folder.Path, j.Job, t, err)
	}
	rejected := failed(err)
	rejected.Memory, rejected.Files = o.Memory, o.Files
	return rejected
}

// count counts a job that was Pending and has the status s now.
func (r *run) count(s Status) {
	r.counts.add(Pending, -1)
	r.counts.add(s, 1)
}

// release decides about the jobs that need j, which has ended with this status. If j
// is done, those that need nothing else become ready. If j failed or was skipped,
// they are skipped. If j was interrupted, they stay pending, for a run that resumes
// this one.
func (r *run) release(j *Job, s Status) error {
	switch s {
	case Done:
		r.jobs.release(j)
	case Failed, Skipped:
		for _, waiting := range r.jobs.dependents[j.ID] {
			if !r.jobs.drop(waiting) {
				continue
			}
			if err := r.skip(waiting, fmt.Sprintf("needs %s, which is %s", j.Name, s)); err != nil {
				return err
			}
		}
	}
	return nil
}

// skip skips a job, and the jobs that need it.
func (r *run) skip(j *Job, why string) error {
	o := &Outcome{Status: Skipped, Message: why}
	e := &Event{Kind: JobSkipped, Time: now(), Job: j.ID, Outcome: o}
	if err := r.record(e); err != nil {
		return err
	}
	r.count(Skipped)
	r.config.Observer.Notice(&Notice{Kind: e.Kind, Time: e.Time, Job: j, Outcome: o, Counts: r.counts})
	return r.release(j, Skipped)
}
