package batch

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"microts/internal/host"
	"microts/internal/luavm"
	"microts/internal/source"
)

// Config says what a Runner runs and whom it tells.
type Config struct {
	Folder   *Folder     // the run folder; nothing else may use it until Run returns
	Env      *source.Env // opens the databases
	Observer Observer    // is told what happens
	Verbose  bool        // tell Observer.Line what jobs print
	Command  string      // path of this program, for Options.Isolate Process
	Only     []string    // run jobs whose names contain one of these, and jobs that they need; see Spec.Only
}

// Runner runs the jobs of a run folder, once.
type Runner struct {
	config     Config
	hooks      hooks
	interrupts chan struct{}
	stops      chan struct{}
	chosen     selection // of Config.Only

	guard atomic.Pointer[memoryGuard] // of the jobs that run; nil: none do

	interrupted bool // the user ended the run; set when Run returns
}

// hooks are what tests change. The zero hooks change nothing.
type hooks struct {
	prepare func(*luavm.State) // called with the Lua state of each attempt, before the script runs
	grace   time.Duration      // in the place of defaultGrace
}

// NewRunner makes a Runner. Nothing runs before Run.
func NewRunner(c Config) *Runner {
	const most = 2 // interrupts that mean something
	return &Runner{config: c, interrupts: make(chan struct{}, most), stops: make(chan struct{}, 1)}
}

// Interrupt ends the run. After the first call Run starts no more jobs and waits for
// the ones that run; after the second it ends them. Any goroutine may call it.
func (r *Runner) Interrupt() { signal(r.interrupts) }

// Stop ends the run and the jobs that run. Any goroutine may call it.
func (r *Runner) Stop() { signal(r.stops) }

// RelieveMemory is called when the process has used up its memory, used of limit bytes: it
// ends the job that uses most, which fails. Any goroutine may call it.
func (r *Runner) RelieveMemory(used, limit int64) {
	if g := r.guard.Load(); g != nil {
		g.stopLargest(&host.MemoryError{Limit: limit, Used: used})
	}
}

// signal sends to a channel unless it is full.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Interrupted says whether Interrupt or Stop ended the run. Call it after Run.
func (r *Runner) Interrupted() bool { return r.interrupted }

// Run runs the jobs that are not done, and the jobs whose script, required files or
// prerequisites changed. The run folder tells how each job ended; the error is one
// of the run itself, such as a journal that cannot be written.
func (r *Runner) Run() (failure error) {
	options := &r.config.Folder.Plan.Options
	if err := options.Check(); err != nil {
		return err
	}
	var err error
	if r.chosen, err = selectJobs(r.config.Folder.Plan.Jobs, r.config.Only); err != nil {
		return err
	}
	env, err := newEnvironment(options, r.config.Env, r.config.Folder.Path)
	if err != nil {
		return err
	}
	defer env.close()
	env.hooks = r.hooks
	r.guard.Store(env.guard)
	defer r.guard.Store(nil)
	execute := executor(env.execute)
	if options.Isolate == Process {
		execute = (&processExecutor{env, r.config.Command}).execute
	} else {
		closeDB, openErr := env.keepOpen(context.Background())
		if openErr != nil {
			return openErr
		}
		defer func() { failure = errors.Join(failure, closeDB()) }()
	}
	run := newRun(r, env, execute)
	err = run.run()
	r.interrupted = run.interrupted
	return err
}
