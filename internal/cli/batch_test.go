package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"gopkg.in/yaml.v3"

	"microts/internal/batch"
	"microts/internal/objects/objecttest"
)

// scripts writes files into a new folder and returns it.
func scripts(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// testScript returns the path of a script in testdata/batch.
func testScript(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "batch", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// inFolder runs microts in a folder and returns what it printed and its exit code.
func inFolder(t *testing.T, dir string, args ...string) (out string, code int) {
	t.Helper()
	cmd := microts(args...)
	cmd.Dir = dir
	text, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// readReport reads the report of a run.
func readReport(t *testing.T, run string) *batch.Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(run, batch.ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	r := &batch.Report{}
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestJobsHaveStandardFilesOfTheirOwn closes and rewinds them in jobs, while the
// display goes to a file.
func TestJobsHaveStandardFilesOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := microts("batch", testScript(t, "files/a.lua"), "--param", "k=1,2,3", "-j", "1", "--run", "run")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil || strings.Count(string(text), "start a") != 3 || !strings.Contains(string(text), "3 jobs: 3 done") {
		t.Errorf("%s, %v", text, err)
	}
	for _, j := range readReport(t, filepath.Join(dir, "run")).Jobs {
		if log, err := os.ReadFile(filepath.Join(dir, "run", j.Log)); err != nil || string(log) != "printed\n" {
			t.Errorf("%s printed %q, %v", j.Name, log, err)
		}
	}
}

// TestBatchExitCodes runs batches that succeed, that fail and that are described wrongly.
func TestBatchExitCodes(t *testing.T) {
	dir := scripts(t, map[string]string{"ok.lua": "", "bad.lua": "error('no')", "need.lua": "local header = {needs = 'bad.lua'}"})
	for _, c := range []struct {
		args string
		code int
	}{
		{"ok.lua", 0},
		{"ok.lua bad.lua", 1},
		{"need.lua bad.lua", 1},
		{"", 2},
		{"missing.lua", 2},
		{"ok.lua --param", 2},
		{"need.lua", 2},
		{"--resume nowhere", 2},
		{"merge nowhere", 2},
	} {
		if out, code := inFolder(t, dir, append([]string{"batch"}, strings.Fields(c.args)...)...); code != c.code {
			t.Errorf("%s: exit code %d, not %d\n%s", c.args, code, c.code, out)
		}
	}
}

// TestBatchSignals ends a run by signals: there is a report, and the run can be resumed.
func TestBatchSignals(t *testing.T) {
	for _, c := range []struct {
		name    string
		signals []syscall.Signal
		code    int
		isolate string
	}{
		{"Ctrl-C", []syscall.Signal{syscall.SIGINT}, 130, "goroutine"},
		{"Ctrl-C twice", []syscall.Signal{syscall.SIGINT, syscall.SIGINT}, 130, "goroutine"},
		{"SIGTERM", []syscall.Signal{syscall.SIGTERM}, 143, "goroutine"},
		{"processes, Ctrl-C", []syscall.Signal{syscall.SIGINT}, 130, "process"},
		{"processes, twice", []syscall.Signal{syscall.SIGINT, syscall.SIGINT}, 130, "process"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, run := filepath.Join(t.TempDir(), "db"), filepath.Join(t.TempDir(), "run")
			args := []string{"batch", testScript(t, "wait/a.lua"), "--param", "k=1,2,3,4,5,6", "--db", db, "--run", run, "-j", "2", "--isolate", c.isolate}
			if c.isolate == "process" { // which only reads: the database must be there
				if out, code := inFolder(t, ".", "-e", fmt.Sprintf("require('micro_ts').open(%q)", db)); code != 0 {
					t.Fatal(out)
				}
			} else {
				args = append(args, "--", "put")
			}
			cmd, out := startBatch(t, args...)
			waitUntil(t, "a job that runs", func() bool { return exists(filepath.Join(run, "files", "running")) })
			for _, s := range c.signals {
				if err := cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
				waitUntil(t, "the end of starts", func() bool { return strings.Contains(readText(out), "no more jobs are started") })
			}
			stopped := len(c.signals) > 1 || c.signals[0] == syscall.SIGTERM
			if !stopped {
				touch(t, filepath.Join(run, "files", "release"))
			}
			cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Fatalf("exit code %d\n%s", code, readText(out))
			}
			r := readReport(t, run)
			if !r.Interrupted || r.Counts.Pending < 2 || stopped != (r.Counts.Interrupted > 0) || stopped == (r.Counts.Done > 0) {
				t.Errorf("%+v\n%s", r.Counts, readText(out))
			}
			touch(t, filepath.Join(run, "files", "release"))
			if text, code := inFolder(t, ".", "batch", "--resume", run, "-q"); code != 0 {
				t.Fatalf("the resumed run has exit code %d\n%s", code, text)
			}
			if r := readReport(t, run); r.Counts.Done != 6 || r.Rows != 6 || len(r.Runs) != 2 {
				t.Errorf("%+v, %d rows, %d runs", r.Counts, r.Rows, len(r.Runs))
			}
		})
	}
}

// startBatch starts microts; its output goes to the file out. It is killed a minute
// later, or at the end of the test.
func startBatch(t *testing.T, args ...string) (cmd *exec.Cmd, out string) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd = microts(args...)
	cmd.Stdout, cmd.Stderr = file, file
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	t.Cleanup(func() {
		watchdog.Stop()
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd, file.Name()
}

// readText returns the text of a file, or "" if it cannot be read.
func readText(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// touch makes an empty file.
func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// waitUntil waits until a condition, which what names, holds.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	const patience = 30 * time.Second
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain for %s", patience, what)
		}
	}
}

