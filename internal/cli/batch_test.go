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
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"gopkg.in/yaml.v3"

	"microts/internal/batch"
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
// console goes to a file.
func TestJobsHaveStandardFilesOfTheirOwn(t *testing.T) {
	dir := scripts(t, map[string]string{"a.lua": `
		if job.params.k == 1 then io.stdout:seek("set", 0) io.stdout:close() io.stderr:close() io.stdin:close() end
		if job.params.k == 2 then io.close() end
		print("printed")`})
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := microts("batch", "a.lua", "--param", "k=1,2,3", "-j", "1", "--run", "run")
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

// TestBatchSignals ends a batch by signals: there is a report, what was put is
// there, and the run can go on.
func TestBatchSignals(t *testing.T) {
	dir := scripts(t, map[string]string{"a.lua": `
		job.db:put("S", 1, job.id, 0, "v")
		for i = 1, 20 do require("socket").sleep(0.04) end
		return {id = job.id}`})
	for name, c := range map[string]struct {
		signals []syscall.Signal
		code    int
		isolate string
	}{
		"Ctrl-C":            {[]syscall.Signal{syscall.SIGINT}, 130, "goroutine"},
		"Ctrl-C twice":      {[]syscall.Signal{syscall.SIGINT, syscall.SIGINT}, 130, "goroutine"},
		"SIGTERM":           {[]syscall.Signal{syscall.SIGTERM}, 143, "goroutine"},
		"processes, twice":  {[]syscall.Signal{syscall.SIGINT, syscall.SIGINT}, 130, "process"},
		"processes, Ctrl-C": {[]syscall.Signal{syscall.SIGINT}, 130, "process"},
	} {
		t.Run(name, func(t *testing.T) {
			db, run := filepath.Join(t.TempDir(), "db"), filepath.Join(t.TempDir(), "run")
			script := "a.lua"
			if c.isolate == "process" { // which only reads
				if out, code := inFolder(t, dir, "-e", fmt.Sprintf("require('micro_ts').open(%q)", db)); code != 0 {
					t.Fatal(out)
				}
				script = "b.lua"
				if err := os.WriteFile(filepath.Join(dir, script), []byte(`
					assert(job.db:count("S", 1) == 0)
					for i = 1, 20 do require("socket").sleep(0.04) end
					return {id = job.id}`), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd := microts("batch", script, "--param", "k=1,2,3,4,5,6", "--db", db, "--run", run, "-j", "2", "--isolate", c.isolate)
			cmd.Dir = dir
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			watchdog := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
			defer watchdog.Stop()
			waitForText(t, filepath.Join(run, "journal.jsonl"), `"start"`)
			for _, s := range c.signals {
				time.Sleep(50 * time.Millisecond)
				if err := cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
			}
			cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Fatalf("exit code %d\n%s", code, out.String())
			}
			r := readReport(t, run)
			stopped := len(c.signals) > 1 || c.signals[0] == syscall.SIGTERM
			if !r.Interrupted || r.Counts.Pending < 2 || stopped != (r.Counts.Interrupted > 0) || stopped == (r.Counts.Done > 0) {
				t.Errorf("%+v\n%s", r.Counts, out.String())
			}
			if text, code := inFolder(t, dir, "batch", "--resume", run, "-q"); code != 0 {
				t.Fatalf("the resumed run has exit code %d\n%s", code, text)
			}
			if r := readReport(t, run); r.Counts.Done != 6 || r.Rows != 6 || len(r.Runs) != 2 {
				t.Errorf("%+v, %d rows, %d runs", r.Counts, r.Rows, len(r.Runs))
			}
		})
	}
}

// waitForText waits until a file has a text in it.
func waitForText(t *testing.T, path, want string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if text, _ := os.ReadFile(path); strings.Contains(string(text), want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come to have %q", path, want)
		}
	}
}

// TestKilledBatch kills a whole batch again and again, and goes on with it: in the
// end each job is done, what was done was not done again, and no tick is missing.
func TestKilledBatch(t *testing.T) {
	dir := scripts(t, map[string]string{
		"a.lua": `
			for i = 1, 2000 do job.db:put("S", job.params.k, i, 0, "v") end
			require("socket").sleep(0.02)
			local f = io.open(job.dir .. "/" .. job.id, "a") f:write("x") f:close()
			return {k = job.params.k}`,
		"b.lua": `local header = {needs = {"a.lua"}}
			assert(job.db:count("S", job.params.k) == 2000)
			return {checked = true}`,
		"k.csv": "k\n" + numbered(60),
	})
	db, run := filepath.Join(t.TempDir(), "db"), filepath.Join(t.TempDir(), "run")
	args := []string{"batch", filepath.Join(dir, "a.lua"), filepath.Join(dir, "b.lua"), "--param-file", filepath.Join(dir, "k.csv"), "--db", db, "--run", run, "-q"}
	kills := 0
	for {
		cmd := microts(args...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		const most = 6
		if kills < most {
			kill := time.AfterFunc(time.Duration(60+40*kills)*time.Millisecond, func() { cmd.Process.Kill() })
			defer kill.Stop()
		}
		err := cmd.Wait()
		if err == nil {
			break
		}
		if cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("%v\n%s", err, out.String())
		}
		kills++
		if _, err := os.Stat(filepath.Join(run, "plan.json")); err == nil {
			args = []string{"batch", "--resume", run, "-q"}
		}
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
			case batch.Running: // the process died within
				cut++
			}
		}
		marks, err := os.ReadFile(filepath.Join(run, "files", fmt.Sprint(j.ID)))
		if done != 1 || err != nil || len(marks) < 1 || len(marks) > 1+cut {
			t.Errorf("%s: %d attempts that were done, %d that were cut, %d marks, %v", j.Name, done, cut, len(marks), err)
		}
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintln(&b, i)
	}
	return b.String()
}

