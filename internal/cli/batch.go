package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"microts/internal/batch"
	"microts/store"
)

// batchFlags are the flags of batch.
type batchFlags struct {
	config, run, resume, shard string
	params, files, eachCode    []string
	dates, calendar            string
	options                    batch.Options
	timeout, memory, backoff   string
	retries                    int
	shuffle                    string
	keepGoing                  bool
	dryRun, verbose, quiet     bool
}

func newBatchCommand(p *process) *cobra.Command {
	var f batchFlags
	cmd := &cobra.Command{
		Use:   "batch [flags] [script.lua...] [-- argument...]",
		Short: "Run many Lua jobs in parallel and keep an account of each",
		Long: `Run each script once, or once for each combination of the parameters that
--param, --param-file, --each-code and --dates give. Without scripts the file
microts.toml says what to run; flags win over it.

A job is a Lua state of its own, with the global job: job.params, job.id,
job.name, job.attempt, job.db (the database of --db), job.dir (where it may write
files), job.log(...), job.progress(done, total), job.retry(message). What it
returns, a table of named values or an array of them, is its result. A table
"local header = {needs = {...}, timeout = "5m", ...}" as the first statement of a
script says what its jobs need.

The account is the folder of the run: report.html, report.json, results.csv,
results.parquet, junit.xml, logs/, plan.json and journal.jsonl. --resume goes on
with it after an end of any kind.

The exit code is 0 when all jobs are done, 1 when some are not, 2 when the command
line or the description of the batch is wrong, 130 after Ctrl-C. Ctrl-C finishes
the jobs that run and starts no more; a second one stops them.`,
		Example: `  microts batch factors.lua --db data/tick --each-code S -j 8
  microts batch backtest.lua --param window=5,10,20 --dates 2023-11-01..2023-11-30
  microts batch --resume runs/20231201-180000
  microts batch --shard 3/16 --run shards/3
  microts batch merge shards/* --run runs/all`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return p.batch(cmd, &f, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVarP(&f.options.Workers, "workers", "j", 0, "run `N` jobs at a time (default: one a core)")
	flags.StringVar(&f.options.DB, "db", "", "database in the folder `PATH` that the jobs share, as job.db and as ts.open(PATH)")
	flags.BoolVar(&f.options.ReadOnly, "read-only", false, "open it read-only, beside a process that writes")
	flags.StringVar(&f.options.Durability, "durability", "", "`MODE` of the database: process, sync or none (default \"process\")")
	flags.StringArrayVar(&f.params, "param", nil, "a parameter and the values it takes: `NAME=VALUE,VALUE...`")
	flags.StringArrayVar(&f.files, "param-file", nil, "CSV `FILE`: names of parameters, then a line a combination")
	flags.StringSliceVar(&f.eachCode, "each-code", nil, "parameters market and code: the instruments of a `MARKET`, or \"all\"")
	flags.StringVar(&f.dates, "dates", "", "the parameter date, `FROM..TO`, from Monday to Friday or as --calendar says")
	flags.StringVar(&f.calendar, "calendar", "", "`FILE` of the trading days, a line each")
	flags.StringVar(&f.timeout, "timeout", "", "`TIME` that an attempt may take, such as 90s or 5m")
	flags.StringVar(&f.memory, "memory", "", "memory that a job may use, a `SIZE` such as 512MB (default: its share of 3/4 of the machine's)")
	flags.IntVar(&f.retries, "retries", 0, "`N` further attempts after errors marked retryable")
	flags.StringVar(&f.backoff, "backoff", "", "`TIME` before the first retry, doubled with each one (default 1s)")
	flags.BoolVar(&f.options.FailFast, "fail-fast", false, "start no more jobs after the first that fails")
	flags.BoolVar(&f.keepGoing, "keep-going", false, "go on after failures (the default)")
	flags.StringVar(&f.shuffle, "shuffle", "", "run the jobs in a random order, that of a `SEED`")
	flags.Lookup("shuffle").NoOptDefVal = "random"
	flags.StringVar(&f.options.Isolate, "isolate", "", "`MODE` process: run each job in a process of its own, which only reads the database")
	flags.BoolVar(&f.options.Sandbox, "sandbox", false, "no other programs, and no writing outside of the run's folder and the database")
	flags.StringVar(&f.run, "run", "", "`FOLDER` of the run (default runs/TIME)")
	flags.StringVar(&f.resume, "resume", "", "`FOLDER` of a run to go on with: all that did not succeed, or whose script changed")
	flags.StringVar(&f.shard, "shard", "", "run part `I/N`; the default is that of a Slurm array, /N of a Kubernetes Indexed Job")
	flags.StringVar(&f.config, "config", "", "`FILE` that describes the batch (default "+batch.SpecFile+", where no scripts are given)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "list the jobs and run none")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show what jobs print, with their names before it")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show failures and the end only")
	cmd.MarkFlagsMutuallyExclusive("fail-fast", "keep-going")
	cmd.MarkFlagsMutuallyExclusive("run", "resume")
	cmd.AddCommand(newMergeCommand(p), newChildCommand(p))
	return cmd
}

func newChildCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use: batch.ChildCommand[1], Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			batch.Tune(gcPercent, true)
			return batch.Child(p.env)
		},
	}
}