// TestKilledBatch kills a run again and again, and resumes it: in the end each job is
// done, no job that was done was run again, and no tick is missing.
func TestKilledBatch(t *testing.T) {
	db, run := filepath.Join(t.TempDir(), "db"), filepath.Join(t.TempDir(), "run")
	params := filepath.Join(scripts(t, map[string]string{"k.csv": "k\n" + numbered(60)}), "k.csv")
	args := []string{"batch", testScript(t, "killed/a.lua"), testScript(t, "killed/b.lua"), "--param-file", params, "--db", db, "--run", run, "-q"}
	kills := 0
	killAt := func(mark string) {
		cmd, _ := startBatch(t, args...)
		waitUntil(t, mark, func() bool { return exists(filepath.Join(run, mark)) })
		cmd.Process.Kill()
		cmd.Wait()
		kills++
		args = []string{"batch", "--resume", run, "-q"}
	}
	killAt("plan.json")
	for k := 10; k <= 60; k += 10 {
		mark := func(name string) string { return filepath.Join("files", fmt.Sprintf("%s-%d", name, k)) }
		os.Remove(filepath.Join(run, mark("reached"))) // which the run before may have reached
		killAt(mark("reached"))
		touch(t, filepath.Join(run, mark("pass")))
	}
	if out, code := inFolder(t, ".", args...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	r := readReport(t, run)
	if kills < 3 || r.Counts.Done != 120 || r.Rows != 120 {
		t.Fatalf("%d kills, %+v, %d rows", kills, r.Counts, r.Rows)
	}
	for _, j := range r.Jobs[:60] {
		done, cut := 0, 0
		for _, a := range j.Attempts {
			switch a.Status {
			case batch.Done:
				done++
			case batch.Running: // the process died during the attempt
				cut++
			}
		}
		marks, err := os.ReadFile(filepath.Join(run, "files", fmt.Sprint(j.ID)))
		if done != 1 || err != nil || len(marks) < 1 || len(marks) > 1+cut {
			t.Errorf("%s: %d attempts that were done, %d that were cut short, %d marks, %v", j.Name, done, cut, len(marks), err)
		}
	}
}

// numbered returns the lines 1 to n.
func numbered(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintln(&b, i)
	}
	return b.String()
}

