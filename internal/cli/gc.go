package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"microts/internal/archive"
	"microts/internal/human"
)

// gcFlags are the flags of gc.
type gcFlags struct {
	archiveFlags
	olderThan string
	dryRun    bool
	all       bool
}

func newGCCommand(p *process) *cobra.Command {
	var f gcFlags
	cmd := &cobra.Command{
		Use:   "gc [flags] URL",
		Short: "Delete the parts of an archive that no day has",
		Long: `Delete the parts that no manifest of any revision names, and temporary files: a
seal leaves them that was killed or came second. What is younger than --older-than
stays, by the clock of the store: a seal may be about to publish it. If a manifest
is damaged, nothing is deleted and the exit code is 1.

` + exitCodesOfArchive,
		Example: `  microts gc s3://bucket/ticks --dry-run
  microts gc s3://bucket/ticks --older-than 7d`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.runArchive(cmd, func(r *archiveRun) error { return r.gc(&f, args[0]) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.olderThan, "older-than", "30d", "keep what was put within this `AGE`, 1h at least")
	flags.BoolVar(&f.dryRun, "dry-run", false, "list what would be deleted")
	flags.BoolVar(&f.all, "all", false, "list all parts, not the first 20")
	f.register(cmd)
	return cmd
}

// leastAge keeps gc from deleting what a seal puts just now.
const leastAge = time.Hour

func (r *archiveRun) gc(f *gcFlags, given string) error {
	age, err := human.ParseAge(f.olderThan)
	if err == nil && age < leastAge {
		err = fmt.Errorf("1h at least expected, got %s: a seal may be about to publish what is younger", f.olderThan)
	}
	if err != nil {
		return fmt.Errorf("--older-than: %w", err)
	}
	s, err := r.openStore(given, &f.archiveFlags, false)
	if err != nil {
		return err
	}
	defer s.Close()
	report, err := archive.GC(r.ctx, s, archive.GCOptions{OlderThan: age, DryRun: f.dryRun})
	if f.json {
		if err != nil {
			return err
		}
		return r.printDocument(newGCDocument(s.URL(), &report))
	}
	for i, key := range report.Parts {
		if i == mostLines && !f.all {
			fmt.Fprintf(r.out, "and %d more; --all lists them\n", len(report.Parts)-i)
			break
		}
		fmt.Fprintln(r.out, key)
	}
	verb := "deleted"
	if f.dryRun {
		verb = "would delete"
	}
	fmt.Fprintf(r.out, "%s %s (%s)", verb, human.Count(len(report.Parts), "part"), showSize(report.Bytes))
	if !f.dryRun {
		fmt.Fprintf(r.out, " and %s", human.Count(report.Swept, "temporary file"))
	}
	fmt.Fprintln(r.out)
	return err
}

// gcDocument is what --json prints.
type gcDocument struct {
	Schema int      `json:"schema"` // 1
	URL    string   `json:"url"`
	Parts  []string `json:"parts"`
	Bytes  int64    `json:"bytes"`
	Swept  int      `json:"temporary_files"`
}

func newGCDocument(url string, r *archive.GCReport) gcDocument {
	return gcDocument{Schema: 1, URL: url, Parts: append([]string{}, r.Parts...), Bytes: r.Bytes, Swept: r.Swept}
}
