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

	"microts/internal/human"
)

// terminalDisplay draws lines at the bottom of a terminal, which it redraws ten times
// a second: one for each worker, as far as there is room, and one for the whole run.
// Failures and what jobs print stand above.
type terminalDisplay struct {
	bars   *mpb.Progress
	drawn  []*mpb.Bar // the lines
	colors bool
	begun  time.Time

	failures failureFilter // only the goroutine that calls Notice uses it

	mu       sync.Mutex
	counts   Counts
	earlier  int  // jobs that earlier runs had finished
	noticed  bool // Notice was called
	running  int
	stopping bool
	workers  []workerLine // the first ones
}

// workerLine is what the line of a worker shows.
type workerLine struct {
	job      *Job // nil: none
	since    time.Time
	progress *Progress
}

// NewTerminalDisplay returns a display for the terminal w. It has a line for the run
// and, for at most rows workers, a line for each.
func NewTerminalDisplay(w io.Writer, workers, rows int, colors bool) Display {
	d := &terminalDisplay{begun: time.Now(), workers: make([]workerLine, min(workers, max(rows, 1))), colors: colors, failures: failureFilter{}}
	d.bars = mpb.New(mpb.WithOutput(w), mpb.WithAutoRefresh(), mpb.WithRefreshRate(100*time.Millisecond))
	for i := range d.workers {
		d.addLine(func(width int) string { return d.drawWorker(i, width) })
	}
	d.addLine(d.drawRun)
	return d
}

// addLine adds a line that draw draws.
func (d *terminalDisplay) addLine(draw func(width int) string) {
	filler := mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		_, err := io.WriteString(w, draw(s.AvailableWidth))
		return err
	})
	if bar, err := d.bars.Add(0, filler, mpb.BarFillerTrim()); err == nil { // fails after Close only
		d.drawn = append(d.drawn, bar)
	}
}

// Notice implements Observer.
func (d *terminalDisplay) Notice(n *Notice) {
	d.update(n)
	if n.Outcome == nil || n.Outcome.Status != Failed && n.Outcome.Status != Retry {
		return
	}
	if more, ok := d.failures.show(n); ok {
		d.writeAbove(d.paint(n.Outcome.Status, describe(n)) + more)
	}
}

// update changes what the lines show.
func (d *terminalDisplay) update(n *Notice) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts = n.Counts
	if !d.noticed {
		d.noticed, d.earlier = true, n.Counts.finished()
	}
	line := workerLine{}
	switch n.Kind {
	case AttemptStarted:
		d.running++
		line = workerLine{n.Job, n.Time, n.Progress}
	case AttemptEnded:
		d.running--
	default:
		return
	}
	if n.Worker <= len(d.workers) {
		d.workers[n.Worker-1] = line
	}
}

// Line implements Observer.
func (d *terminalDisplay) Line(j *Job, line string) { d.writeAbove(j.Name + " | " + line) }

// Stopping implements Observer.
func (d *terminalDisplay) Stopping(why string) {
	d.mu.Lock()
	d.stopping = true
	d.mu.Unlock()
	d.writeAbove("no more jobs are started: " + why)
}

// writeAbove writes a line that stays above the ones that are drawn.
func (d *terminalDisplay) writeAbove(line string) {
	_, _ = io.WriteString(d.bars, line+"\n") // fails after Close only
}

// Close implements Display. It removes the lines.
func (d *terminalDisplay) Close() {
	for _, bar := range d.drawn {
		bar.Abort(true)
	}
	d.bars.Wait()
}

// drawRun draws the line of the run.
func (d *terminalDisplay) drawRun(width int) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.counts
	finished := n.finished()
	share := 0.0
	s := fmt.Sprintf(" %d/%d", finished, n.Jobs)
	if n.Jobs > 0 {
		share = float64(finished) / float64(n.Jobs)
		s += fmt.Sprintf(" %3d%%", 100*finished/n.Jobs)
	}
	if n.Failed > 0 {
		s += "  " + d.paint(Failed, fmt.Sprintf("%d failed", n.Failed))
	}
	if n.Skipped > 0 {
		s += fmt.Sprintf("  %d skipped", n.Skipped)
	}
	elapsed := time.Since(d.begun)
	s += "  " + human.Clock(elapsed)
	if rate := float64(finished-d.earlier) / elapsed.Seconds(); rate > 0 {
		s += fmt.Sprintf("  %s/s", human.Number(rate))
		if !d.stopping {
			s += eta(float64(n.Jobs-finished), rate)
		}
	}
	return d.drawBar(share, width-text.StringWidthWithoutEscSequences(s)) + s
}

// drawWorker draws the line of worker i.
func (d *terminalDisplay) drawWorker(i, width int) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	line := d.workers[i]
	if line.job == nil {
		return ""
	}
	s := d.drawProgress(&line)
	if more := d.running - len(d.workers); i == len(d.workers)-1 && more > 0 {
		s += fmt.Sprintf("  (and %d more)", more)
	}
	const least = 8
	room := max(width-text.StringWidthWithoutEscSequences(s), least)
	return text.Pad(text.Snip(line.job.Name, room, "~"), room, ' ') + s
}

// drawProgress draws the progress of an attempt: the time, and, if the job tells its
// progress, a bar, how much is done, the rate and the ETA.
func (d *terminalDisplay) drawProgress(line *workerLine) string {
	elapsed := time.Since(line.since)
	s := "  " + human.Clock(elapsed)
	done, total, told := line.progress.Get()
	if !told {
		return s
	}
	rate := done / elapsed.Seconds()
	s += fmt.Sprintf("  %s/%s  %s/s", human.Number(done), human.Number(total), human.Number(rate))
	if rate > 0 && total > done {
		s += eta(total-done, rate)
	}
	if total > 0 {
		const bar = 12
		s = " " + d.drawBar(min(done/total, 1), bar) + s
	}
	return s
}

// eta shows how long the rest takes at a rate a second.
func eta(rest, rate float64) string {
	return "  ETA " + human.Clock(time.Duration(rest/rate*float64(time.Second)))
}

// drawBar draws a bar of which a share, from 0 to 1, is full; it draws none if there
// is little room.
func (d *terminalDisplay) drawBar(share float64, width int) string {
	const least, most = 4, 60
	width = min(width, most)
	if width < least {
		return ""
	}
	if !human.Unicode() {
		full := int(share * float64(width))
		return d.paint(Done, strings.Repeat("#", full)) + strings.Repeat(".", width-full)
	}
	const parts = " ▏▎▍▌▋▊▉" // by eighths
	eighths := int(share * float64(width*8))
	full := strings.Repeat("█", eighths/8)
	if eighths%8 > 0 {
		full += string([]rune(parts)[eighths%8])
	}
	return d.paint(Done, full) + strings.Repeat("·", width-(eighths+7)/8)
}

// paint gives text the color of a status.
func (d *terminalDisplay) paint(s Status, words string) string {
	if !d.colors {
		return words
	}
	color := text.FgGreen
	switch s {
	case Failed:
		color = text.FgRed
	case Retry:
		color = text.FgYellow
	}
	return color.EscapeSeq() + words + text.Reset.EscapeSeq()
}
