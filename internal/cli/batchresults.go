package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"microts/internal/batch"
	"microts/internal/human"
	"microts/store"
)

// newReportCommand returns the command batch report.
func newReportCommand(p *process) *cobra.Command {
	var quiet bool
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "Write the report and the results of a run again",
		Long: `Write the report and the results of the run in the folder RUN again, from what
the run folder keeps of its jobs. It is for a run that ended before they were
written. The exit code is that of a batch.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := findRun(args[0])
			if err != nil {
				return err
			}
			folder, err := batch.OpenAnywhere(path)
			if err != nil {
				return err
			}
			return p.account(folder, quiet, nil)
		},
	}
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "show only the summary")
	return cmd
}

// account writes the report and the results of a run folder, closes it, and prints the
// summary. The error is the exit code. more, if it is not nil, prints what else there
// is to say.
func (p *process) account(folder *batch.Folder, quiet bool, more func()) error {
	report, signal, err := p.writeReports(folder, quiet)
	unwritten := errors.Is(err, batch.ErrUnwritten)
	if err != nil && !unwritten {
		return p.failed(errors.Join(fmt.Errorf("write the report: %w%s", err, unwrittenHint(folder.Path, err)), folder.Close()))
	}
	if err := folder.Close(); err != nil {
		return p.failed(err)
	}
	if more != nil {
		more()
	}
	p.summary(report, folder.Path)
	if unwritten {
		fmt.Fprintf(p.out, "the results are not written; microts batch report %s writes them\n", shellWord(folder.Path))
	}
	if signal != 0 {
		return exitCode(128 + int(signal))
	}
	return batchCode(report)
}

// writeReports writes the report and the results of a run folder, and shows how far it
// has come. The first signal ends the writing of the results, with ErrUnwritten; a
// second one ends the process.
func (p *process) writeReports(folder *batch.Folder, quiet bool) (*batch.Report, syscall.Signal, error) {
	ctx, ended, done := p.untilSignal()
	defer done()
	shown := newWriteProgress(p, quiet)
	report, err := folder.WriteReports(ctx, shown.set)
	shown.close()
	return report, syscall.Signal(ended.Load()), err
}

// writeProgress shows how far the writing of results has come, once it takes longer
// than a moment.
type writeProgress struct {
	p        *process
	quiet    bool
	terminal bool
	begun    time.Time
	last     time.Time // that it was shown
	drawn    bool      // a line is on the terminal
}

func newWriteProgress(p *process, quiet bool) *writeProgress {
	w := &writeProgress{p: p, quiet: quiet, terminal: term.IsTerminal(int(os.Stdout.Fd())) && !human.Dumb(), begun: time.Now()}
	w.last = w.begun
	return w
}

// set is a batch.WriteProgress.
func (w *writeProgress) set(rows, all int) {
	interval := 5 * time.Second
	if w.terminal {
		interval = 100 * time.Millisecond
	}
	now := time.Now()
	if w.quiet || now.Sub(w.last) < interval {
		return
	}
	w.last = now
	rate := float64(rows) / now.Sub(w.begun).Seconds()
	left := time.Duration(float64(all-rows) / rate * float64(time.Second))
	line := fmt.Sprintf("writing results: %s/%s rows  %s/s  ETA %s", human.Number(float64(rows)), human.Number(float64(all)), human.Number(rate), human.Clock(left))
	if w.terminal {
		fmt.Fprint(w.p.out, eraseLine, line)
		w.drawn = true
	} else {
		fmt.Fprintln(w.p.out, now.Format("15:04:05"), line)
	}
	_ = w.p.out.Flush() // p.broken gets the error
}

// close removes the line from the terminal.
func (w *writeProgress) close() {
	if w.drawn {
		fmt.Fprint(w.p.out, eraseLine)
	}
}

// unwrittenHint says how to get the reports of a run folder in which they could not be
// written.
func unwrittenHint(path string, err error) string {
	return fmt.Sprintf("\n%smicrots batch report %s writes it again", keptHint(err), shellWord(path))
}

// keptHint says what is kept if the disk is full.
func keptHint(err error) string {
	if store.IsDiskFull(err) {
		return "the disk is full; what the jobs returned is kept; once there is room, "
	}
	return "what the jobs returned is kept; "
}

// findRun returns the run folder that an argument names: a path, or "latest".
func findRun(name string) (string, error) {
	if name != latestRun {
		return name, nil
	}
	runs, err := batch.ListRuns(runsDir)
	if err != nil {
		return "", err
	}
	if len(runs) == 0 {
		return "", fmt.Errorf("there is no run in %s", runsDir)
	}
	return filepath.Clean(runs[len(runs)-1].Path), nil
}
