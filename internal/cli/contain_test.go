package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"microts/internal/batch"
)

// hostile are jobs that would end the process, take all memory or never end, with the
// reasons for which they may fail. "done" is no failure.
var hostile = map[string]struct{ code, want string }{
	"nesting":     {`return {ok = tostring(loadstring("return " .. ("{"):rep(3e5) .. ("}"):rep(3e5)))}`, "done"},
	"unary":       {`return {ok = tostring(loadstring("return " .. ("not "):rep(3e5) .. "1"))}`, "done"},
	"shared":      {`local t = {"0123456789"} for i = 1, 50 do t = {t, t, t} end return {n = #require("cjson").encode(t)}`, "memory"},
	"cycle":       {`local c, t = require("cjson"), {} c.encode_max_depth(2^31 - 1) t[1] = t return {n = #c.encode(t)}`, "error"},
	"brackets":    {`local c = require("cjson") c.decode_max_depth(2^31 - 1) return {n = #c.decode(("["):rep(5e6))}`, "error"},
	"concat":      {`local s = ("x"):rep(4e7) return {n = #(s .. s .. s .. s .. s .. s .. s .. s .. s .. s)}`, "memory"},
	"separator":   {`local t = {} for i = 1, 1e5 do t[i] = i end return {n = #table.concat(t, ("-"):rep(1e5))}`, "memory"},
	"replacement": {`return {n = #(("a"):rep(1e6):gsub("a", ("b"):rep(1e4)))}`, "memory"},
	"padding":     {`return {n = #("c2147483647"):pack("")}`, "memory"},
	"iterators":   {`local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1e6):gmatch("x") end`, "memory"},
	"objects":     {`local t = {} for i = 1, 1e9 do local o = {} o.x = i t[i] = o end`, "memory"},
	"message":     {`error(("x"):rep(6e7))`, "memory"},
	"columns":     {`local t = {} for i = 1, 1e5 do t[i] = {["c" .. i] = 1} end return t`, "memory"},
	"coroutines":  {`local function f() return coroutine.wrap(f)() end f()`, "error"},
	"move":        {`local header = {timeout = "1s"} table.move({}, 1, 2^31 - 3, 2)`, "timeout"},
	"caught":      {`local header = {timeout = "1s"} pcall(function() while true do end end) return {n = 1}`, "timeout"},
	"exit":        {`local header = {timeout = "1s"} pcall(function() while true do end end) os.exit(0)`, "timeout"},
	"channel":     {`channel.make(1e12)`, "error"},
}

// TestHostileJobs runs hostile jobs beside good ones in one process.
func TestHostileJobs(t *testing.T) {
	const good = `
		for i = 1, 100 do job.db:put("S", job.id, i, 0, "v") end
		require("socket").sleep(0.1)
		assert(job.db:count("S", job.id) == 100)
		return {fine = 1}`
	files := map[string]string{}
	for i := range 8 {
		files[fmt.Sprintf("good%d.lua", i)] = good
	}
	for name, job := range hostile {
		files[name+".lua"] = job.code
	}
	args := []string{"batch", "--db", "db", "--run", "run", "-j", "4", "--sandbox", "--memory", "64MB", "-q"}
	for name := range files {
		args = append(args, name)
	}
	dir := scripts(t, files)
	cmd := microts(args...)
	cmd.Dir = dir
	defer time.AfterFunc(2*time.Minute, func() { cmd.Process.Kill() }).Stop()
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, j := range readReport(t, filepath.Join(dir, "run")).Jobs {
		want := "done"
		if job, ok := hostile[strings.TrimSuffix(j.Script, ".lua")]; ok {
			want = job.want
		}
		got := string(j.Reason)
		if j.Status == batch.Done {
			got = "done"
		}
		const most = 5 // s, of an attempt that may take 1 s
		if want == "timeout" && j.Seconds > most {
			t.Errorf("%s took %g s", j.Name, j.Seconds)
		}
		if got != want {
			t.Errorf("%s: %s, not %s: %.200s", j.Name, got, want, j.Message)
		}
	}
	const most = 2 << 20 // KiB
	if used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; used > most {
		t.Errorf("the process used %d KiB", used)
	}
}

// TestProgramsDieWithTheirBatch kills a batch: what its jobs started by os.execute and
// io.popen ends too, with what that started.
func TestProgramsDieWithTheirBatch(t *testing.T) {
	for name, start := range map[string]string{
		"execute": `os.execute(%s)`, "popen": `io.popen(%s):read("*a")`, "popen to write": `io.popen(%s, "w"):close()`,
	} {
		t.Run(name, func(t *testing.T) { programsDie(t, start) })
	}
}

func programsDie(t *testing.T, start string) {
	const program = `"sh -c 'echo $$ > " .. job.dir .. "/pid; sleep 300; :'; :"`
	dir := scripts(t, map[string]string{"a.lua": fmt.Sprintf(start, program)})
	run := filepath.Join(dir, "run")
	cmd, _ := startBatch(t, "batch", filepath.Join(dir, "a.lua"), "--run", run)
	var pid int
	waitUntil(t, "the program's process id", func() bool {
		fmt.Sscan(readText(filepath.Join(run, "files", "pid")), &pid)
		return pid != 0
	})
	time.Sleep(200 * time.Millisecond) // the reaper is told right after the program started
	cmd.Process.Kill()
	cmd.Wait()
	waitUntil(t, fmt.Sprintf("the end of process %d", pid), func() bool {
		zombie := strings.Contains(readText(fmt.Sprintf("/proc/%d/stat", pid)), ") Z ")
		return zombie || syscall.Kill(pid, 0) != nil
	})
}
