package batch

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Console shows on a terminal or in a file what happens.
type Console interface {
	Observer
	// Close ends the showing; what was shown of the jobs that run is taken away.
	Close()
}

// PlainConsole writes one line an event, and one when for long there is none. In
// quiet it writes failures only.
func PlainConsole(w io.Writer, quiet bool) Console {
	c := &plainConsole{w: w, quiet: quiet, quit: make(chan struct{})}
	c.last = time.Now()
	c.beat.Go(c.heartbeat)
	return c
}

type plainConsole struct {
	w     io.Writer
	quiet bool
	quit  chan struct{}
	beat  sync.WaitGroup

	mu      sync.Mutex
	counts  Counts
	running int
	last    time.Time // of a line
}

func (c *plainConsole) print(format string, args ...any) {
	c.last = time.Now()
	fmt.Fprintf(c.w, c.last.Format("15:04:05 ")+format+"\n", args...)
}

func (c *plainConsole) Notice(n *Notice) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts = n.Counts
	switch n.Event {
	case Started:
		c.running++
	case Ended:
		c.running--
	}
	if c.quiet && (n.Outcome == nil || n.Outcome.Status != Failed) {
		return
	}
	c.print("[%*d/%d] %s", len(fmt.Sprint(n.Counts.Jobs)), n.Counts.finished(), n.Counts.Jobs, describe(n))
}

// describe says an event in a line.
func describe(n *Notice) string {
	if n.Event == Started {
		again := ""
		if n.Attempt > 1 {
			again = fmt.Sprintf(" (attempt %d)", n.Attempt)
		}
		return "start " + n.Job.Name + again
	}
	o := n.Outcome
	s := string(o.Status) + " " + n.Job.Name
	if n.Event == Ended {
		s += " " + showSeconds(n.Duration.Seconds())
	}
	if o.Message != "" {
		message, _, more := strings.Cut(o.Message, "\n")
		if more {
			message += " ..."
		}
		s += ": " + message
	}
	if o.Status == Retry {
		s += fmt.Sprintf("; again in %s", showSeconds(n.Wait.Seconds()))
	}
	return s
}

func (c *plainConsole) Line(j *Job, line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(c.w, "%s | %s\n", j.Name, line)
}

func (c *plainConsole) Stopping(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.print("no more jobs are started: %s", why)
}

// heartbeat shows that the batch lives when it has nothing to say.
func (c *plainConsole) heartbeat() {
	const silence = 30 * time.Second
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-c.quit:
			return
		case <-tick.C:
		}
		c.mu.Lock()
		if !c.quiet && time.Since(c.last) >= silence {
			c.print("[%*d/%d] %d running", len(fmt.Sprint(c.counts.Jobs)), c.counts.finished(), c.counts.Jobs, c.running)
		}
		c.mu.Unlock()
	}
}

func (c *plainConsole) Close() {
	close(c.quit)
	c.beat.Wait()
}

// TerminalConsole draws a bar for the whole and a line for each job that runs, at
// most rows of them, and writes failures above.
func TerminalConsole(w io.Writer, workers, rows int, colors bool) Console {
	c := &terminalConsole{begun: time.Now(), lines: make([]workerLine, min(workers, max(rows, 1))), colors: colors}
	c.bars = mpb.New(mpb.WithOutput(w), mpb.WithAutoRefresh(), mpb.WithRefreshRate(100*time.Millisecond))
	for i := range c.lines {
		c.bar(func(width int) string { return c.workerLine(i, width) })
	}
	c.bar(c.wholeLine)
	return c
}

type terminalConsole struct {
	bars   *mpb.Progress
	all    []*mpb.Bar
	colors bool
	begun  time.Time

	mu      sync.Mutex
	counts  Counts
	before  int // jobs that were finished when the first event came
	known   bool
	running int
	note    string // why no more jobs are started
	lines   []workerLine
}

// workerLine is what a worker does.
type workerLine struct {
	job      *Job // nil: nothing
	since    time.Time
	progress *Progress
}

// bar adds a line that a function draws.
func (c *terminalConsole) bar(draw func(width int) string) {
	filler := mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		_, err := io.WriteString(w, draw(s.AvailableWidth))
		return err
	})
	if bar, err := c.bars.Add(0, filler, mpb.BarFillerTrim()); err == nil { // fails after Close only
		c.all = append(c.all, bar)
	}
}

