package cli

import (
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"microts/internal/archive"
	"microts/internal/human"
)

// daysFlags are the flags of days.
type daysFlags struct {
	archiveFlags
	date     string
	codes    bool
	revision int
}

func newDaysCommand(p *process) *cobra.Command {
	var f daysFlags
	cmd := &cobra.Command{
		Use:   "days [flags] URL",
		Short: "List the days of an archive",
		Long: `List the days that are sealed at URL: their revisions, when those were published,
and how many instruments, ticks, parts and bytes they have. This reads manifests
and no ticks. Times are in the zone of the archive.

` + exitCodesOfArchive,
		Example: `  microts days s3://bucket/ticks
  microts days s3://bucket/ticks --date 2026-11-24 --codes
  microts days file:///shared/ticks --market S --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.runArchive(cmd, func(r *archiveRun) error { return r.days(&f, args[0]) })
		},
	}
	flags := cmd.Flags()
	f.registerMarket(cmd)
	flags.StringVar(&f.date, "date", "", "only the day of `DATE`, such as 2026-11-24")
	flags.BoolVar(&f.codes, "codes", false, "list the instruments of each day, and how many ticks they have")
	flags.IntVar(&f.revision, "revision", 0, "the revision `N` of each day (default: the latest)")
	f.register(cmd)
	return cmd
}

func (r *archiveRun) days(f *daysFlags, given string) error {
	a, days, err := r.openDays(&f.archiveFlags, given, f.date, f.revision)
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := a.Describe(days...)
	if err != nil {
		return err
	}
	if f.json {
		d, err := newDaysDocument(a, all, f.codes)
		if err != nil {
			return err
		}
		return r.printDocument(d)
	}
	if f.codes {
		return r.printCodes(a, all)
	}
	r.printDays(a, all)
	return nil
}

// openDays opens an archive and chooses the days of the market that the flags name, and of a
// date if there is one. The caller closes the archive.
func (r *archiveRun) openDays(f *archiveFlags, given, date string, revision int) (a *archive.Archive, days []archive.Day, err error) {
	market, err := f.marketByte()
	if err != nil {
		return nil, nil, err
	}
	o, err := f.archiveOptions()
	if err != nil {
		return nil, nil, err
	}
	o.Revision = revision
	if err := checkURL(given); err != nil {
		return nil, nil, err
	}
	if a, err = archive.Open(r.ctx, given, o); err != nil {
		return nil, nil, err
	}
	a.SetInterrupt(r.ctx.Err)
	if days, err = chooseDays(a, market, date); err != nil {
		_ = a.Close()
		return nil, nil, err
	}
	return a, days, nil
}

// chooseDays returns the days of a market, and of a date if there is one.
func chooseDays(a *archive.Archive, market byte, date string) (chosen []archive.Day, err error) {
	if date != "" {
		if _, err := a.Rule().Range(date); err != nil {
			return nil, err
		}
	}
	days, err := a.Days(market)
	for _, d := range days {
		if date == "" || d.Date == date {
			chosen = append(chosen, d)
		}
	}
	return chosen, err
}

func (r *archiveRun) printDays(a *archive.Archive, all []archive.DayInfo) {
	if len(all) == 0 {
		fmt.Fprintf(r.out, "no such days in %s\n", a.Path())
		return
	}
	zone, err := time.LoadLocation(a.Rule().Zone)
	if err != nil {
		zone = time.UTC
	}
	var ticks, bytes int64
	t := r.newDayTable(table.Row{"day", "revision", "published", "codes", "ticks", "parts", "size"}, "revision", "codes", "ticks", "parts", "size")
	for _, d := range all {
		t.AppendRow(table.Row{d.Day, d.Revision, d.Published.In(zone).Format("2006-01-02 15:04:05"), d.Codes, d.Rows, d.Parts, showSize(d.Bytes)})
		ticks += d.Rows
		bytes += d.Bytes
	}
	t.Render()
	fmt.Fprintf(r.out, "\n%s, %s, %s\n", human.Count(len(all), "day"), human.Count(int(ticks), "tick"), showSize(bytes))
}

// printCodes prints the instruments of days.
func (r *archiveRun) printCodes(a *archive.Archive, all []archive.DayInfo) error {
	t := r.newDayTable(table.Row{"day", "instrument", "ticks"}, "ticks")
	for _, d := range all {
		names, err := a.DayNames(d.Day)
		if err != nil {
			return err
		}
		for _, n := range names {
			t.AppendRow(table.Row{d.Day, n.Name, n.Rows})
		}
	}
	t.Render()
	return nil
}

// dayDocument is a day in what --json prints.
type dayDocument struct {
	Market    string         `json:"market"`
	Date      string         `json:"date"`
	Outcome   string         `json:"outcome,omitempty"` // of seal
	Revision  int            `json:"revision,omitempty"`
	Published *time.Time     `json:"published,omitempty"`
	Codes     int            `json:"codes"`
	Ticks     int64          `json:"ticks"`
	Parts     int            `json:"parts"`
	Bytes     int64          `json:"bytes"`
	SHA256    string         `json:"sha256,omitempty"` // of the manifest
	Digest    string         `json:"digest,omitempty"` // of the ticks
	Names     []nameDocument `json:"instruments,omitempty"`
}

type nameDocument struct {
	Code  string `json:"code"`
	Ticks int64  `json:"ticks"`
}

func newDayDocument(d *archive.DayInfo) dayDocument {
	x := dayDocument{
		Market: string(rune(d.Market)), Date: d.Date, Revision: d.Revision,
		Codes: d.Codes, Ticks: d.Rows, Parts: d.Parts, Bytes: d.Bytes, SHA256: d.SHA256, Digest: d.Digest,
	}
	if !d.Published.IsZero() {
		at := d.Published.UTC()
		x.Published = &at
	}
	return x
}

// daysDocument is what days --json prints.
type daysDocument struct {
	Schema int             `json:"schema"` // 1
	URL    string          `json:"url"`
	Rule   archive.DayRule `json:"rule"`
	Days   []dayDocument   `json:"days"`
}

func newDaysDocument(a *archive.Archive, all []archive.DayInfo, codes bool) (daysDocument, error) {
	d := daysDocument{Schema: 1, URL: a.Path(), Rule: a.Rule(), Days: []dayDocument{}}
	for i := range all {
		x := newDayDocument(&all[i])
		if codes {
			names, err := a.DayNames(all[i].Day)
			if err != nil {
				return d, err
			}
			for _, n := range names {
				x.Names = append(x.Names, nameDocument{n.Name.CodeText(), n.Rows})
			}
		}
		d.Days = append(d.Days, x)
	}
	return d, nil
}
