package host

import (
	"errors"
	"io"
	"testing"
)

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestOutputSaysOnceThatItIsBroken(t *testing.T) {
	calls := 0
	out := NewOutput(brokenWriter{}, func(err error) {
		if calls++; !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	})
	for range 10 {
		_, _ = out.Write(make([]byte, outputSize))
	}
	if err := out.Flush(); err == nil || calls != 1 {
		t.Errorf("flush: %v, told %d times", err, calls)
	}
}
