package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// binDir holds the built binary.
var binDir string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "microts-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binDir = dir
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "microts"), "microts")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build microts: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// TestScripts runs the files testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", binDir+string(os.PathListSeparator)+os.Getenv("PATH"))
			e.Setenv("ROOT", projectRoot(t))
			return nil
		},
	})
}

func projectRoot(t testing.TB) string {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func microts(args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(binDir, "microts"), args...)
}

// TestOriginalScripts runs the original's writer and reader, whole, and compares
// every line.
func TestOriginalScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 5,000,000 ticks")
	}
	path := filepath.Join(t.TempDir(), "data", "rocksdb", "tick")
	out, err := microts(filepath.Join(projectRoot(t), "scripts", "writer.lua"), path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for i := 100_000; i <= 5_000_000; i += 100_000 {
		fmt.Fprintf(&want, "written\t%d\n", i)
	}
	if string(out) != want.String() {
		t.Errorf("the writer printed %.300q", out)
	}

	// The reader with its path written in, as in the specification.
	reader, err := os.ReadFile(filepath.Join(projectRoot(t), "scripts", "reader.lua"))
	if err != nil {
		t.Fatal(err)
	}
	literal := bytes.Replace(reader, []byte(`arg[1] or "./data/tick"`), fmt.Appendf(nil, "%q", path), 1)
	if bytes.Equal(literal, reader) {
		t.Fatal("the reader does not take its path as expected")
	}
	script := filepath.Join(t.TempDir(), "reader.lua")
	if err := os.WriteFile(script, literal, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err = microts(script).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != 10_000 {
		t.Fatalf("the reader printed %d lines", len(lines))
	}
	for n, line := range lines {
		i := n + 1
		if want := fmt.Sprintf("%d\t%d%d", 1_700_000_000_000_000+i*100, 100+i%200, 200+i%300); line != want {
			t.Fatalf("line %d is %q, not %q", n+1, line, want)
		}
	}
}

// TestSignals ends scripts by signals: the exit code names the signal, and all that
// was put and printed is there.
func TestSignals(t *testing.T) {
	for _, c := range []struct {
		signal     syscall.Signal
		code       int
		durability string
		loop       string
	}{
		{syscall.SIGINT, 130, "process", "i = i + 1 db:put('S', 1, i, 0, 'v')"},
		{syscall.SIGTERM, 143, "none", "i = i + 1 db:put('S', 1, i, 0, 'v')"},
		{syscall.SIGHUP, 129, "sync", "i = i + 1 db:put('S', 1, i, 0, 'v')"},
		{syscall.SIGINT, 130, "none", ""},
		{syscall.SIGTERM, 143, "process", "for us in db:scan('S', 1, 0, 2^53 - 1) do end"},
	} {
		t.Run(fmt.Sprintf("%v %s", c.signal, c.durability), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "db")
			cmd := microts("-e", fmt.Sprintf(`
				db = require("micro_ts").open(%q, {durability = %q})
				for n = 1, 1000 do db:put('S', 2, n, 0, 'v') end
				io.write("not a whole line")
				i = 0
				for n = 1, 100 do %[3]s end
				io.stderr:write("ready\n")
				while true do %[3]s end`, path, c.durability, c.loop))
			var stdout bytes.Buffer
			cmd.Stdout = &stdout
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			watchdog := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
			defer watchdog.Stop()
			lines := bufio.NewReader(stderr)
			if line, err := lines.ReadString('\n'); line != "ready\n" {
				t.Fatalf("%q, %v", line, err)
			}
			if err := cmd.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			rest, _ := lines.ReadString(0)
			cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != c.code || rest != "" || stdout.String() != "not a whole line" {
				t.Errorf("exit code %d, not %d; printed %q and %q", code, c.code, stdout.String(), rest)
			}
			out, err := microts("-e", fmt.Sprintf(`
				local db = require("micro_ts").open(%q)
				local n = db:count("S", 1)
				print(db:count("S", 2), n == 0 or db:last("S", 1) == n)`, path)).CombinedOutput()
			if err != nil || string(out) != "1000\ttrue\n" {
				t.Errorf("the database holds %q, %v", out, err)
			}
		})
	}
}

// waitFull waits until nothing more can be written into a pipe.
func waitFull(t *testing.T, pipe io.Reader) {
	t.Helper()
	raw, err := pipe.(*os.File).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096 // the last one may hold less
	for full, deadline := false, time.Now().Add(time.Minute); !full; {
		_ = raw.Control(func(fd uintptr) {
			size, err1 := unix.FcntlInt(fd, unix.F_GETPIPE_SZ, 0)
			held, err2 := unix.IoctlGetInt(int(fd), unix.TIOCINQ)
			full = err1 == nil && err2 == nil && held > size-page
		})
		if time.Now().After(deadline) {
			t.Fatal("the pipe is not filled")
		}
		runtime.Gosched()
	}
}

// TestSecondSignal ends a process that cannot flush, by more than one signal.
func TestSecondSignal(t *testing.T) {
	cmd := microts("-e", `io.stderr:write("ready\n") while true do print(("x"):rep(1000)) end`)
	out, err := cmd.StdoutPipe() // nobody reads it
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(stderr).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	waitFull(t, out)
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }()
	defer time.AfterFunc(time.Minute, func() { cmd.Process.Kill() }).Stop()
	for again := time.NewTicker(20 * time.Millisecond); ; { // the kernel makes one of signals that are close
		_ = cmd.Process.Signal(syscall.SIGINT)
		select {
		case <-again.C:
			continue
		case <-ended:
		}
		break
	}
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d", code)
	}
}

// TestPipeThatCloses closes the pipe that a script prints into: the process ends,
// and all that was put is there.
func TestPipeThatCloses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	cmd := microts("-e", fmt.Sprintf(`
		local db = require("micro_ts").open(%q, {durability = "none"})
		for i = 1, 1e9 do db:put("S", 1, i, 0, "v") print(i) end`, path))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	out.Close()
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); line != "1\n" || code != 141 {
		t.Errorf("printed %q, exit code %d", line, code)
	}
	check, err := microts("-e", fmt.Sprintf(`
		local db = require("micro_ts").open(%q) print(db:count("S", 1) > 0 and db:last("S", 1) == db:count("S", 1))`, path)).CombinedOutput()
	if string(check) != "true\n" {
		t.Errorf("the database: %q, %v", check, err)
	}
}

// TestKilledEngines kills scripts that write through the storage engines: whatever a
// call had put when it returned is there.
func TestKilledEngines(t *testing.T) {
	for _, module := range []string{"storage_engine", "storage_engine_v2"} {
		t.Run(module, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "db")
			cmd := microts("testdata/engine_writer.lua", module, path)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines, last := bufio.NewScanner(out), ""
			for n := 0; n < 20_000 && lines.Scan(); n++ {
				last = lines.Text()
			}
			cmd.Process.Kill()
			for lines.Scan() {
				last = lines.Text()
			}
			cmd.Wait()
			check, err := microts("testdata/engine_checker.lua", module, path, last).CombinedOutput()
			if err != nil || string(check) != "0\ttrue\n" {
				t.Errorf("after %s: %s %v", last, check, err)
			}
		})
	}
}
