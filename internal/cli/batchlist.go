package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"microts/internal/batch"
	"microts/internal/human"
	"microts/internal/tick"
)

// newListCommand returns the command batch list.
func newListCommand(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "list [FOLDER]",
		Short: "List the runs in a folder (default runs)",
		Long: `List the run folders in FOLDER, or in runs/, the oldest first: when each run began,
how long it took, and what became of its jobs. Times are in Asia/Shanghai.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := runsDir
			if len(args) > 0 {
				dir = args[0]
			}
			runs, err := batch.ListRuns(dir)
			if err != nil {
				return err
			}
			p.listRuns(dir, runs)
			return nil
		},
	}
}

// listRuns prints a table of runs.
func (p *process) listRuns(dir string, runs []batch.RunSummary) {
	if len(runs) == 0 {
		fmt.Fprintf(p.out, "no runs in %s\n", dir)
		return
	}
	t := p.newTable()
	right := func(name string) table.ColumnConfig {
		return table.ColumnConfig{Name: name, Align: text.AlignRight, AlignHeader: text.AlignRight}
	}
	t.SetColumnConfigs([]table.ColumnConfig{right("time"), right("jobs"), right("done"), right("rows")})
	t.AppendHeader(table.Row{"run", "started", "time", "jobs", "done", "not done", "rows", "scripts"})
	for _, r := range runs {
		if r.Err != nil {
			t.AppendRow(table.Row{r.Path, r.Err.Error()})
			continue
		}
		t.AppendRow(table.Row{
			r.Path, r.Started.In(tick.Shanghai).Format("2006-01-02 15:04:05"), human.Seconds(r.Seconds),
			strconv.Itoa(r.Counts.Jobs), strconv.Itoa(r.Counts.Done), strings.Join(undone(r.Counts), ", "), strconv.Itoa(r.Rows), showScripts(r.Scripts),
		})
	}
	t.Render()
}

// undone says what became of the jobs that are not done.
func undone(c batch.Counts) (all []string) {
	for _, n := range []struct {
		n    int
		what string
	}{{c.Failed, "failed"}, {c.Skipped, "skipped"}, {c.Interrupted, "interrupted"}, {c.Pending, "not run"}} {
		if n.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", n.n, n.what))
		}
	}
	return all
}

// showScripts shows the first scripts.
func showScripts(paths []string) string {
	const most = 3
	if len(paths) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(paths[:most], " "), len(paths)-most)
	}
	return strings.Join(paths, " ")
}
