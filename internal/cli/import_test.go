package cli

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"microts/internal/tick"
	"microts/store"
)

// TestImportKilled: an import that is killed at any moment and run again leaves the
// database as one that was not killed, with seqs by the order of the files.
func TestImportKilled(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("code,ts,price,qty\n")
	random := rand.New(rand.NewPCG(1, 2))
	const rows = 100_000
	for i := range rows {
		fmt.Fprintf(&b, "%06d.SZ,%d,%d.%02d,%d\n", 1+random.IntN(20), 1_700_000_000_000+i/50, i%1000, i%100, i)
	}
	file := filepath.Join(dir, "ticks.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(db string) (time.Duration, error) {
		begun := time.Now()
		out, err := exec.Command(filepath.Join(binDir, "microts"), "import", file, "--db", db).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		return time.Since(begun), err
	}
	whole := filepath.Join(dir, "whole")
	took, err := run(whole)
	if err != nil {
		t.Fatal(err)
	}
	want := contents(t, whole)
	if !strings.HasPrefix(want, "100000 ticks ") {
		t.Fatal(want)
	}
	rounds := 2
	if n, err := strconv.Atoi(os.Getenv("MICROTS_ROUNDS")); err == nil {
		rounds = n
	}
	for i := range rounds {
		db := filepath.Join(dir, fmt.Sprint("killed", i))
		for range 2 { // the second one meets what the first has left
			cmd := exec.Command(filepath.Join(binDir, "microts"), "import", file, "--db", db)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(random.Int64N(int64(took))))
			_ = cmd.Process.Signal(syscall.SIGKILL)
			_ = cmd.Wait()
		}
		if _, err := run(db); err != nil {
			t.Fatal(err)
		}
		if contents(t, db) != want {
			t.Fatalf("round %d: the database is another one", i)
		}
		if left, _ := filepath.Glob(filepath.Join(db, "microts", "load-*")); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
}

// contents returns how many ticks a database holds, and a hash of all of them.
func contents(t *testing.T, path string) string {
	t.Helper()
	env := store.NewEnv()
	defer env.Close()
	db, err := env.Open(path, &store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	all, err := db.Instruments(0)
	if err != nil {
		t.Fatal(err)
	}
	n, sum := 0, sha256.New()
	for i := range all {
		rows, err := db.Scan(&all[i], tick.ScanOptions{Range: tick.Always})
		if err != nil {
			t.Fatal(err)
		}
		for b := rows.NextBlock(); b != nil; b = rows.NextBlock() {
			n += b.Len()
			fmt.Fprint(sum, all[i], b.Times, b.Seqs)
			_, _ = io.WriteString(sum, b.Values.Bytes)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("%d ticks %x", n, sum.Sum(nil))
}

// TestImportInterrupted: Ctrl-C ends an import with the signal's exit code.
func TestImportInterrupted(t *testing.T) {
	cmd := exec.Command(filepath.Join(binDir, "microts"), "import", "-", "--db", filepath.Join(t.TempDir(), "db"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	row := []byte("600519,1700000000,1,1\n")
	if _, err := in.Write([]byte("code,ts,price,qty\n")); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(time.Second, func() { _ = cmd.Process.Signal(os.Interrupt) })
	defer stop.Stop()
	for { // until the process is gone
		if _, err := in.Write(row); err != nil {
			break
		}
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 && code != 1 {
		t.Errorf("exit code %d", code)
	}
}
