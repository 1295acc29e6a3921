package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of 2 MiB in a new folder. grow makes it large.
func smallDisk(t *testing.T) (dir string, grow func()) {
	t.Helper()
	dir = t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("cannot mount a small file system: ", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, func() { resize(t, dir, "size=200m") }
}

func resize(t *testing.T, disk, size string) {
	t.Helper()
	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT, size); err != nil {
		t.Fatal(err)
	}
}

// fill writes a file until the disk is full.
func fill(t *testing.T, disk string) {
	t.Helper()
	f, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; size /= 2 { // less and less fits
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if err := f.Close(); err != nil && !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
}

// TestBatchOnAFullDisk: the batch says what is kept, and goes on once there is room.
func TestBatchOnAFullDisk(t *testing.T) {
	disk, grow := smallDisk(t)
	dir := scripts(t, map[string]string{"a.lua": `
		local rows = {}
		for i = 1, 20000 do rows[i] = {x = math.random()} end
		return rows`})
	run := filepath.Join(disk, "run")
	out, code := inFolder(t, dir, "batch", "a.lua", "--param", "k=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20", "--run", run, "-q")
	want := "the disk is full; what the jobs returned is kept; once there is room, microts batch --resume " + run + " goes on"
	if code != exitFailed || !strings.Contains(out, want) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	grow()
	out, code = inFolder(t, dir, "batch", "--resume", run, "-q")
	if code != exitOK || !strings.Contains(out, "20 jobs: 20 done") || !strings.Contains(out, "; 400000 rows\n") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestScriptOnAFullDisk: all puts before the one that fails are there once there is room.
func TestScriptOnAFullDisk(t *testing.T) {
	disk, grow := smallDisk(t)
	resize(t, disk, "size=12m") // a database needs some
	dir := scripts(t, map[string]string{
		"put.lua": `
			local db, n = require("micro_ts").open(arg[1]), 0
			local ok, err = pcall(function() while true do db:put("S", 1, n, 0, ("x"):rep(300) .. n) n = n + 1 end end)
			print(n, err)`,
		"count.lua": `print(require("micro_ts").open(arg[1]):count("S", 1))`,
	})
	db := filepath.Join(disk, "db")
	out, _ := inFolder(t, dir, "put.lua", db)
	n, _, _ := strings.Cut(out, "\t")
	if !strings.Contains(out, "the disk is full: what was put is kept; once there is room, close the database and open it again to go on") {
		t.Errorf("%s", out)
	}
	fill(t, disk) // the write that failed may have left some room
	if out, code := inFolder(t, dir, "count.lua", db); code != exitFailed || !strings.Contains(out, "the disk is full: nothing is lost; once there is room, open the database again") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	grow()
	if out, code := inFolder(t, dir, "count.lua", db); code != exitOK || strings.TrimSpace(out) != n {
		t.Errorf("%s ticks, not %s, exit code %d", out, n, code)
	}
}

// TestOutOfMemory: a script that uses all memory of the process ends with an error of Lua,
// its place, and an exit code of its own; in a batch the job fails, and others go on.
func TestOutOfMemory(t *testing.T) {
	dir := scripts(t, map[string]string{
		"all.lua":   `local t = {} while true do t[#t + 1] = {#t} end`,
		"one.lua":   `print(pcall(string.rep, "x", 2^31 - 1000))`,
		"other.lua": `require("socket").sleep(0.5) return {fine = 1}`,
	})
	limited := func(args string) (out string, code int) {
		cmd := exec.Command("sh", "-c", "ulimit -v 3000000 && exec "+filepath.Join(binDir, "microts")+" "+args)
		cmd.Dir = dir
		text, err := cmd.CombinedOutput()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return string(text), cmd.ProcessState.ExitCode()
	}
	out, code := limited("all.lua")
	if code != exitMemory || !regexp.MustCompile(`^microts: all\.lua:1: memory limit of \d+ MiB exceeded: \d+ MiB in use\nstack traceback:\n`).MatchString(out) || strings.Contains(out, "goroutine") {
		t.Errorf("exit code %d\n%.500s", code, out)
	}
	out, code = limited("one.lua")
	if code != exitOK || !strings.HasPrefix(out, "false\tnot enough memory") {
		t.Errorf("exit code %d\n%.500s", code, out)
	}
	out, code = limited("batch all.lua other.lua -q --run run")
	if code != exitFailed || !strings.Contains(out, "failed: all: all.lua:1: memory limit of ") || !strings.Contains(out, "2 jobs: 1 done, 1 failed") {
		t.Errorf("exit code %d\n%.500s", code, out)
	}
}
