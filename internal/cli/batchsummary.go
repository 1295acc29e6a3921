package cli

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"microts/internal/batch"
	"microts/internal/human"
)

// listJobs prints the jobs of a plan, for --dry-run.
func (p *process) listJobs(plan *batch.Plan) {
	t := p.newTable()
	t.AppendHeader(table.Row{"id", "job", "needs"})
	for _, j := range plan.Jobs {
		t.AppendRow(table.Row{j.ID, j.Name, showNeeds(j.Needs)})
	}
	t.Render()
	fmt.Fprintf(p.out, "%s", human.Count(len(plan.Jobs), "job"))
	if plan.Shard != batch.Whole {
		fmt.Fprintf(p.out, ", shard %v of %s", plan.Shard, human.Count(plan.Total, "job"))
	}
	fmt.Fprintln(p.out)
}

// newTable makes a table, which goes to the output.
func (p *process) newTable() table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(p.out)
	t.SetStyle(table.StyleDefault)
	if human.Unicode() {
		t.SetStyle(table.StyleLight)
	}
	t.Style().Options.DrawBorder = false
	t.Style().Format.Header = text.FormatDefault
	return t
}

// showNeeds shows the first IDs of the jobs that a job needs.
func showNeeds(ids []int) string {
	const most = 5
	var all []string
	for i, id := range ids {
		if i == most {
			all = append(all, fmt.Sprintf("and %d more", len(ids)-most))
			break
		}
		all = append(all, strconv.Itoa(id))
	}
	return strings.Join(all, ", ")
}

// summary prints what a report says in short; path is the run folder.
func (p *process) summary(r *batch.Report, path string) {
	p.printFailures(r)
	fmt.Fprintf(p.out, "%s: %d done", human.Count(r.Counts.Jobs, "job"), r.Counts.Done)
	for _, part := range undone(r.Counts) {
		fmt.Fprintf(p.out, ", %s", part)
	}
	fmt.Fprintf(p.out, " in %.1f s; %s\n", r.Seconds, human.Count(r.Rows, "row"))
	if r.Counts.Done < r.Counts.Jobs {
		fmt.Fprintf(p.out, "to go on: microts batch --resume %s\n", path)
	}
	fmt.Fprintf(p.out, "report: %s\n", filepath.Join(path, batch.HTMLFile))
}

// printFailures prints the largest groups of failures.
func (p *process) printFailures(r *batch.Report) {
	const most = 10
	shown := 0
	for i, g := range r.FailureGroups() {
		if i == most {
			break
		}
		fmt.Fprintf(p.out, "failed: %s\n", g.Title())
		shown += len(g.Jobs)
	}
	if more := r.Counts.Failed - shown; more > 0 {
		fmt.Fprintf(p.out, "and %d more failed\n", more)
	}
}
