package cli

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// newLarge returns a database whose export takes a while.
func newLarge(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	dir := scripts(t, map[string]string{"fill.lua": `
		local ts = require "micro_ts"
		local db = ts.open(arg[1], {durability = "none"})
		for code = 600000, 600003 do
			local rows = {}
			for i = 1, 50000 do
				rows[i] = {1700000000000000 + i, ts.pack_value{price = i * 7919 % 100003, qty = i % 499, order_no = i * 7907}, 0}
			end
			db:put_many("S", code, rows)
		end
		db:close()`})
	mustRun(t, filepath.Join(dir, "fill.lua"), path)
	return path
}

// exported are files of all formats and compressions.
var exported = []string{"x.csv", "x.csv.gz", "x.jsonl.zst", "x.parquet"}

// checkOld checks that a folder has only a file that an export was to replace, as it was.
func checkOld(t *testing.T, folder, file string) {
	t.Helper()
	if text, err := os.ReadFile(filepath.Join(folder, file)); string(text) != "old" || err != nil {
		t.Errorf("%s: %.100q, %v", file, text, err)
	}
	if left := entries(t, folder); !slices.Equal(left, []string{file}) {
		t.Errorf("%s: the folder has %q", file, left)
	}
}

func entries(t *testing.T, folder string) (names []string) {
	t.Helper()
	found, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		names = append(names, e.Name())
	}
	return names
}

// TestExportEndsEarly: an export that a signal ends in its middle, or for which the disk or
// the largest size of a file is too small, leaves the old file and nothing beside it.
func TestExportEndsEarly(t *testing.T) {
	db := newLarge(t)
	t.Run("signal", func(t *testing.T) {
		for i, file := range exported {
			signal := []syscall.Signal{unix.SIGINT, unix.SIGTERM}[i%2]
			folder := t.TempDir()
			old := filepath.Join(folder, file)
			if err := os.WriteFile(old, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := microts("export", old, "--db", db)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(time.Minute); len(entries(t, folder)) == 1; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the export does not begin")
				}
			}
			_ = cmd.Process.Signal(signal)
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != 128+int(signal) {
				t.Errorf("%s, %v: exit code %d", file, signal, code)
				continue
			}
			checkOld(t, folder, file)
		}
	})
	t.Run("pipe", func(t *testing.T) { exportIntoAPipe(t, db) })
	t.Run("limit", func(t *testing.T) {
		for _, file := range exported {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, file), []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("bash", "-c", `ulimit -f 100; exec "$0" export "$1" --db "$2"`, filepath.Join(binDir, "microts"), filepath.Join(folder, file), db)
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(string(out), "file too large") {
				t.Errorf("%s: exit code %d, %s", file, code, out)
			}
			checkOld(t, folder, file)
		}
	})
	t.Run("disk", func(t *testing.T) {
		for _, file := range exported {
			disk, _ := smallDisk(t)
			resize(t, disk, "size=100k")
			if err := os.WriteFile(filepath.Join(disk, file), []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			if r := run(t, "export", filepath.Join(disk, file), "--db", db); r.code != exitFailed || !strings.Contains(r.err, "no space left on device") {
				t.Errorf("%s: %+v", file, r)
			}
			checkOld(t, disk, file)
		}
	})
}

// exportIntoAPipe has a reader close its pipe, which ends an export at once and without a
// word, as with other programs.
func exportIntoAPipe(t *testing.T, db string) {
	for _, format := range []string{"csv", "json", "parquet"} {
		cmd := microts("export", "-", "--db", db, "--format", format)
		var errs strings.Builder
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadByte(); err != nil {
			t.Error(err)
		}
		_ = out.Close()
		late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		late.Stop()
		if code := cmd.ProcessState.ExitCode(); code != 128+int(unix.SIGPIPE) || errs.Len() > 0 {
			t.Errorf("%s: exit code %d: %s", format, code, errs.String())
		}
	}
}

// TestPruneBesideReaders: what another process seals and prunes neither vanishes nor doubles
// for one that has the database and its archive open as one.
func TestPruneBesideReaders(t *testing.T) {
	const reader = `
		local ts = require "micro_ts"
		local db = ts.open(arg[1], {archive = arg[2], mode = arg[3]})
		local function look()
			local n, last = 0, -1
			for us, value in db:scan("S", 600000) do
				assert(us > last, "a tick twice")
				n, last = n + 1, us
			end
			assert(n == db:count("S", 600000))
			io.write(n, " ", ts.unpack_value(db:get("S", 600000, arg[4])).price, "\n")
			io.flush()
		end
		look()
		for line in io.lines() do look() end`
	dir := scripts(t, map[string]string{
		"reader.lua": reader,
		"first.lua":  `local db = require("micro_ts").open(arg[1], {mode = "r"}) print((db:first("S", 600000)))`,
		"count.lua": `local ts = require "micro_ts"
			local alone, both = ts.open(arg[1], {mode = "r"}), ts.open(arg[1], {archive = arg[2], mode = "r"})
			print(alone:count("S", 600000), both:count("S", 600000))`,
	})
	const count = "40"
	for _, mode := range []string{"r", "rw"} {
		db, url := newFilled(t, 20, 1), "file://"+t.TempDir()
		mustRun(t, "seal", "--db", db, "--to", url, "--date", "2023-11-14")
		first := strings.TrimSpace(mustRun(t, filepath.Join(dir, "first.lua"), db))
		cmd := microts(filepath.Join(dir, "reader.lua"), db, url, mode, first)
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		look := func(what string) {
			t.Helper()
			if !lines.Scan() || lines.Text() != count+" 1" {
				t.Errorf("mode %s, %s: %q, %v", mode, what, lines.Text(), lines.Err())
			}
		}
		look("at first")
		mustRun(t, "seal", "--db", db, "--to", url, "--before", "2023-11-16")
		_, _ = in.Write([]byte("\n"))
		look("sealed")
		prune := run(t, "prune", "--db", db, "--sealed", url, "--compact")
		if mode == "rw" && (prune.code != exitUsage || !strings.Contains(prune.err, "locked by another process")) || mode == "r" && prune.code != exitOK {
			t.Errorf("mode %s: prune: %+v", mode, prune)
		}
		_, _ = in.Write([]byte("\n"))
		look("pruned")
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		if mode == "rw" {
			mustRun(t, "prune", "--db", db, "--sealed", url, "--compact")
		}
		left := mustRun(t, filepath.Join(dir, "count.lua"), db, url)
		if strings.TrimSpace(left) != "0\t"+count {
			t.Errorf("mode %s: %q left", mode, left)
		}
	}
}
