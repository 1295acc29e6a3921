package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microts/internal/tick"
	"microts/store"
)

// write writes files into a new folder and returns it.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// names returns the names of a plan's jobs.
func names(p *Plan) (all []string) {
	for _, j := range p.Jobs {
		all = append(all, j.Name)
	}
	return all
}

func TestParseValues(t *testing.T) {
	for text, want := range map[string]Values{
		"code=600000,000001":      {"code", []any{600000.0, "000001"}},
		"x=1.5,-2,1e3,0.10,0":     {"x", []any{1.5, -2.0, 1000.0, 0.1, 0.0}},
		"x=true,false,True":       {"x", []any{true, false, "True"}},
		`s="a,b",c`:               {"s", []any{"a,b", "c"}},
		"s=":                      {"s", []any{""}},
		"s=a=b":                   {"s", []any{"a=b"}},
		"n=nan,inf,0x10,1_000,.5": {"n", []any{"nan", "inf", "0x10", "1_000", ".5"}},
		"n=9007199254740993":      {"n", []any{"9007199254740993"}}, // Lua's numbers do not hold it
		"n=9007199254740991":      {"n", []any{9007199254740991.0}},
	} {
		if got, err := ParseValues(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "code", "=1", " =1", `x="a`} {
		if got, err := ParseValues(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestParamsInJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Params
		for _, name := range rapid.SliceOfDistinct(rapid.String(), rapid.ID[string]).Draw(t, "names") {
			p = append(p, Param{name, rapid.OneOf(
				rapid.Float64Range(-1e300, 1e300).AsAny(), rapid.StringMatching(`[ -~中]*`).AsAny(), rapid.Bool().AsAny()).Draw(t, "value")})
		}
		text, err := p.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back Params
		if err := back.UnmarshalJSON(text); err != nil || len(back) != len(p) {
			t.Fatalf("%s: %v, %v", text, back, err)
		}
		for i := range p {
			if strings.ToValidUTF8(p[i].Name, "\ufffd") != back[i].Name || p[i].Value != back[i].Value {
				t.Fatalf("%s: %v is not %v", text, back[i], p[i])
			}
		}
	})
}

func TestHeader(t *testing.T) {
	two := 2
	for code, want := range map[string]Header{
		"":                         {},
		"print(1)":                 {},
		"local x = {name = 'no'}":  {},
		"x = 1 local header = {}":  {}, // not the first statement
		"this is not Lua: header":  {}, // what runs it says so
		"local header = {}":        {},
		"header = {name = 'load'}": {Name: "load"},
		"#!/usr/bin/microts\nlocal header = {needs = 'a.lua'} error('not run')": {Needs: []string{"a.lua"}},
		`local header = {
			name = "all", needs = {"a", 'b'}, timeout = "1m30s", memory = "1.5GB", retries = 2, backoff = 0.5,
			params = {window = {5, -10, "x"}, flag = true},
		}`: {
			"all",
			[]string{"a", "b"},
			Limits{90 * time.Second, 3 << 29, &two, time.Second / 2},
			[]Values{{"window", []any{5.0, -10.0, "x"}}, {"flag", []any{true}}},
		},
	} {
		path := filepath.Join(write(t, map[string]string{"s.lua": code}), "s.lua")
		if got, err := readHeader(path); err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: %+v, %v", code, got, err)
		}
	}
	for code, want := range map[string]string{
		"local header = {nmae = 'x'}":              `s.lua:1: header: unknown field "nmae"; did you mean "name"?`,
		"\nlocal header = {\ntimeout = os.time()}": "s.lua:3: header: timeout: a constant expected: the header is read without running the script",
		"local header = {timeout = 'soon'}":        `s.lua:1: header: timeout: a time such as "90s" or "5m", or seconds, expected, got soon`,
		"local header = {timeout = -1}":            "header: timeout: a time such as",
		"local header = {memory = '1XB'}":          `header: memory: a size such as "512MB", or bytes, expected, got 1XB`,
		"local header = {retries = 1.5}":           "header: retries: an integer from 0 on expected, got 1.5",
		"local header = {needs = {1}}":             "header: needs: a list of strings expected",
		"local header = {params = {x = {{}}}}":     "header: params: x: strings, numbers and booleans expected",
		"local header = {params = 1}":              "header: params: a table of names and values expected",
		"local header = {'a'}":                     "header: a named field such as `timeout = \"5m\"` expected",
		"local header = {name = 1}":                "header: name: a string expected, got 1",
	} {
		path := filepath.Join(write(t, map[string]string{"s.lua": code}), "s.lua")
		if _, err := readHeader(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", code, err, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "512MB": 512 << 20, "2GiB": 2 << 30, "1.5k": 1536, "3 M": 3 << 20, "1T": 1 << 40, "7b": 7} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "MB", "1XB", "0.1", "1e30", "nan", "inf"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}

// database makes one with ticks of some instruments.
func database(t testing.TB, symbols ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	db, err := store.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		in, err := tick.ParseInstrument(s[0], s[1:])
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Put(&in, 1, 0, "v"); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGrid(t *testing.T) {
	dir := write(t, map[string]string{
		"universe.csv": "\xef\xbb\xbfcode, weight\n600000, 0.5\n000001,1\n",
		"empty.csv":    "", "twice.csv": "a,a\n1,2\n", "ragged.csv": "a,b\n1\n", "none.csv": "a\n",
		"calendar.txt": "# days\n2023-11-03\n20231106,open\n2023-11-11\n\n", "bad.txt": "2023-11-03\nsoon\n",
	})
	path := database(t, "S600000", "S600519", "H700", "U0AAPL")
	db, err := store.Open(path, &store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		grid Grid
		want string
	}{
		{Grid{}, ""},
		{Grid{Values: []Values{{"a", []any{1.0, 2.0}}, {"b", []any{"x", true}}}}, "a=1,b=x a=1,b=true a=2,b=x a=2,b=true"},
		{Grid{Files: []string{at("universe.csv")}}, "code=600000,weight=0.5 code=000001,weight=1"},
		{Grid{EachCode: []string{"S"}}, "market=S,code=600000 market=S,code=600519"},
		{Grid{EachCode: []string{"H", "U"}}, "market=H,code=700 market=U,code=AAPL"},
		{Grid{EachCode: []string{AllMarkets}}, "market=H,code=700 market=S,code=600000 market=S,code=600519 market=U,code=AAPL"},
		{Grid{Dates: "2023-11-02..2023-11-07"}, "date=2023-11-02 date=2023-11-03 date=2023-11-06 date=2023-11-07"},
		{Grid{Dates: "2023-11-03"}, "date=2023-11-03"},
		{Grid{Dates: "2023-11-01..2023-11-30", Calendar: at("calendar.txt")}, "date=2023-11-03 date=2023-11-06 date=2023-11-11"},
		{
			Grid{EachCode: []string{"H"}, Values: []Values{{"code", []any{9.0}}, {"n", []any{1.0}}}, Dates: "2023-11-03"},
			"market=H,code=9,n=1,date=2023-11-03",
		},
	} {
		all, err := c.grid.combinations(db)
		var got []string
		for _, p := range all {
			got = append(got, p.String())
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %s, %v", c.grid, strings.Join(got, " "), err)
		}
	}
	for _, c := range []struct {
		grid Grid
		want string
	}{
		{Grid{Values: []Values{{"a", nil}}}, "parameter a: nothing to run for"},
		{Grid{Files: []string{at("missing.csv")}}, "missing.csv: no such file"},
		{Grid{Files: []string{at("empty.csv")}}, "empty.csv: is empty; the names of parameters expected in the first line"},
		{Grid{Files: []string{at("twice.csv")}}, "twice.csv:1: names of parameters expected, each once"},
		{Grid{Files: []string{at("ragged.csv")}}, "ragged.csv: record on line 2: wrong number of fields"},
		{Grid{Files: []string{at("none.csv")}}, "none.csv: nothing to run for"},
		{Grid{EachCode: []string{"X"}}, "each-code X: nothing to run for"},
		{Grid{EachCode: []string{"SH"}}, `each-code: a market (one character) or "all" expected, got "SH"`},
		{Grid{Dates: "2023-11-05"}, "dates 2023-11-05: nothing to run for"},
		{Grid{Dates: "2023-11-05..2023-11-01"}, "dates: a range such as 2023-11-01..2023-11-30 expected"},
		{Grid{Dates: "November"}, "dates: a range such as"},
		{Grid{Calendar: at("calendar.txt")}, "a calendar narrows dates, and none are given"},
		{Grid{Dates: "2023-11-03", Calendar: at("bad.txt")}, `bad.txt:2: a day such as 2023-11-01 expected, got "soon"`},
	} {
		if _, err := c.grid.combinations(db); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v\n got %v\nwant %s", c.grid, err, c.want)
		}
	}
	if _, err := (Grid{EachCode: []string{"S"}}).combinations(nil); err == nil || !strings.Contains(err.Error(), "asks a database") {
		t.Errorf("%v", err)
	}
}

func TestPlan(t *testing.T) {
	dir := write(t, map[string]string{
		"load.lua":    "",
		"factor.lua":  `local header = {needs = {"load.lua"}, timeout = "10s"}`,
		"summary.lua": `local header = {needs = "factor", name = "sum", params = {day = {1}}}`,
		"other/x.lua": "", "x.lua": "",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	codes := Grid{Values: []Values{{"code", []any{1.0, 2.0}}}}
	s := &Spec{
		Entries: []Entry{
			{Script: at("summary.lua")},
			{Script: at("factor.lua"), Grid: codes.over(Grid{Values: []Values{{"n", []any{5.0, 6.0}}}})},
			{Script: at("load.lua"), Grid: codes, Limits: Limits{Memory: 1 << 20}},
		},
		Limits: Limits{Memory: 2 << 20},
	}
	p, err := s.Plan(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "sum[day=1] factor[code=1,n=5] factor[code=1,n=6] factor[code=2,n=5] factor[code=2,n=6] load[code=1] load[code=2]"
	if got := strings.Join(names(p), " "); got != want {
		t.Errorf("%s", got)
	}
	// All of factor, since they have no parameter in common; and each factor the
	// load of its code.
	needs := fmt.Sprint(p.Jobs[0].Needs, p.Jobs[1].Needs, p.Jobs[2].Needs, p.Jobs[3].Needs, p.Jobs[5].Needs)
	if needs != "[2 3 4 5] [6] [6] [7] []" {
		t.Errorf("needs %s", needs)
	}
	if j := p.Jobs[1]; j.TimeoutSeconds != 10 || j.MemoryBytes != 2<<20 || len(j.Hash) != 64 || p.Jobs[5].MemoryBytes != 2<<20 {
		t.Errorf("%+v", j)
	}
	again, err := s.Plan(nil)
	if err != nil || again.Whole != p.Whole {
		t.Error("the same batch has another sum")
	}
	// Two scripts of one name are told apart by their paths.
	p, err = (&Spec{Entries: []Entry{{Script: at("x.lua")}, {Script: at("other/x.lua")}}}).Plan(nil)
	if err != nil || p.Jobs[0].Name != at("x") || p.Jobs[1].Name != at("other/x") {
		t.Errorf("%v, %v", names(p), err)
	}
}

func TestBadPlans(t *testing.T) {
	dir := write(t, map[string]string{
		"a.lua": `local header = {needs = {"b.lua"}}`, "b.lua": `local header = {needs = {"c.lua"}}`,
		"c.lua": `local header = {needs = {"a.lua"}}`, "self.lua": `local header = {needs = {"self"}}`,
		"lost.lua": `local header = {needs = {"lod.lua"}}`, "load.lua": "", "code.lua": `local header = {needs = {"load"}}`,
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	entries := func(scripts ...string) (all []Entry) {
		for _, s := range scripts {
			all = append(all, Entry{Script: at(s)})
		}
		return all
	}
	code := func(values ...any) Grid { return Grid{Values: []Values{{"code", values}}} }
	for _, c := range []struct {
		spec Spec
		want string
	}{
		{Spec{}, "no scripts to run"},
		{Spec{Entries: entries("missing.lua")}, "missing.lua: no such file"},
		{Spec{Entries: entries("a.lua", "b.lua", "c.lua")}, "a cycle of needs: a needs b needs c needs a"},
		{Spec{Entries: entries("self.lua")}, "a cycle of needs: self needs self"},
		{Spec{Entries: entries("lost.lua", "load.lua")}, `lost.lua: needs: unknown job "lod.lua"; did you mean "load.lua"?`},
		{Spec{Entries: entries("load.lua", "load.lua")}, "load.lua is there twice"},
		{Spec{Entries: []Entry{{Script: at("load.lua"), Name: "x"}, {Script: at("c.lua"), Name: "x"}}}, `have the same name "x"`},
		{Spec{Entries: entries("load.lua"), Grid: code(1.0, 1.0)}, "job load[code=1] is there twice"},
		{Spec{Entries: entries("load.lua"), Grid: Grid{EachCode: []string{"S"}}}, "load.lua: each-code asks a database, and none is given"},
		{
			Spec{Entries: []Entry{{Script: at("code.lua"), Grid: code(1.0, 3.0)}, {Script: at("load.lua"), Grid: code(1.0, 2.0)}}},
			"code[code=3]: needs: no job of load has its code",
		},
	} {
		if _, err := c.spec.Plan(nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v\n got %v\nwant %s", c.spec, err, c.want)
		}
	}
}

// TestShards deals any batch to any number of shards: each job is in one, with all
// that it needs.
func TestShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "jobs")
		var jobs []*Job
		for id := 1; id <= n; id++ {
			j := &Job{ID: id}
			if id > 1 {
				j.Needs = rapid.SliceOfN(rapid.IntRange(1, id-1), 0, 2).Draw(t, "needs")
			}
			jobs = append(jobs, j)
		}
		count := rapid.IntRange(1, 8).Draw(t, "count")
		in := map[int]int{}
		for index := 1; index <= count; index++ {
			p := &Plan{Jobs: slices.Clone(jobs)}
			p.take(Shard{index, count})
			last := 0
			for _, j := range p.Jobs {
				if in[j.ID] != 0 || j.ID <= last {
					t.Fatalf("job %d is in shards %d and %d, after %d", j.ID, in[j.ID], index, last)
				}
				in[j.ID], last = index, j.ID
			}
		}
		for _, j := range jobs {
			if in[j.ID] == 0 {
				t.Fatalf("job %d is in no shard", j.ID)
			}
			for _, need := range j.Needs {
				if in[need] != in[j.ID] {
					t.Fatalf("job %d is in shard %d, and needs %d in shard %d", j.ID, in[j.ID], need, in[need])
				}
			}
		}
	})
}

func TestParseShard(t *testing.T) {
	slurm := "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_STEP=2"
	for _, c := range []struct{ text, env, want string }{
		{"", "", "1/1"},
		{"3/16", "", "3/16"},
		{"", slurm, "3/3"},
		{"1/1", slurm, "1/1"},
		{"/5", slurm, "3/5"},
		{"", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=4", "1/4"},
		{"/4", "JOB_COMPLETION_INDEX=3", "4/4"},
		{"2/4", "JOB_COMPLETION_INDEX=3", "2/4"},
		{"", "JOB_COMPLETION_INDEX=3", "JOB_COMPLETION_INDEX is set, but not how many shards"},
		{"", "SLURM_ARRAY_TASK_ID=0", "SLURM_ARRAY_TASK_COUNT is not"},
		{"", "SLURM_ARRAY_TASK_ID=x SLURM_ARRAY_TASK_COUNT=4", `SLURM_ARRAY_TASK_ID: an integer expected, got "x"`},
		{"/4", "JOB_COMPLETION_INDEX=4", "shard 5/4: a number from 1 to the count"},
		{"/4", "", "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX"},
		{"0/4", "", "shard 0/4: a number from 1 to the count"},
		{"5/4", "", "shard 5/4: a number from 1 to the count"},
		{"3", "", "a shard such as 3/16"},
		{"a/b", "", "a shard such as"},
		{"3/", "", "a shard such as"},
	} {
		getenv := func(name string) string {
			for _, v := range strings.Fields(c.env) {
				if value, ok := strings.CutPrefix(v, name+"="); ok {
					return value
				}
			}
			return ""
		}
		s, err := ParseShard(c.text, getenv)
		got := s.String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%q in %q: %s", c.text, c.env, got)
		}
	}
}

func TestReadSpec(t *testing.T) {
	dir := write(t, map[string]string{
		"jobs/a.lua": "", "jobs/b.lua": "",
		"jobs/microts.toml": `
[batch]
scripts = ["a.lua"]
db = "../db"
read_only = true
workers = 3
timeout = "5m"
retries = 1
params = {z = [1, 2], a = "x"}

[[batch.job]]
script = "b.lua"
name = "bee"
needs = ["a.lua"]
timeout = 30
params.z = 2
dates = "2023-11-03"
`,
		"unknown.toml": "[batch]\nworkrs = 3\n",
		"job.toml":     "[[batch.job]]\nscript = \"a\"\nneds = []\n",
		"top.toml":     "[bach]\nx = 1\n",
		"type.toml":    "[batch]\nworkers = \"three\"\n",
		"syntax.toml":  "[batch]\nworkers =\n",
		"limit.toml":   "[batch]\nmemory = \"lots\"\n",
		"nested.toml":  "[batch.params]\nx = [[1]]\n",
		"script.toml":  "[[batch.job]]\nname = \"x\"\n",
	})
	s, err := ReadSpec(filepath.Join(dir, "jobs", "microts.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Options.DB != filepath.Join(dir, "db") || !s.Options.ReadOnly || s.Options.Workers != 3 {
		t.Errorf("%+v", s.Options)
	}
	p, err := s.Plan(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names(p), " "); got != "a[z=1,a=x] a[z=2,a=x] bee[z=2,a=x,date=2023-11-03]" {
		t.Errorf("%s", got)
	}
	if bee := p.Jobs[2]; fmt.Sprint(bee.Needs) != "[2]" || bee.TimeoutSeconds != 30 || bee.Retries != 1 || p.Jobs[0].TimeoutSeconds != 300 {
		t.Errorf("%+v", bee)
	}
	for name, want := range map[string]string{
		"unknown.toml": `unknown.toml: batch.workrs: unknown name "workrs"; did you mean "workers"?`,
		"job.toml":     `job.toml: batch.job.neds: unknown name "neds"; did you mean "needs"?`,
		"top.toml":     `top.toml: bach: unknown name "bach"; did you mean "batch"?`,
		"type.toml":    "type.toml: toml: line 2", "syntax.toml": "syntax.toml:2: ",
		"limit.toml":   `limit.toml: batch: memory: a size such as "512MB", or bytes, expected, got lots`,
		"nested.toml":  "nested.toml: batch: params: x: strings, numbers and booleans expected",
		"script.toml":  "script.toml: batch.job 1: script expected",
		"missing.toml": "missing.toml: no such file",
	} {
		if _, err := ReadSpec(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", name, err, want)
		}
	}
}