// TestIsolatedProcesses runs jobs that would end a process, or change it, in processes
// of their own.
func TestIsolatedProcesses(t *testing.T) {
	db := writeTicks(t)
	jobs := []struct{ name, code, want string }{
		{"good", `job.progress(1, 2) print("printed") return {n = job.db:count("S", 600000), attempt = job.attempt}`, "done"},
		{"killed", `io.stderr:write("last words\n") os.execute("kill -9 $PPID") while true do end`, "failed crash"},
		{"crash", `os.execute("kill -SEGV $PPID") while true do end`, "failed crash"},
		{"loop", `local header = {timeout = "200ms"} while true do end`, "failed timeout"},
		{"memory", `local header = {memory = "64MB"} local t = {} while true do t[#t + 1] = {} end`, "failed memory"},
		{"exit", `os.exit(3)`, "failed exit"},
		{"folder", `assert(require("lfs").chdir("/"))`, "done"},
		{"writes", `job.db:put("S", 1, 1, 0, "v")`, "failed error"},
		{"opens", fmt.Sprintf(`return {n = require("micro_ts").open(%q):count("S", 600000)}`, db), "done"},
		{"again", `local header = {retries = 1, backoff = "10ms"} if job.attempt == 1 then job.retry("once more") end`, "done"},
		{"child", `io.popen("sleep 100")`, "done"},
	}
	files, want := map[string]string{}, map[string]string{}
	for _, j := range jobs {
		files[j.name+".lua"], want[j.name] = j.code, j.want
	}
	dir := scripts(t, files)
	run := filepath.Join(dir, "run")
	args := []string{"batch", "--isolate", "process", "--db", db, "--run", run}
	for _, j := range jobs {
		args = append(args, j.name+".lua")
	}
	before, _ := os.Getwd()
	out, code := inFolder(t, dir, args...)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	r := readReport(t, run)
	for _, j := range r.Jobs {
		if got := strings.TrimSpace(fmt.Sprintf("%s %s", j.Status, j.Reason)); got != want[j.Name] {
			t.Errorf("%s: %s: %s\n%s", j.Name, got, j.Message, out)
		}
		switch j.Name {
		case "killed":
			if !strings.Contains(j.Message, "signal: killed") || !strings.Contains(j.Traceback, "last words") {
				t.Errorf("%s\n%s", j.Message, j.Traceback)
			}
		case "loop":
			if !strings.Contains(j.Message, "loop.lua:1: time limit of 200ms exceeded") {
				t.Errorf("%s", j.Message)
			}
		case "writes":
			if !strings.Contains(j.Message, "read-only") {
				t.Errorf("%s", j.Message)
			}
		case "good":
			if log, err := os.ReadFile(filepath.Join(run, j.Log)); err != nil || string(log) != "printed\n" {
				t.Errorf("the log is %q, %v", log, err)
			}
		}
	}
	for _, name := range []string{"good", "opens"} {
		if text, err := os.ReadFile(filepath.Join(run, batch.ResultsDir, name+".csv")); err != nil || !strings.Contains(string(text), ",100") {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
	if now, _ := os.Getwd(); now != before {
		t.Error("the folder changed")
	}
}

// TestChildrenDieWithTheirParent kills a batch: its child processes end too.
func TestChildrenDieWithTheirParent(t *testing.T) {
	dir := scripts(t, map[string]string{"a.lua": `
		local f = io.open(job.dir .. "/pid", "w") f:write(io.open("/proc/self/stat"):read("*n")) f:close()
		while true do end`})
	run := filepath.Join(dir, "run")
	cmd, _ := startBatch(t, "batch", filepath.Join(dir, "a.lua"), "--isolate", "process", "--run", run)
	var pid int
	waitUntil(t, "the child's process id", func() bool {
		fmt.Sscan(readText(filepath.Join(run, "files", "pid")), &pid)
		return pid != 0
	})
	defer func() {
		if t.Failed() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}()
	cmd.Process.Kill()
	cmd.Wait()
	waitUntil(t, fmt.Sprintf("the end of process %d", pid), func() bool {
		zombie := strings.Contains(readText(fmt.Sprintf("/proc/%d/stat", pid)), ") Z ")
		return zombie || syscall.Kill(pid, 0) != nil
	})
}

// TestBatchOnATerminal watches the display on an emulated screen.
func TestBatchOnATerminal(t *testing.T) {
	dir, err := os.MkdirTemp("", "") // whose path is short: the terminal must not break the failure's line
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(dir, "a.lua")
	if err := os.WriteFile(script, []byte(`
		job.progress(10000, 20000)
		if job.params.k == 2 then error("broke 中文") end
		local release = job.dir .. "/release"
		while job.params.k > 2 and not io.open(release) do require("socket").sleep(0.005) end`), 0o644); err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(dir, "run")
	c := openConsole(t, t.TempDir(), "INPUTRC=/dev/null", 24, "batch", script, "--param", "k=1,2,3,4,5,6", "-j", "2", "--run", run)
	c.see("failed a[k=2]")
	c.see("broke 中文")
	c.waitFor("two jobs and the whole", func(screen string) bool {
		return regexp.MustCompile(`a\[k=3\] .*[█▏▎▍▌▋▊▉]+·+ +0:0\d  10k/20k  .*/s  ETA \d`).MatchString(screen) && strings.Contains(screen, "a[k=4] ") &&
			regexp.MustCompile(`█+.*·+ 2/6  33%  1 failed  0:0\d  .*/s  ETA `).MatchString(screen)
	})
	c.send("\x03")
	c.see("no more jobs are started: finishing 2 running; interrupt again to stop them")
	touch(t, filepath.Join(run, "files", "release"))
	c.see("6 jobs: 3 done, 1 failed, 2 not run")
	if screen := c.screen(); strings.Contains(screen, "ETA") || strings.Contains(screen, "^C") || strings.Contains(screen, "█") {
		t.Errorf("the bars stay:\n%s", screen)
	}
	if code := c.end(); code != 130 {
		t.Errorf("exit code %d", code)
	}
}

// browser starts a headless Chromium, or skips the test where there is none.
func browser(t *testing.T) (run func(actions ...chromedp.Action)) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1240, 1600))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(cancelTab)
	return func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReportInABrowser looks at report.html as its reader does.
