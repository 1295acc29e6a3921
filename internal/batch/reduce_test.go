package batch

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestResultsOfNeededJobs: job.results gives the rows of the jobs that a job needs.
func TestResultsOfNeededJobs(t *testing.T) {
	dir := write(t, map[string]string{
		"load.lua": `local p = job.params
			if p.code == "x" then return {{n = 1, s = "a", yes = true}, {n = 2.5}} end
			if p.code == "y" then return end
			return {n = 10, s = "b"}`,
		"other.lua": `return {n = 1000}`,
		"sum.lua": `local header = {needs = {"load.lua", "other.lua"}}
			local lines = {}
			for row in job.results("load.lua") do
				local keys = {}
				for k, v in pairs(row) do keys[#keys + 1] = k .. "=" .. tostring(v) end
				table.sort(keys)
				lines[#lines + 1] = table.concat(keys, " ")
			end
			local all = 0
			for row in job.results() do all = all + row.n end
			local _, err = pcall(job.results, "lod.lua")
			return {lines = table.concat(lines, "; "), all = all, err = err}`,
		"alone.lua": `return {err = select(2, pcall(job.results, "load.lua")), none = job.results()() == nil}`,
	})
	s := &Spec{Options: Options{Workers: 2}}
	at := func(name string) string { return filepath.Join(dir, name) }
	s.Scripts = []Script{
		{Path: at("sum.lua"), Grid: values("day", 1.0, 2.0)},
		{Path: at("load.lua"), Grid: Grid{Values: []Values{{"code", []any{"x", "y", "z"}}, {"day", []any{1.0, 2.0}}}}},
		{Path: at("other.lua")},
		{Path: at("alone.lua")},
	}
	f := create(t, plan(t, s, dir))
	if report := runFolder(t, f, &recorder{}); report.Counts.Done != 10 {
		t.Fatal(statuses(report))
	}
	lines := readCSV(t, filepath.Join(f.Path, ResultsDir, "sum.csv"))
	byName := columnsByName(lines)
	want := "code=x day=1 job_id=3 n=1 s=a yes=true; code=x day=1 job_id=3 n=2.5; code=z day=1 job_id=7 n=10 s=b"
	if first, _, _ := strings.Cut(byName["lines"], "|"); first != want {
		t.Errorf("%s", first)
	}
	if byName["all"] != "1013.5|1013.5" {
		t.Errorf("all is %s", byName["all"])
	}
	if !strings.Contains(byName["err"], `a script that the job needs expected, "load" or "other", got "lod.lua"`) {
		t.Errorf("%s", byName["err"])
	}
	alone := columnsByName(readCSV(t, filepath.Join(f.Path, ResultsDir, "alone.csv")))
	if !strings.Contains(alone["err"], "of which there is none: the header's needs name them") || alone["none"] != "true" {
		t.Errorf("%v", alone)
	}
}

// TestFrameOfResults: ts.frame makes a frame of the rows of job.results, with the kinds that
// the columns of a returned frame had.
func TestFrameOfResults(t *testing.T) {
	dir := write(t, map[string]string{
		"load.lua": `local ts = require "micro_ts"
			local n = job.params.n
			if n == 3 then return end
			return ts.frame{ts = {n * 100, n * 100 + 1}, code = "00000" .. n, qty = {n, n + 1}, mean = {n / 2, 0/0}}`,
		"sum.lua": `local header = {needs = {"load.lua"}}
			local ts = require "micro_ts"
			local f = ts.frame(job.results("load.lua"))
			local kinds = {}
			for row in f:describe():rows() do kinds[#kinds + 1] = row.column .. "=" .. row.kind .. row.count end
			local by = f:group("code"):agg{qty = {"sum", "qty"}}
			return {kinds = table.concat(kinds, " "), axis = f:axis(), rows = #f, first = by[1].code, sum = by[2].qty,
				back = f:asof(f, {by = "code", strict = true})[2].qty_r}`,
		"none.lua": `return {rows = #require("micro_ts").frame(job.results())}`,
	})
	s := &Spec{Options: Options{Workers: 2}}
	at := func(name string) string { return filepath.Join(dir, name) }
	s.Scripts = []Script{
		{Path: at("sum.lua")},
		{Path: at("load.lua"), Grid: values("n", 1.0, 2.0, 3.0)},
		{Path: at("none.lua")},
	}
	f := create(t, plan(t, s, dir))
	if report := runFolder(t, f, &recorder{}); report.Counts.Done != 5 {
		t.Fatal(statuses(report))
	}
	got := columnsByName(readCSV(t, filepath.Join(f.Path, ResultsDir, "sum.csv")))
	for name, want := range map[string]string{
		"kinds": "job_id=integer4 n=integer4 ts=time4 code=text4 qty=integer4 mean=float2",
		"axis":  "ts", "rows": "4", "first": "000001", "sum": "5", "back": "1",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, not %q", name, got[name], want)
		}
	}
	if none := columnsByName(readCSV(t, filepath.Join(f.Path, ResultsDir, "none.csv"))); none["rows"] != "0" {
		t.Errorf("without needs: %v", none)
	}
}
