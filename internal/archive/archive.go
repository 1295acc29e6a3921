package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"microts/internal/objects"
	"microts/internal/tick"
)

// Archive is an open archive: a tick.ColumnSource of the days that were sealed when it was
// opened or last refreshed. A day that is not sealed has no ticks; if the store cannot be
// reached, that is an *objects.UnreachableError. What is read is checked: damage is a
// *DamagedError, and never other ticks.
//
// An Archive is for one goroutine at a time; each goroutine opens its own in the Env that
// they share.
type Archive struct {
	shared  *shared
	release func()
	options Options
	url     string
	rule    DayRule
	days    *days // nil: there is no archive yet

	sealed  map[byte][]openDay // by market, ascending
	markets []byte             // that have days, ascending
	looks   int                // how often the days were set

	ctx       context.Context // ends with Close
	cancel    context.CancelFunc
	closed    atomic.Bool
	interrupt func() error
	last      recent
}

// openDay is a day as an Archive sees it.
type openDay struct {
	date  date
	times tick.Range
	revision
	sum string // SHA-256 of the manifest, or ""
}

// Open opens the archive at the URL of a store (see objects.Open). It reads the archive's
// rule and, unless there are Pins, lists the days. ctx is for Open alone. Errors, among
// others: *NoArchiveError, *FormatError, *objects.UnreachableError.
func (e *Env) Open(ctx context.Context, url string, o Options) (*Archive, error) {
	s, err := e.acquire(ctx, url, &o)
	if err != nil {
		return nil, err
	}
	return newArchive(ctx, s, func() { e.release(s) }, o)
}

// newArchive opens an archive on what it shares; release ends that.
func newArchive(ctx context.Context, s *shared, release func(), o Options) (*Archive, error) {
	a := &Archive{shared: s, release: release, options: o, url: s.store.URL()}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	if err := a.look(ctx); err != nil {
		_ = a.Close()
		return nil, err
	}
	return a, nil
}

// openStore opens the archive of a store that is open and stays open. The caller calls
// closeArchive.
func openStore(ctx context.Context, store objects.Store, o Options) (a *Archive, closeArchive func(), err error) {
	s, err := newShared(store, o.Cache, o.CacheSize)
	if err != nil {
		return nil, nil, err
	}
	if a, err = newArchive(ctx, s, s.close, o); err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, a.cancel)
	return a, func() { stop(); _ = a.Close() }, nil
}

// Open opens an archive in an Env of its own. See Env.Open.
func Open(ctx context.Context, url string, o Options) (*Archive, error) {
	return NewEnv().Open(ctx, url, o)
}

// look finds out which days there are.
func (a *Archive) look(ctx context.Context) error {
	h, d, err := a.shared.rule(ctx)
	if missing := (*NoArchiveError)(nil); errors.As(err, &missing) && a.options.MayBeMissing {
		a.setDays(nil)
		return nil
	}
	if err != nil {
		return err
	}
	a.rule, a.days = h.DayRule, d
	if a.options.Pins != nil {
		return a.pin()
	}
	found, err := a.shared.list(ctx, 0)
	if err != nil {
		return err
	}
	all := map[dayID]openDay{}
	for day, revisions := range found {
		if r, ok := a.options.choose(revisions); ok {
			all[day] = openDay{date: day.date, revision: r}
		}
	}
	a.setDays(all)
	return nil
}

// pin makes the pins the days.
func (a *Archive) pin() error {
	all := map[dayID]openDay{}
	for text, pin := range a.options.Pins {
		day, err := parseDayID(text)
		if err != nil {
			return fmt.Errorf("pins: %w", err)
		}
		if pin.Revision < 1 {
			return fmt.Errorf("pins: %s: a revision from 1 on expected, got %d", text, pin.Revision)
		}
		all[day] = openDay{date: day.date, revision: revision{number: pin.Revision}, sum: pin.SHA256}
	}
	a.setDays(all)
	return nil
}

func (a *Archive) setDays(all map[dayID]openDay) {
	a.sealed = map[byte][]openDay{}
	for day, open := range all {
		if open.times = a.days.span(day.date); !open.times.Empty() {
			a.sealed[day.market] = append(a.sealed[day.market], open)
		}
	}
	for _, days := range a.sealed {
		slices.SortFunc(days, func(x, y openDay) int { return int(x.date - y.date) })
	}
	a.markets = slices.Sorted(maps.Keys(a.sealed))
	a.last = recent{}
	a.looks++
}

// Refresh makes a see the days that were sealed since. Scans that have begun do not
// change. With Pins it changes nothing.
func (a *Archive) Refresh() error { return a.call(a.look) }

// Close ends the use of a and of its scans. Closing twice is no error.
func (a *Archive) Close() error {
	if a.closed.Swap(true) {
		return nil
	}
	a.cancel()
	a.last = recent{}
	a.release()
	return nil
}

// Closed says whether a was closed, or its Env.
func (a *Archive) Closed() bool { return a.closed.Load() || a.shared.ctx.Err() != nil }

// Path returns the URL of the archive, without secrets.
func (a *Archive) Path() string { return a.url }

// Store returns the store of the archive, which is open as long as a is.
func (a *Archive) Store() objects.Store { return a.shared.store }

// SetInterrupt sets a function that everything that reads calls every few ms, in the
// goroutine of a. When it returns an error, the reading ends with that error. The function
// must not use a.
func (a *Archive) SetInterrupt(interrupt func() error) { a.interrupt = interrupt }

// Rule returns the rule of days of the archive; the zero DayRule if there is none yet.
func (a *Archive) Rule() DayRule { return a.rule }

// Usage is what was read through the archives of an Env that share a URL.
type Usage struct {
	Requests     int64 // to the store
	Bytes        int64 // from the store
	CachedBytes  int64 // from the cache
	CacheFailed  int64 // files that could not be written to the cache
	ManifestSize int64 // bytes of JSON of the manifests that are in memory
}

// Usage returns what was read.
func (a *Archive) Usage() Usage {
	s := a.shared
	u := Usage{Requests: s.requests.Load(), Bytes: s.bytes.Load(), CachedBytes: s.cachedBytes.Load()}
	if s.cache != nil {
		u.CacheFailed = s.cache.failed.Load()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u.ManifestSize = s.held
	return u
}

// interruptEvery is how often an interrupt is asked for while something is waited for.
const interruptEvery = 5 * time.Millisecond

// call does work that may wait for the store. It ends when a is closed or interrupted.
func (a *Archive) call(work func(ctx context.Context) error) error {
	if a.Closed() {
		return ErrClosed
	}
	if a.interrupt == nil {
		return a.ended(work(a.ctx))
	}
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	var result error
	if err := wait(done, &result, a.interrupt); err != nil {
		cancel()
		<-done
		return err
	}
	return a.ended(result)
}

// wait receives a result, or returns the error of the interrupt.
func wait[T any](done <-chan T, result *T, interrupt func() error) error {
	if interrupt == nil {
		*result = <-done
		return nil
	}
	select { // mostly it is there
	case *result = <-done:
		return nil
	default:
	}
	timer := time.NewTicker(interruptEvery)
	defer timer.Stop()
	for {
		select {
		case *result = <-done:
			return nil
		case <-timer.C:
			if err := interrupt(); err != nil {
				return err
			}
		}
	}
}

// ended returns ErrClosed for an error that Close has caused.
func (a *Archive) ended(err error) error {
	if err != nil && a.Closed() {
		return ErrClosed
	}
	return err
}
