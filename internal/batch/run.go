package batch

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/store"
)

// Notice is what an Observer is told.
type Notice struct {
	Event    Event
	Time     time.Time
	Job      *Job
	Attempt  int
	Worker   int           // from 1 on
	Outcome  *Outcome      // of ends and skips; the result is not in it
	Duration time.Duration // of the attempt that ended
	Wait     time.Duration // before the next attempt, where Outcome.Status is Retry
	Progress *Progress     // of starts: of the attempt
	Counts   Counts        // after it
}

// Observer is told what happens, by one goroutine.
type Observer interface {
	Notice(n *Notice)
	// Line is told what a job prints; any goroutine calls it.
	Line(j *Job, line string)
	// Stopping is told that no more jobs are started, and why.
	Stopping(why string)
}

// Counts are numbers of jobs by status.
type Counts struct {
	Jobs        int `json:"jobs"`
	Done        int `json:"done"`
	Failed      int `json:"failed"`
	Skipped     int `json:"skipped"`
	Interrupted int `json:"interrupted"`
	Pending     int `json:"pending"`
}

// finished is how many jobs nothing more will happen to.
func (c Counts) finished() int { return c.Done + c.Failed + c.Skipped + c.Interrupted }

func (c *Counts) add(s Status, n int) {
	switch s {
	case Done:
		c.Done += n
	case Failed:
		c.Failed += n
	case Skipped:
		c.Skipped += n
	case Interrupted:
		c.Interrupted += n
	default:
		c.Pending += n
	}
}

// Runner runs the jobs of a folder that did not yet succeed.
type Runner struct {
	Folder   *Folder
	Env      *store.Env // where databases are opened
	Observer Observer
	Verbose  bool   // the observer is told what jobs print
	Command  string // the path of this program, for jobs in processes of their own

	interrupts chan struct{}
	stops      chan struct{}

	prepareState func(*lua.LState) // tests: of each job
	grace        time.Duration     // tests: how long a job may take to end; 0 is grace

	// Of the goroutine that runs Run.
	options  *Options
	execute  func(context.Context, *task) *Outcome
	counts   Counts
	ready    queue
	waits    map[int]int   // for how many jobs a job waits
	needed   map[int][]int // which jobs wait for a job
	running  int
	backoff  int    // jobs that wait for their next attempt
	slots    []bool // which workers run
	draining bool
	stopped  bool
	ctx      context.Context
	cancel   context.CancelCauseFunc
	ended    chan end
	again    chan *Job
	quit     chan struct{}  // closed when nobody takes ends any more
	wait     sync.WaitGroup // for the goroutines of attempts
}

// end is the end of an attempt.
type end struct {
	task    *task
	worker  int
	outcome *Outcome
}

// NewRunner makes a runner.
func NewRunner(f *Folder, env *store.Env, o Observer) *Runner {
	return &Runner{Folder: f, Env: env, Observer: o, interrupts: make(chan struct{}, 2), stops: make(chan struct{}, 1)}
}

// Interrupt ends the run: at the first call the jobs that run are finished, at the
// second they are stopped. Any goroutine may call it.
func (r *Runner) Interrupt() {
	select {
	case r.interrupts <- struct{}{}:
	default:
	}
}

// Stop ends the run and the jobs that run. Any goroutine may call it.
func (r *Runner) Stop() {
	select {
	case r.stops <- struct{}{}:
	default:
	}
}

// syncInterval is how often the journal is made safe against a power failure.
const syncInterval = time.Second

// Run runs the jobs. The error is one of the account itself: the fates of jobs are
// in the folder.
func (r *Runner) Run() (err error) {
	f := r.Folder
	r.options = &f.Plan.Options
	if err := r.options.Check(); err != nil {
		return err
	}
	env, err := newEnvironment(r.options, r.Env, f.Path)
	if err != nil {
		return err
	}
	defer env.close()
	env.prepare = r.prepareState
	if r.grace > 0 {
		env.grace = r.grace
	}
	r.execute = env.run
	if r.options.Isolate == Process {
		r.execute = (&nursery{environment: env, command: r.Command}).run
	} else if db, err := r.options.OpenDB(r.Env); err != nil {
		return err
	} else if db != nil {
		// One that stays open, so that not every job opens it anew. It is flushed for
		// jobs that were left behind, which do not close theirs.
		defer func() {
			if !r.options.ReadsOnly() {
				err = errors.Join(err, db.Flush())
			}
			err = errors.Join(err, db.Close())
		}()
	}
	if err := r.prepare(env); err != nil {
		return err
	}
	name, _ := os.Hostname()
	if err := f.record(&Record{Event: Opened, Time: now(), PID: os.Getpid(), Host: name, Workers: r.options.Workers, Version: f.Plan.Version}); err != nil {
		return err
	}
	r.ctx, r.cancel = context.WithCancelCause(context.Background())
	defer r.cancel(nil)
	err = r.loop()
	r.cancel(err)
	close(r.quit)
	r.wait.Wait()
	if err != nil {
		return err
	}
	return f.record(&Record{Event: Closed, Time: now(), Interrupted: r.stopped})
}

