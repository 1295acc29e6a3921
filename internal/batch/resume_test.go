package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestResume reruns jobs that failed, and jobs whose script, required files or
// prerequisites changed.
func TestResume(t *testing.T) {
	dir := write(t, map[string]string{
		"a.lua": `local x = require "helper" if job.params.k == 2 and x == 1 then error("no") end return {x = x}`,
		"b.lua": `local header = {needs = {"a.lua"}} return {b = 1}`,
		"c.lua": `return {c = 1}`, "helper.lua": `return 1`,
	})
	s := &Spec{Options: Options{Workers: 2}}
	s.Scripts = []Script{
		{Path: filepath.Join(dir, "a.lua"), Grid: numbers("k", 3)},
		{Path: filepath.Join(dir, "b.lua"), Grid: numbers("k", 3)},
		{Path: filepath.Join(dir, "c.lua")},
	}
	f := create(t, plan(t, s, dir))
	again := func(want string) {
		t.Helper()
		rec := &recorder{}
		g := resume(t, f.Path)
		report := runFolder(t, g, rec)
		slices.Sort(rec.starts)
		if got := fmt.Sprint(rec.starts); got != want {
			t.Errorf("started %s, not %s: %s", got, want, statuses(report))
		}
	}
	runFolder(t, f, &recorder{})
	again("[2]") // a[k=2] fails again, so b[k=2] is skipped again
	change := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	change("c.lua", `return {c = 2}`)
	again("[2 7]")
	change("helper.lua", `return 2`) // each a requires it, and each b needs an a
	again("[1 2 3 4 5 6]")
	again("[]")
	report := runFolder(t, resume(t, f.Path), &recorder{})
	if report.Counts.Done != 7 || len(report.Runs) != 6 || report.Rows != 7 {
		t.Errorf("%+v, %d runs, %d rows", report.Counts, len(report.Runs), report.Rows)
	}
	for script, want := range map[string]string{
		"a": "job_id,k,x\n1,1,2\n2,2,2\n3,3,2\n", "b": "job_id,k,b\n4,1,1\n5,2,1\n6,3,1\n", "c": "job_id,c\n7,2\n",
	} {
		text, err := os.ReadFile(filepath.Join(f.Path, ResultsDir, script+".csv"))
		if string(text) != want || err != nil {
			t.Errorf("the results of %s are %s, %v", script, text, err)
		}
	}
}

// TestResumeReadsNoDevice: the script of a job that is done loaded a file that never
// ends, and went on.
func TestResumeReadsNoDevice(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `return {loaded = loadfile("/dev/zero") ~= nil}`})
	s := &Spec{Options: Options{Workers: 1}}
	s.Limits.Memory = 1 << 20
	f := create(t, plan(t, s, dir, "a.lua"))
	runFolder(t, f, &recorder{})
	if report := runFolder(t, resume(t, f.Path), &recorder{}); report.Counts.Done != 1 || report.Jobs[0].Attempts[0].Status != Done {
		t.Errorf("%+v", report)
	}
}

// TestResumeElsewhere refuses to resume a run in another folder, where its paths lead
// elsewhere.
func TestResumeElsewhere(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": ""})
	f := create(t, plan(t, &Spec{}, dir, "a.lua"))
	if report := runFolder(t, f, &recorder{}); report.Counts.Done != 1 {
		t.Fatalf("%+v", report.Counts)
	}
	t.Chdir(t.TempDir())
	if _, err := Open(f.Path); err == nil || !strings.Contains(err.Error(), "was begun in ") {
		t.Errorf("%v", err)
	}
}
