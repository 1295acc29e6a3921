package batch

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	lua "github.com/yuin/gopher-lua"
	"go.uber.org/goleak"

	"microts/internal/tick"
	"microts/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is an Observer that keeps what it is told.
type recorder struct {
	mu      sync.Mutex
	lines   []string
	printed []string
	starts  []int // ids, in their order
	on      func(n *Notice)
}

func (r *recorder) Notice(n *Notice) {
	r.mu.Lock()
	r.lines = append(r.lines, describe(n))
	if n.Event == Started {
		r.starts = append(r.starts, n.Job.ID)
	}
	r.mu.Unlock()
	if r.on != nil {
		r.on(n)
	}
}

func (r *recorder) Line(j *Job, line string) {
	r.mu.Lock()
	r.printed = append(r.printed, j.Name+" | "+line)
	r.mu.Unlock()
}

func (r *recorder) Stopping(why string) {
	r.mu.Lock()
	r.lines = append(r.lines, "stopping: "+why)
	r.mu.Unlock()
}

// plan makes the plan of scripts in a folder.
func plan(t testing.TB, s *Spec, dir string, scripts ...string) *Plan {
	t.Helper()
	for _, name := range scripts {
		s.Entries = append(s.Entries, Entry{Script: filepath.Join(dir, name)})
	}
	db, err := s.Options.OpenDB(env)
	if err != nil {
		t.Fatal(err)
	}
	if db != nil {
		defer db.Close()
	}
	p, err := s.Plan(db)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// env has the databases of all tests.
var env = store.NewEnv()

// runFolder runs a folder to its end and returns its report.
func runFolder(t testing.TB, f *Folder, o *recorder, prepare ...func(*Runner)) *Report {
	t.Helper()
	r := NewRunner(f, env, o)
	for _, p := range prepare {
		p(r)
	}
	if err := r.Run(); err != nil {
		t.Fatal(err)
	}
	report, err := f.WriteReports()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return report
}

func create(t testing.TB, p *Plan) *Folder {
	t.Helper()
	f, err := Create(filepath.Join(t.TempDir(), "run"), p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func resume(t testing.TB, path string) *Folder {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// statuses returns "name status reason" of all jobs.
func statuses(r *Report) string {
	var all []string
	for _, j := range r.Jobs {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", j.Name, j.Status, j.Reason)))
	}
	return strings.Join(all, "; ")
}

func values(name string, v ...any) Grid { return Grid{Values: []Values{{name, v}}} }

func numbers(name string, n int) Grid {
	var all []any
	for i := 1; i <= n; i++ {
		all = append(all, float64(i))
	}
	return values(name, all...)
}

// TestJobSeesItsContext asks a job for all that it is given.
func TestJobSeesItsContext(t *testing.T) {
	db := database(t, "S600000")
	dir := write(t, map[string]string{
		"a.lua": `
			assert(job.id == 2 and job.name == "a[code=2,flag=true,s=x]" and job.attempt == 1)
			assert(job.params.code == 2 and job.params.flag == true and job.params.s == "x")
			local n = 0 for _ in pairs(job.params) do n = n + 1 end assert(n == 3)
			assert(arg[0]:match("a.lua$") and arg[1] == "one" and arg[2] == "two" and select("#", ...) == 2)
			assert(job.db:count("S", 600000) == 1 and job.db == job.db and job.nothing == nil)
			assert(io.open(job.dir .. "/mine", "w")):close()
			job.progress(1, 2)
			job.log("half", 1, 2.5, nil, true)
			print("printed") io.write("written\n") io.stderr:write("error\n")
			assert(io.read() == nil)
			assert(require("helper").x == 1)
			return {ok = true}`,
		"helper.lua": `return {x = 1}`,
		"first.lua":  ``,
	})
	s := &Spec{Options: Options{DB: db, Args: []string{"one", "two"}}}
	s.Entries = []Entry{{Script: filepath.Join(dir, "first.lua")}, {Script: filepath.Join(dir, "a.lua"), Grid: Grid{
		Values: []Values{{"code", []any{2.0}}, {"flag", []any{true}}, {"s", []any{"x"}}},
	}}}
	f := create(t, plan(t, s, dir))
	rec := &recorder{}
	report := runFolder(t, f, rec, func(r *Runner) { r.Verbose = true })
	if got := statuses(report); got != "first done; a[code=2,flag=true,s=x] done" {
		t.Fatalf("%s: %s", got, report.Jobs[1].Message)
	}
	log, err := os.ReadFile(filepath.Join(f.Path, report.Jobs[1].Log))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(log), "\n")
	if len(lines) != 5 || !strings.HasSuffix(lines[0], " half\t1\t2.5\tnil\ttrue") || lines[1] != "printed" || lines[2] != "written" || lines[3] != "error" {
		t.Errorf("the log is %q", log)
	}
	if len(rec.printed) != 4 || rec.printed[1] != "a[code=2,flag=true,s=x] | printed" {
		t.Errorf("printed %q", rec.printed)
	}
	if report.Jobs[0].Log != "" {
		t.Error("a job that prints nothing has a log")
	}
}

// TestOutputIsSeenAtOnce waits for what a job prints while the job waits for that.
func TestOutputIsSeenAtOnce(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `
		print("seen")
		while not io.open(job.dir .. "/go") do require("socket").sleep(0.01) end`})
	f := create(t, plan(t, &Spec{}, dir, "a.lua"))
	rec := &recorder{on: func(n *Notice) {
		if n.Event != Started {
			return
		}
		go func() {
			log := filepath.Join(f.Path, logName(n.Job))
			for text := ""; text != "seen\n"; time.Sleep(time.Millisecond) {
				b, _ := os.ReadFile(log)
				text = string(b)
			}
			_ = os.WriteFile(filepath.Join(f.Path, filesDir, "go"), nil, 0o644)
		}()
	}}
	if report := runFolder(t, f, rec); report.Counts.Done != 1 {
		t.Errorf("%+v", report.Counts)
	}
}

// TestJobsHarmNoOther runs bad jobs beside good ones.
func TestJobsHarmNoOther(t *testing.T) {
	bad := map[string]string{
		"loop":      `while true do end`,
		"caught":    `while true do pcall(function() while true do end end) end`,
		"recursion": `local function f() return 1 + f() end f()`,
		"exit":      `os.exit(9)`,
		"exit0":     `pcall(os.exit, 0) error("not reached")`,
		"globals":   `print, string.format, pairs, job, db = nil getmetatable("").__index = nil _G.x = 1`,
		"folder":    `assert(require("lfs").chdir("/"))`,
		"closes":    `job.db:close() job.db:close()`,
		"panic":     `go_panic()`,
		"panics":    `pcall(go_panic) coroutine.wrap(go_panic)()`,
		"error":     `error({})`,
		"memory":    `local t = {} while true do t[#t + 1] = {} end`,
		"string":    `local s = "x" while true do s = s .. s end`,
		"result":    `return {x = {}}`,
		"syntax":    `x = = 1`,
		"stuck":     `print("printed before") go_stuck()`,
	}
	want := map[string]string{
		"loop": "failed timeout", "caught": "failed timeout", "recursion": "failed error", "exit": "failed exit", "exit0": "done",
		"globals": "done", "folder": "failed error", "closes": "done", "panic": "failed panic", "panics": "failed error",
		"error": "failed error", "memory": "failed memory", "string": "failed memory", "result": "failed error", "syntax": "failed error",
		"stuck": "failed timeout",
	}
	files := map[string]string{"good.lua": `
		assert(print and string.format and pairs and x == nil)
		job.db:put("S", 1, job.params.n, 0, "v")
		assert(job.db:get("S", 1, job.params.n) == "v")
		local sum = 0
		for i = 1, 10000 do sum = sum + i end
		return {sum = sum}`}
	s := &Spec{Options: Options{DB: filepath.Join(t.TempDir(), "db"), Workers: 4}}
	for name, code := range bad {
		files[name+".lua"] = code
	}
	dir := write(t, files)
	limits := Limits{Timeout: 1500 * time.Millisecond, Memory: 32 << 20}
	if raceEnabled {
		limits.Timeout *= 10
	}
	s.Entries = append(s.Entries, Entry{Script: filepath.Join(dir, "good.lua"), Grid: numbers("n", 40)})
	for name := range bad {
		l := limits
		if want[name] == "failed memory" || name == "recursion" { // whose traceback takes a second
			l.Timeout = 5 * time.Minute
		}
		s.Entries = append(s.Entries, Entry{Script: filepath.Join(dir, name+".lua"), Limits: l})
	}
	before, _ := os.Getwd()
	release := make(chan struct{})
	defer close(release)
	f := create(t, plan(t, s, dir))
	report := runFolder(t, f, &recorder{}, func(r *Runner) {
		r.prepareState = func(L *lua.LState) {
			L.SetGlobal("go_panic", L.NewFunction(func(*lua.LState) int { panic("a bug in Go") }))
			L.SetGlobal("go_stuck", L.NewFunction(func(*lua.LState) int { <-release; return 0 }))
		}
		r.grace = 100 * time.Millisecond
	})
	for _, j := range report.Jobs {
		got := strings.TrimSpace(fmt.Sprintf("%s %s", j.Status, j.Reason))
		expected := "done"
		if w, ok := want[j.Name]; ok {
			expected = w
		}
		if got != expected {
			t.Errorf("%s: %s, not %s: %s", j.Name, got, expected, j.Message)
		}
		switch j.Name {
		case "panic":
			if !strings.Contains(j.Message, "a bug in Go") || !strings.Contains(j.Traceback, "panic.lua:1") {
				t.Errorf("%s\n%s", j.Message, j.Traceback)
			}
		case "loop":
			if !strings.Contains(j.Message, "loop.lua:1: time limit of") || j.Traceback == "" {
				t.Errorf("%s\n%s", j.Message, j.Traceback)
			}
		case "stuck":
			log, err := os.ReadFile(filepath.Join(f.Path, j.Log))
			if !strings.Contains(j.Message, "was left behind") || string(log) != "printed before\n"+j.Message+"\n" || err != nil {
				t.Errorf("%s: log %q, %v", j.Message, log, err)
			}
		}
	}
	if now, _ := os.Getwd(); now != before {
		t.Errorf("the folder is %s", now)
	}
	db, err := env.Open(s.Options.DB, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	in, _ := tick.NewInstrument('S', 1)
	if n, err := db.Count(&in, tick.Always); n != 40 || err != nil {
		t.Errorf("the good jobs put %d ticks, %v", n, err)
	}
}

func TestNeeds(t *testing.T) {
	dir := write(t, map[string]string{
		"a.lua":   `if job.params.k == 2 then error("no") end`,
		"b.lua":   `local header = {needs = {"a.lua"}}`,
		"c.lua":   `local header = {needs = {"b.lua"}}`,
		"all.lua": `local header = {needs = {"a.lua"}, params = {x = 1}}`,
	})
	s := &Spec{Options: Options{Workers: 2}}
	for _, name := range []string{"c.lua", "b.lua", "a.lua"} {
		s.Entries = append(s.Entries, Entry{Script: filepath.Join(dir, name), Grid: numbers("k", 3)})
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

// TestFairness lets a small script run beside one with many jobs.
func TestFairness(t *testing.T) {
	dir := write(t, map[string]string{"many.lua": "", "few.lua": ""})
	s := &Spec{Options: Options{Workers: 1}}
	s.Entries = []Entry{{Script: filepath.Join(dir, "many.lua"), Grid: numbers("k", 50)}, {Script: filepath.Join(dir, "few.lua"), Grid: numbers("k", 2)}}
	rec := &recorder{}
	runFolder(t, create(t, plan(t, s, dir)), rec)
	if first := rec.starts[:4]; !slices.Contains(first, 51) || !slices.Contains(first, 52) {
		t.Errorf("the first jobs are %v", first)
	}
}

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

func TestFailFast(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `if job.params.k == 3 then error("no") end`})
	s := &Spec{Options: Options{Workers: 1, FailFast: true}, Grid: numbers("k", 6)}
	f := create(t, plan(t, s, dir, "a.lua"))
	report := runFolder(t, f, &recorder{})
	if c := report.Counts; c != (Counts{Jobs: 6, Done: 2, Failed: 1, Pending: 3}) {
		t.Errorf("%+v", c)
	}
}

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

// TestInterrupts ends a batch gently, and at once.
func TestInterrupts(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `
		while job.params.k == 2 do end
		for i = 1, 10 do require("socket").sleep(0.01) end
		return {k = job.params.k}`})
	for name, c := range map[string]struct {
		grid Grid
		end  func(r *Runner)
		want string
	}{
		"once":  {values("k", 1.0, 3.0, 4.0), func(r *Runner) { r.Interrupt() }, "a[k=1] done; a[k=3] pending; a[k=4] pending"},
		"twice": {values("k", 2.0, 3.0), func(r *Runner) { r.Interrupt(); r.Interrupt() }, "a[k=2] interrupted; a[k=3] pending"},
		"stop":  {values("k", 2.0, 3.0), func(r *Runner) { r.Stop() }, "a[k=2] interrupted; a[k=3] pending"},
	} {
		t.Run(name, func(t *testing.T) {
			f := create(t, plan(t, &Spec{Options: Options{Workers: 1}, Grid: c.grid}, dir, "a.lua"))
			var r *Runner
			rec := &recorder{on: func(n *Notice) {
				if n.Event == Started {
					c.end(r)
				}
			}}
			report := runFolder(t, f, rec, func(x *Runner) { r = x })
			if got := statuses(report); got != c.want || !report.Interrupted || !r.Interrupted() {
				t.Errorf("%s, interrupted %v", got, report.Interrupted)
			}
		})
	}
}

