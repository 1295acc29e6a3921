package batch

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"microts/internal/human"
)

// Display is an Observer that shows a run to the user while it goes on.
type Display interface {
	Observer

	// Close ends the display. Call it once, after Run.
	Close()
}

// describe shows a Notice in one line.
func describe(n *Notice) string {
	if n.Kind == AttemptStarted {
		s := "start " + n.Job.Name
		if n.Attempt > 1 {
			s += fmt.Sprintf(" (attempt %d)", n.Attempt)
		}
		return s
	}
	o := n.Outcome
	s := string(o.Status) + " " + n.Job.Name
	if n.Kind == AttemptEnded {
		s += " " + human.Seconds(n.Duration.Seconds())
	}
	if o.Message != "" {
		message, _, more := strings.Cut(o.Message, "\n")
		if more {
			message += " ..."
		}
		s += ": " + message
	}
	if o.Status == Retry {
		s += "; again in " + human.Seconds(n.Wait.Seconds())
	}
	return s
}

// LogLevel says what a plain display shows.
type LogLevel string

// The levels. Each shows what the next one does. Of failures that are alike, all but
// LogEvents show the first ones.
const (
	LogEvents   LogLevel = "events"   // a line for the start and the end of each attempt
	LogProgress LogLevel = "progress" // a line every 10 s, and failures
	LogFailures LogLevel = "failures" // failures
)

// ParseLogLevel reads a LogLevel.
func ParseLogLevel(text string) (LogLevel, error) {
	level := LogLevel(text)
	if !slices.Contains([]LogLevel{LogEvents, LogProgress, LogFailures}, level) {
		return "", fmt.Errorf("%q, %q or %q expected, got %q", LogEvents, LogProgress, LogFailures, text)
	}
	return level, nil
}

// plainDisplay writes lines.
type plainDisplay struct {
	w     io.Writer
	level LogLevel
	begun time.Time
	quit  chan struct{}  // ends the heartbeat
	beat  sync.WaitGroup // its goroutine

	mu       sync.Mutex
	counts   Counts
	earlier  int  // jobs that earlier runs had finished
	noticed  bool // Notice was called
	running  int
	failures failureFilter
	last     time.Time // of the last line
}

// NewPlainDisplay returns a display for files and pipes, which writes lines to w.
func NewPlainDisplay(w io.Writer, level LogLevel) Display {
	now := time.Now()
	d := &plainDisplay{w: w, level: level, begun: now, quit: make(chan struct{}), failures: failureFilter{}, last: now}
	switch level {
	case LogEvents:
		d.beat.Go(func() { d.heartbeat(30 * time.Second) })
	case LogProgress:
		d.beat.Go(func() { d.heartbeat(10 * time.Second) })
	}
	return d
}

// Notice implements Observer.
func (d *plainDisplay) Notice(n *Notice) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts = n.Counts
	if !d.noticed {
		d.noticed, d.earlier = true, n.Counts.finished()
	}
	switch n.Kind {
	case AttemptStarted:
		d.running++
	case AttemptEnded:
		d.running--
	}
	more := ""
	if d.level != LogEvents {
		if n.Outcome == nil || n.Outcome.Status != Failed {
			return
		}
		var ok bool
		if more, ok = d.failures.show(n); !ok {
			return
		}
	}
	d.printCounted(describe(n) + more)
}

// printCounted prints a line that begins with how many jobs are finished.
func (d *plainDisplay) printCounted(text string) {
	width := len(fmt.Sprint(d.counts.Jobs))
	d.print(fmt.Sprintf("[%*d/%d] %s", width, d.counts.finished(), d.counts.Jobs, text))
}

// print prints a line that begins with the time.
func (d *plainDisplay) print(text string) {
	d.last = time.Now()
	fmt.Fprintln(d.w, d.last.Format("15:04:05"), text)
}

// Line implements Observer.
func (d *plainDisplay) Line(j *Job, line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fmt.Fprintf(d.w, "%s | %s\n", j.Name, line)
}

// Stopping implements Observer.
func (d *plainDisplay) Stopping(why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.print("no more jobs are started: " + why)
}

// heartbeat prints a line after each silence, so that the user sees that the run goes
// on.
func (d *plainDisplay) heartbeat(silence time.Duration) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-d.quit:
			return
		case <-tick.C:
		}
		d.mu.Lock()
		if time.Since(d.last) >= silence {
			d.printCounted(d.progress())
		}
		d.mu.Unlock()
	}
}

// progress shows how the run goes on.
func (d *plainDisplay) progress() string {
	s := fmt.Sprintf("%d running", d.running)
	if d.counts.Failed > 0 {
		s += fmt.Sprintf(", %d failed", d.counts.Failed)
	}
	finished := d.counts.finished()
	if rate := float64(finished-d.earlier) / time.Since(d.begun).Seconds(); rate > 0 {
		s += fmt.Sprintf(", %s/s", human.Number(rate)) + eta(float64(d.counts.Jobs-finished), rate)
	}
	return s
}

// Close implements Display.
func (d *plainDisplay) Close() {
	close(d.quit)
	d.beat.Wait()
}
