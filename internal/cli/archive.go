package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"microts/internal/archive"
	"microts/internal/human"
	"microts/internal/objects"
	"microts/store"
)

// exitUnreachable is the exit code of the commands of the archive when the store does not
// answer: the same command may succeed later.
const exitUnreachable = 3

const exitCodesOfArchive = `The exit code is 2 if the command line, the credentials or the archive is wrong,
and 3 if the store cannot be reached: then the same command may succeed later.`

// archiveFlags are the flags that the commands of the archive have in common.
type archiveFlags struct {
	market  string
	timeout string
	json    bool
}

func (f *archiveFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.timeout, "timeout", "", "give up what is asked of the store, with all attempts, after this `TIME`, such as 90s (default 2m)")
	flags.BoolVar(&f.json, "json", false, "print one JSON document")
}

func (f *archiveFlags) registerMarket(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.market, "market", "", "only the days of `MARKET`, such as S (default: all)")
}

// marketByte returns the market that was given; 0 is all.
func (f *archiveFlags) marketByte() (byte, error) {
	switch {
	case f.market == "":
		return 0, nil
	case len(f.market) != 1 || f.market[0] <= ' ' || f.market[0] > '~':
		return 0, fmt.Errorf("--market: one letter such as S expected, got %q", f.market)
	}
	return f.market[0], nil
}

// archiveOptions are Options of an archive from the flags.
func (f *archiveFlags) archiveOptions() (archive.Options, error) {
	o, err := f.storeOptions()
	return archive.Options{Timeout: o.Timeout}, err
}

func (f *archiveFlags) storeOptions() (o objects.Options, err error) {
	if f.timeout != "" {
		if o.Timeout, err = human.ParseDuration(f.timeout); err != nil {
			return o, fmt.Errorf("--timeout: %w", err)
		}
	}
	return o, nil
}

// checkURL returns an error for a store that is given as a path, and says how to write it.
func checkURL(given string) error {
	if given == "" || objects.IsURL(given) || strings.Contains(given, "://") {
		return nil // objects.Open says what is wrong
	}
	path, err := filepath.Abs(given)
	if err != nil {
		return err
	}
	return fmt.Errorf("s3://BUCKET/PREFIX or file:///FOLDER expected, got %q; did you mean %s?", given, (&url.URL{Scheme: "file", Path: path}).String())
}

// archiveRun is a command of the archive that runs.
type archiveRun struct {
	*process
	ctx   context.Context
	ended *atomic.Int32 // the signal that ended it
	verb  string
	line  *progressLine
}

// runArchive runs a command of the archive until a signal, and turns its error into an
// exit code.
func (p *process) runArchive(cmd *cobra.Command, do func(r *archiveRun) error) error {
	ctx, ended, done := p.untilSignal()
	defer done()
	r := &archiveRun{process: p, ctx: ctx, ended: ended, verb: cmd.Name(), line: newProgressLine()}
	err := do(r)
	r.line.close()
	return r.exit(err)
}

// exit prints an error and returns the exit code for it.
func (r *archiveRun) exit(err error) error {
	if code := exitCode(0); err == nil || errors.As(err, &code) {
		return err
	}
	if s := r.ended.Load(); s != 0 && errors.Is(err, context.Canceled) {
		return exitCode(128 + int(s))
	}
	_ = r.out.Flush()
	code := exitFailed
	for _, err := range separate(err) {
		fmt.Fprintf(os.Stderr, "microts: %v\n", err)
		code = max(code, codeOf(err))
	}
	return exitCode(code)
}

// separate returns the errors that were joined.
func separate(err error) (all []error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, e := range joined.Unwrap() {
		all = append(all, separate(e)...)
	}
	return all
}

// codeOf returns the exit code for an error: 1 is for what the command has found out.
func codeOf(err error) int {
	switch {
	case errors.As(err, new(*objects.UnreachableError)):
		return exitUnreachable
	case errors.As(err, new(*archive.ConflictError)), errors.As(err, new(*archive.DamagedError)), errors.As(err, new(*archive.DifferenceError)):
		return exitFailed
	}
	return exitUsage
}

// openStore opens the store at a URL.
func (r *archiveRun) openStore(given string, f *archiveFlags, create bool) (objects.Store, error) {
	if err := checkURL(given); err != nil {
		return nil, err
	}
	o, err := f.storeOptions()
	if err != nil {
		return nil, err
	}
	o.Create = create
	return objects.Open(r.ctx, given, o)
}

// openDB opens a database, which exists. One of storage engine V1 is opened too: the archive
// says why it cannot have it.
func (r *archiveRun) openDB(path string, o store.Options) (*store.DB, error) {
	o.AnyFormat = true
	db, err := r.env.Databases.Open(path, &o)
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, nearPath(path, err))
	}
	return db, nil
}

// progress shows how far a command has come.
func (r *archiveRun) progress(p archive.Progress) {
	r.line.draw(func(since time.Duration) string {
		of := ""
		if p.Total > 0 {
			of = " of " + human.Number(float64(p.Total))
		}
		return fmt.Sprintf("%s: %s, %s%s ticks, %s", r.verb, p.Day, human.Number(float64(p.Rows)), of, human.Clock(since))
	})
}

// printDocument prints a JSON document.
func (p *process) printDocument(document any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

// newDayTable returns a table with numbers on the right of some columns.
func (p *process) newDayTable(header table.Row, right ...string) table.Writer {
	t := p.newTable()
	var columns []table.ColumnConfig
	for _, name := range right {
		columns = append(columns, table.ColumnConfig{Name: name, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	t.AppendHeader(header)
	return t
}

// required returns an error for the first of some flags that is not given.
func required(cmd *cobra.Command, names ...string) error {
	for _, name := range names {
		if f := cmd.Flags().Lookup(name); f.Value.String() == "" {
			return fmt.Errorf("%s is missing; usage: %s", flagTerm(f).Name, usageLine(cmd))
		}
	}
	return nil
}
