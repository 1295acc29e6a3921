package batch

import (
	"fmt"
	"strings"
	"testing"
)

// TestFailureGroups: messages that differ in numbers and parameters are alike; those of
// other places in a script are not.
func TestFailureGroups(t *testing.T) {
	r := &Report{}
	add := func(code string, status Status, message string) {
		id := len(r.Jobs) + 1
		r.Jobs = append(r.Jobs, JobReport{ID: id, Name: "a[code=" + code + "]", Params: Params{{"code", code}}, Status: status, Reason: ByError, Message: message})
	}
	add("600000", Failed, "a.lua:3: no rows")
	add("600001", Failed, "a.lua:7: cannot open data/600001.csv: 12 bytes")
	add("AAPL", Failed, "a.lua:7: cannot open data/AAPL.csv: 4.5 bytes\nsecond line")
	add("600003", Done, "")
	add("600004", Skipped, "a.lua:7: cannot open data/600004.csv: 12 bytes")
	add("600005", Failed, "a.lua:8: cannot open data/600005.csv: 12 bytes")
	add("600006", Failed, "result: x"+rowsAreIn+"run/rejected/000006-a.csv")
	add("BABA", Failed, "result: x"+rowsAreIn+"run/rejected/000007-a.csv")
	var got []string
	for _, g := range r.FailureGroups() {
		got = append(got, g.Title())
	}
	want := []string{
		"2 jobs, such as a[code=600001]: a.lua:7: cannot open data/600001.csv: 12 bytes",
		"2 jobs, such as a[code=600006]: result: x" + rowsAreIn + "run/rejected/000006-a.csv",
		"a[code=600000]: a.lua:3: no rows",
		"a[code=600005]: a.lua:8: cannot open data/600005.csv: 12 bytes",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// TestDisplayCountsFailures: of failures that are alike a display shows three.
func TestDisplayCountsFailures(t *testing.T) {
	var out strings.Builder
	d := NewPlainDisplay(&out, LogProgress)
	for i := range 10 {
		d.Notice(&Notice{
			Kind: AttemptEnded, Job: &Job{Name: fmt.Sprint("a", i)}, Counts: Counts{Jobs: 10, Failed: i + 1},
			Outcome: &Outcome{Status: Failed, Message: fmt.Sprint("no ", i)},
		})
	}
	d.Close()
	text := out.String()
	if strings.Count(text, "failed a") != 3 || !strings.HasSuffix(text, "no 2 (further failures like this one are counted only)\n") {
		t.Errorf("%s", text)
	}
}