// TestIsolatedProcesses contains what a goroutine cannot.
func TestIsolatedProcesses(t *testing.T) {
	db := writeTicks(t)
	dir := scripts(t, map[string]string{
		"good.lua":   `job.progress(1, 2) print("printed") return {n = job.db:count("S", 600000), attempt = job.attempt}`,
		"killed.lua": `io.stderr:write("last words\n") os.execute("kill -9 $PPID") while true do end`,
		"crash.lua":  `os.execute("kill -SEGV $PPID") while true do end`,
		"loop.lua":   `local header = {timeout = "200ms"} while true do end`,
		"memory.lua": `local header = {memory = "64MB"} local t = {} while true do t[#t + 1] = {} end`,
		"exit.lua":   `os.exit(3)`,
		"folder.lua": `assert(require("lfs").chdir("/")) os.setenv("X", "1")`,
		"writes.lua": `job.db:put("S", 1, 1, 0, "v")`,
		"opens.lua":  fmt.Sprintf(`return {n = require("micro_ts").open(%q):count("S", 600000)}`, db),
		"again.lua":  `local header = {retries = 1, backoff = "10ms"} if job.attempt == 1 then job.retry("once more") end`,
		"child.lua":  `io.popen("sleep 100")`,
	})
	run := filepath.Join(dir, "run")
	args := []string{"batch", "--isolate", "process", "--db", db, "--run", run}
	want := map[string]string{
		"good": "done", "killed": "failed crash", "crash": "failed crash", "loop": "failed timeout", "memory": "failed memory",
		"exit": "failed exit", "folder": "done", "writes": "failed error", "opens": "done", "again": "done", "child": "done",
	}
	for name := range want {
		args = append(args, name+".lua")
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
	if text, err := os.ReadFile(filepath.Join(run, batch.CSVFile)); err != nil || strings.Count(string(text), ",100") != 2 {
		t.Errorf("%s, %v", text, err)
	}
	if now, _ := os.Getwd(); now != before {
		t.Error("the folder changed")
	}
}

// TestChildrenDieWithTheirParent kills a batch: its processes end too.
func TestChildrenDieWithTheirParent(t *testing.T) {
	dir := scripts(t, map[string]string{"a.lua": `
		local f = io.open(job.dir .. "/pid", "w") f:write(io.open("/proc/self/stat"):read("*n")) f:close()
		while true do end`})
	run := filepath.Join(dir, "run")
	cmd := microts("batch", filepath.Join(dir, "a.lua"), "--isolate", "process", "--run", run)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pidFile := filepath.Join(run, "files", "pid")
	waitForText(t, pidFile, "")
	var pid int
	for pid == 0 {
		text, _ := os.ReadFile(pidFile)
		fmt.Sscan(string(text), &pid)
	}
	cmd.Process.Kill()
	cmd.Wait()
	for deadline := time.Now().Add(20 * time.Second); syscall.Kill(pid, 0) == nil; time.Sleep(10 * time.Millisecond) {
		if stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); bytes.Contains(stat, []byte(") Z ")) {
			break
		}
		if time.Now().After(deadline) {
			syscall.Kill(pid, syscall.SIGKILL)
			t.Fatalf("process %d lives on", pid)
		}
	}
}

