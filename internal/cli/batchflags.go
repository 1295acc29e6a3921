package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"microts/internal/batch"
	"microts/internal/human"
	"microts/internal/source"
)

// batchFlags are the flags of batch, as they were given.
type batchFlags struct {
	config, run, resume, shard string
	asOf                       string
	params, files, eachCode    []string
	dates, calendar            string
	options                    batch.Options // those that are flags
	timeout, memory, backoff   string
	retries                    int
	shuffle                    string // seed, or randomSeed
	failFast, keepGoing        bool
	only                       []string
	dryRun, verbose, quiet     bool
	log                        string
	level                      batch.LogLevel // of log and quiet; "": that of the output
}

const (
	runsDir   = "runs"   // where run folders are made
	latestRun = "latest" // in the place of a run folder: the last one in runsDir
)

// randomSeed is the value of --shuffle without a seed.
const randomSeed = "random"

// register adds the flags to the command.
func (f *batchFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVarP(&f.options.Workers, "workers", "j", 0, "run `N` jobs at a time (default: one for each core)")
	flags.StringVar(&f.options.DB, "db", "", "share the database in the folder `PATH`, or the archive at a URL, between the jobs, as job.db and as ts.open(PATH)")
	flags.StringVar(&f.options.Archive, "archive", "", "read the archive at `URL` as one with the database of --db")
	flags.StringVar(&f.options.Cache, "cache", "", "keep what is read from the archive in `FOLDER`, for all runs of the machine")
	flags.StringVar(&f.asOf, "as-of", "", "read the archive as it was at this `TIME`, so that all shards see the same")
	flags.BoolVar(&f.options.ReadOnly, "read-only", false, "open the database read-only; another process may write to it")
	flags.StringVar(&f.options.Durability, "durability", "", "durability `MODE` of the database: process, sync or none (default \"process\")")
	flags.StringArrayVar(&f.params, "param", nil, "run with each value of a parameter: `NAME=VALUE,VALUE...`")
	flags.StringArrayVar(&f.files, "param-file", nil, "run with each line of a CSV `FILE`, whose first line names the parameters")
	flags.StringSliceVar(&f.eachCode, "each-code", nil, "run with each instrument of `MARKET`, or of \"all\" markets, as the parameters market and code")
	flags.StringVar(&f.dates, "dates", "", "run with each day of `FROM..TO` as the parameter date: the days of --calendar, those that are sealed in the archive, or Monday to Friday")
	flags.StringVar(&f.calendar, "calendar", "", "`NAME` of a calendar (cn, cn-futures, hk, us), or its file: TOML, or the trading days, one a line")
	flags.StringVar(&f.timeout, "timeout", "", "stop an attempt after this `TIME`, such as 90s or 5m")
	flags.StringVar(&f.memory, "memory", "", "stop a job that uses more memory than this `SIZE`, such as 512MB (default: 3/4 of the machine's memory, divided by the workers)")
	flags.IntVar(&f.retries, "retries", 0, "retry a job up to `N` times after errors marked retryable")
	flags.StringVar(&f.backoff, "backoff", "", "wait this `TIME` before the first retry, and twice as long before each further one (default 1s)")
	flags.StringArrayVarP(&f.only, "only", "k", nil, "run only jobs whose names contain `PATTERN`, in which * stands for anything, and the jobs that they need")
	flags.BoolVar(&f.failFast, "fail-fast", false, "start no more jobs after the first that fails")
	flags.IntVar(&f.options.Failures, "max-failures", 0, "start no more jobs after `N` that fail")
	flags.BoolVar(&f.keepGoing, "keep-going", false, "go on after failures (the default)")
	flags.StringVar(&f.shuffle, "shuffle", "", "start the jobs in a random order; a `SEED` makes the order repeatable")
	flags.Lookup("shuffle").NoOptDefVal = randomSeed
	flags.StringVar(&f.options.Isolate, "isolate", "", "if `MODE` is process, run each job in a process of its own, which can only read the database")
	flags.BoolVar(&f.options.Sandbox, "sandbox", false, "forbid jobs to start programs, and to write anywhere but the run folder's files/ and the database")
	flags.StringVar(&f.run, "run", "", "create the run folder `FOLDER` (default runs/TIME)")
	flags.StringVar(&f.resume, "resume", "", "continue the run in `FOLDER`, or the \"latest\" one in runs/: rerun jobs that are not done, and jobs whose script, loaded files or prerequisites changed")
	flags.StringVar(&f.shard, "shard", "", "run part `I/N` of the jobs (not needed in a Slurm array; in a Kubernetes Indexed Job, /N is enough)")
	flags.StringVar(&f.config, "config", "", "`FILE` that describes the batch (default "+batch.SpecFile+" if no scripts are given)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "list the jobs and run none")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show what jobs print, with the job's name before each line")
	flags.StringVar(&f.log, "log", "", "show as plain lines: \"events\" (each start and end of a job), \"progress\" (a line every 10 s, and failures) or \"failures\"; `LEVEL` is events if the output is not a terminal")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show only failures and the summary; --log failures")
	cmd.MarkFlagsMutuallyExclusive("fail-fast", "max-failures", "keep-going")
	cmd.MarkFlagsMutuallyExclusive("run", "resume")
	cmd.MarkFlagsMutuallyExclusive("log", "quiet")
}

