package batch

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"microts/internal/host"
	"microts/internal/source"
	"microts/store"
)

// environment is what all attempts in a process share. It does not change after
// the first attempt has started, and any number of goroutines may use it.
type environment struct {
	options *Options
	dbs     *source.Env   // owns the databases that are open
	folder  string        // path of the run folder
	memory  int64         // limit in bytes of a job that has none of its own
	sandbox *host.Sandbox // nil: none
	chunks  *host.Chunks
	guard   *memoryGuard
	hooks   hooks
	alone   bool // the process runs one attempt only

	standard *standardFiles // of a job that runs alone; nil: jobs have logs
}

func newEnvironment(o *Options, dbs *source.Env, folder string) (*environment, error) {
	e := &environment{options: o, dbs: dbs, folder: folder, memory: defaultMemory(o.Workers), chunks: host.NewChunks(), guard: startMemoryGuard()}
	if !o.Sandbox {
		return e, nil
	}
	var err error
	if e.sandbox, err = host.NewSandbox(e.files()); err != nil {
		e.close()
		return nil, err
	}
	if o.DB != "" {
		e.sandbox.Databases = []string{o.DB} // openDB opens it read-only if jobs can only read it
	}
	return e, nil
}

func (e *environment) close() {
	e.guard.stop()
	if e.sandbox != nil {
		_ = e.sandbox.Close() // it has written nothing itself
	}
}

// files returns the path of the folder in which jobs may write.
func (e *environment) files() string {
	if e.standard != nil {
		return "."
	}
	return filepath.Join(e.folder, filesDir)
}

// memoryOf returns the memory limit of a job in bytes.
func (e *environment) memoryOf(j *Job) int64 {
	if j.MemoryBytes > 0 {
		return j.MemoryBytes
	}
	return e.memory
}

// defaultGrace is how long an attempt may go on after it was told to end. Lua code
// ends within microseconds; a call of Go or C code may never end.
const defaultGrace = 5 * time.Second

func (e *environment) grace() time.Duration {
	if e.hooks.grace > 0 {
		return e.hooks.grace
	}
	return defaultGrace
}

// openDB opens a database. Every database that batch opens is opened here.
//
// Jobs run side by side, one a core, so each database is opened for one core. The
// database of the batch is opened as Options says.
func (e *environment) openDB(ctx context.Context, path string, o *source.Options) (*source.Source, error) {
	o.OneCore = true
	if e.options.DB != "" && sameFile(path, e.options.DB) {
		if e.options.readsOnly() {
			o.ReadOnly = true
		}
		if o.Durability == store.Process {
			o.Durability = e.options.durability()
		}
	}
	return e.dbs.Open(ctx, path, o)
}

// keepOpen opens the database of the batch, so that it stays open between the jobs
// that use it. The caller calls the function that is returned when all jobs have
// ended.
func (e *environment) keepOpen(ctx context.Context) (closeDB func() error, err error) {
	if e.options.DB == "" {
		return func() error { return nil }, nil
	}
	opened, err := e.openDB(ctx, e.options.DB, &source.Options{})
	if err != nil {
		return nil, err
	}
	return func() error {
		var flushErr error
		if !opened.ReadOnly() {
			flushErr = opened.DB().Flush() // Close does not flush while a job that was left behind has the database open
		}
		return errors.Join(flushErr, opened.Close())
	}, nil
}