// TestBatchOnATerminal watches the bars on an emulated screen.
func TestBatchOnATerminal(t *testing.T) {
	dir := scripts(t, map[string]string{"a.lua": `
		for i = 1, 10 do job.progress(i * 1000, 20000) require("socket").sleep(0.02) end
		if job.params.k == 2 then error("broke 中文") end
		local release = job.dir .. "/release"
		while job.params.k > 2 and not io.open(release) do require("socket").sleep(0.02) end`})
	run := filepath.Join(dir, "run")
	c := openConsole(t, t.TempDir(), "INPUTRC=/dev/null", 24, "batch", filepath.Join(dir, "a.lua"), "--param", "k=1,2,3,4,5,6", "-j", "2", "--run", run)
	c.see("failed a[k=2]")
	c.see("broke 中文")
	c.waitFor("two jobs and the whole", func(screen string) bool {
		return regexp.MustCompile(`a\[k=3\] .*[█▏▎▍▌▋▊▉]+·+ +0:0\d  10k/20k  .*/s  ETA \d`).MatchString(screen) && strings.Contains(screen, "a[k=4] ") &&
			regexp.MustCompile(`█+.*·+ 2/6  33%  1 failed  0:0\d  .*/s  ETA `).MatchString(screen)
	})
	c.send("\x03")
	c.see("no more jobs are started: finishing 2 running; interrupt again to stop them")
	if err := os.WriteFile(filepath.Join(run, "files", "release"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
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
	dir := scripts(t, map[string]string{
		"a.lua": `
			if job.params.k == 7 then error("<b>it</b> & broke") end
			return {score = -job.params.k * 1.5, note = "</script>" .. job.params.k, nan = 0/0}`,
		"k.csv": "k\n" + numbered(60),
	})
	run := filepath.Join(dir, "run")
	if out, code := inFolder(t, dir, "batch", "a.lua", "--param-file", "k.csv", "--run", run, "-q"); code != 1 {
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
	// A click on a column sorts, another one turns it, the next page goes on.
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

// TestSlurm submits examples/slurm to a Slurm of one node.
func TestSlurm(t *testing.T) {
	if testing.Short() {
		t.Skip("starts daemons")
	}
	root, dir := projectRoot(t), t.TempDir()
	db := writeTicks(t)
	batchDir := scripts(t, map[string]string{
		"n.lua": `return {n = job.db:count(job.params.market, job.params.code)}`,
		"microts.toml": fmt.Sprintf(`
			[batch]
			scripts = ["n.lua"]
			db = %q
			read_only = true
			each_code = "all"
			params.k = [1, 2, 3, 4]`, db),
	})
	cmd := exec.Command(filepath.Join(root, "scripts", "slurm.sh"), filepath.Join(dir, "cluster"), "bash", "-euc",
		`examples/slurm/submit.sh -o "$RUNS-%a.txt" && while [ -n "$(squeue -h)" ]; do sleep 0.2; done`)
	cmd.Dir = root
	runs := filepath.Join(dir, "runs")
	cmd.Env = append(os.Environ(), "MICROTS="+filepath.Join(binDir, "microts"), "CONFIG="+filepath.Join(batchDir, "microts.toml"), "RUNS="+runs, "SBATCH_OUTPUT="+filepath.Join(dir, "merge.txt"))
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
	db := writeTicks(t)
	dir := scripts(t, map[string]string{
		"n.lua":        `if job.attempt == 1 and job.params.k == 2 then error("a pod dies") end return {n = job.db:count("S", 600000)}`,
		"microts.toml": fmt.Sprintf("[batch]\nscripts = [\"n.lua\"]\ndb = %q\nread_only = true\nparams.k = [1, 2, 3, 4, 5, 6, 7]\n", db),
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
