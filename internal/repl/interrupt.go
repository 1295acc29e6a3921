package repl

import (
	"context"
	"errors"
	"sync"
)

// interrupts says what an interrupt ends: the line that was taken, from the
// moment it was taken until its results are shown. While no line is taken, an
// interrupt is dropped; it is never kept for the next line.
//
// Any goroutine may use it.
type interrupts struct {
	mu     sync.Mutex
	ctx    context.Context // of the line that was taken; nil: none is
	cancel context.CancelFunc
	lent   int // programs that have the terminal: an interrupt is theirs
}

// errInterrupted is the error of a line that the user ended.
var errInterrupted = errors.New("interrupted")

// take begins a line, unless one is taken already.
func (i *interrupts) take() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ctx == nil {
		i.ctx, i.cancel = context.WithCancel(context.Background())
	}
}

// release ends the line that was taken.
func (i *interrupts) release() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ctx != nil {
		i.cancel()
		i.ctx, i.cancel = nil, nil
	}
}

// Interrupt ends the line that was taken, if one is and no program has the terminal.
func (i *interrupts) Interrupt() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.cancel != nil && i.lent == 0 {
		i.cancel()
	}
}

// lend leaves interrupts to a program that has the terminal, until back is called.
func (i *interrupts) lend() (back func()) {
	i.mu.Lock()
	i.lent++
	i.mu.Unlock()
	return func() {
		i.mu.Lock()
		i.lent--
		i.mu.Unlock()
	}
}

// context returns the context that Interrupt ends. Without a line nothing ends
// it.
func (i *interrupts) context() context.Context {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ctx == nil {
		return context.Background()
	}
	return i.ctx
}

// interrupted says whether the line that was taken was interrupted.
func (i *interrupts) interrupted() bool { return i.context().Err() != nil }
