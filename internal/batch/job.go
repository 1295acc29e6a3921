package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/compat"
	"microts/internal/host"
	"microts/store"
)

// task is one attempt at a job.
type task struct {
	*Job
	attempt  int
	log      *jobLog
	progress *Progress
}

// Progress is how far a job is. Any number of goroutines may use it.
type Progress struct {
	mu          sync.Mutex
	done, total float64
	told        bool
}

// Set sets how much is done, of how much.
func (p *Progress) Set(done, total float64) {
	p.mu.Lock()
	p.done, p.total, p.told = done, total, true
	p.mu.Unlock()
}

// Get returns what Set was given last; told is false where it was not called.
func (p *Progress) Get() (done, total float64, told bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done, p.total, p.told
}

// environment is what the jobs of a process share.
type environment struct {
	options *Options
	env     *store.Env
	folder  string // of the run
	memory  int64  // bytes that a job may use that says nothing
	sandbox *host.Sandbox
	chunks  *host.Chunks
	guard   *guard
	alone   bool // the job has a process of its own
	grace   time.Duration
	prepare func(*lua.LState) // of tests, or nil
}

func newEnvironment(o *Options, env *store.Env, folder string) (*environment, error) {
	e := &environment{options: o, env: env, folder: folder, memory: defaultMemory(o.Workers), chunks: host.NewChunks(), guard: startGuard(), grace: grace}
	if o.Sandbox {
		var err error
		if e.sandbox, err = host.NewSandbox(e.files()); err != nil {
			e.close()
			return nil, err
		}
		if o.DB != "" && !o.ReadsOnly() {
			e.sandbox.Databases = []string{o.DB}
		}
	}
	return e, nil
}

func (e *environment) close() {
	e.guard.stop()
	if e.sandbox != nil {
		_ = e.sandbox.Close() // only read through it
	}
}

// memoryOf returns how many bytes a job may use.
func (e *environment) memoryOf(j *Job) int64 {
	if j.MemoryBytes > 0 {
		return j.MemoryBytes
	}
	return e.memory
}

// files is the folder in which jobs may write.
func (e *environment) files() string { return filepath.Join(e.folder, filesDir) }

// withTimeout returns a context that ends with the time that an attempt may take.
func (j *Job) withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	if j.TimeoutSeconds == 0 {
		return context.WithCancel(ctx)
	}
	limit := time.Duration(j.TimeoutSeconds * float64(time.Second))
	return context.WithTimeoutCause(ctx, limit, &timeoutError{limit})
}

// timeoutError ends a job that takes too long.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("time limit of %v exceeded", e.limit) }

// errInterrupted ends the jobs of a batch that the user stopped.
var errInterrupted = errors.New("interrupted")

// grace is how long a job may take to end that was told to. Jobs in Lua take
// microseconds; one in a call of Go or C that cannot be ended may take for ever.
const grace = 5 * time.Second

// run runs a task in a goroutine of its own and returns what became of it. When
// ctx is done it ends the task, or leaves it behind where that does not end.
func (e *environment) run(ctx context.Context, t *task) *Outcome {
	ctx, cancel := t.withTimeout(ctx)
	defer cancel()
	r := e.begin(ctx, t)
	tick := time.NewTicker(flushInterval)
	defer tick.Stop()
	var late <-chan time.Time
	for done := ctx.Done(); ; {
		select {
		case o := <-r.ended:
			return o
		case <-tick.C:
			_ = r.out.Flush() // finish sees the error
		case <-done:
			done, late = nil, time.After(e.grace)
		case <-late:
			o := &Outcome{}
			o.fail(context.Cause(ctx))
			o.Message += fmt.Sprintf("; it did not end within %v and was left behind", e.grace)
			fmt.Fprintln(r.out, o.Message)
			_ = r.out.Flush()
			return o
		}
	}
}

// flushInterval is how long what a job prints may wait for who watches its log.
const flushInterval = 200 * time.Millisecond

// begin runs a task in a goroutine of its own.
func (e *environment) begin(ctx context.Context, t *task) *running {
	r := &running{
		environment: e, task: t, out: host.NewOutput(t.log, nil),
		outcome: &Outcome{Status: Done}, ended: make(chan *Outcome, 1),
	}
	go r.execute(ctx)
	return r
}