// setLevel sets the level from the flags.
func (f *batchFlags) setLevel(cmd *cobra.Command) (err error) {
	switch {
	case f.quiet:
		f.level = batch.LogFailures
	case cmd.Flags().Changed("log"):
		if f.level, err = batch.ParseLogLevel(f.log); err != nil {
			return fmt.Errorf("--log: %w", err)
		}
	}
	return nil
}

// open opens the run folder: a new one, or that of --resume.
func (f *batchFlags) open(env *source.Env, cmd *cobra.Command, args []string) (*batch.Folder, error) {
	if f.resume != "" {
		return f.openResumed(cmd, args)
	}
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

// openResumed opens the run folder of --resume, with the options that the flags
// change.
func (f *batchFlags) openResumed(cmd *cobra.Command, args []string) (*batch.Folder, error) {
	if len(args) > 0 {
		return nil, fmt.Errorf("--resume takes the jobs from the run: %s cannot be added", args[0])
	}
	for _, name := range []string{"param", "param-file", "each-code", "dates", "calendar", "shard", "config", "dry-run", "timeout", "memory", "retries", "backoff", "db", "archive", "as-of", "shuffle"} {
		if cmd.Flags().Changed(name) {
			return nil, fmt.Errorf("--resume takes the jobs from the run: --%s cannot be given", name)
		}
	}
	path, err := findRun(f.resume)
	if err != nil {
		return nil, err
	}
	folder, err := batch.Open(path)
	if err != nil {
		return nil, err
	}
	err = f.override(cmd, &folder.Plan.Options)
	if err == nil {
		err = folder.Check(f.only)
	}
	if err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return folder, nil
}

// runFolder makes a new run folder and returns its path: path, or, if that is "", one
// with the time as its name.
func runFolder(path string) (string, error) {
	if path != "" {
		return path, os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(runsDir, 0o755); err != nil {
		return "", err
	}
	base := filepath.Join(runsDir, time.Now().Format("20060102-150405"))
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

// plan makes the list of jobs, which may need the database.
func (f *batchFlags) plan(env *source.Env, cmd *cobra.Command, args []string) (*batch.Plan, error) {
	spec, err := f.spec(cmd, args)
	if err != nil {
		return nil, err
	}
	var db *source.Source
	if spec.NeedsDB() {
		if db, err = spec.OpenDB(cmd.Context(), env); err != nil {
			return nil, err
		}
		defer db.Close()
	}
	plan, err := spec.Plan(db)
	if err == nil && len(plan.NotSealed) > 0 {
		fmt.Fprintf(os.Stderr, "microts: %s has no ticks of %s, for which there are jobs\n", db.Path(), listed(plan.NotSealed))
	}
	return plan, err
}

// listed lists texts, as many as a line holds.
func listed(texts []string) string {
	const most = 6
	if more := len(texts) - most; more > 1 {
		return fmt.Sprintf("%s and %d more days", strings.Join(texts[:most], ", "), more)
	}
	return strings.Join(texts, ", ")
}

// spec says what the flags, the arguments and microts.toml tell to run.
func (f *batchFlags) spec(cmd *cobra.Command, args []string) (*batch.Spec, error) {
	scripts, arguments := args, []string(nil)
	if n := cmd.ArgsLenAtDash(); n >= 0 {
		scripts, arguments = args[:n], args[n:]
	}
	spec, err := f.configured(len(scripts) > 0)
	if err != nil {
		return nil, err
	}
	if len(scripts) > 0 {
		spec.Scripts = nil
		for _, path := range scripts {
			spec.Scripts = append(spec.Scripts, batch.Script{Path: path})
		}
	}
	if arguments != nil {
		spec.Options.Args = arguments
	}
	if f.options.DB != "" {
		spec.Options.DB = f.options.DB
	}
	if f.options.Archive != "" {
		spec.Options.Archive = f.options.Archive
	}
	if f.asOf != "" {
		if spec.AsOf, err = batch.ParseAsOf(f.asOf); err != nil {
			return nil, fmt.Errorf("--as-of: %w", err)
		}
	}
	spec.Version = version
	spec.Only = f.only
	if err := f.grid(&spec.Grid); err != nil {
		return nil, err
	}
	if err := f.limits(cmd, &spec.Limits); err != nil {
		return nil, err
	}
	if err := f.override(cmd, &spec.Options); err != nil {
		return nil, err
	}
	if err := f.order(&spec.Options); err != nil {
		return nil, err
	}
	spec.Shard, err = batch.ParseShard(f.shard, os.Getenv)
	return spec, err
}

// configured reads the file of --config, or microts.toml if neither --config nor
// scripts are given.
func (f *batchFlags) configured(scripts bool) (*batch.Spec, error) {
	switch {
	case f.config != "":
		return batch.ReadSpec(f.config)
	case scripts:
		return &batch.Spec{}, nil
	}
	if _, err := os.Stat(batch.SpecFile); err != nil {
		return nil, fmt.Errorf("no scripts are given, and there is no %s", batch.SpecFile)
	}
	return batch.ReadSpec(batch.SpecFile)
}

// order sets the options that --shuffle gives.
func (f *batchFlags) order(o *batch.Options) error {
	if f.shuffle == "" {
		return nil
	}
	o.Shuffle = true
	if f.shuffle == randomSeed {
		return nil
	}
	seed, err := strconv.ParseInt(f.shuffle, 10, 64)
	if err != nil || seed < 1 {
		return fmt.Errorf("--shuffle: a seed from 1 on expected, got %q", f.shuffle)
	}
	o.Seed = seed
	return nil
}

// override sets the options that flags give, also for a run that is resumed.
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
	if given("cache") {
		o.Cache = f.options.Cache
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
	switch {
	case f.failFast:
		o.Failures = 1
	case given("max-failures"):
		if f.options.Failures < 1 {
			return fmt.Errorf("--max-failures: a number from 1 on expected, got %d", f.options.Failures)
		}
		o.Failures = f.options.Failures
	case given("fail-fast"), given("keep-going"):
		o.Failures = 0
	}
	return o.Check()
}

// grid sets the Grid that the flags give.
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

// limits sets the Limits that the flags give.
func (f *batchFlags) limits(cmd *cobra.Command, l *batch.Limits) (err error) {
	given := cmd.Flags().Changed
	if given("timeout") {
		if l.Timeout, err = human.ParseDuration(f.timeout); err != nil {
			return fmt.Errorf("--timeout: %w", err)
		}
	}
	if given("memory") {
		if l.Memory, err = human.ParseSize(f.memory); err != nil {
			return fmt.Errorf("--memory: %w", err)
		}
	}
	if given("backoff") {
		if l.Backoff, err = human.ParseDuration(f.backoff); err != nil {
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
