package batch

import (
	"math/rand/v2"
	"time"
)

const (
	defaultBackoff = time.Second
	maxBackoff     = 5 * time.Minute
)

// backoff returns how long to wait before the next retry of a job, after this
// number of retries. It doubles with each retry, up to maxBackoff. Up to a quarter
// is added at random, so that jobs that failed together do not retry together.
func backoff(j *Job, retries int) time.Duration {
	d := defaultBackoff
	if j.BackoffSeconds > 0 {
		d = time.Duration(j.BackoffSeconds * float64(time.Second))
	}
	for ; retries > 0 && d < maxBackoff; retries-- {
		d *= 2
	}
	d = min(d, maxBackoff)
	return d + rand.N(d/4+1)
}

// retriesMade returns how many retries this run has made of a job that it has
// started.
func (r *run) retriesMade(j *Job) int {
	f := r.config.Folder
	return f.jobs[j.ID].attemptsIn(len(f.runs)-1) - 1
}

// retryAfter makes a job ready after a wait.
func (r *run) retryAfter(j *Job, wait time.Duration) {
	r.backingOff++
	r.goroutines.Go(func() {
		select {
		case <-time.After(wait):
		case <-r.quit:
			return
		}
		select {
		case r.retries <- j:
		case <-r.quit:
		}
	})
}
