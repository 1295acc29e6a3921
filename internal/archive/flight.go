package archive

import (
	"context"
	"sync"
)

// flights lets goroutines that want the same thing share the work of getting it. The zero
// value is ready.
type flights[V any] struct {
	mu      sync.Mutex
	flying  map[string]*flight[V]
	running sync.WaitGroup
}

type flight[V any] struct {
	waiting int // for it; the work is given up when nobody is left
	cancel  context.CancelFunc
	done    chan struct{}
	value   V
	err     error
}

// do returns what work returns for a key. Of several calls of one key at once, one works,
// in a goroutine of its own, whose context ends when all calls were given up.
func (f *flights[V]) do(ctx context.Context, key string, work func(context.Context) (V, error)) (V, error) {
	f.mu.Lock()
	one := f.flying[key]
	if one == nil {
		one = f.start(ctx, key, work)
	}
	one.waiting++
	f.mu.Unlock()
	select {
	case <-one.done:
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if one.waiting--; one.waiting == 0 {
		one.cancel()
		if f.flying[key] == one {
			delete(f.flying, key)
		}
	}
	select {
	case <-one.done:
		return one.value, one.err
	default:
		var none V
		return none, context.Cause(ctx)
	}
}

// start begins the work of a key. The caller holds mu.
func (f *flights[V]) start(ctx context.Context, key string, work func(context.Context) (V, error)) *flight[V] {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	one := &flight[V]{cancel: cancel, done: make(chan struct{})}
	if f.flying == nil {
		f.flying = map[string]*flight[V]{}
	}
	f.flying[key] = one
	f.running.Go(func() {
		defer cancel()
		one.value, one.err = work(ctx)
		f.mu.Lock()
		if f.flying[key] == one {
			delete(f.flying, key)
		}
		f.mu.Unlock()
		close(one.done)
	})
	return one
}

// wait waits for work that was given up.
func (f *flights[V]) wait() { f.running.Wait() }