// execute runs the task, and ends with its goroutine, which os.exit ends.
func (r *running) execute(ctx context.Context) {
	defer func() { r.ended <- r.outcome }()
	defer func() {
		if p := recover(); p != nil {
			r.outcome = &Outcome{Status: Failed, Reason: ByPanic, Message: fmt.Sprintf("internal error: %v", p), Traceback: string(debug.Stack())}
		}
		r.finish()
	}()
	r.start()
	results, err := r.call(ctx)
	if err == nil && len(results) > 0 {
		if r.outcome.Result, err = tableOf(results[0]); err == nil && len(r.outcome.Result.Rows) == 0 {
			r.outcome.Result = nil
		}
	}
	if err != nil {
		r.outcome.fail(err)
	}
}

// running is a task that runs.
type running struct {
	*environment
	*task
	out   *host.Output
	ended chan *Outcome // receives one, when the goroutine that runs it is through

	// Of that goroutine.
	state   *host.State
	db      lua.LValue // job.db, when it was asked for
	outcome *Outcome
}

// start makes the Lua state.
func (r *running) start() {
	limit := r.memoryOf(r.Job)
	r.state = host.New(host.Options{
		Env: r.env, Out: r.out, Err: r.log, In: bytes.NewReader(nil), Exit: r.exit,
		Shared: !r.alone, Sandbox: r.sandbox, Memory: limit, Chunks: r.chunks,
	})
	r.state.SetOpener(r.open)
	r.guard.add(r.state, limit)
	r.state.SetArgs(append([]string{r.Script}, r.options.Args...), 0)
	r.state.SearchFolder(filepath.Dir(r.Script))
	r.state.Lua.SetGlobal("job", r.table())
	if r.prepare != nil {
		r.prepare(r.state.Lua)
	}
}

func (r *running) call(ctx context.Context) ([]lua.LValue, error) {
	chunk, err := r.state.LoadFile(r.Script)
	if err != nil {
		return nil, err
	}
	if r.alone && jobHash(r.chunks.Sum(r.Script), r.Params, r.options.Args) != r.Hash {
		return nil, fmt.Errorf("%s changed while the batch ran", r.Script)
	}
	return r.state.CallContext(ctx, chunk, r.options.Args...)
}

// exit ends the job's goroutine: no pcall of the script can go on.
func (r *running) exit(code int) {
	if code != 0 {
		r.outcome = &Outcome{Status: Failed, Reason: ByExit, Message: fmt.Sprintf("os.exit(%d)", code)}
	}
	runtime.Goexit()
}

// finish ends a task, whatever became of it: its databases are closed, its log
// whole.
func (r *running) finish() {
	if r.state != nil {
		r.guard.remove(r.state)
		r.outcome.Memory = r.state.Memory()
		r.note()
		if err := r.state.Close(); err != nil && r.outcome.Status == Done {
			r.outcome.fail(err)
		}
	}
	if r.outcome.Status != Done {
		r.outcome.Result = nil
		fmt.Fprintf(r.out, "%s\n", r.outcome.Message)
		if r.outcome.Traceback != "" {
			fmt.Fprintf(r.out, "%s\n", r.outcome.Traceback)
		}
	}
	err := r.out.Flush()
	if err != nil && r.outcome.Status == Done {
		r.outcome.fail(fmt.Errorf("write the log: %w", err))
	}
}

// note notes which files the script required.
func (r *running) note() {
	for _, path := range r.state.Files() {
		if path == r.Script {
			continue
		}
		if r.outcome.Files == nil {
			r.outcome.Files = map[string]string{}
		}
		r.outcome.Files[path] = r.chunks.Sum(path)
	}
}

// open opens a database as ts.open does, for one core, since each worker has one.
// The one of the batch is read-only where its jobs may only read it.
func (r *running) open(path string, o *store.Options) (*store.DB, error) {
	o.OneCore = true
	if r.options.DB != "" && sameFile(path, r.options.DB) {
		if r.options.ReadsOnly() {
			o.ReadOnly = true
		}
		if o.Durability == store.Process {
			o.Durability = r.options.durability()
		}
	}
	return r.env.Open(path, o)
}

