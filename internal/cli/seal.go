package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"microts/internal/archive"
	"microts/internal/human"
	"microts/store"
)

// sealFlags are the flags of seal.
type sealFlags struct {
	archiveFlags
	db, to       string
	date, before string
	revise       string
	rule         archive.DayRule
	calendar     string
	temp         string
}

func newSealCommand(p *process) *cobra.Command {
	var f sealFlags
	cmd := &cobra.Command{
		Use:   "seal [flags]",
		Short: "Publish days of a database that are over in an archive",
		Long: `Write the ticks of days that are over as Parquet to a store that other machines
read: an S3 bucket or a shared folder. A day appears at once, whole, when its
manifest is created; a seal that ends early can be repeated. The database keeps its
ticks; prune deletes them.

A day that is sealed already with the same ticks stays as it is. With other ticks
it stays too, and the exit code is 1; with --revise, a further revision of it is
published, and the earlier ones stay readable.

` + exitCodesOfArchive,
		Example: `  microts seal --db data/tick --to s3://bucket/ticks --date 2026-11-24
  microts seal --db data/tick --to file:///shared/ticks --before $(date +%F)
  microts seal --db data/tick --to s3://bucket/ticks --before $(date +%F) \
      --revise merge`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "db", "to"); err != nil {
				return err
			}
			if f.date == "" && f.before == "" {
				return required(cmd, "date")
			}
			return p.runArchive(cmd, func(r *archiveRun) error { return r.seal(&f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.db, "db", "", "the database in the folder `PATH`; another process may write to it")
	flags.StringVar(&f.to, "to", "", "the archive at `URL`: s3://BUCKET/PREFIX or file:///FOLDER; the first seal makes it")
	flags.StringVar(&f.date, "date", "", "seal the day of `DATE`, such as 2026-11-24")
	flags.StringVar(&f.before, "before", "", "seal all days before `DATE` that have ticks")
	f.registerMarket(cmd)
	flags.StringVar(&f.revise, "revise", "", "publish a further revision of days that are sealed with other ticks: `HOW` is merge (the sealed ticks, with those of the database over them) or replace (those of the database alone)")
	flags.StringVar(&f.rule.Zone, "zone", "", "for a new archive: the time `ZONE` of its days (default \"Asia/Shanghai\")")
	flags.StringVar(&f.rule.Starts, "day-starts", "", "for a new archive: the `CLOCK` time at which days begin; from 12:00 on, that of the day before: with 21:00, a night session belongs to the next day (default \"00:00\")")
	flags.BoolVar(&f.rule.NextMonday, "next-monday", false, "for a new archive: what begins on a Saturday or Sunday belongs to Monday")
	flags.StringVar(&f.calendar, "calendar", "", "for a new archive: its days are the trading days of a calendar, whose `NAME` is cn, cn-futures, hk or us, or of its file")
	flags.StringVar(&f.temp, "temp", "", "write parts in `FOLDER` before they are put (default: that of the system)")
	f.register(cmd)
	cmd.MarkFlagsMutuallyExclusive("date", "before")
	for _, flag := range []string{"zone", "day-starts", "next-monday"} {
		cmd.MarkFlagsMutuallyExclusive("calendar", flag)
	}
	return cmd
}

// options returns what the flags say.
func (f *sealFlags) options() (o archive.SealOptions, err error) {
	o = archive.SealOptions{Date: f.date, Before: f.before, Temp: f.temp, Rule: f.rule}
	if o.Market, err = f.marketByte(); err != nil {
		return o, err
	}
	switch f.revise {
	case "":
	case "merge":
		o.Revise = archive.Merge
	case "replace":
		o.Revise = archive.Replace
	default:
		return o, fmt.Errorf("--revise: %w", unknownWord("word", f.revise, []string{"merge", "replace"}))
	}
	if f.calendar != "" {
		if o.Rule, err = ruleOf(f.calendar); err != nil {
			return o, err
		}
	}
	if o.Rule != (archive.DayRule{}) {
		if o.Rule.Zone == "" {
			o.Rule.Zone = archive.DefaultRule.Zone
		}
		if o.Rule.Starts == "" {
			o.Rule.Starts = archive.DefaultRule.Starts
		}
	}
	return o, nil
}

func (r *archiveRun) seal(f *sealFlags) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	o.Progress = r.progress
	db, err := r.openToSeal(f.db)
	if err != nil {
		return err
	}
	defer db.Close()
	to, err := r.openStore(f.to, &f.archiveFlags, true)
	if err != nil {
		return err
	}
	defer to.Close()
	report, err := archive.Seal(r.ctx, db, to, o)
	r.line.close()
	if len(report.Days) == 0 && err != nil {
		return err
	}
	if f.json {
		return errors.Join(err, r.printDocument(newSealDocument(to.URL(), report)))
	}
	r.printSealed(report)
	return err
}

// openToSeal opens a database read-only, so that another process can go on to write, or
// begin to. Before that it commits what a process that was killed has left: a database
// that is open read-only does not show it.
func (r *archiveRun) openToSeal(path string) (*store.DB, error) {
	if isDatabase(path) {
		db, err := r.openDB(path, store.Options{})
		if err == nil {
			err = errors.Join(db.Flush(), db.Close())
		}
		// If another process has it open, that one has committed all.
		if locked := (*store.LockedError)(nil); err != nil && !errors.As(err, &locked) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
			return nil, err
		}
	}
	return r.openDB(path, store.Options{ReadOnly: true})
}

