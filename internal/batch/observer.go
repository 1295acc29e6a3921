package batch

import "time"

// Observer is told what happens during a run.
type Observer interface {
	// Notice is told of each event of an attempt or a job. One goroutine calls it.
	Notice(n *Notice)

	// Line is told of each line that a job prints, if Config.Verbose. Any goroutine
	// calls it.
	Line(j *Job, line string)

	// Stopping is told once that the run starts no more jobs, and at the second
	// interrupt that it ends the attempts; why says so. The goroutine that calls
	// Notice calls it.
	Stopping(why string)
}

// Notice tells of an AttemptStarted, an AttemptEnded or a JobSkipped.
type Notice struct {
	Kind   EventKind
	Time   time.Time
	Job    *Job
	Counts Counts // after the event

	// Of AttemptStarted and AttemptEnded.
	Attempt int // from 1 on
	Worker  int // from 1 on

	Progress *Progress     // of AttemptStarted: it changes while the attempt goes on
	Outcome  *Outcome      // of AttemptEnded and JobSkipped
	Duration time.Duration // of AttemptEnded: of the attempt
	Wait     time.Duration // of AttemptEnded with the status Retry: until the next attempt
}

// Counts are numbers of jobs by status.
type Counts struct {
	Jobs        int `json:"jobs"` // all together
	Done        int `json:"done"`
	Failed      int `json:"failed"`
	Skipped     int `json:"skipped"`
	Interrupted int `json:"interrupted"`
	Pending     int `json:"pending"` // and Running
}

// finished returns the number of jobs that the run has finished with.
func (c *Counts) finished() int { return c.Done + c.Failed + c.Skipped + c.Interrupted }

// add adds n to the number of jobs with the status s.
func (c *Counts) add(s Status, n int) {
	switch s {
	case Done:
		c.Done += n
	case Failed:
		c.Failed += n
	case Skipped:
		c.Skipped += n
	case Interrupted:
		c.Interrupted += n
	default:
		c.Pending += n
	}
}