// fail makes o the outcome of an error.
func (o *Outcome) fail(err error) {
	o.Status, o.Reason, o.Message = Failed, ByError, err.Error()
	var (
		script  *host.ScriptError
		timeout *timeoutError
		memory  *host.MemoryError
	)
	cause := err
	if errors.As(err, &script) {
		o.Traceback = script.Traceback
		if script.Panic {
			o.Reason = ByPanic
		}
		if mark, ok := script.Value.(*lua.LTable); ok {
			o.Retryable = lua.LVAsBool(mark.RawGetString("retryable"))
			if message, ok := mark.RawGetString("message").(lua.LString); ok {
				o.Message = string(message)
			}
		}
		if script.Cause != nil {
			cause = script.Cause
		}
	}
	switch {
	case errors.As(cause, &timeout):
		o.Reason = ByTimeout
	case errors.As(cause, &memory):
		o.Reason = ByMemory
	case errors.Is(cause, errInterrupted):
		o.Status, o.Reason = Interrupted, ""
	}
}

// table makes the global job.
func (r *running) table() *lua.LTable {
	L := r.state.Lua
	t := L.NewTable()
	t.RawSetString("id", lua.LNumber(r.ID))
	t.RawSetString("name", lua.LString(r.Name))
	t.RawSetString("attempt", lua.LNumber(r.attempt))
	t.RawSetString("dir", lua.LString(r.files()))
	params := L.NewTable()
	for _, p := range r.Params {
		params.RawSetString(p.Name, luaValue(p.Value))
	}
	t.RawSetString("params", params)
	L.SetFuncs(t, map[string]lua.LGFunction{"log": r.jobLog, "progress": r.jobProgress, "retry": jobRetry})
	if r.options.DB != "" {
		meta := L.NewTable()
		meta.RawSetString("__index", L.NewFunction(r.jobIndex))
		t.Metatable = meta
	}
	return t
}

// jobIndex makes job.db when it is first asked for, since opening a database
// read-only takes some milliseconds.
func (r *running) jobIndex(L *lua.LState) int {
	if L.Get(2) != lua.LString("db") {
		L.Push(lua.LNil)
		return 1
	}
	if r.db == nil {
		handle, err := r.state.OpenDatabase(r.options.DB)
		if err != nil {
			L.RaiseError("%v", err)
		}
		r.db = handle
	}
	L.Push(r.db)
	return 1
}

// jobLog is job.log(...): a line with the time, as print shows its values.
func (r *running) jobLog(L *lua.LState) int {
	line := time.Now().AppendFormat(nil, "2006-01-02 15:04:05.000 ")
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			line = append(line, '\t')
		}
		if n, ok := L.Get(i).(lua.LNumber); ok {
			line = compat.AppendNumber(line, float64(n))
		} else {
			line = append(line, lua.LVAsString(L.ToStringMeta(L.Get(i)))...)
		}
	}
	_, _ = r.out.Write(append(line, '\n')) // finish sees the error
	return 0
}

// jobProgress is job.progress(done, total).
func (r *running) jobProgress(L *lua.LState) int {
	number := func(i int, name string) float64 {
		n, ok := L.Get(i).(lua.LNumber)
		if f := float64(n); !ok || f < 0 || math.IsNaN(f) || math.IsInf(f, 0) {
			L.RaiseError("bad argument #%d to 'progress' (%s: a number from 0 on expected, got %s)", i, name, L.ToStringMeta(L.Get(i)))
		}
		return float64(n)
	}
	r.progress.Set(number(1, "done"), number(2, "total"))
	return 0
}

// jobRetry is job.retry(message): it raises an error for which the job is tried
// again, where retries are left.
func jobRetry(L *lua.LState) int {
	mark := L.NewTable()
	mark.RawSetString("retryable", lua.LTrue)
	mark.RawSetString("message", lua.LString(L.Where(1)+" "+L.OptString(1, "to be tried again")))
	L.Error(mark, 1)
	return 0
}
