package batch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"microts/internal/archive"
	"microts/internal/source"
	"microts/internal/tick"
)

// sealedTicks says how many ticks an instrument has on a day: "S600000 2023-11-14".
type sealedTicks map[string]int

// seal seals ticks into the archive at a URL, as new revisions of days that are sealed.
func seal(t testing.TB, url string, ticks sealedTicks) {
	t.Helper()
	db, err := env.Databases.Open(filepath.Join(t.TempDir(), "db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range ticks {
		symbol, date, _ := strings.Cut(what, " ")
		in, err := tick.ParseInstrument(symbol[0], symbol[1:])
		if err != nil {
			t.Fatal(err)
		}
		begin, err := tick.ParseTime(date+" 09:30:00", tick.Shanghai, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if err := db.Put(&in, begin+int64(i), 0, "v"); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, err = source.Of(db).Seal(context.Background(), url, archive.SealOptions{Before: "2024-01-01", Revise: archive.Replace})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// sealed makes an archive of some ticks and returns its URL.
func sealed(t testing.TB, ticks sealedTicks) string {
	t.Helper()
	url := "file://" + t.TempDir()
	seal(t, url, ticks)
	return url
}

// week is what most of these tests read.
var week = sealedTicks{
	"S600000 2023-11-14": 30, "S600000 2023-11-15": 10, "S600519 2023-11-15": 50, "S1 2023-11-17": 7, "H700 2023-11-16": 5,
}

// openSpec opens what a Spec reads.
func openSpec(t testing.TB, s *Spec) *source.Source {
	t.Helper()
	db, err := s.OpenDB(context.Background(), env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// planOver makes the plan of a Spec over its archive.
func planOver(t testing.TB, s *Spec, scripts ...string) *Plan {
	t.Helper()
	for _, path := range scripts {
		s.Scripts = append(s.Scripts, Script{Path: path})
	}
	p, err := s.Plan(openSpec(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestGridOfArchive: an archive's manifests say which instruments and days there are.
func TestGridOfArchive(t *testing.T) {
	dir := write(t, map[string]string{"calendar.txt": "2023-11-15\n2023-11-16\n"})
	db := openSpec(t, &Spec{Options: Options{DB: sealed(t, week)}})
	for _, c := range []struct {
		grid Grid
		want string
	}{
		{Grid{EachCode: []string{"S"}}, "market=S,code=000001 market=S,code=600000 market=S,code=600519"},
		{Grid{EachCode: []string{"H", "S"}, Dates: "2023-11-15"}, "market=S,code=600000,date=2023-11-15 market=S,code=600519,date=2023-11-15"},
		{Grid{EachCode: []string{AllMarkets}, Dates: "2023-11-16..2023-11-30"}, "market=H,code=00700,date=2023-11-16 market=H,code=00700,date=2023-11-17 market=S,code=000001,date=2023-11-16 market=S,code=000001,date=2023-11-17"},
		{Grid{EachCode: []string{"H"}, Dates: "..20231130"}, "market=H,code=00700,date=2023-11-16"},
		{Grid{Dates: "..2023-11-15"}, "date=2023-11-14 date=2023-11-15"},
		{Grid{Dates: "2023-11-15..2023-11-30"}, "date=2023-11-15 date=2023-11-16 date=2023-11-17"},
		{Grid{Dates: "2023-11-13..2023-11-15", Calendar: filepath.Join(dir, "calendar.txt")}, "date=2023-11-15"},
	} {
		all, err := c.grid.combinations(db)
		var got []string
		for _, p := range all {
			got = append(got, p.String())
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %s, %v, not %s", c.grid, strings.Join(got, " "), err, c.want)
		}
	}
	for _, c := range []struct {
		grid Grid
		want string
	}{
		{Grid{Dates: "2023-12-01..2023-12-31"}, "dates 2023-12-01..2023-12-31: nothing to run for"},
		{Grid{EachCode: []string{"U"}}, "each-code U: nothing to run for"},
		{Grid{EachCode: []string{"US"}, Dates: "2023-11-15"}, `each-code: a market (one character) or "all" expected, got "US"`},
	} {
		if _, err := c.grid.combinations(db); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.grid, err)
		}
	}
}

// TestPlanPinsRevisions: all runs of a plan read the same ticks, whatever is sealed later.
func TestPlanPinsRevisions(t *testing.T) {
	url := sealed(t, week)
	script := filepath.Join(write(t, map[string]string{"count.lua": `
		local ts = require "micro_ts"
		if job.params.code == 600519 and job.attempt == 1 then error("later") end
		assert(ts.open(job.params.url):count("S", job.params.code) == job.db:count("S", job.params.code))
		assert(tostring(ts.open(job.params.url, {revision = 1}):count("S", job.params.code)))
		return {n = job.db:count("S", job.params.code)}`}), "count.lua")
	s := &Spec{Options: Options{DB: url + "/"}, Grid: Grid{Values: []Values{{"code", []any{600000.0, 600519.0}}, {"url", []any{url}}}}}
	p := planOver(t, s, script)
	want := archive.Pins{"S/2023-11-14": {Revision: 1}, "S/2023-11-15": {Revision: 1}, "H/2023-11-16": {Revision: 1}, "S/2023-11-17": {Revision: 1}}
	if !maps.Equal(p.Options.Pins, want) || p.Options.DB != url {
		t.Errorf("%s, %v", p.Options.DB, p.Options.Pins)
	}
	f := create(t, p)
	report := runFolder(t, f, &recorder{})
	if report.Counts != (Counts{Jobs: 2, Done: 1, Failed: 1}) {
		t.Fatal(statuses(report))
	}
	seal(t, url, sealedTicks{"S600000 2023-11-15": 12, "S600519 2023-11-15": 60, "S600519 2023-11-20": 3})
	report = runFolder(t, resume(t, f.Path), &recorder{})
	text, err := os.ReadFile(filepath.Join(f.Path, CSVFile))
	if err != nil {
		t.Fatal(err)
	}
	if report.Counts.Done != 2 || !strings.Contains(string(text), ",40\n") || !strings.Contains(string(text), ",50\n") {
		t.Errorf("%s, %s", statuses(report), text)
	}
}

// TestPlanAsOf: shards whose plans are made at different times read the same with AsOf.
func TestPlanAsOf(t *testing.T) {
	url := sealed(t, week)
	script := filepath.Join(write(t, map[string]string{"x.lua": "return {}"}), "x.lua")
	p := planOver(t, &Spec{Options: Options{DB: url}, AsOf: time.Now().Add(-time.Hour)}, script)
	if len(p.Options.Pins) != 0 {
		t.Errorf("an hour ago: %v", p.Options.Pins)
	}
	for _, text := range []string{"", "2023-11-14 10:00", "yesterday"} {
		if _, err := ParseAsOf(text); (err != nil) != (text == "yesterday") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestNotSealed: the plan names the days of jobs that the archive does not have.
func TestNotSealed(t *testing.T) {
	dir := write(t, map[string]string{"x.lua": "return {}", "calendar.txt": "2023-11-14\n2023-11-15\n2023-11-16\n"})
	s := &Spec{Options: Options{DB: sealed(t, week)}, Grid: Grid{EachCode: []string{"S"}, Dates: "2023-11-01..", Calendar: filepath.Join(dir, "calendar.txt")}}
	p := planOver(t, s, filepath.Join(dir, "x.lua"))
	if want := []string{"S/2023-11-16"}; !slices.Equal(p.NotSealed, want) || len(p.Jobs) != 6 {
		t.Errorf("%d jobs, not sealed: %v", len(p.Jobs), p.NotSealed)
	}
	p = planOver(t, &Spec{Options: s.Options, Grid: values("date", "2023-11-13", "20231114")}, filepath.Join(dir, "x.lua"))
	if want := []string{"2023-11-13"}; !slices.Equal(p.NotSealed, want) {
		t.Errorf("not sealed: %v", p.NotSealed)
	}
}

// TestShardsOfArchive: shards have as equal numbers of ticks as their jobs allow, and
// together all jobs.
func TestShardsOfArchive(t *testing.T) {
	ticks := sealedTicks{}
	for i := range 20 {
		ticks[fmt.Sprintf("S%d 2023-11-14", i+1)] = 100 * (i + 1) // 21,000 in all
		ticks[fmt.Sprintf("S%d 2023-11-15", i+1)] = 1
	}
	url := sealed(t, ticks)
	script := filepath.Join(write(t, map[string]string{"x.lua": "return {}"}), "x.lua")
	for _, c := range []struct {
		grid   Grid
		spread int64 // between the lightest and the heaviest shard
	}{
		{Grid{EachCode: []string{"S"}, Dates: "2023-11-14"}, 400},
		{Grid{EachCode: []string{"S"}}, 400},
	} {
		in := map[string]int{}
		least, most := int64(1<<62), int64(0)
		const shards = 4
		for index := 1; index <= shards; index++ {
			p := planOver(t, &Spec{Options: Options{DB: url}, Grid: c.grid, Shard: Shard{index, shards}}, script)
			sum := int64(0)
			for _, j := range p.Jobs {
				in[j.Name]++
				code := j.Params.Get("code").(string)
				sum += int64(ticks["S"+code+" 2023-11-14"])
			}
			least, most = min(least, sum), max(most, sum)
		}
		if most-least > c.spread || len(in) != 20 {
			t.Errorf("%+v: shards of %d to %d ticks, %d jobs", c.grid, least, most, len(in))
		}
		for name, n := range in {
			if n != 1 {
				t.Errorf("%s is in %d shards", name, n)
			}
		}
	}
}

// TestWeights: a job weighs as many ticks as its parameters name.
func TestWeights(t *testing.T) {
	s := &Spec{Options: Options{DB: sealed(t, week)}}
	p := &Plan{}
	var want []int64
	for _, c := range []struct {
		params Params
		ticks  int64
	}{
		{Params{{"market", "S"}, {"code", "600000"}}, 40},
		{Params{{"market", "S"}, {"code", 600000.0}, {"date", "20231115"}}, 10},
		{Params{{"market", "S"}, {"code", "000001"}, {"date", "2023-11-17"}}, 7},
		{Params{{"market", "S"}, {"code", "1"}, {"date", "2023-11-14"}}, 0},
		{Params{{"market", "S"}, {"code", "2"}}, 0},
		{Params{{"market", "S"}, {"date", "2023-11-15"}}, 60},
		{Params{{"market", "S"}}, 97},
		{Params{{"date", "2023-11-15"}}, 60},
		{Params{{"date", "2023-11-18"}}, 0},
		{Params{{"date", "soon"}}, 0},
		{Params{{"code", "600000"}}, 0},
		{nil, 0},
	} {
		p.Jobs = append(p.Jobs, &Job{ID: len(p.Jobs) + 1, Params: c.params})
		want = append(want, c.ticks)
	}
	w, err := p.weigh(openSpec(t, s))
	if err != nil {
		t.Fatal(err)
	}
	for i, j := range p.Jobs {
		if w[j.ID] != want[i] || w.of([]*Job{j}) != want[i]+jobWeight {
			t.Errorf("%v: %d ticks, not %d", j.Params, w[j.ID], want[i])
		}
	}
}

// TestMergeOfRevisions: results of different revisions of a day are not mixed.
func TestMergeOfRevisions(t *testing.T) {
	url := sealed(t, week)
	script := filepath.Join(write(t, map[string]string{"x.lua": "return {n = job.db:count('S', 600000)}"}), "x.lua")
	shard := func(index int) string {
		s := &Spec{Options: Options{DB: url}, Shard: Shard{index, 3}, Grid: numbers("k", 3)}
		f := create(t, planOver(t, s, script))
		runFolder(t, f, &recorder{})
		return f.Path
	}
	one := shard(1)
	seal(t, url, sealedTicks{"S600000 2023-12-01": 1}) // another day
	two := shard(2)
	f, _, err := Merge(filepath.Join(t.TempDir(), "all"), []string{one, two})
	if err != nil {
		t.Fatal(err)
	}
	if pin := f.Plan.Options.Pins["S/2023-12-01"]; pin.Revision != 1 {
		t.Errorf("pins of both: %v", f.Plan.Options.Pins)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	seal(t, url, sealedTicks{"S600000 2023-11-15": 11})
	three := shard(3)
	_, _, err = Merge(filepath.Join(t.TempDir(), "all"), []string{one, three})
	if want := "read different ticks: revisions 1 and 2 of S/2023-11-15; --as-of gives all shards the same"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v", err)
	}
}

// TestDatabaseWithArchive: jobs see both as one, and can write what is not sealed.
func TestDatabaseWithArchive(t *testing.T) {
	url := sealed(t, week)
	script := filepath.Join(write(t, map[string]string{"x.lua": `
		assert(job.db:count("S", 600000) == 40 + job.attempt - 1)
		local ts = require "micro_ts"
		assert(ts.open(job.params.path):count("S", 600519) == 50) -- the same as job.db
		job.db:put("S", 600000, ts.time "2023-12-01", 0, "new")
		assert(not pcall(job.db.put, job.db, "S", 600000, ts.time "2023-11-14", 0, "late"))
		return {n = job.db:count("S", 600000)}`}), "x.lua")
	for _, sandbox := range []bool{false, true} {
		o := Options{DB: database(t), Archive: url, Cache: t.TempDir(), Sandbox: sandbox}
		s := &Spec{Options: o, Grid: values("path", o.DB)}
		report := runFolder(t, create(t, planOver(t, s, script)), &recorder{})
		if report.Counts.Done != 1 {
			t.Errorf("%s: %s", statuses(report), report.Jobs[0].Message)
		}
	}
}

// TestStoreOfJobsIsAway: a job whose store cannot be reached is tried again.
func TestStoreOfJobsIsAway(t *testing.T) {
	folder := t.TempDir()
	url := "file://" + folder
	seal(t, url, week)
	script := filepath.Join(write(t, map[string]string{"x.lua": `
		local n = job.db:count("S", 600000, 0, 1e15)
		if job.attempt == 1 then
			local ts = require "micro_ts"
			ts.open("s3://bucket/x?endpoint=http://127.0.0.1:1", {timeout = 0.1})
		end
		return {n = job.attempt}`}), "x.lua")
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
	one := 1
	s := &Spec{Options: Options{DB: url}, Limits: Limits{Retries: &one, Backoff: time.Millisecond}}
	f := create(t, planOver(t, s, script))
	report := runFolder(t, f, &recorder{})
	if report.Counts.Done != 1 || len(report.Jobs[0].Attempts) != 2 {
		t.Errorf("%s: %+v", statuses(report), report.Jobs[0])
	}
	_ = filepath.WalkDir(f.Path, func(path string, d os.DirEntry, err error) error {
		if text, _ := os.ReadFile(path); strings.Contains(string(text), "very-secret") {
			t.Errorf("%s holds a secret", path)
		}
		return nil
	})
}