// TestResume goes on with a run: what succeeded as it is now is not run again.
func TestResume(t *testing.T) {
	dir := write(t, map[string]string{
		"a.lua": `local x = require "helper" if job.params.k == 2 and x == 1 then error("no") end return {x = x}`,
		"b.lua": `local header = {needs = {"a.lua"}} return {b = 1}`,
		"c.lua": `return {c = 1}`, "helper.lua": `return 1`,
	})
	s := &Spec{Options: Options{Workers: 2}}
	s.Entries = []Entry{
		{Script: filepath.Join(dir, "a.lua"), Grid: numbers("k", 3)},
		{Script: filepath.Join(dir, "b.lua"), Grid: numbers("k", 3)},
		{Script: filepath.Join(dir, "c.lua")},
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
	again("[2]") // a[k=2] fails again; b[k=2] is skipped again
	change := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	change("c.lua", `return {c = 2}`)
	again("[2 7]")
	change("helper.lua", `return 2`) // all of a, and with it what needs it
	again("[1 2 3 4 5 6]")
	again("[]")
	report := runFolder(t, resume(t, f.Path), &recorder{})
	if report.Counts.Done != 7 || len(report.Runs) != 6 || report.Rows != 7 {
		t.Errorf("%+v, %d runs, %d rows", report.Counts, len(report.Runs), report.Rows)
	}
	text, err := os.ReadFile(filepath.Join(f.Path, CSVFile))
	if want := "job_id,k,x,b,c\n1,1,2,,\n2,2,2,,\n3,3,2,,\n4,1,,1,\n5,2,,1,\n6,3,,1,\n7,,,,2\n"; string(text) != want || err != nil {
		t.Errorf("the results are %s, %v", text, err)
	}
}

// TestResults writes what jobs return, and reads it back.
func TestResults(t *testing.T) {
	dir := write(t, map[string]string{
		"one.lua":    `return {n = 1, f = 0.5, s = "a,\"b\"\n中", yes = true, mixed = 1, nan = 0/0}`,
		"rows.lua":   `return {{n = 2, f = 1/0}, {n = -3, f = -1/0, mixed = "x"}, {}}`,
		"scalar.lua": `return 42`, "list.lua": `return {1, "x"}`, "none.lua": ``, "empty.lua": `return {}`,
		"param.lua": `return {code = 7}`,
	})
	s := &Spec{Options: Options{Workers: 2}}
	s.Entries = []Entry{{Script: filepath.Join(dir, "param.lua"), Grid: values("code", 5.0)}}
	f := create(t, plan(t, s, dir, "one.lua", "rows.lua", "scalar.lua", "list.lua", "none.lua", "empty.lua"))
	report := runFolder(t, f, &recorder{})
	if report.Counts.Done != 7 || report.Rows != 8 || strings.Join(report.Columns, " ") != "job_id code n f s yes mixed nan value" {
		t.Fatalf("%+v, %d rows of %v", report.Counts, report.Rows, report.Columns)
	}
	file, err := os.Open(filepath.Join(f.Path, CSVFile))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var flat []string
	for _, l := range lines {
		flat = append(flat, strings.Join(l, "|"))
	}
	want := []string{
		"job_id|code|n|f|s|yes|mixed|nan|value", "1|7|||||||", "2||1|0.5|a,\"b\"\n中|true|1|NaN|",
		"3||2|+Inf|||||", "3||-3|-Inf|||x||", "3||||||||", "4||||||||42", "5||||||||1", "5||||||||x",
	}
	if !slices.Equal(flat, want) {
		t.Errorf("%q", flat)
	}

	parquetFile, err := os.Open(filepath.Join(f.Path, ParquetFile))
	if err != nil {
		t.Fatal(err)
	}
	defer parquetFile.Close()
	info, _ := parquetFile.Stat()
	pf, err := parquet.OpenFile(parquetFile, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, c := range pf.Schema().Fields() {
		types = append(types, c.Name()+" "+c.Type().String())
	}
	if got := strings.Join(types, ", "); got != "job_id INT(64,true), code INT(64,true), n INT(64,true), f DOUBLE, s STRING, yes BOOLEAN, mixed STRING, nan DOUBLE, value STRING" {
		t.Errorf("%s", got)
	}
	reader := parquet.NewReader(pf)
	defer reader.Close()
	rows := make([]parquet.Row, 10)
	n, err := reader.ReadRows(rows)
	if n != 8 || err != nil && err != io.EOF {
		t.Fatalf("%d rows, %v", n, err)
	}
	for i, row := range rows[:n] {
		for k, v := range row {
			got := ""
			if !v.IsNull() {
				got = v.String()
			}
			if w := want[i+1]; got != strings.Split(w, "|")[k] {
				t.Errorf("row %d, column %d: %s, not in %s", i, k, got, w)
			}
		}
	}
}

// TestReportFiles reads the other reports as their readers do.
func TestReportFiles(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `
		if job.params.k == 2 then error("<b>&\"\1 ]]> </script>") end
		return {k = job.params.k, html = "</script><script>alert(1)</script>"}`})
	f := create(t, plan(t, &Spec{Grid: numbers("k", 3), Version: "test"}, dir, "a.lua"))
	report := runFolder(t, f, &recorder{})
	text, err := os.ReadFile(filepath.Join(f.Path, ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&back); err != nil || back.Counts != report.Counts || len(back.Jobs) != 3 || back.Version != "test" || back.Format != 1 {
		t.Errorf("%+v, %v", back, err)
	}
	junit, err := os.ReadFile(filepath.Join(f.Path, JUnitFile))
	if err != nil {
		t.Fatal(err)
	}
	var suites junitSuites
	if err := xml.Unmarshal(junit, &suites); err != nil || suites.Tests != 3 || suites.Failures != 1 || len(suites.Suites) != 1 {
		t.Errorf("%+v, %v", suites, err)
	}
	if failure := suites.Suites[0].Cases[1].Failure; failure == nil || failure.Type != "error" || !strings.Contains(failure.Text, "stack traceback") {
		t.Errorf("%+v", failure)
	}
	html, err := os.ReadFile(filepath.Join(f.Path, HTMLFile))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(html), "</script>"); n != 2 {
		t.Errorf("%d scripts end in the page, not 2", n)
	}
	for _, reference := range []string{"http://", "https://", "src=", "@import", "url("} {
		if strings.Contains(string(html), reference) {
			t.Errorf("the page refers to something: %s", reference)
		}
	}
}

