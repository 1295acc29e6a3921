package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"microts/internal/exporter"
	"microts/internal/human"
	"microts/internal/source"
	"microts/internal/tick"
	"microts/store"
)

// exportFlags are the flags of export.
type exportFlags struct {
	db, archive, market, from, to, tz, format string
	codes                                     []string
	quiet                                     bool
}

func newExportCommand(p *process) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export [flags] FILE",
		Short: "Write ticks into a CSV, Parquet or JSON lines file",
		Long: `Write ticks of a database, or of an archive, into a file that DuckDB, pandas and
Polars read. The ending of FILE tells the format: .csv, .parquet or .jsonl; .csv and
.jsonl may be followed by .gz or .zst. "-" is the standard output, in CSV unless
--format says otherwise.

The columns are market, code, ts, seq, price (in the currency), qty, side (B, S or
N), channel, order_no and tick_no; values that are no tick records stand in a column
raw. microts import makes the same ticks of the file again.

FILE gets its name when it is complete; if the export fails, it is what it was.`,
		Example: `  microts export day.parquet --db data/tick --from 2023-11-13 --to 2023-11-13
  microts export maotai.csv.gz --db data/tick --code 600519.SH,000001.SZ
  microts export - --db s3://bucket/prefix --market S --from 2023-11-13 | head`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.export(&f, args[0]) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.db, "db", "", "read the database in the folder `PATH`, or the archive at a URL")
	flags.StringVar(&f.archive, "archive", "", "read the database and the archive at `URL` as one")
	flags.StringSliceVar(&f.codes, "code", nil, "only the instruments of these `SYMBOLS`, such as 600519.SH,000001.SZ")
	flags.StringVar(&f.market, "market", "", "only the instruments of a market, one `CHARACTER`")
	flags.StringVar(&f.from, "from", "", "ticks at or after `TIME`, such as \"2023-11-13 09:30\"")
	flags.StringVar(&f.to, "to", "", "ticks at or before `TIME`; a date alone is the end of that day")
	flags.StringVar(&f.tz, "tz", "Asia/Shanghai", "time `ZONE` of --from and --to, and of the times in CSV and JSON lines")
	flags.StringVar(&f.format, "format", "", "`FORMAT` of the file: csv, parquet or json (default: that of its ending)")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show only errors")
	return cmd
}

// export runs the command export.
func (p *process) export(f *exportFlags, file string) error {
	o, err := f.options(file)
	if err != nil {
		return err
	}
	// The standard output has the file; a line about it would be a part of it.
	o.Stdout = p.out
	ctx, ended, done := p.untilSignal()
	defer done()
	report, err := p.runExport(ctx, f, o)
	if s := ended.Load(); s != 0 && errors.Is(err, context.Canceled) {
		return exitCode(128 + int(s))
	}
	if option := (*exporter.OptionError)(nil); errors.As(err, &option) {
		if option.Option == "file" {
			return errors.New(option.What)
		}
		return fmt.Errorf("--%s: %s", option.Option, option.What)
	}
	if err != nil {
		_ = p.out.Flush()
		fmt.Fprintf(os.Stderr, "microts: %v%s\n", err, nearPath(f.db, err))
		return exitCode(exitFailed)
	}
	for _, name := range report.Empty {
		fmt.Fprintf(os.Stderr, "microts: no ticks of %s\n", name.FullSymbol())
	}
	if !f.quiet && file != "-" {
		printExport(p, report, file)
	}
	return nil
}

// options makes the options of the flags.
func (f *exportFlags) options(file string) (exporter.Options, error) {
	o := exporter.Options{File: file, Format: f.format, Range: tick.Always}
	if f.db == "" {
		return o, errors.New("--db: PATH is missing")
	}
	switch len(f.market) {
	case 0:
	case 1:
		o.Market = f.market[0]
	default:
		return o, fmt.Errorf("--market: one character expected, got %q", f.market)
	}
	if f.market != "" && len(f.codes) > 0 {
		return o, errors.New("--market and --code: one of them expected, got both")
	}
	for _, symbol := range f.codes {
		name, err := tick.ParseName(symbol)
		if err != nil {
			return o, fmt.Errorf("--code: %w", err)
		}
		o.Names = append(o.Names, name)
	}
	var err error
	if o.Zone, err = time.LoadLocation(f.tz); err != nil {
		return o, fmt.Errorf("--tz: name of a time zone such as Asia/Shanghai expected, got %q", f.tz)
	}
	now := time.Now()
	if f.from != "" {
		if o.Range.From, err = tick.ParseTime(f.from, o.Zone, now); err != nil {
			return o, fmt.Errorf("--from: %w, got %q", err, f.from)
		}
	}
	if f.to != "" {
		if o.Range.To, err = endTime(f.to, o.Zone, now); err != nil {
			return o, fmt.Errorf("--to: %w, got %q", err, f.to)
		}
	}
	if o.Range.Empty() {
		return o, fmt.Errorf("--to: a time at or after that of --from expected, got %q", f.to)
	}
	return o, nil
}

// endTime reads the last time of a range: a date alone is the last µs of its day.
func endTime(text string, zone *time.Location, now time.Time) (int64, error) {
	us, err := tick.ParseTime(text, zone, now)
	if err != nil || strings.ContainsAny(text, ": ") {
		return us, err
	}
	// Only a date is also the first moment of the day with another time of day behind it.
	if _, err := tick.ParseTime(text+" 12:00", zone, now); err != nil {
		return us, nil
	}
	at := time.UnixMicro(us).In(zone)
	next, err := tick.ParseTime(at.AddDate(0, 0, 1).Format(time.DateOnly), zone, now)
	if err != nil {
		return tick.MaxTime - 1, nil // the last day that there is
	}
	return next - 1, nil
}

// runExport opens what is exported, and exports it.
func (p *process) runExport(ctx context.Context, f *exportFlags, o exporter.Options) (*exporter.Report, error) {
	from, err := p.env.Open(ctx, f.db, &source.Options{Options: store.Options{ReadOnly: true, AnyFormat: f.archive == ""}, Archive: f.archive})
	if err != nil {
		return nil, err
	}
	defer from.Close() // it was only read
	from.SetInterrupt(ctx.Err)
	bar := newProgressReport(f.quiet)
	o.Progress = func(s exporter.Progress) { bar.set(s.Elapsed, func() string { return exportLine(s) }) }
	report, err := exporter.Export(ctx, from, o)
	bar.close()
	return report, err
}

// printExport says what an export did.
func printExport(p *process, r *exporter.Report, file string) {
	rate := ""
	if s := r.Elapsed.Seconds(); s > 0 {
		rate = fmt.Sprintf(", %s rows/s", human.Number(float64(int64(float64(r.Rows)/s))))
	}
	fmt.Fprintf(p.out, "%s of %s in %s, in %s%s\n", human.Count(int(r.Rows), "tick"), human.Count(r.Instruments, "instrument"), file, human.Span(r.Elapsed), rate)
}

// exportLine says how far an export is.
func exportLine(s exporter.Progress) string {
	rate := float64(s.Rows) / max(s.Elapsed.Seconds(), 1e-3)
	return fmt.Sprintf("export: %s rows, %s rows/s, instrument %d of %d", human.Number(float64(s.Rows)), human.Number(float64(int64(rate))), s.Done+1, s.Instruments)
}
