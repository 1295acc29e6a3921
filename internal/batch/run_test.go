package batch

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestNeeds runs jobs after the ones that they need, and skips those whose needs are
// not done.
func TestNeeds(t *testing.T) {
	dir := write(t, map[string]string{
		"a.lua":   `if job.params.k == 2 then error("no") end`,
		"b.lua":   `local header = {needs = {"a.lua"}}`,
		"c.lua":   `local header = {needs = {"b.lua"}}`,
		"all.lua": `local header = {needs = {"a.lua"}, params = {x = 1}}`,
	})
	s := &Spec{Options: Options{Workers: 2}}
	for _, name := range []string{"c.lua", "b.lua", "a.lua"} {
		s.Scripts = append(s.Scripts, Script{Path: filepath.Join(dir, name), Grid: numbers("k", 3)})
	}
	rec := &recorder{}
	p := plan(t, s, dir, "all.lua")
	report := runFolder(t, create(t, p), rec)
	want := "c[k=1] done; c[k=2] skipped; c[k=3] done; b[k=1] done; b[k=2] skipped; b[k=3] done; a[k=1] done; a[k=2] failed error; a[k=3] done; all[x=1] skipped"
	if got := statuses(report); got != want {
		t.Errorf("%s", got)
	}
	if m := report.Jobs[1].Message; m != "needs b[k=2], which is skipped" {
		t.Errorf("%s", m)
	}
	place := map[int]int{}
	for i, id := range rec.starts {
		place[id] = i
	}
	for _, j := range p.Jobs {
		for _, n := range j.Needs {
			if at, ran := place[j.ID]; ran && at < place[n] {
				t.Errorf("%s began before job %d, which it needs", j.Name, n)
			}
		}
	}
	if c := report.Counts; c != (Counts{Jobs: 10, Done: 6, Failed: 1, Skipped: 3}) {
		t.Errorf("%+v", c)
	}
}

// TestFairness runs the jobs of a script with few beside those of one with many.
func TestFairness(t *testing.T) {
	dir := write(t, map[string]string{"many.lua": "", "few.lua": ""})
	s := &Spec{Options: Options{Workers: 1}}
	s.Scripts = []Script{{Path: filepath.Join(dir, "many.lua"), Grid: numbers("k", 50)}, {Path: filepath.Join(dir, "few.lua"), Grid: numbers("k", 2)}}
	rec := &recorder{}
	runFolder(t, create(t, plan(t, s, dir)), rec)
	if first := rec.starts[:4]; !slices.Contains(first, 51) || !slices.Contains(first, 52) {
		t.Errorf("the first jobs are %v", first)
	}
}

// TestShuffle starts jobs in an order that the seed alone decides.
func TestShuffle(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": ""})
	order := func(seed int64) []int {
		s := &Spec{Options: Options{Workers: 1, Shuffle: true, Seed: seed}, Grid: numbers("k", 30)}
		rec := &recorder{}
		runFolder(t, create(t, plan(t, s, dir, "a.lua")), rec)
		return rec.starts
	}
	one, again, other := order(1), order(1), order(2)
	if !slices.Equal(one, again) || slices.Equal(one, other) || slices.IsSorted(one) {
		t.Errorf("%v\n%v\n%v", one, again, other)
	}
}

// TestFailFast starts no job after one that failed.
func TestFailFast(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `if job.params.k == 3 then error("no") end`})
	s := &Spec{Options: Options{Workers: 1, Failures: 1}, Grid: numbers("k", 6)}
	f := create(t, plan(t, s, dir, "a.lua"))
	report := runFolder(t, f, &recorder{})
	if c := report.Counts; c != (Counts{Jobs: 6, Done: 2, Failed: 1, Pending: 3}) {
		t.Errorf("%+v", c)
	}
}

// TestRetries tries jobs again that ask for it, as often as they may.
func TestRetries(t *testing.T) {
	dir := write(t, map[string]string{
		"third.lua": `if job.attempt < 3 then job.retry("not yet") end return {attempt = job.attempt}`,
		"table.lua": `if job.attempt < 2 then error({retryable = true, message = "busy"}) end`,
		"never.lua": `job.retry("never")`,
		"plain.lua": `error("no retry")`,
		"loop.lua":  `local header = {timeout = "100ms"} while true do end`,
	})
	retries := 2
	s := &Spec{Options: Options{Workers: 2}, Limits: Limits{Retries: &retries, Backoff: 10 * time.Millisecond}}
	rec := &recorder{}
	report := runFolder(t, create(t, plan(t, s, dir, "third.lua", "table.lua", "never.lua", "plain.lua", "loop.lua")), rec)
	if got := statuses(report); got != "third done; table done; never failed error; plain failed error; loop failed timeout" {
		t.Errorf("%s", got)
	}
	var attempts []int
	for _, j := range report.Jobs {
		attempts = append(attempts, len(j.Attempts))
	}
	if fmt.Sprint(attempts) != "[3 2 3 1 1]" || report.Jobs[0].Attempts[0].Status != Retry || report.Jobs[0].Rows != 1 {
		t.Errorf("attempts %v", attempts)
	}
	if m := report.Jobs[2].Message; !strings.HasSuffix(m, "never.lua:1: never") {
		t.Errorf("%s", m)
	}
	told := false
	for _, l := range rec.lines {
		told = told || strings.HasPrefix(l, "retry table ") && strings.Contains(l, ": busy; again in ")
	}
	if !told {
		t.Errorf("%q", rec.lines)
	}
}

// TestInterrupts ends a run by Interrupt and by Stop.
func TestInterrupts(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `
		while job.params.k == 2 do end
		wait_until_stopping()
		return {k = job.params.k}`})
	for _, c := range []struct {
		name string
		grid Grid
		end  func(r *Runner)
		want string
	}{
		{"once", values("k", 1.0, 3.0, 4.0), func(r *Runner) { r.Interrupt() }, "a[k=1] done; a[k=3] pending; a[k=4] pending"},
		{"twice", values("k", 2.0, 3.0), func(r *Runner) { r.Interrupt(); r.Interrupt() }, "a[k=2] interrupted; a[k=3] pending"},
		{"stop", values("k", 2.0, 3.0), func(r *Runner) { r.Stop() }, "a[k=2] interrupted; a[k=3] pending"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := create(t, plan(t, &Spec{Options: Options{Workers: 1}, Grid: c.grid}, dir, "a.lua"))
			var r *Runner
			stopping := make(chan struct{})
			rec := &recorder{
				onNotice: func(n *Notice) {
					if n.Kind == AttemptStarted {
						c.end(r)
					}
				},
				onStopping: sync.OnceFunc(func() { close(stopping) }),
			}
			report := runFolder(t, f, rec, func(x *Runner) {
				r = x
				r.hooks.prepare = luaFunction("wait_until_stopping", func() { <-stopping })
			})
			if got := statuses(report); got != c.want || !report.Interrupted || !r.Interrupted() {
				t.Errorf("%s, interrupted %v", got, report.Interrupted)
			}
		})
	}
}