// Interrupted says whether the user ended the run. It is for after Run.
func (r *Runner) Interrupted() bool { return r.stopped }

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// prepare finds what is to be run: all that did not succeed as it is now.
func (r *Runner) prepare(env *environment) error {
	f := r.Folder
	r.waits, r.needed = map[int]int{}, map[int][]int{}
	r.slots = make([]bool, r.options.Workers)
	r.ended, r.again, r.quit = make(chan end), make(chan *Job), make(chan struct{})
	r.counts = Counts{Jobs: len(f.Plan.Jobs)}
	// What a job that is run again made may have changed for those that need it.
	for _, j := range f.Plan.Jobs {
		j.Hash = jobHash(env.chunks.Sum(j.Script), j.Params, r.options.Args)
	}
	redo := map[int]bool{}
	var dirty func(id int) bool
	dirty = func(id int) bool {
		if again, known := redo[id]; known {
			return again
		}
		s := f.jobs[id]
		again := s.status != Done || s.last.Hash != s.Hash || !sameFiles(env, s.last.Files)
		for _, n := range s.Needs {
			again = dirty(n) || again
		}
		redo[id] = again
		return again
	}
	order := f.Plan.Jobs
	if r.options.Shuffle {
		order = append([]*Job(nil), order...)
		rng := rand.New(rand.NewPCG(uint64(r.options.Seed), 0))
		rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	}
	for _, j := range order {
		if !dirty(j.ID) {
			r.counts.Done++
			continue
		}
		f.jobs[j.ID].status = Pending
		r.counts.Pending++
		for _, n := range j.Needs {
			if dirty(n) {
				r.waits[j.ID]++
				r.needed[n] = append(r.needed[n], j.ID)
			}
		}
		if r.waits[j.ID] == 0 {
			r.ready.push(j)
		}
	}
	return nil
}

// sameFiles says whether files that a job required are what they were.
func sameFiles(env *environment, files map[string]string) bool {
	for path, sum := range files {
		if env.chunks.Sum(path) != sum {
			return false
		}
	}
	return true
}

// loop starts jobs and takes their ends until nothing is left to do.
func (r *Runner) loop() error {
	tick := time.NewTicker(syncInterval)
	defer tick.Stop()
	for {
		if err := r.startReady(); err != nil {
			return err
		}
		if r.running == 0 && (r.draining || r.backoff == 0) {
			return nil
		}
		select {
		case e := <-r.ended:
			if err := r.end(e); err != nil {
				return err
			}
		case j := <-r.again:
			r.backoff--
			r.ready.push(j)
		case <-r.interrupts:
			if !r.stopped {
				r.stopped = true
				r.drain(fmt.Sprintf("finishing %d running; interrupt again to stop them", r.running))
			} else {
				r.cancel(errInterrupted)
				r.Observer.Stopping("stopping what runs")
			}
		case <-r.stops:
			r.stopped = true
			r.drain("stopping what runs")
			r.cancel(errInterrupted)
		case <-tick.C:
			if err := r.Folder.journal.sync(); err != nil {
				return err
			}
		}
	}
}

// drain lets no more jobs start.
func (r *Runner) drain(why string) {
	if !r.draining {
		r.draining = true
		r.Observer.Stopping(why)
	}
}

