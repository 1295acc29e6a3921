package stdio

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"syscall"
	"time"
)

// Set is the Streams that a script has open. Any goroutine may use it.
type Set struct {
	mu   sync.Mutex
	open map[*Stream]string // their names
	lost error              // why something could not be written that a script wrote and forgot

	forgotten map[*Program]chan struct{} // those that Forget waits for, with what it closes then
}

// NewSet makes a Set.
func NewSet() *Set { return &Set{open: map[*Stream]string{}, forgotten: map[*Program]chan struct{}{}} }

// Add adds an open Stream. name names it in errors.
func (t *Set) Add(s *Stream, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[s] = name
}

// Close closes a Stream and removes it.
func (t *Set) Close(ctx context.Context, s *Stream) error {
	t.remove(s)
	return s.Close(ctx)
}

// Forget closes a Stream that nothing can use any more, and removes it. CloseAll
// returns the error.
func (t *Set) Forget(s *Stream) {
	t.mu.Lock()
	name := t.open[s]
	delete(t.open, s)
	if p, ok := s.device.(*Program); ok {
		ended := make(chan struct{})
		t.forgotten[p] = ended
		defer func() {
			t.mu.Lock()
			delete(t.forgotten, p)
			t.mu.Unlock()
			close(ended)
		}()
	}
	t.mu.Unlock()
	t.note(name, s.Close(context.Background()))
}

// endForgotten ends the programs that Forget waits for, as CloseAll does with others.
func (t *Set) endForgotten(ctx context.Context) {
	t.mu.Lock()
	programs := maps.Clone(t.forgotten)
	t.mu.Unlock()
	for p, ended := range programs {
		if p.mode.Read {
			p.kill()
		}
		stop := context.AfterFunc(ctx, p.kill)
		<-ended
		stop()
	}
}

// remove says whether the Stream was in the Set.
func (t *Set) remove(s *Stream) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.open[s]
	delete(t.open, s)
	return ok
}

// note keeps the first error. That a program did not want to read more is none.
func (t *Set) note(name string, err error) {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lost == nil {
		t.lost = fmt.Errorf("write %s: %w", name, err)
	}
}

// all returns the Streams, and their names.
func (t *Set) all() map[*Stream]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.open)
}

// Flush flushes all Streams. It leaves out those that another goroutine uses for
// longer than patience. CloseAll returns the error.
func (t *Set) Flush(patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for s, name := range t.all() {
		for {
			done, err := s.TryFlush(ctx)
			t.note(name, err)
			if done || ctx.Err() != nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// CloseAll closes and removes all Streams. It returns the first error of one that a
// script wrote, and did not flush or close itself.
//
// Programs that the script wrote to get patience to finish; then they are killed. 0 is
// as long as they need. Programs that the script read from are killed at once if there
// is a patience; else they run on.
func (t *Set) CloseAll(patience time.Duration) error {
	ctx := context.Background()
	if patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	for s, name := range t.all() {
		if !t.remove(s) { // Forget closes it
			continue
		}
		t.note(name, s.closeBy(ctx, func(d Device) error {
			if p, ok := d.(*Program); ok {
				return p.leave(ctx, patience > 0)
			}
			return d.Close()
		}))
	}
	if patience > 0 {
		t.endForgotten(ctx)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lost
}
