package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"microts/internal/batch"
	"microts/internal/human"
)

func newBatchCommand(p *process) *cobra.Command {
	var f batchFlags
	cmd := &cobra.Command{
		Use:   "batch [flags] [script.lua...] [-- argument...]",
		Short: "Run many Lua jobs in parallel and keep an account of each",
		Long: `Run each script once, or once for each combination of the parameters that
--param, --param-file, --each-code and --dates give. If no scripts are given,
microts.toml says what to run; flags win over it.

Each job has a Lua state of its own, and in it the global job: job.params, job.id,
job.name, job.attempt, job.db (the database of --db), job.dir (where it may write
files), job.log(...), job.progress(done, total), job.retry(message). Its result is
what it returns: a table of named values, or an array of such tables. If the first
statement of a script is a table "local header = {needs = {...}, timeout = "5m", ...}",
the table says how to run it. "needs" names scripts: a job waits for those of their
jobs that agree with it on every shared parameter.

The account is in the run folder: report.html, report.json, results.csv,
results.parquet, junit.xml, logs/, plan.json and journal.jsonl. However a run ended,
--resume continues it: it reruns jobs that are not done, and jobs whose script,
loaded files or prerequisites changed.

The first Ctrl-C starts no more jobs and finishes those that run; the second one
stops them. The exit code is 0 if all jobs are done, 1 if some are not, 2 if the
command line or microts.toml is wrong, 130 after Ctrl-C.`,
		Example: `  microts batch factors.lua --db data/tick --each-code S -j 8
  microts batch backtest.lua --param window=5,10 --dates 2023-11-01..2023-11-30
  microts batch --resume runs/20231201-180000
  microts batch --shard 3/16 --run shards/3
  microts batch merge shards/* --run runs/all`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return p.batch(cmd, &f, args) },
	}
	f.register(cmd)
	cmd.AddCommand(newListCommand(p), newReportCommand(p), newMergeCommand(p), newChildCommand(p))
	return cmd
}

// newChildCommand returns the command of a child process; see batch.Child.
func newChildCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use: batch.ChildCommand[1], Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			batch.Tune(gcPercent, true)
			return batch.Child(p.env)
		},
	}
}

// batch runs the command batch.
func (p *process) batch(cmd *cobra.Command, f *batchFlags, args []string) error {
	batch.Tune(gcPercent, false)
	if err := f.setLevel(cmd); err != nil {
		return err
	}
	if f.dryRun && f.resume == "" {
		plan, err := f.plan(p.env, cmd, args)
		if err != nil {
			return err
		}
		p.listJobs(plan)
		return nil
	}
	folder, err := f.open(p.env, cmd, args)
	if err != nil {
		return err
	}
	interrupted, runErr := p.runBatch(f, folder)
	if runErr != nil {
		_, _, err := p.writeReports(folder, f.quiet)
		return p.failed(errors.Join(endedEarly(folder.Path, runErr), err, folder.Close()))
	}
	err = p.account(folder, f.quiet, nil)
	if interrupted != 0 {
		return exitCode(128 + int(interrupted))
	}
	return err
}

// endedEarly adds to the error that ended a run how to go on.
func endedEarly(path string, err error) error {
	return fmt.Errorf("%w\n%smicrots batch --resume %s goes on", err, keptHint(err), shellWord(path))
}

// runBatch runs the jobs of a run folder and shows what happens. If the user ends the
// run, it returns the signal that did, else 0.
func (p *process) runBatch(f *batchFlags, folder *batch.Folder) (interrupted syscall.Signal, err error) {
	command, err := os.Executable()
	if err != nil {
		return 0, err
	}
	display := f.display(folder.Plan)
	runner := batch.NewRunner(batch.Config{Folder: folder, Env: p.env, Observer: display, Verbose: f.verbose, Command: command, Only: f.only})
	var last atomic.Int32 // signal
	p.interrupt.Store(endBySignals(runner, &last))
	defer p.interrupt.Store(nil)
	p.handleSignals()
	defer p.hideControlKeys()()
	defer display.Close()
	defer p.watchMemory(runner.RelieveMemory)()
	err = runner.Run()
	if runner.Interrupted() {
		interrupted = syscall.Signal(last.Load())
	}
	return interrupted, err
}

// endBySignals returns what signals do while a run goes on: the first SIGINT
// finishes the jobs that run, and a second signal, or another one than SIGINT, stops
// them. One more ends the process. last is the last signal.
func endBySignals(r *batch.Runner, last *atomic.Int32) *interrupter {
	signals := 0
	return &interrupter{func(s os.Signal) bool {
		if s == syscall.SIGINT {
			signals++
			r.Interrupt()
		} else {
			signals = max(signals+1, 2)
			r.Stop()
		}
		last.Store(int32(s.(syscall.Signal)))
		const most = 2
		return signals <= most
	}}
}

// failed reports an error that is not one of the command line.
func (p *process) failed(err error) error {
	p.env.ParkIfClosed()
	_ = p.out.Flush()
	fmt.Fprintf(os.Stderr, "microts: %v\n", err)
	return exitCode(exitFailed)
}

// batchCode returns the exit code for a report.
func batchCode(r *batch.Report) error {
	if r.Counts.Done < r.Counts.Jobs {
		return exitCode(exitFailed)
	}
	return nil
}

// display returns what shows a run on the standard output.
func (f *batchFlags) display(plan *batch.Plan) batch.Display {
	fd := int(os.Stdout.Fd())
	if f.level != "" || !term.IsTerminal(fd) || human.Dumb() {
		return batch.NewPlainDisplay(os.Stdout, cmp.Or(f.level, batch.LogEvents))
	}
	const spare = 4 // lines that no worker has: the one of the run, and some above
	_, height, err := term.GetSize(fd)
	if err != nil {
		height = 24
	}
	return batch.NewTerminalDisplay(os.Stdout, plan.Options.Workers, height-spare, os.Getenv("NO_COLOR") == "")
}

// hideControlKeys keeps the terminal from showing Ctrl-C as ^C between the lines that
// the display draws. restore undoes it.
func (p *process) hideControlKeys() (restore func()) {
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return func() {} // no terminal
	}
	if t, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == nil {
		t.Lflag &^= unix.ECHOCTL
		_ = unix.IoctlSetTermios(fd, unix.TCSETS, t) // if it fails, the user sees ^C
	}
	p.terminal.Store(before)
	return func() { _ = term.Restore(fd, before) }
}