func TestReportInABrowser(t *testing.T) {
	do := browser(t)
	dir := scripts(t, map[string]string{"k.csv": "k\n" + numbered(60)})
	run := filepath.Join(dir, "run")
	if out, code := inFolder(t, dir, "batch", testScript(t, "report/a.lua"), "--param-file", "k.csv", "--run", run, "-q"); code != 1 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	var title, failure, traceback, pill string
	var errorsSeen int
	var painted bool
	cells := func(section string, column int) (all []string) {
		do(chromedp.Evaluate(fmt.Sprintf(`[...document.querySelectorAll("#%s tbody tr td:nth-child(%d)")].map(td => td.textContent)`, section, column), &all))
		return all
	}
	do(
		chromedp.Navigate("file://"+filepath.Join(run, batch.HTMLFile)),
		chromedp.Title(&title),
		chromedp.Text(".pill", &pill),
		chromedp.Text("#failures summary", &failure),
		chromedp.Text("#failures pre", &traceback),
		chromedp.Evaluate(`performance.getEntriesByType("resource").length`, &errorsSeen),
		chromedp.Evaluate(`(() => { const c = document.querySelector("#timeline canvas"); const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; return d.some((v, i) => i % 4 === 3 && v > 0); })()`, &painted),
	)
	if title != "run: 59 of 60 done" || pill != "failed" || !strings.Contains(failure, "<b>it</b> & broke") || !strings.Contains(traceback, "a.lua:2: in main chunk") {
		t.Errorf("title %q, %q, failure %q\n%s", title, pill, failure, traceback)
	}
	if errorsSeen != 0 || !painted {
		t.Errorf("%d resources loaded, timeline painted %v", errorsSeen, painted)
	}
	if jobs, results := cells("jobs", 1), cells("results", 2); len(jobs) != 25 || len(results) != 25 || results[0] != "1" {
		t.Errorf("%d jobs, results %v", len(jobs), results)
	}
	// A table that is wider than its place shows that.
	do(
		chromedp.Evaluate(`document.querySelector("#results .scroll").style.width = "60px"`, nil),
		chromedp.Poll(`document.querySelector("#results .scroll.wide") !== null`, nil, chromedp.WithPollingTimeout(5*time.Second)),
		chromedp.Evaluate(`document.querySelector("#results .scroll").style.width = ""`, nil),
	)
	// A click on a column sorts by it, a second one sorts the other way, and the sorting
	// goes on to the next page.
	sort := chromedp.Click("#results th:nth-child(3)")
	do(sort)
	if up := cells("results", 3); up[0] != "-90" || up[1] != "-88.5" {
		t.Errorf("sorted: %v", up)
	}
	do(sort)
	if down := cells("results", 3); down[0] != "-1.5" || down[1] != "-3" {
		t.Errorf("sorted downwards: %v", down)
	}
	do(chromedp.Click(`#results button[aria-label="next page"]`))
	if next := cells("results", 3); next[0] != "-40.5" {
		t.Errorf("the next page: %v", next)
	}
	do(chromedp.SendKeys("#results input", "script>42"))
	if found := cells("results", 2); len(found) != 1 || found[0] != "42" {
		t.Errorf("filtered: %v", found)
	}
	do(chromedp.SendKeys("#jobs input", "failed"))
	if found := cells("jobs", 2); len(found) != 1 || found[0] != "a[k=7]" {
		t.Errorf("filtered jobs: %v", found)
	}
}

