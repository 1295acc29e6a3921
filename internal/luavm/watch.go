package luavm

import (
	"context"
	"errors"
)

// errInterrupted is why a script ends whose context has no other cause.
var errInterrupted = errors.New("interrupted")

// ErrUnwatched is the cause of the Context of a Watch that is over.
var ErrUnwatched = errors.New("unwatched")

// Watch ends what runs when ctx is done, as Stop does: the error wraps the cause of ctx, or
// says "interrupted" if ctx has no other cause than context.Canceled. Natives that wait for
// a file or a program watch Context. unwatch ends the Watch, and takes back a Stop; the Watch
// that was there before goes on.
func (s *State) Watch(ctx context.Context) (unwatch func()) {
	outer := s.ctx
	watched, cancel := context.WithCancelCause(ctx)
	s.ctx = watched
	s.Resume()
	stopped := make(chan struct{})
	stop := context.AfterFunc(watched, func() {
		s.Stop(endOf(watched))
		close(stopped)
	})
	return func() {
		if !stop() {
			<-stopped // it must not stop what runs next
		}
		cancel(ErrUnwatched)
		s.ctx = outer
		s.Resume()
		if outer != nil && outer.Err() != nil {
			s.Stop(endOf(outer))
		}
	}
}

// Context returns the context of the Watch, or context.Background().
func (s *State) Context() context.Context {
	if s.ctx == nil {
		return context.Background()
	}
	return s.ctx
}

// endOf says why the script of a context ends.
func endOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	if cause == context.Canceled {
		return errInterrupted
	}
	return cause
}

// Ended returns why the script is to end, or nil: the cause of a Stop, or of Context. Only
// the goroutine of the state may call it; others call Stopped.
func (s *State) Ended() error {
	if cause := s.Stopped(); cause != nil {
		return cause
	}
	if s.ctx != nil && s.ctx.Err() != nil {
		return endOf(s.ctx) // the goroutine that calls Stop may be late
	}
	return nil
}

// CheckStop raises the error of Stop. A Native that may run long calls it now and then, and
// one that waited for Context when it goes on.
func (c *Call) CheckStop() {
	s := c.th.state
	if cause := s.Ended(); cause != nil {
		s.Stop(cause)
	}
	c.th.checkStop()
}
