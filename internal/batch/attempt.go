package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"microts/internal/host"
	"microts/internal/luavm"
)

// attempt is one attempt at a job: what is to be run.
type attempt struct {
	*Job
	number   int          // from 1 on
	needs    []neededRows // for job.results
	log      *jobLog
	progress *Progress
}

// withTimeout returns a context that ends with ctx, or with a *timeoutError as its
// cause when the attempt has taken as long as it may.
func (a *attempt) withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	if a.TimeoutSeconds == 0 {
		return context.WithCancel(ctx)
	}
	limit := time.Duration(a.TimeoutSeconds * float64(time.Second))
	return context.WithTimeoutCause(ctx, limit, &timeoutError{limit})
}

// flushInterval is how long a line that a job prints may take to reach its log.
const flushInterval = 200 * time.Millisecond

// execute runs an attempt in a goroutine of this process and returns its outcome.
// When ctx ends, so does the attempt; if it does not within the grace, execute
// returns without it.
func (e *environment) execute(ctx context.Context, a *attempt) *Outcome {
	ctx, cancel := a.withTimeout(ctx)
	defer cancel()
	active := e.start(ctx, a)
	flush := time.NewTicker(flushInterval)
	defer flush.Stop()
	var graceOver <-chan time.Time
	for done := ctx.Done(); ; {
		select {
		case o := <-active.ended:
			return o
		case <-flush.C:
			_ = active.out.Flush() // finish reports the error
		case <-done:
			done, graceOver = nil, time.After(e.grace())
		case <-graceOver:
			o := late(ctx, fmt.Sprintf("it did not end within %v and was left behind", e.grace()))
			fmt.Fprintln(active.out, o.Message)
			_ = active.out.Flush()
			return o
		}
	}
}

// activeAttempt is an attempt that runs in a Lua state of this process.
type activeAttempt struct {
	*environment
	*attempt
	out   *host.Output  // to the log
	ended chan *Outcome // receives the outcome when the attempt's goroutine ends

	// Only the attempt's goroutine uses these.
	state   *host.State
	db      luavm.Value // job.db; nil until the script asks for it
	outcome *Outcome
	table   *Table // what the script returned
	code    int    // of os.exit
}

// start starts the goroutine of an attempt. The goroutine ends with the script, and
// ctx ends the script.
func (e *environment) start(ctx context.Context, a *attempt) *activeAttempt {
	active := &activeAttempt{
		environment: e, attempt: a, out: host.NewOutput(a.log, nil),
		outcome: &Outcome{Status: Done}, ended: make(chan *Outcome, 1),
	}
	go active.run(ctx)
	return active
}

// run is the attempt's goroutine. A call of os.exit ends it early; the deferred
// functions run even then.
func (a *activeAttempt) run(ctx context.Context) {
	defer func() { a.ended <- a.outcome }()
	defer func() {
		if p := recover(); p != nil {
			a.outcome = &Outcome{Status: Failed, Reason: ByPanic, Message: fmt.Sprintf("internal error: %v", p), Traceback: string(debug.Stack())}
		}
		a.finish(ctx)
	}()
	a.openState()
	defer a.state.Watch(ctx)()
	results, err := a.call(ctx)
	if err == nil && len(results) > 0 {
		err = a.take(results[0])
	}
	if err != nil {
		a.outcome.fail(err)
	}
}

// take takes what the script returned.
func (a *activeAttempt) take(result luavm.Value) error {
	t, err := tableOf(a.state.Lua, a.memoryOf(a.Job), a.Params, result)
	if wrong := (*columnError)(nil); errors.As(err, &wrong) && a.standard == nil {
		err = reject(a.folder, a.Job, t, err)
	}
	if err != nil {
		return err
	}
	if a.standard != nil {
		a.table = t
	} else {
		a.outcome.Result = rowsOf(t)
	}
	return nil
}

// openState makes the Lua state. Every Lua state of batch is made here.
func (a *activeAttempt) openState() {
	limit := a.memoryOf(a.Job)
	in, toErr := io.Reader(bytes.NewReader(nil)), io.Writer(a.log)
	if a.standard != nil {
		in, toErr = a.standard.in, a.standard.err
	}
	a.state = host.New(host.Options{
		Env: a.dbs, Out: a.out, Err: toErr, In: in, Exit: a.exit,
		Shared: !a.alone, Sandbox: a.sandbox, Memory: limit, Chunks: a.chunks,
	})
	a.state.SetOpener(a.openDB)
	a.guard.add(a.state, limit)
	a.state.SetArgs(append([]string{a.Script}, a.options.Args...), 0)
	a.state.SearchFolder(filepath.Dir(a.Script))
	a.state.Lua.Globals.SetString("job", a.jobTable().Value())
	if a.hooks.prepare != nil {
		a.hooks.prepare(a.state.Lua)
	}
}

// call runs the script and returns what it returned.
func (a *activeAttempt) call(ctx context.Context) ([]luavm.Value, error) {
	chunk, err := a.state.LoadFile(a.Script)
	if err != nil {
		return nil, err
	}
	if a.alone && jobHash(a.chunks.Sum(a.Script), a.Params, a.options.Args) != a.Hash {
		return nil, fmt.Errorf("%s changed while the batch ran", a.Script)
	}
	return a.state.CallContext(ctx, chunk, a.options.Args...)
}

// exit is os.exit. It ends the attempt's goroutine, so that no pcall of the script
// can go on.
func (a *activeAttempt) exit(code int) {
	if a.code = code; code != 0 {
		a.outcome = &Outcome{Status: Failed, Reason: ByExit, Message: fmt.Sprintf("os.exit(%d)", code)}
	}
	runtime.Goexit()
}

// finish closes the state with its databases, completes the outcome, and flushes
// the log. Once ctx has ended, no attempt is done, however its script ended.
func (a *activeAttempt) finish(ctx context.Context) {
	if ctx.Err() != nil && a.outcome.Status == Done {
		a.outcome.fail(context.Cause(ctx))
	}
	if a.state != nil {
		a.guard.remove(a.state)
		a.outcome.Memory = a.state.Memory()
		a.outcome.Files = a.loadedFiles()
		if err := a.state.Close(); err != nil && a.outcome.Status == Done {
			a.outcome.fail(err)
		}
	}
	if a.outcome.Status != Done && (a.standard == nil || a.outcome.Reason != ByExit) {
		a.tellFailure()
	}
	if err := a.out.Flush(); err != nil && a.outcome.Status == Done {
		a.outcome.fail(fmt.Errorf("write the log: %w", err))
	}
	if a.outcome.Status != Done {
		a.outcome.Result = nil
	}
}

// tellFailure writes why the attempt failed to its log or to the standard error.
func (a *activeAttempt) tellFailure() {
	w, prefix := io.Writer(a.out), ""
	if a.standard != nil {
		a.dbs.ParkIfClosed() // a signal ends the process
		_ = a.out.Flush()    // finish reports the error
		w, prefix = a.standard.err, "microts: "
	}
	fmt.Fprintln(w, prefix+a.outcome.Message)
	if a.outcome.Traceback != "" {
		fmt.Fprintln(w, a.outcome.Traceback)
	}
}

// loadedFiles returns the SHA-256 of each file that the script loaded, by path.
func (a *activeAttempt) loadedFiles() map[string]string {
	var sums map[string]string
	for _, f := range a.state.Files() {
		if f.Path == a.Script {
			continue
		}
		if sums == nil {
			sums = map[string]string{}
		}
		sums[f.Path] = f.Sum
	}
	return sums
}