// updatePicture takes the picture of a report that the documents show.
func updatePicture(t *testing.T, picture, page string) {
	t.Helper()
	var png []byte
	browser(t)(chromedp.EmulateViewport(1160, 900), chromedp.Navigate("file://"+page), chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(picture, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestFactors runs examples/factors as its README does.
func TestFactors(t *testing.T) {
	root, dir := projectRoot(t), t.TempDir()
	example := filepath.Join(root, "examples", "factors")
	const db = "ticks"
	out, code := inFolder(t, dir, "batch", filepath.Join(example, "generate.lua"), "--db", db, "--durability", "none",
		"--param-file", filepath.Join(example, "universe.csv"), "--dates", "2023-11-13..2023-11-17", "--run", "generated", "-q")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	out, code = inFolder(t, dir, "batch", "--config", filepath.Join(example, "microts.toml"), "--db", db, "--dates", "2023-11-13..2023-11-17", "--run", "factors", "-q")
	if *updateDocs {
		updatePicture(t, filepath.Join(example, "report.png"), filepath.Join(dir, "factors", batch.HTMLFile))
	}
	r := readReport(t, filepath.Join(dir, "factors"))
	if code != 0 || r.Counts.Done != 200 || r.Rows != 200 {
		t.Fatalf("exit code %d, %+v, %d rows\n%s", code, r.Counts, r.Rows, out)
	}
	if want := "job_id market code date ticks close momentum late volatility vwap_bp imbalance illiquidity"; strings.Join(r.Columns, " ") != want {
		t.Errorf("columns %v", r.Columns)
	}
	text, err := os.ReadFile(filepath.Join(dir, "factors", batch.CSVFile))
	if err != nil || strings.Contains(string(text), "NaN") || strings.Contains(string(text), "Inf") {
		t.Errorf("%s, %v", text, err)
	}
}

// sealTicks seals the ticks of writeTicks into the archive at a URL.
func sealTicks(t *testing.T, url string) {
	t.Helper()
	out, err := microts("-e", "path, url = "+strconv.Quote(writeTicks(t))+", "+strconv.Quote(url), "-e",
		`require("micro_ts").open(path):seal{to = url, before = "2024-01-01"}`).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestSlurm submits examples/slurm to a Slurm of one node. Each of its jobs reads the
// archive on an S3 server.
func TestSlurm(t *testing.T) {
	if testing.Short() {
		t.Skip("starts daemons")
	}
	root, dir := projectRoot(t), t.TempDir()
	db := objecttest.S3(t).URL("archive")
	sealTicks(t, db)
	batchDir := scripts(t, map[string]string{
		"n.lua": `return {n = job.db:count(job.params.market, job.params.code)}`,
		"microts.toml": fmt.Sprintf(`
			[batch]
			scripts = ["n.lua"]
			db = %q
			each_code = "all"
			params.k = [1, 2, 3, 4]`, db),
	})
	cmd := exec.Command(filepath.Join(root, "scripts", "slurm.sh"), filepath.Join(dir, "cluster"), "bash", "-euc",
		`examples/slurm/submit.sh -o "$RUNS-%a.txt" && while [ -n "$(squeue -h)" ]; do sleep 0.2; done`)
	cmd.Dir = root
	runs := filepath.Join(dir, "runs")
	cmd.Env = append(os.Environ(), "MICROTS="+filepath.Join(binDir, "microts"), "CONFIG="+filepath.Join(batchDir, "microts.toml"), "RUNS="+runs, "SBATCH_OUTPUT="+filepath.Join(dir, "merge.txt"),
		"CACHE="+filepath.Join(dir, "cache"), "AS_OF="+time.Now().Add(time.Minute).Format("2006-01-02 15:04:05-07:00"))
	out, err := cmd.CombinedOutput()
	const cannot = 77
	if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == cannot {
		t.Skipf("Slurm cannot be started here: %s", out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r := readReport(t, filepath.Join(runs, "all"))
	if r.Counts.Jobs != 12 || r.Counts.Done != 12 || len(r.Runs) != 4 {
		t.Errorf("%+v of %d runs\n%s", r.Counts, len(r.Runs), out)
	}
	_ = filepath.WalkDir(runs, func(path string, d os.DirEntry, err error) error {
		if text, _ := os.ReadFile(path); bytes.Contains(text, []byte(objecttest.SecretKey)) || bytes.Contains(text, []byte(objecttest.AccessKey)) {
			t.Errorf("%s holds the credentials", path)
		}
		return nil
	})
}

// kubernetesValidator returns what says what the API server's own code finds wrong with the
// manifests of a file.
func kubernetesValidator(t *testing.T) (validate func(file string) string) {
	t.Helper()
	build := exec.Command(filepath.Join(projectRoot(t), "scripts", "k8s-validate.sh"), "--built")
	path, err := build.Output()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v; make test-deps builds it", err)
		}
		t.Skip("make test-deps builds what checks the manifests")
	}
	return func(file string) string {
		out, _ := exec.Command(strings.TrimSpace(string(path)), file).CombinedOutput()
		return string(out)
	}
}

// TestKubernetesManifests has the API server's own code check the examples.
func TestKubernetesManifests(t *testing.T) {
	root, validate := projectRoot(t), kubernetesValidator(t)
	manifest := filepath.Join(root, "examples", "kubernetes", "job.yaml")
	if out := validate(manifest); out != "" {
		t.Error(out)
	}
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"completionMode: Indexed", "completionMode: Indexd", "completionMode"},
		{"restartPolicy: Never", "restartPolicy: Always", "restartPolicy"},
		{"backoffLimit:", "backofLimit:", `unknown field "backofLimit"`},
		{"- {name: cache, mountPath: /cache}", "- {name: cashe, mountPath: /cache}", "volumeMounts[0].name"},
		{"operator: In", "operator: Within", "operator"},
	} {
		wrong := strings.Replace(string(text), c.from, c.to, 1)
		file := filepath.Join(t.TempDir(), "job.yaml")
		if err := os.WriteFile(file, []byte(wrong), 0o644); err != nil {
			t.Fatal(err)
		}
		if out := validate(file); !strings.Contains(out, c.want) || wrong == string(text) {
			t.Errorf("%s: %s", c.to, out)
		}
	}
}

// TestKubernetes runs the command of examples/kubernetes as each pod does.
func TestKubernetes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(projectRoot(t), "examples", "kubernetes", "job.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var job struct {
		Spec struct {
			CompletionMode string `yaml:"completionMode"`
			Completions    int
			Template       struct {
				Spec struct {
					Containers []struct {
						Command []string
						Env     []struct{ Name, Value string }
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &job); err != nil {
		t.Fatal(err)
	}
	container := job.Spec.Template.Spec.Containers[0]
	db := "file://" + t.TempDir()
	sealTicks(t, db)
	dir := scripts(t, map[string]string{
		"n.lua":        `if job.attempt == 1 and job.params.k == 2 then error("a pod dies") end return {n = job.db:count("S", 600000)}`,
		"microts.toml": "[batch]\nscripts = [\"n.lua\"]\nparams.k = [1, 2, 3, 4, 5, 6, 7]\n",
	})
	runs := filepath.Join(dir, "runs")
	pod := func(index int) (string, error) {
		cmd := exec.Command(container.Command[0], container.Command[1:]...)
		cmd.Env = append(os.Environ(), "PATH="+binDir+string(os.PathListSeparator)+os.Getenv("PATH"), fmt.Sprintf("JOB_COMPLETION_INDEX=%d", index))
		for _, e := range container.Env {
			switch e.Name {
			case "RUNS":
				e.Value = runs
			case "CONFIG":
				e.Value = filepath.Join(dir, "microts.toml")
			case "DB":
				e.Value = db
			case "AS_OF":
				e.Value = time.Now().Add(time.Minute).Format("2006-01-02 15:04:05-07:00")
			case "CACHE":
				e.Value = filepath.Join(dir, "cache")
			case "SHARDS":
				if e.Value != fmt.Sprint(job.Spec.Completions) {
					t.Errorf("SHARDS is %s, completions %d", e.Value, job.Spec.Completions)
				}
			}
			cmd.Env = append(cmd.Env, e.Name+"="+e.Value)
		}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	failed := 0
	shards := []string{"batch", "merge", "--run", filepath.Join(runs, "all")}
	for index := range job.Spec.Completions {
		if _, err := pod(index); err != nil {
			failed++
			if out, err := pod(index); err != nil { // another pod in its place
				t.Errorf("pod %d: %v\n%s", index, err, out)
			}
		}
		shards = append(shards, filepath.Join(runs, fmt.Sprintf("shard-%d", index+1)))
	}
	if out, code := inFolder(t, dir, shards...); code != 0 || failed != 1 || job.Spec.CompletionMode != "Indexed" {
		t.Errorf("exit code %d, %d pods failed\n%s", code, failed, out)
	}
	if r := readReport(t, filepath.Join(runs, "all")); r.Counts.Done != 7 || r.Rows != 7 {
		t.Errorf("%+v, %d rows", r.Counts, r.Rows)
	}
}
