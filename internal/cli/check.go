package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"microts/internal/human"
	"microts/internal/suggest"
	"microts/internal/tick"
	"microts/store"
)

// checkFlags are the flags of check.
type checkFlags struct {
	json   bool
	all    bool
	repair string
}

// The exit codes of check, besides exitOK and exitUsage, which says that check cannot
// tell.
const exitDamaged = 1

func newCheckCommand(p *process) *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [flags] DB",
		Short: "Read all of a database, say what is damaged, and save what can be read",
		Long: `Read all of the database in the folder DB and print what it holds and what is
damaged: the checksum of each block of its table files, its MANIFEST against the
files, its WALs to their ends, the buffers that a process left, and the form of
each key and value. Nothing in the folder changes. Another process may write to
the database meanwhile.

With --repair, everything that can be read is saved into a new database in the
folder NEW, which must not exist, and what is lost is printed.

The exit code is 0 if all is well, 1 if something is damaged, and 2 if that
cannot be told: DB is no database, or cannot be read.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.check(&f, args[0]) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.json, "json", false, "print one JSON document")
	flags.BoolVar(&f.all, "all", false, "list all instruments and all damage, not the first 20")
	flags.StringVar(&f.repair, "repair", "", "save what can be read into a new database in the folder `NEW`")
	return cmd
}

// check runs the command check.
func (p *process) check(f *checkFlags, path string) error {
	ctx, ended, done := p.untilSignal()
	defer done()

	line, progress := newCheckProgress(f.repair != "")
	o := store.CheckOptions{Progress: progress}
	var report *store.CheckReport
	var err error
	if f.repair == "" {
		report, err = store.Check(ctx, path, o)
	} else {
		report, err = p.env.Databases.Repair(ctx, path, f.repair, o)
	}
	line.close()
	if s := ended.Load(); s != 0 && errors.Is(err, context.Canceled) {
		return exitCode(128 + int(s))
	}
	if err != nil {
		_ = p.out.Flush()
		fmt.Fprintf(os.Stderr, "microts: %v%s\n", err, nearPath(path, err))
		return exitCode(exitUsage)
	}
	if f.json {
		err = p.printJSON(report, f.repair)
	} else {
		p.printReport(report, f)
	}
	if err == nil && len(report.Faults) > 0 {
		return exitCode(exitDamaged)
	}
	return err
}

// nearPath returns what to add to the error of a path that does not exist, if it is
// much like one that does.
func nearPath(path string, err error) string {
	if _, statErr := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || !errors.Is(statErr, fs.ErrNotExist) {
		return ""
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if near := suggest.Nearest(filepath.Base(path), names); near != "" {
		return fmt.Sprintf("; did you mean %s?", filepath.Join(filepath.Dir(path), near))
	}
	return ""
}

// checkDocument is what --json prints. Its schema grows, but no field changes.
type checkDocument struct {
	Schema int    `json:"schema"` // 1
	Result string `json:"result"` // "ok" or "damaged"
	Saved  string `json:"saved"`  // the new database; "" without --repair
	*store.CheckReport
}

func (p *process) printJSON(r *store.CheckReport, saved string) error {
	doc := checkDocument{Schema: 1, Result: "ok", Saved: saved, CheckReport: r}
	if len(r.Faults) > 0 {
		doc.Result = "damaged"
	}
	return p.printDocument(doc)
}

// printReport prints a report for people.
func (p *process) printReport(r *store.CheckReport, f *checkFlags) {
	p.printInstruments(r, f.all)
	p.printTotals(r)
	for _, n := range r.Notes {
		fmt.Fprintf(p.out, "note: %s\n", n)
	}
	p.printFaults(r, f)
	switch lost := countLost(r); {
	case len(r.Faults) == 0 && f.repair == "":
		fmt.Fprintln(p.out, "all is well")
	case f.repair != "":
		fmt.Fprintf(p.out, "saved in %s: all of the above; lost: %s\n", f.repair, lost)
	default:
		fmt.Fprintf(p.out, "%s; lost: %s\nto save what can be read: microts check --repair NEW %s\n",
			human.Count(len(r.Faults), "fault"), lost, shellWord(r.Path))
	}
}

// shellWord returns text as a shell reads it as one word.
func shellWord(text string) string {
	special := func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("/._-+,:@%", c)
	}
	if text != "" && !strings.ContainsFunc(text, special) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// countLost says how much of a database is lost.
func countLost(r *store.CheckReport) string {
	pieces, bytes := 0, int64(0)
	for _, f := range r.Faults {
		if f.Lost {
			pieces++
			bytes += f.Bytes
		}
	}
	if pieces == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%s, %d bytes", human.Count(pieces, "piece"), bytes)
}

// mostLines is how many instruments and faults are printed without --all.
const mostLines = 20

func (p *process) printInstruments(r *store.CheckReport, all bool) {
	if len(r.Instruments) == 0 {
		return
	}
	t := p.newTable()
	t.SetColumnConfigs([]table.ColumnConfig{{Name: "ticks", Align: text.AlignRight, AlignHeader: text.AlignRight}, {Name: "type", Align: text.AlignRight}})
	t.AppendHeader(table.Row{"instrument", "type", "ticks", "first", "last"})
	for i, in := range r.Instruments {
		if i == mostLines && !all {
			break
		}
		name := in.Symbol
		if in.Market != "" {
			name = tick.Name{Market: in.Market[0], Code: in.Code}.String()
		}
		t.AppendRow(table.Row{name, in.DataType, in.Ticks, showTime(in.First), showTime(in.Last)})
	}
	t.Render()
	if n := len(r.Instruments) - mostLines; n > 0 && !all {
		fmt.Fprintf(p.out, " and %d more; --all lists them\n", n)
	}
	fmt.Fprintln(p.out)
}

// showTime shows a time in ms, which leaves room for a line of 80 columns.
func showTime(us int64) string {
	shown := tick.FormatTime(us, tick.Shanghai)
	return shown[:len(shown)-len("000")]
}

func (p *process) printTotals(r *store.CheckReport) {
	format := r.Format
	if format == "" {
		format = "unknown"
	}
	fmt.Fprintf(p.out, "format %s: %s, %s, %s", format, human.Count(int(r.Ticks), "tick"), human.Count(int(r.Points), "other point"), human.Count(int(r.Raw), "raw key"))
	for _, f := range r.Families {
		fmt.Fprintf(p.out, ", %s in column family %q", human.Count(int(f.Keys), "key"), f.Name)
	}
	fmt.Fprintf(p.out, "\n%s (%s), %s (%s)", human.Count(r.Tables, "table file"), showSize(r.TableBytes), human.Count(r.WALs, "WAL"), showSize(r.WALBytes))
	if r.Pending > 0 {
		fmt.Fprintf(p.out, ", %s in buffers, which the next open commits", human.Count(int(r.Pending), "write"))
	}
	fmt.Fprintln(p.out)
}

// showSize shows a size in MiB, or in bytes if it is smaller.
func showSize(bytes int64) string {
	const mib = 1 << 20
	if bytes < mib {
		return human.Count(int(bytes), "byte")
	}
	return human.MiB(bytes)
}

func (p *process) printFaults(r *store.CheckReport, flags *checkFlags) {
	for i, f := range r.Faults {
		if i == mostLines && !flags.all {
			fmt.Fprintf(p.out, "and %s more; --all lists them\n", human.Count(len(r.Faults)-i, "fault"))
			return
		}
		where := f.File
		if where == "" {
			where = r.Path
		}
		fmt.Fprintf(p.out, "damaged: %s: %s", where, f.What)
		if f.Bytes > 0 {
			fmt.Fprintf(p.out, " at byte %d (%d bytes)", f.Offset, f.Bytes)
		}
		fmt.Fprintf(p.out, ": %s\n", f.Problem)
		switch {
		case f.After == "" && f.Before == "":
		case f.What == "key":
			fmt.Fprintf(p.out, "  %s\n", f.After)
		default:
			fmt.Fprintf(p.out, "  keys %s\n", between(f.After, f.Before))
		}
	}
}

// between says where keys are: behind one and before another, each of which may be "".
func between(after, before string) string {
	switch {
	case before == "":
		return "after " + after
	case after == "":
		return "before " + before
	}
	return "between " + after + " and " + before
}

// newCheckProgress returns the line of a check, and what sets it. Several goroutines may
// call that.
func newCheckProgress(repair bool) (*progressLine, func(done, total int64)) {
	verb := "check"
	if repair {
		verb = "repair"
	}
	line := newProgressLine()
	return line, func(done, total int64) {
		line.draw(func(since time.Duration) string {
			rate := float64(done) / since.Seconds()
			left := ""
			if done > 0 && since > time.Second {
				left = ", " + human.Clock(time.Duration(float64(total-done)/rate*float64(time.Second))) + " left"
			}
			return fmt.Sprintf("%s: %s of %s, %s/s%s", verb, human.MiB(done), human.MiB(total), human.MiB(int64(rate)), left)
		})
	}
}
