package cli

import (
	"errors"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"microts/internal/archive"
	"microts/internal/human"
	"microts/store"
)

// pruneFlags are the flags of prune.
type pruneFlags struct {
	archiveFlags
	db, sealed      string
	date, before    string
	dryRun, compact bool
}

func newPruneCommand(p *process) *cobra.Command {
	var f pruneFlags
	cmd := &cobra.Command{
		Use:   "prune [flags]",
		Short: "Delete from a database the days that an archive holds",
		Long: `Delete the ticks of sealed days from the database in the folder PATH. A day is
deleted only after all of it was read from the archive at URL and compared: with its
checksums, and with each tick of the database. If the database has a tick that is
not sealed, or another value, or the archive is damaged, the day stays and the exit
code is 1.

` + exitCodesOfArchive,
		Example: `  microts prune --db data/tick --sealed s3://bucket/ticks --dry-run
  microts prune --db data/tick --sealed s3://bucket/ticks --before 2026-11-01`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := required(cmd, "db", "sealed"); err != nil {
				return err
			}
			return p.runArchive(cmd, func(r *archiveRun) error { return r.prune(&f) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.db, "db", "", "delete from the database in the folder `PATH`")
	flags.StringVar(&f.sealed, "sealed", "", "only what is sealed in the archive at `URL`")
	f.registerMarket(cmd)
	flags.StringVar(&f.date, "date", "", "only the day of `DATE`, such as 2026-11-24")
	flags.StringVar(&f.before, "before", "", "only days before `DATE`")
	flags.BoolVar(&f.dryRun, "dry-run", false, "read and compare, and delete nothing")
	flags.BoolVar(&f.compact, "compact", false, "then compact the database, which frees the room on the disk at once")
	f.register(cmd)
	cmd.MarkFlagsMutuallyExclusive("date", "before")
	return cmd
}

func (r *archiveRun) prune(f *pruneFlags) error {
	market, err := f.marketByte()
	if err != nil {
		return err
	}
	s, err := r.openStore(f.sealed, &f.archiveFlags, false)
	if err != nil {
		return err
	}
	defer s.Close()
	// A database that does not exist is an error, and is not made.
	db, err := r.openDB(f.db, store.Options{ReadOnly: true})
	if err == nil && !f.dryRun {
		_ = db.Close()
		db, err = r.openDB(f.db, store.Options{})
	}
	if err != nil {
		return err
	}
	report, err := archive.Prune(r.ctx, db, s, archive.PruneOptions{Market: market, Date: f.date, Before: f.before, DryRun: f.dryRun, Progress: r.progress})
	if !f.dryRun {
		err = errors.Join(err, db.Flush())
		if f.compact && err == nil {
			err = db.Compact()
		}
	}
	err = errors.Join(err, db.Close())
	r.line.close()
	if len(report.Days) == 0 && err != nil {
		return err
	}
	if f.json {
		return errors.Join(err, r.printDocument(newPruneDocument(s.URL(), report, f.dryRun)))
	}
	r.printPruned(report, f.dryRun)
	return err
}

func (r *archiveRun) printPruned(report archive.PruneReport, dryRun bool) {
	verb, total := "pruned", int64(0)
	if dryRun {
		verb = "would prune"
	}
	t := r.newDayTable(table.Row{"day", "revision", "ticks"}, "revision", "ticks")
	for _, d := range report.Days {
		t.AppendRow(table.Row{d.Day, d.Revision, d.Rows})
		total += d.Rows
	}
	if len(report.Days) > 0 {
		t.Render()
		fmt.Fprintln(r.out)
	}
	fmt.Fprintf(r.out, "%s %s: %s\n", verb, human.Count(len(report.Days), "day"), human.Count(int(total), "tick"))
}

// pruneDocument is what --json prints.
type pruneDocument struct {
	Schema int           `json:"schema"` // 1
	URL    string        `json:"url"`
	DryRun bool          `json:"dry_run"`
	Days   []pruneDayDoc `json:"days"`
}

type pruneDayDoc struct {
	Market   string `json:"market"`
	Date     string `json:"date"`
	Revision int    `json:"revision"`
	Ticks    int64  `json:"ticks"`
}

func newPruneDocument(url string, report archive.PruneReport, dryRun bool) pruneDocument {
	d := pruneDocument{Schema: 1, URL: url, DryRun: dryRun, Days: []pruneDayDoc{}}
	for _, day := range report.Days {
		d.Days = append(d.Days, pruneDayDoc{string(rune(day.Market)), day.Date, day.Revision, day.Rows})
	}
	return d
}
