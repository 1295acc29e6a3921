package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"microts/internal/archive"
	"microts/internal/human"
	"microts/store"
)

// unsealFlags are the flags of unseal.
type unsealFlags struct {
	archiveFlags
	db, date string
	replace  bool
	revision int
}

func newUnsealCommand(p *process) *cobra.Command {
	var f unsealFlags
	cmd := &cobra.Command{
		Use:   "unseal [flags] URL",
		Short: "Write days of an archive into a database",
		Long: `Write the ticks of sealed days into the database in the folder PATH, which is made
if it does not exist. They are those that were sealed, byte for byte. The archive
does not change.

If the database has other ticks of a day, that day is not written and the exit code
is 1; with --replace, they are deleted before. An unseal that ended early can be
repeated.

` + exitCodesOfArchive,
		Example: `  microts unseal s3://bucket/ticks --db data/november
  microts unseal s3://bucket/ticks --db data/tick --date 2026-11-24 --replace`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := required(cmd, "db"); err != nil {
				return err
			}
			return p.runArchive(cmd, func(r *archiveRun) error { return r.unseal(&f, args[0]) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.db, "db", "", "write into the database in the folder `PATH`")
	f.registerMarket(cmd)
	flags.StringVar(&f.date, "date", "", "only the day of `DATE`, such as 2026-11-24")
	flags.IntVar(&f.revision, "revision", 0, "the revision `N` of each day (default: the latest)")
	flags.BoolVar(&f.replace, "replace", false, "first delete what the database has of the days")
	f.register(cmd)
	return cmd
}

func (r *archiveRun) unseal(f *unsealFlags, given string) (err error) {
	a, days, err := r.openDays(&f.archiveFlags, given, f.date, f.revision)
	if err != nil {
		return err
	}
	defer a.Close()
	if len(days) == 0 {
		return fmt.Errorf("no such days in %s", a.Path())
	}
	db, err := r.openDB(f.db, store.Options{Durability: store.None}) // it may be run again
	if err != nil {
		return err
	}
	report, err := archive.Unseal(r.ctx, a, days, db, archive.UnsealOptions{Replace: f.replace, Progress: r.progress})
	err = errors.Join(err, db.Flush(), db.Close())
	r.line.close()
	switch {
	case report.Days == 0 && err != nil:
		return err
	case f.json:
		return errors.Join(err, r.printDocument(unsealDocument{1, a.Path(), report.Days, report.Rows, report.Deleted}))
	}
	fmt.Fprintf(r.out, "unsealed %s: %s", human.Count(report.Days, "day"), human.Count(int(report.Rows), "tick"))
	if f.replace {
		fmt.Fprintf(r.out, "; deleted before: %s", human.Count(int(report.Deleted), "tick"))
	}
	fmt.Fprintln(r.out)
	return err
}

// unsealDocument is what --json prints.
type unsealDocument struct {
	Schema  int    `json:"schema"` // 1
	URL     string `json:"url"`
	Days    int    `json:"days"`
	Ticks   int64  `json:"ticks"`
	Deleted int64  `json:"deleted"`
}