func (c *terminalConsole) Notice(n *Notice) {
	c.mu.Lock()
	c.counts = n.Counts
	if !c.known {
		c.known, c.before = true, n.Counts.finished()
	}
	var line *workerLine
	if n.Worker >= 1 && n.Worker <= len(c.lines) {
		line = &c.lines[n.Worker-1]
	}
	switch n.Event {
	case Started:
		c.running++
		if line != nil {
			*line = workerLine{n.Job, n.Time, n.Progress}
		}
	case Ended:
		c.running--
		if line != nil {
			*line = workerLine{}
		}
	}
	c.mu.Unlock()
	if n.Outcome != nil && (n.Outcome.Status == Failed || n.Outcome.Status == Retry) {
		c.above(c.paint(n.Outcome.Status, describe(n)))
	}
}

func (c *terminalConsole) Line(j *Job, line string) { c.above(j.Name + " | " + line) }

func (c *terminalConsole) Stopping(why string) {
	c.mu.Lock()
	c.note = why
	c.mu.Unlock()
	c.above("no more jobs are started: " + why)
}

func (c *terminalConsole) above(line string) {
	_, _ = io.WriteString(c.bars, line+"\n") // fails after Close only
}

func (c *terminalConsole) Close() {
	for _, b := range c.all {
		b.Abort(true)
	}
	c.bars.Wait()
}

// wholeLine draws the whole.
func (c *terminalConsole) wholeLine(width int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.counts
	elapsed := time.Since(c.begun)
	s := fmt.Sprintf(" %d/%d", n.finished(), n.Jobs)
	if n.Jobs > 0 {
		s += fmt.Sprintf(" %3d%%", 100*n.finished()/n.Jobs)
	}
	if n.Failed > 0 {
		s += "  " + c.paint(Failed, fmt.Sprintf("%d failed", n.Failed))
	}
	if n.Skipped > 0 {
		s += fmt.Sprintf("  %d skipped", n.Skipped)
	}
	s += "  " + clock(elapsed)
	if rate := float64(n.finished()-c.before) / elapsed.Seconds(); rate > 0 {
		s += fmt.Sprintf("  %s/s", short(rate))
		if c.note == "" {
			s += "  ETA " + clock(time.Duration(float64(n.Jobs-n.finished())/rate*float64(time.Second)))
		}
	}
	share := 0.0
	if n.Jobs > 0 {
		share = float64(n.finished()) / float64(n.Jobs)
	}
	return c.drawBar(share, width-text.StringWidthWithoutEscSequences(s)) + s
}

// workerLine draws what a worker does.
func (c *terminalConsole) workerLine(i, width int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lines[i]
	if l.job == nil {
		return ""
	}
	elapsed := time.Since(l.since)
	s := "  " + clock(elapsed)
	if done, total, told := l.progress.Get(); told {
		rate := done / elapsed.Seconds()
		s += fmt.Sprintf("  %s/%s  %s/s", short(done), short(total), short(rate))
		if rate > 0 && total > done {
			s += "  ETA " + clock(time.Duration((total-done)/rate*float64(time.Second)))
		}
		if total > 0 {
			const bar = 12
			s = " " + c.drawBar(min(done/total, 1), bar) + s
		}
	}
	if i == len(c.lines)-1 {
		if more := c.running - len(c.lines); more > 0 {
			s += fmt.Sprintf("  (and %d more)", more)
		}
	}
	room := max(width-text.StringWidthWithoutEscSequences(s), 8)
	return text.Pad(text.Snip(l.job.Name, room, "~"), room, ' ') + s
}

// drawBar draws a bar that is full up to a share.
func (c *terminalConsole) drawBar(share float64, width int) string {
	const least, most = 4, 60
	width = min(width, most)
	if width < least {
		return ""
	}
	const parts = " ▏▎▍▌▋▊▉"
	eighths := int(share * float64(width*8))
	full := strings.Repeat("█", eighths/8)
	if eighths%8 > 0 {
		full += string([]rune(parts)[eighths%8])
	}
	return c.paint(Done, full) + strings.Repeat("·", width-(eighths+7)/8)
}

func (c *terminalConsole) paint(s Status, words string) string {
	if !c.colors {
		return words
	}
	switch s {
	case Failed:
		return text.FgRed.EscapeSeq() + words + text.Reset.EscapeSeq()
	case Retry:
		return text.FgYellow.EscapeSeq() + words + text.Reset.EscapeSeq()
	}
	return text.FgGreen.EscapeSeq() + words + text.Reset.EscapeSeq()
}

// clock shows a time as 0:05 or 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Seconds() + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// short shows a number in about three digits.
func short(f float64) string {
	switch {
	case f >= 1e9:
		return fmt.Sprintf("%.3gG", f/1e9)
	case f >= 1e6:
		return fmt.Sprintf("%.3gM", f/1e6)
	case f >= 1e4:
		return fmt.Sprintf("%.3gk", f/1e3)
	}
	return fmt.Sprintf("%.4g", f)
}
