package archive

import (
	"context"
	"sync"
	"time"

	"microts/internal/objects"
)

// Options say how Open opens an archive. The zero value is ready.
type Options struct {
	// Cache is a folder that keeps what was read, for all processes of the machine. ""
	// keeps nothing. A full disk only means that no more is kept.
	Cache string
	// CacheSize is how many bytes the cache keeps. Zero is 16 GiB.
	CacheSize int64

	// Timeout, RequestTimeout and Attempts are those of objects.Options: for one read of
	// the store with all its attempts, for one request, and how often to try.
	Timeout, RequestTimeout time.Duration
	Attempts                int

	// Pins are the days that the archive has, each in one revision. Nil is all days.
	Pins Pins
	// Revision is the revision of each day. Zero is the latest. Days without it are as if
	// they were not sealed.
	Revision int
	// AsOf hides the revisions that were published later, by the clock of the store.
	AsOf time.Time

	// MayBeMissing makes a store without an archive one without days, instead of a
	// *NoArchiveError.
	MayBeMissing bool

	// OneCore keeps scans from decoding in other goroutines, as in store.Options.
	OneCore bool
}

// shareKey is what archives must have in common to share.
type shareKey struct {
	url, cache              string
	cacheSize               int64
	timeout, requestTimeout time.Duration
	attempts                int
}

// Env owns the archives that are open in a process. All Archives of one URL share the
// connection, the manifests and the cache. Any number of goroutines may use an Env.
type Env struct {
	mu     sync.Mutex
	open   map[shareKey]*shared
	closed bool
}

// NewEnv returns an Env without archives.
func NewEnv() *Env { return &Env{open: map[shareKey]*shared{}} }

// Close closes all archives, also those that other goroutines use, and waits for what they
// have begun. Closing again is no error.
func (e *Env) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for key, s := range e.open {
		delete(e.open, key)
		s.close()
		s.store.Close()
	}
}

// acquire returns what the archives of a URL share. The caller releases it.
func (e *Env) acquire(ctx context.Context, url string, o *Options) (*shared, error) {
	key := shareKey{url, o.Cache, o.CacheSize, o.Timeout, o.RequestTimeout, o.Attempts}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	if s := e.open[key]; s != nil {
		s.users++
		return s, nil
	}
	store, err := objects.Open(ctx, url, objects.Options{Timeout: o.Timeout, RequestTimeout: o.RequestTimeout, Attempts: o.Attempts})
	if err != nil {
		return nil, err
	}
	s, err := newShared(store, o.Cache, o.CacheSize)
	if err != nil {
		store.Close()
		return nil, err
	}
	s.users = 1
	e.open[key] = s
	return s, nil
}

// release ends one acquire. The last release closes the connection.
func (e *Env) release(s *shared) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.users--; s.users > 0 {
		return
	}
	for key, open := range e.open {
		if open == s { // and Close has not closed it
			delete(e.open, key)
			s.close()
			s.store.Close()
		}
	}
}
