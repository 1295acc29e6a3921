package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"microts/internal/tick"
)

// Env owns the databases that are open in a process. All DBs of one path in an Env
// share one RocksDB. A process has one Env: two would refuse each other's databases
// as locked. Any number of goroutines may use an Env.
type Env struct {
	mu     sync.Mutex // held while a database is opened or closed
	open   map[rocksID]*rocks
	closed atomic.Bool

	// Report is called with a line when an open finds that a part of a database is
	// lost. NewEnv sets it to write to the standard error; set it before the first Open.
	Report func(line string)
}

// NewEnv returns an Env without databases.
func NewEnv() *Env {
	return &Env{
		open:   map[rocksID]*rocks{},
		Report: func(line string) { fmt.Fprintln(os.Stderr, "microts:", line) },
	}
}

// Open opens the database in the folder path, and creates it if it does not exist. The
// first Open of a path commits what a killed process left uncommitted. Nil options are
// the zero Options. Errors, wrapped: *LockedError, *FormatError, *OptionError,
// ErrClosed after Close, and those of the file system and RocksDB.
func (env *Env) Open(path string, o *Options) (*DB, error) {
	if o == nil {
		o = &Options{}
	}
	r, err := env.acquire(path, o)
	if other := (*mismatchError)(nil); o.AnyFormat && errors.As(err, &other) {
		o := *o
		o.Format = other.is
		r, err = env.acquire(path, &o)
	}
	if err != nil {
		return nil, adviseIfFull(fmt.Errorf("open database %q: %w", path, err), "nothing is lost; once there is room, open the database again")
	}
	v := &view{rocks: r, path: path, readOnly: o.ReadOnly, oneCore: o.OneCore, getter: r.getter, scanOpts: r.scanOptions, bulkOpts: r.bulkOptions}
	if !o.ReadOnly {
		v.chain = r.chain
	}
	return newDB(v), nil
}

// Close flushes and closes all databases, also those that other goroutines use, and
// returns the errors of all closes. From then on everything that is done with the Env
// or a DB of it returns ErrClosed; a scan first returns the rest of its block. Closing
// a DB or the Env again is no error.
//
// Close waits for calls into RocksDB that run, and for nothing else.
func (env *Env) Close() error {
	env.closed.Store(true)
	env.mu.Lock()
	defer env.mu.Unlock()
	var errs []error
	for id, r := range env.open {
		delete(env.open, id)
		errs = append(errs, r.close())
	}
	return errors.Join(errs...)
}

// ParkIfClosed never returns if Close was called. A goroutine that must not react to
// ErrClosed calls it: a script, for example, would catch the error and go on while the
// process ends. The caller holds no lock.
func (env *Env) ParkIfClosed() {
	if env.closed.Load() {
		select {}
	}
}

// rocksID identifies the folder of a database, whatever path leads to it.
type rocksID struct {
	dev, ino uint64
	readOnly bool
}

// acquire returns the RocksDB of a path, which it opens if it is not open yet. The
// caller releases it.
func (env *Env) acquire(path string, o *Options) (*rocks, error) {
	id, err := folderID(path, o.ReadOnly)
	if err != nil {
		return nil, err
	}
	env.mu.Lock()
	defer env.mu.Unlock()
	if env.closed.Load() {
		return nil, ErrClosed
	}
	r := env.open[id]
	if r == nil && o.ReadOnly {
		id.readOnly = true
		r = env.open[id]
	}
	if r != nil {
		if err := r.admits(o); err != nil {
			return nil, err
		}
		r.refs.Add(1)
		return r, nil
	}
	if r, err = openRocks(env, path, id, o); err != nil {
		return nil, err
	}
	r.refs.Store(1)
	env.open[id] = r
	return r, nil
}

// folderID returns the ID of a database's folder, for a database that is written to.
// It makes the folder unless readOnly is set.
func folderID(path string, readOnly bool) (id rocksID, err error) {
	if !readOnly {
		if err := os.MkdirAll(path, 0o755); err != nil {
			if p := (*fs.PathError)(nil); errors.As(err, &p) {
				err = fmt.Errorf("create folder %s: %w", p.Path, p.Err)
			}
			return id, err
		}
	}
	var stat unix.Stat_t
	if err := unix.Stat(path, &stat); err != nil {
		return id, err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		return id, errors.New("not a folder")
	}
	return rocksID{dev: stat.Dev, ino: stat.Ino}, nil
}

// admits returns why an open database cannot be opened with o too, or nil.
func (r *rocks) admits(o *Options) error {
	if o.Format != r.options.Format {
		return formatMismatch(r.options.Format, o.Format)
	}
	if !o.ReadOnly && o.Durability != r.options.Durability {
		return &OptionError{"durability", fmt.Sprintf("the database is open with %q already, not %q", r.options.Durability, o.Durability)}
	}
	return nil
}

// retain is acquire for a RocksDB that the caller has acquired and not released.
func (r *rocks) retain() { r.refs.Add(1) }

// release ends one acquire. The last release closes RocksDB.
func (r *rocks) release() error {
	r.env.mu.Lock()
	defer r.env.mu.Unlock()
	if r.refs.Add(-1) > 0 || r.env.open[r.id] != r { // or Env.Close has closed it
		return nil
	}
	delete(r.env.open, r.id)
	return r.close()
}

var _ tick.Source = (*DB)(nil)