// sealDocument is what --json prints.
type sealDocument struct {
	Schema int           `json:"schema"` // 1
	URL    string        `json:"url"`
	Days   []dayDocument `json:"days"`
	Points int64         `json:"points_left"` // of other data types than 0: they are not sealed
}

func newSealDocument(url string, report archive.SealReport) sealDocument {
	d := sealDocument{Schema: 1, URL: url, Days: []dayDocument{}, Points: report.Points}
	for _, day := range report.Days {
		x := newDayDocument(&day.DayInfo)
		x.Outcome = string(day.Outcome)
		d.Days = append(d.Days, x)
	}
	return d
}

// printSealed prints what was done, for people.
func (r *archiveRun) printSealed(report archive.SealReport) {
	counts := map[archive.Outcome]int{}
	var ticks, bytes int64
	t := r.newDayTable(table.Row{"day", "outcome", "revision", "codes", "ticks", "parts", "size"}, "revision", "codes", "ticks", "parts", "size")
	for _, d := range report.Days {
		counts[d.Outcome]++
		if d.Outcome == archive.Empty {
			t.AppendRow(table.Row{d.Day, d.Outcome})
			continue
		}
		if d.Outcome == archive.Sealed {
			ticks += d.Rows
			bytes += d.Bytes
		}
		t.AppendRow(table.Row{d.Day, d.Outcome, d.Revision, d.Codes, d.Rows, d.Parts, showSize(d.Bytes)})
	}
	if len(report.Days) > 0 {
		t.Render()
		fmt.Fprintln(r.out)
	}
	fmt.Fprintf(r.out, "sealed %s: %s, %s", human.Count(counts[archive.Sealed], "day"), human.Count(int(ticks), "tick"), showSize(bytes))
	if n := counts[archive.Unchanged]; n > 0 {
		fmt.Fprintf(r.out, "; %s had been sealed with the same ticks", human.Count(n, "day"))
	}
	if n := counts[archive.Empty]; n > 0 {
		fmt.Fprintf(r.out, "; %s without ticks", human.Count(n, "day"))
	}
	fmt.Fprintln(r.out)
	if report.Points > 0 {
		fmt.Fprintf(r.out, "not sealed: %s of other data types than 0, which only the database holds\n", human.Count(int(report.Points), "point"))
	}
}
