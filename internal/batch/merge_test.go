package batch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMerge joins shards, and refuses to join what does not belong together.
func TestMerge(t *testing.T) {
	dir := write(t, map[string]string{
		"a.lua": `print(job.id) if job.params.k == 4 then error("no") end return {k = job.params.k}`,
		"b.lua": `local header = {needs = {"a.lua"}} return {b = 1}`,
	})
	shard := func(index, count int, k int) string {
		s := &Spec{Shard: Shard{index, count}, Grid: numbers("k", k)}
		f := create(t, plan(t, s, dir, "a.lua", "b.lua"))
		runFolder(t, f, &recorder{})
		return f.Path
	}
	one, two, three := shard(1, 3, 5), shard(2, 3, 5), shard(3, 3, 5)
	merged := filepath.Join(t.TempDir(), "all")
	f, missing, err := Merge(merged, []string{three, one, two})
	if err != nil || len(missing) > 0 {
		t.Fatal(missing, err)
	}
	report, err := f.WriteReports(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	// The columns of a.lua and b.lua differ, so each has its file.
	text, err := os.ReadFile(filepath.Join(merged, "results", "a.csv"))
	if want := "job_id,k\n1,1\n2,2\n3,3\n5,5\n"; string(text) != want || err != nil {
		t.Errorf("the results of a.lua are %s, %v", text, err)
	}
	if c := report.Counts; c != (Counts{Jobs: 10, Done: 8, Failed: 1, Skipped: 1}) || report.Rows != 8 || len(report.Runs) != 3 || report.Shard != Whole {
		t.Errorf("%+v, %d rows, %d runs", c, report.Rows, len(report.Runs))
	}
	for _, j := range report.Jobs[:5] {
		if log, err := os.ReadFile(filepath.Join(merged, j.Log)); err != nil || !strings.HasPrefix(string(log), fmt.Sprint(j.ID)+"\n") {
			t.Errorf("job %d: log %q, %v", j.ID, log, err)
		}
	}
	f, missing, err = Merge(filepath.Join(t.TempDir(), "part"), []string{one, three})
	if err != nil || fmt.Sprint(missing) != "[2/3]" {
		t.Errorf("missing %v, %v", missing, err)
	}
	f.Close()
	for _, c := range []struct {
		want string
		runs []string
	}{
		{"are both shard 1/3", []string{one, one}},
		{"are not of one batch", []string{one, shard(2, 3, 6)}},
		{"are not of one batch:", []string{one, shard(2, 2, 5)}},
		{"holds no run", []string{one, dir}},
	} {
		if _, _, err := Merge(filepath.Join(t.TempDir(), "bad"), c.runs); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v", err)
		}
	}
}