func (r *Runner) startReady() error {
	for !r.draining && r.running < r.options.Workers {
		j := r.ready.pop()
		if j == nil {
			return nil
		}
		if err := r.start(j); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) start(j *Job) error {
	worker := 0
	for r.slots[worker] {
		worker++
	}
	r.slots[worker] = true
	worker++
	r.running++
	s := r.Folder.jobs[j.ID]
	t := &task{Job: j, attempt: 1, progress: &Progress{}}
	if n := len(s.attempts); n > 0 {
		t.attempt = s.attempts[n-1].number + 1
	}
	var show func(string)
	if r.Verbose {
		show = func(line string) { r.Observer.Line(j, line) }
	}
	t.log = newJobLog(r.Folder.Path, j, t.attempt > 1, show)
	at := now()
	if err := r.Folder.record(&Record{Event: Started, Time: at, Job: j.ID, Attempt: t.attempt, Worker: worker}); err != nil {
		return err
	}
	r.Observer.Notice(&Notice{Event: Started, Time: at, Job: j, Attempt: t.attempt, Worker: worker, Progress: t.progress, Counts: r.counts})
	r.wait.Go(func() {
		outcome := r.execute(r.ctx, t)
		if err := t.log.close(); err != nil && outcome.Status == Done {
			outcome.fail(fmt.Errorf("write the log: %w", err))
			outcome.Result = nil
		}
		select {
		case r.ended <- end{t, worker, outcome}:
		case <-r.quit:
		}
	})
	return nil
}

// tries is how often the process that runs now may still try a job.
func (r *Runner) tries(t *task) int {
	tried := 0
	for _, a := range r.Folder.jobs[t.ID].attempts {
		if a.run == len(r.Folder.runs)-1 {
			tried++
		}
	}
	return t.Retries - (tried - 1)
}

const (
	firstBackoff = time.Second
	mostBackoff  = 5 * time.Minute
)

// backoffOf returns how long to wait after an attempt: twice as long each time, and
// up to a quarter more, so that jobs that failed together do not come back so.
func (r *Runner) backoffOf(t *task) time.Duration {
	d := firstBackoff
	if t.BackoffSeconds > 0 {
		d = time.Duration(t.BackoffSeconds * float64(time.Second))
	}
	for n := t.Retries - r.tries(t); n > 0 && d < mostBackoff; n-- {
		d *= 2
	}
	d = min(d, mostBackoff)
	return d + rand.N(d/4+1)
}

// end takes the end of an attempt.
func (r *Runner) end(e end) error {
	j, o := e.task.Job, e.outcome
	r.slots[e.worker-1] = false
	r.running--
	n := &Notice{Event: Ended, Time: now(), Job: j, Attempt: e.task.attempt, Worker: e.worker, Outcome: o}
	attempts := r.Folder.jobs[j.ID].attempts
	n.Duration = n.Time.Sub(attempts[len(attempts)-1].start)
	if o.Status == Failed && o.Retryable && r.tries(e.task) > 0 && !r.draining {
		o.Status = Retry
		n.Wait = r.backoffOf(e.task)
	}
	if err := r.Folder.record(&Record{Event: Ended, Time: n.Time, Job: j.ID, Attempt: e.task.attempt, Worker: e.worker, Hash: j.Hash, Outcome: o}); err != nil {
		return err
	}
	if o.Status != Retry {
		r.counts.add(Pending, -1)
		r.counts.add(o.Status, 1)
	}
	n.Counts = r.counts
	r.Observer.Notice(n)
	if o.Status == Retry {
		r.backoff++
		time.AfterFunc(n.Wait, func() {
			select {
			case r.again <- j:
			case <-r.quit:
			}
		})
		return nil
	}
	if o.Status == Failed && r.options.FailFast {
		r.drain("a job failed")
	}
	return r.release(j, o.Status)
}

// release lets the jobs that need j run, or skips them.
func (r *Runner) release(j *Job, status Status) error {
	for _, id := range r.needed[j.ID] {
		s := r.Folder.jobs[id]
		if status == Done {
			if r.waits[id]--; r.waits[id] == 0 && s.status == Pending {
				r.ready.push(s.Job)
			}
			continue
		}
		if s.status != Pending || status == Interrupted {
			continue // skipped already; or left for a later run
		}
		o := &Outcome{Status: Skipped, Message: fmt.Sprintf("needs %s, which is %s", j.Name, status)}
		n := &Notice{Event: Skip, Time: now(), Job: s.Job, Outcome: o}
		if err := r.Folder.record(&Record{Event: Skip, Time: n.Time, Job: id, Outcome: o}); err != nil {
			return err
		}
		r.counts.add(Pending, -1)
		r.counts.add(Skipped, 1)
		n.Counts = r.counts
		r.Observer.Notice(n)
		if err := r.release(s.Job, Skipped); err != nil {
			return err
		}
	}
	return nil
}

// queue holds the jobs that can be started. It gives one of each script in turn,
// so that a script with many jobs does not keep the others waiting.
type queue struct {
	scripts []string // in the order of their turns
	jobs    map[string][]*Job
}

func (q *queue) push(j *Job) {
	if q.jobs == nil {
		q.jobs = map[string][]*Job{}
	}
	if len(q.jobs[j.Script]) == 0 {
		q.scripts = append(q.scripts, j.Script)
	}
	q.jobs[j.Script] = append(q.jobs[j.Script], j)
}

// pop returns the next job, or nil.
func (q *queue) pop() *Job {
	if len(q.scripts) == 0 {
		return nil
	}
	script := q.scripts[0]
	q.scripts = q.scripts[1:]
	j := q.jobs[script][0]
	if q.jobs[script] = q.jobs[script][1:]; len(q.jobs[script]) > 0 {
		q.scripts = append(q.scripts, script)
	}
	return j
}
