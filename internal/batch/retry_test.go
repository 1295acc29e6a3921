package batch

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		seconds float64 // Job.BackoffSeconds
		retries int
		least   time.Duration
	}{
		{0, 0, time.Second},
		{0, 1, 2 * time.Second},
		{0, 3, 8 * time.Second},
		{0.01, 0, 10 * time.Millisecond},
		{0.01, 2, 40 * time.Millisecond},
		{0, 100, 5 * time.Minute},
		{3600, 0, 5 * time.Minute},
	} {
		for range 100 {
			if d := backoff(&Job{BackoffSeconds: c.seconds}, c.retries); d < c.least || d > c.least+c.least/4 {
				t.Errorf("%v s after %d retries: %v", c.seconds, c.retries, d)
			}
		}
	}
}
