package cli

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"microts/internal/human"
)

// progressLine is a line on the standard error, if that is a terminal, that says how far
// something has come. Several goroutines may call draw.
type progressLine struct {
	shown bool
	begun time.Time
	last  atomic.Int64 // when the line was drawn, in ns since begun
}

func newProgressLine() *progressLine {
	return &progressLine{shown: term.IsTerminal(int(os.Stderr.Fd())) && !human.Dumb(), begun: time.Now()}
}

const eraseLine = "\r\x1b[K"

// draw draws the line anew, ten times a second at most. text gets the time since the
// begin.
func (l *progressLine) draw(text func(since time.Duration) string) {
	since := time.Since(l.begun)
	last := l.last.Load()
	if !l.shown || int64(since)-last < int64(100*time.Millisecond) || !l.last.CompareAndSwap(last, int64(since)) {
		return
	}
	fmt.Fprint(os.Stderr, eraseLine+text(since))
}

// close removes the line.
func (l *progressLine) close() {
	if l.shown && l.last.Load() > 0 {
		fmt.Fprint(os.Stderr, eraseLine)
	}
}

// progressReport shows on the standard error how far something has come: on a terminal a
// line that is drawn anew, else a line every 10 s. Only one goroutine may use it.
type progressReport struct {
	terminal, quiet, drawn bool
	last                   time.Duration
}

func newProgressReport(quiet bool) *progressReport {
	return &progressReport{terminal: term.IsTerminal(int(os.Stderr.Fd())) && !human.Dumb(), quiet: quiet}
}

// set shows a line, which text returns, unless it is too early for another one.
func (r *progressReport) set(elapsed time.Duration, text func() string) {
	const every = 10 * time.Second
	if r.quiet || !r.terminal && elapsed-r.last < every {
		return
	}
	r.last = elapsed
	if r.terminal {
		r.drawn = true
		fmt.Fprint(os.Stderr, eraseLine+text())
		return
	}
	fmt.Fprintln(os.Stderr, text())
}

// close removes the line.
func (r *progressReport) close() {
	if r.drawn {
		fmt.Fprint(os.Stderr, eraseLine)
	}
}