func newMergeCommand(p *process) *cobra.Command {
	var run string
	cmd := &cobra.Command{
		Use:   "merge RUN...",
		Short: "Join the runs of the shards of a batch into one",
		Long: `Join the folders of the runs of one batch's shards into one folder, with one
report. The exit code is that of a batch: 1 too when a shard is missing.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, runs []string) error {
			path, err := runFolder(run)
			if err != nil {
				return err
			}
			folder, missing, err := batch.Merge(path, runs)
			if err != nil {
				return err
			}
			report, err := folder.WriteReports()
			if err = errors.Join(err, folder.Close()); err != nil {
				return p.failed(err)
			}
			for _, s := range missing {
				fmt.Fprintf(p.out, "shard %v is missing\n", s)
			}
			p.summary(report, path)
			if len(missing) > 0 {
				return exitCode(exitFailed)
			}
			return batchCode(report)
		},
	}
	cmd.Flags().StringVar(&run, "run", "", "`FOLDER` to make (default runs/TIME)")
	return cmd
}

// failed reports an error that is not one of the command line.
func (p *process) failed(err error) error {
	p.env.ParkIfClosed()
	_ = p.out.Flush()
	fmt.Fprintf(os.Stderr, "microts: %v\n", err)
	return exitCode(exitFailed)
}

func (p *process) batch(cmd *cobra.Command, f *batchFlags, args []string) error {
	batch.Tune(gcPercent, false)
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
	runner := batch.NewRunner(folder, p.env, nil)
	runner.Verbose = f.verbose
	if runner.Command, err = os.Executable(); err != nil {
		return p.failed(err)
	}
	var signal atomic.Int32 // that ended the batch
	presses := 0
	p.interrupt.Store(&interrupter{func(s os.Signal) bool {
		if s == syscall.SIGINT {
			presses++
			runner.Interrupt()
		} else {
			presses = max(presses+1, 2)
			runner.Stop()
		}
		signal.Store(int32(s.(syscall.Signal)))
		const most = 2 // of which the last stops what runs; one more ends the process
		return presses <= most
	}})
	p.handleSignals()
	console := f.console(folder.Plan)
	restore := p.hideControlKeys()
	runner.Observer = console
	runErr := runner.Run()
	console.Close()
	restore()
	p.interrupt.Store(nil)
	report, err := folder.WriteReports()
	if err != nil {
		err = fmt.Errorf("write the report: %w", err)
	}
	if err = errors.Join(runErr, err, folder.Close()); err != nil {
		return p.failed(err)
	}
	p.summary(report, folder.Path)
	if runner.Interrupted() {
		return exitCode(128 + int(signal.Load()))
	}
	return batchCode(report)
}

// batchCode is the exit code of what a report says.
func batchCode(r *batch.Report) error {
	if r.Counts.Done < r.Counts.Jobs {
		return exitCode(exitFailed)
	}
	return nil
}

// open returns the folder of the run.
func (f *batchFlags) open(env *store.Env, cmd *cobra.Command, args []string) (*batch.Folder, error) {
	if f.resume == "" {
		plan, err := f.plan(env, cmd, args)
		if err != nil {
			return nil, err
		}
		path, err := runFolder(f.run)
		if err != nil {
			return nil, err
		}
		return batch.Create(path, plan)
	}
	if len(args) > 0 {
		return nil, fmt.Errorf("--resume takes the jobs from the run: %s cannot be added", args[0])
	}
	for _, name := range []string{"param", "param-file", "each-code", "dates", "calendar", "shard", "config", "dry-run", "timeout", "memory", "retries", "backoff", "db", "shuffle"} {
		if cmd.Flags().Changed(name) {
			return nil, fmt.Errorf("--resume takes the jobs from the run: --%s cannot be given", name)
		}
	}
	folder, err := batch.Open(f.resume)
	if err != nil {
		return nil, err
	}
	if err := f.override(cmd, &folder.Plan.Options); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return folder, nil
}

// runFolder returns the folder of a new run.
func runFolder(path string) (string, error) {
	if path != "" {
		return path, os.MkdirAll(path, 0o755)
	}
	const runs = "runs"
	if err := os.MkdirAll(runs, 0o755); err != nil {
		return "", err
	}
	base := filepath.Join(runs, time.Now().Format("20060102-150405"))
	for n := 1; ; n++ {
		path := base
		if n > 1 {
			path += "-" + strconv.Itoa(n)
		}
		err := os.Mkdir(path, 0o755)
		if !errors.Is(err, os.ErrExist) {
			return path, err
		}
	}
}

// plan makes the list of jobs.
func (f *batchFlags) plan(env *store.Env, cmd *cobra.Command, args []string) (*batch.Plan, error) {
	spec, err := f.spec(cmd, args)
	if err != nil {
		return nil, err
	}
	var db *store.DB
	asks := slices.ContainsFunc(spec.Entries, func(e batch.Entry) bool { return len(e.Grid.EachCode) > 0 })
	asks = asks || len(spec.Grid.EachCode) > 0
	// A database that jobs can only read must be there; better said now than by each.
	if spec.Options.DB != "" && (asks || spec.Options.ReadsOnly()) {
		if db, err = env.Open(spec.Options.DB, &store.Options{ReadOnly: true}); err != nil {
			return nil, err
		}
		defer db.Close()
	}
	return spec.Plan(db)
}

// spec returns what the flags and the file say.
func (f *batchFlags) spec(cmd *cobra.Command, args []string) (*batch.Spec, error) {
	scripts, arguments := args, []string(nil)
	if n := cmd.ArgsLenAtDash(); n >= 0 {
		scripts, arguments = args[:n], args[n:]
	}
	spec := &batch.Spec{}
	config := f.config
	if config == "" && len(scripts) == 0 {
		config = batch.SpecFile
		if _, err := os.Stat(config); err != nil {
			return nil, fmt.Errorf("no scripts are given, and there is no %s", batch.SpecFile)
		}
	}
	if config != "" {
		var err error
		if spec, err = batch.ReadSpec(config); err != nil {
			return nil, err
		}
	}
	if len(scripts) > 0 {
		spec.Entries = nil
		for _, s := range scripts {
			spec.Entries = append(spec.Entries, batch.Entry{Script: s})
		}
	}
	if arguments != nil {
		spec.Options.Args = arguments
	}
	spec.Version = version
	if err := f.grid(&spec.Grid); err != nil {
		return nil, err
	}
	if err := f.limits(cmd, &spec.Limits); err != nil {
		return nil, err
	}
	if f.options.DB != "" {
		spec.Options.DB = f.options.DB
	}
	if err := f.override(cmd, &spec.Options); err != nil {
		return nil, err
	}
	if f.shuffle != "" {
		spec.Options.Shuffle = true
		if f.shuffle != "random" {
			seed, err := strconv.ParseInt(f.shuffle, 10, 64)
			if err != nil || seed < 1 {
				return nil, fmt.Errorf("--shuffle: a seed from 1 on expected, got %q", f.shuffle)
			}
			spec.Options.Seed = seed
		}
	}
	var err error
	spec.Shard, err = batch.ParseShard(f.shard, os.Getenv)
	return spec, err
}

// override sets the options that were given as flags.
func (f *batchFlags) override(cmd *cobra.Command, o *batch.Options) error {
	given := cmd.Flags().Changed
	if given("workers") {
		if f.options.Workers < 1 {
			return fmt.Errorf("--workers: a number from 1 on expected, got %d", f.options.Workers)
		}
		o.Workers = f.options.Workers
	}
	if given("read-only") {
		o.ReadOnly = f.options.ReadOnly
	}
	if given("durability") {
		o.Durability = f.options.Durability
	}
	if given("isolate") {
		o.Isolate = f.options.Isolate
	}
	if given("sandbox") {
		o.Sandbox = f.options.Sandbox
	}
	if given("fail-fast") || given("keep-going") {
		o.FailFast = f.options.FailFast && !f.keepGoing
	}
	return o.Check()
}

func (f *batchFlags) grid(g *batch.Grid) error {
	for _, param := range f.params {
		v, err := batch.ParseValues(param)
		if err != nil {
			return fmt.Errorf("--param: %w", err)
		}
		g.Values = append(g.Values, v)
	}
	g.Files, g.EachCode, g.Dates, g.Calendar = f.files, f.eachCode, f.dates, f.calendar
	return nil
}

func (f *batchFlags) limits(cmd *cobra.Command, l *batch.Limits) (err error) {
	given := cmd.Flags().Changed
	if given("timeout") {
		if l.Timeout, err = batch.ParseDuration(f.timeout); err != nil {
			return fmt.Errorf("--timeout: %w", err)
		}
	}
	if given("memory") {
		if l.Memory, err = batch.ParseSize(f.memory); err != nil {
			return fmt.Errorf("--memory: %w", err)
		}
	}
	if given("backoff") {
		if l.Backoff, err = batch.ParseDuration(f.backoff); err != nil {
			return fmt.Errorf("--backoff: %w", err)
		}
	}
	if given("retries") {
		if f.retries < 0 {
			return fmt.Errorf("--retries: a number from 0 on expected, got %d", f.retries)
		}
		l.Retries = &f.retries
	}
	return nil
}

// console returns what shows the run.
func (f *batchFlags) console(plan *batch.Plan) batch.Console {
	fd := int(os.Stdout.Fd())
	if f.quiet || !term.IsTerminal(fd) {
		return batch.PlainConsole(os.Stdout, f.quiet)
	}
	const spare = 4 // lines for the whole and for what is written above
	_, height, err := term.GetSize(fd)
	if err != nil {
		height = 24
	}
	return batch.TerminalConsole(os.Stdout, plan.Options.Workers, height-spare, os.Getenv("NO_COLOR") == "")
}

// hideControlKeys keeps the terminal from showing Ctrl-C as ^C, in the midst of
// what the console draws.
func (p *process) hideControlKeys() (restore func()) {
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return func() {} // no terminal
	}
	if t, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == nil {
		t.Lflag &^= unix.ECHOCTL
		_ = unix.IoctlSetTermios(fd, unix.TCSETS, t) // it is a nicety
	}
	p.terminal.Store(before)
	return func() { _ = term.Restore(fd, before) }
}

// listJobs prints the jobs of a plan.
func (p *process) listJobs(plan *batch.Plan) {
	t := table.NewWriter()
	t.SetOutputMirror(p.out)
	t.SetStyle(table.StyleLight)
	t.Style().Options.DrawBorder = false
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"id", "job", "needs"})
	for _, j := range plan.Jobs {
		needs := make([]string, 0, len(j.Needs))
		const most = 5
		for i, n := range j.Needs {
			if i == most {
				needs = append(needs, fmt.Sprintf("and %d more", len(j.Needs)-most))
				break
			}
			needs = append(needs, strconv.Itoa(n))
		}
		t.AppendRow(table.Row{j.ID, j.Name, strings.Join(needs, ", ")})
	}
	t.Render()
	fmt.Fprintf(p.out, "%s", plural(len(plan.Jobs), "job"))
	if plan.Shard != batch.Whole {
		fmt.Fprintf(p.out, ", shard %v of %s", plan.Shard, plural(plan.Total, "job"))
	}
	fmt.Fprintln(p.out)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// summary prints what became of a run.
func (p *process) summary(r *batch.Report, path string) {
	const most = 10
	failures := r.Failures()
	for i, j := range failures {
		if i == most {
			fmt.Fprintf(p.out, "and %d more failed\n", len(failures)-most)
			break
		}
		message, _, _ := strings.Cut(j.Message, "\n")
		fmt.Fprintf(p.out, "failed: %s: %s\n", j.Name, message)
	}
	fmt.Fprintf(p.out, "%s: %d done", plural(r.Counts.Jobs, "job"), r.Counts.Done)
	for _, c := range []struct {
		n    int
		what string
	}{{r.Counts.Failed, "failed"}, {r.Counts.Skipped, "skipped"}, {r.Counts.Interrupted, "interrupted"}, {r.Counts.Pending, "not run"}} {
		if c.n > 0 {
			fmt.Fprintf(p.out, ", %d %s", c.n, c.what)
		}
	}
	fmt.Fprintf(p.out, " in %.1f s; %s\n", r.Seconds, plural(r.Rows, "row"))
	if r.Counts.Done < r.Counts.Jobs {
		fmt.Fprintf(p.out, "to go on: microts batch --resume %s\n", path)
	}
	fmt.Fprintf(p.out, "report: %s\n", filepath.Join(path, batch.HTMLFile))
}
