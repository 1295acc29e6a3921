package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"microts/internal/luavm"
	"microts/internal/tick"
)

// TestJobSeesItsContext lets a job check all that it is given.
func TestJobSeesItsContext(t *testing.T) {
	db := database(t, "S600000")
	dir := filepath.Join("testdata", "context")
	s := &Spec{Options: Options{DB: db, Args: []string{"one", "two"}}}
	s.Scripts = []Script{{Path: filepath.Join(dir, "first.lua")}, {Path: filepath.Join(dir, "a.lua"), Grid: Grid{
		Values: []Values{{"code", []any{2.0}}, {"flag", []any{true}}, {"s", []any{"x"}}},
	}}}
	f := create(t, plan(t, s, dir))
	rec := &recorder{}
	report := runFolder(t, f, rec, func(r *Runner) { r.config.Verbose = true })
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

// TestSandboxReadsTheDatabase: with ReadOnly, a job in a sandbox can open the database
// of the batch, and cannot write it.
func TestSandboxReadsTheDatabase(t *testing.T) {
	dir := write(t, map[string]string{
		"read.lua":  `assert(job.db:count("S", 600000) == 1)`,
		"write.lua": `job.db:put("S", 1, 1, 0, "x")`,
	})
	s := &Spec{Options: Options{DB: database(t, "S600000"), ReadOnly: true, Sandbox: true}}
	report := runFolder(t, create(t, plan(t, s, dir, "read.lua", "write.lua")), &recorder{})
	if got := statuses(report); got != "read done; write failed error" || !strings.Contains(report.Jobs[1].Message, "read-only") {
		t.Errorf("%s: %s, %s", got, report.Jobs[0].Message, report.Jobs[1].Message)
	}
}

// TestOutputIsSeenAtOnce reads the log of a job that goes on until the log was read.
func TestOutputIsSeenAtOnce(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": `print("seen") wait_until_read()`})
	f := create(t, plan(t, &Spec{}, dir, "a.lua"))
	log := filepath.Join(f.Path, logName(f.Plan.Jobs[0]))
	read := make(chan struct{})
	go func() {
		defer close(read)
		if !eventually(func() bool {
			text, _ := os.ReadFile(log)
			return string(text) == "seen\n"
		}) {
			t.Errorf("%s is not written while the job goes on", log)
		}
	}()
	report := runFolder(t, f, &recorder{}, func(r *Runner) {
		r.hooks.prepare = luaFunction("wait_until_read", func() { <-read })
	})
	if report.Counts.Done != 1 {
		t.Errorf("%+v", report.Counts)
	}
}

// TestJobsHarmNoOther runs bad jobs beside good ones.
func TestJobsHarmNoOther(t *testing.T) {
	bad := []struct{ name, code, want string }{
		{"loop", `while true do end`, "failed timeout"},
		{"caught", `while true do pcall(function() while true do end end) end`, "failed timeout"},
		{"caught, then done", `pcall(function() while true do end end) return {x = 1}`, "failed timeout"},
		{"caught, then exit", `pcall(function() while true do end end) os.exit(0)`, "failed timeout"},
		{"columns", `local t = {} for i = 1, 30000 do t[i] = {["c" .. i] = 1} end return t`, "failed memory"},
		{"long result", `return {x = ("x"):rep(2^24)}`, "failed memory"},
		{"long error", `error(("x"):rep(2^20))`, "failed error"},
		{"log", `local s = ("x"):rep(2^24) job.log(s, s, s)`, "failed memory"},
		{"recursion", `local function f() return 1 + f() end f()`, "failed error"},
		{"exit", `os.exit(9)`, "failed exit"},
		{"exit0", `pcall(os.exit, 0) error("not reached")`, "done"},
		{"globals", `print, string.format, pairs, job, db = nil getmetatable("").__index = nil _G.x = 1`, "done"},
		{"folder", `assert(require("lfs").chdir("/"))`, "failed error"},
		{"closes", `job.db:close() job.db:close()`, "done"},
		{"panic", `go_panic()`, "failed panic"},
		{"panics", `pcall(go_panic) coroutine.wrap(go_panic)()`, "failed panic"},
		{"error", `error({})`, "failed error"},
		{"memory", `local t = {} while true do t[#t + 1] = {} end`, "failed memory"},
		{"string", `local s = "x" while true do s = s .. s end`, "failed memory"},
		{"result", `return {x = {}}`, "failed error"},
		{"stuck", `print("printed before") go_stuck()`, "failed timeout"},
	}
	s := &Spec{Options: Options{DB: filepath.Join(t.TempDir(), "db"), Workers: 4}}
	s.Scripts = append(s.Scripts, Script{Path: filepath.Join("testdata", "harm", "good.lua"), Grid: numbers("n", 40)})
	limits := Limits{Timeout: 1500 * time.Millisecond, Memory: 32 << 20}
	if raceEnabled {
		limits.Timeout *= 10
	}
	files, want := map[string]string{}, map[string]string{}
	for _, b := range bad {
		files[b.name+".lua"], want[b.name] = b.code, b.want
	}
	dir := write(t, files)
	for _, b := range bad {
		l := limits
		if b.want == "failed memory" {
			l.Timeout = 5 * time.Minute
		}
		s.Scripts = append(s.Scripts, Script{Path: filepath.Join(dir, b.name+".lua"), Limits: l})
	}
	before, _ := os.Getwd()
	release := make(chan struct{})
	defer close(release)
	f := create(t, plan(t, s, dir))
	report := runFolder(t, f, &recorder{}, func(r *Runner) {
		r.hooks.prepare = func(s *luavm.State) {
			luaFunction("go_panic", func() { panic("a bug in Go") })(s)
			luaFunction("go_stuck", func() { <-release })(s)
		}
		r.hooks.grace = 5 * time.Second // of which stuck takes all; the loops end at once, on a busy machine too
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
		case "long error":
			if len(j.Message) > 20_000 || !strings.HasSuffix(j.Message, "bytes in all)") {
				t.Errorf("a message of %d bytes: %.100s", len(j.Message), j.Message)
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
	db, err := env.Databases.Open(s.Options.DB, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	in, _ := tick.NewInstrument('S', 1)
	if n, err := db.Count(&in, tick.Always); n != 40 || err != nil {
		t.Errorf("the good jobs put %d ticks, %v", n, err)
	}
}
