package batch

import (
	"fmt"
	"io"
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

// plainDisplay writes a line for each notice.
type plainDisplay struct {
	w     io.Writer
	quiet bool
	quit  chan struct{}  // ends the heartbeat
	beat  sync.WaitGroup // its goroutine

	mu      sync.Mutex
	counts  Counts
	running int
	last    time.Time // of the last line
}

// NewPlainDisplay returns a display for files and pipes. It writes a line to w for
// each notice, and one after 30 s without any. If quiet, it writes failures only.
func NewPlainDisplay(w io.Writer, quiet bool) Display {
	d := &plainDisplay{w: w, quiet: quiet, quit: make(chan struct{}), last: time.Now()}
	if !quiet {
		d.beat.Go(d.heartbeat)
	}
	return d
}

// Notice implements Observer.
func (d *plainDisplay) Notice(n *Notice) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts = n.Counts
	switch n.Kind {
	case AttemptStarted:
		d.running++
	case AttemptEnded:
		d.running--
	}
	if d.quiet && (n.Outcome == nil || n.Outcome.Status != Failed) {
		return
	}
	d.printCounted(describe(n))
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

// heartbeat prints a line after each 30 s without one, so that the user sees that
// the run goes on.
func (d *plainDisplay) heartbeat() {
	const silence = 30 * time.Second
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
			d.printCounted(fmt.Sprintf("%d running", d.running))
		}
		d.mu.Unlock()
	}
}

// Close implements Display.
func (d *plainDisplay) Close() {
	close(d.quit)
	d.beat.Wait()
}
