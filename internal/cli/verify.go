package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"microts/internal/archive"
	"microts/internal/human"
)

// verifyFlags are the flags of verify.
type verifyFlags struct {
	archiveFlags
	date       string
	all, quick bool
}

func newVerifyCommand(p *process) *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [flags] URL",
		Short: "Read what an archive holds, and say what is damaged",
		Long: `Read the manifests and parts of the archive at URL and compare them with their
checksums: each part, each group of rows, and the ticks of each day.

The exit code is 0 if all is well and 1 if something is damaged or missing. It is
2 if the command line, the credentials or the archive is wrong, and 3 if the store
cannot be reached: then the same command may succeed later.`,
		Example: `  microts verify s3://bucket/ticks
  microts verify s3://bucket/ticks --quick`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.runArchive(cmd, func(r *archiveRun) error { return r.verify(&f, args[0]) })
		},
	}
	flags := cmd.Flags()
	f.registerMarket(cmd)
	flags.StringVar(&f.date, "date", "", "only the day of `DATE`, such as 2026-11-24")
	flags.BoolVar(&f.all, "all", false, "read all revisions, not only the latest of each day")
	flags.BoolVar(&f.quick, "quick", false, "read the manifests, and see whether the parts are there and have their sizes")
	f.register(cmd)
	return cmd
}

func (r *archiveRun) verify(f *verifyFlags, given string) error {
	market, err := f.marketByte()
	if err != nil {
		return err
	}
	s, err := r.openStore(given, &f.archiveFlags, false)
	if err != nil {
		return err
	}
	defer s.Close()
	report, err := archive.Verify(r.ctx, s, archive.VerifyOptions{Market: market, Date: f.date, All: f.all, Quick: f.quick, Progress: r.progress})
	r.line.close()
	if err == nil && report.Days == 0 && f.date != "" {
		err = fmt.Errorf("no such days in %s", s.URL())
	}
	if err != nil {
		return err
	}
	if f.json {
		err = r.printDocument(newVerifyDocument(s.URL(), &report))
	} else {
		r.printVerified(&report)
	}
	if err == nil && len(report.Problems) > 0 {
		return exitCode(exitDamaged)
	}
	return err
}

func (r *archiveRun) printVerified(report *archive.VerifyReport) {
	for _, d := range report.Problems {
		fmt.Fprintf(r.out, "damaged: %s: %s\n", d.Key, d.Problem)
	}
	fmt.Fprintf(r.out, "%s, %s, %s, %s: ", human.Count(report.Days, "day"), human.Count(report.Parts, "part"), human.Count(int(report.Rows), "tick"), showSize(report.Bytes))
	if n := len(report.Problems); n > 0 {
		fmt.Fprintln(r.out, human.Count(n, "fault"))
		return
	}
	fmt.Fprintln(r.out, "all is well")
}

// verifyDocument is what --json prints.
type verifyDocument struct {
	Schema int             `json:"schema"` // 1
	Result string          `json:"result"` // "ok" or "damaged"
	URL    string          `json:"url"`
	Days   int             `json:"days"`
	Parts  int             `json:"parts"`
	Ticks  int64           `json:"ticks"`
	Bytes  int64           `json:"bytes"`
	Faults []faultDocument `json:"faults"`
}

type faultDocument struct {
	Key     string `json:"key"`
	Problem string `json:"problem"`
}

func newVerifyDocument(url string, r *archive.VerifyReport) verifyDocument {
	d := verifyDocument{Schema: 1, Result: "ok", URL: url, Days: r.Days, Parts: r.Parts, Ticks: r.Rows, Bytes: r.Bytes, Faults: []faultDocument{}}
	for _, p := range r.Problems {
		d.Result = "damaged"
		d.Faults = append(d.Faults, faultDocument{p.Key, p.Problem})
	}
	return d
}