// TestResumeElsewhere refuses to go on in a folder where the paths mean others.
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
	report, err := f.WriteReports()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
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
	for want, runs := range map[string][]string{
		"are both shard 1/3":    {one, one},
		"are not of one batch":  {one, shard(2, 3, 6)},
		"are not of one batch:": {one, shard(2, 2, 5)},
		"holds no run":          {one, dir},
	} {
		if _, _, err := Merge(filepath.Join(t.TempDir(), "bad"), runs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v", err)
		}
	}
}

// TestJournal cuts a journal at every byte: what is whole before is there.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	j, err := openJournal(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2023, 11, 14, 9, 30, 0, 123456000, time.UTC)
	records := []Record{
		{Event: Opened, Time: at, PID: 7, Host: "h", Workers: 2, Version: "v"},
		{Event: Started, Time: at, Job: 1, Attempt: 1, Worker: 2},
		{Event: Ended, Time: at, Job: 1, Attempt: 1, Worker: 2, Hash: "ab", Outcome: &Outcome{Status: Done, Result: &Table{[]string{"x"}, [][]any{{1.5}, {nil}}}}},
		{Event: Closed, Time: at, Interrupted: true},
	}
	var ends []int64
	for i := range records {
		_, end, err := j.append(&records[i])
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// Golden bytes of the format.
	const want = `{"event":"open","time":"2023-11-14T09:30:00.123456Z","pid":7,"host":"h","workers":2,"version":"v"}
{"event":"start","time":"2023-11-14T09:30:00.123456Z","job":1,"attempt":1,"worker":2}
{"event":"end","time":"2023-11-14T09:30:00.123456Z","job":1,"attempt":1,"worker":2,"hash":"ab","status":"done","result":{"columns":["x"],"rows":[[1.5],[null]]}}
{"event":"close","time":"2023-11-14T09:30:00.123456Z","interrupted":true}
`
	if string(whole) != want {
		t.Errorf("the journal is\n%s", whole)
	}
	for n := range len(whole) + 1 {
		if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		read := 0
		j, err := openJournal(path, func(*Record, int64, int64) error { read++; return nil })
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		expected := 0
		for _, end := range ends {
			if end <= int64(n) {
				expected++
			}
		}
		if read != expected {
			t.Fatalf("cut at %d: %d records, not %d", n, read, expected)
		}
		if _, _, err := j.append(&records[0]); err != nil {
			t.Fatal(err)
		}
		j.close()
		read = 0
		if j, err = openJournal(path, func(*Record, int64, int64) error { read++; return nil }); err != nil || read != expected+1 {
			t.Fatalf("cut at %d and gone on with: %d records, %v", n, read, err)
		}
		if _, err := openJournal(path, nil); err == nil || !strings.Contains(err.Error(), "another process runs this batch") {
			t.Fatalf("opened twice: %v", err)
		}
		j.close()
	}
	// Damage in the midst is told, not passed over.
	if err := os.WriteFile(path, []byte("{\n"+string(whole)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := openJournal(path, nil); err == nil || !strings.Contains(err.Error(), "journal.jsonl:1: not a line of a journal") {
		t.Errorf("%v", err)
	}
}

func FuzzReadJournal(f *testing.F) {
	f.Add(`{"event":"open","time":"2023-11-14T09:30:00Z"}` + "\n")
	f.Add(`{"event":"end","job":1,"status":"done","result":{"columns":["x"],"rows":[[{"number":"NaN"}]]}}` + "\n{")
	f.Add("\x00\x00\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		folder := &Folder{Plan: &Plan{}, jobs: map[int]*jobState{1: {Job: &Job{ID: 1}, status: Pending}}}
		size, err := readJournal(strings.NewReader(text), "fuzz", folder.apply)
		if size < 0 || size > int64(len(text)) || err == nil && size > 0 && text[size-1] != '\n' {
			t.Errorf("%d of %d bytes, %v", size, len(text), err)
		}
		if err == nil {
			folder.Report()
		}
	})
}
