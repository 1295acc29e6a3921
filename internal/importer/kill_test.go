package importer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"microts/store"
)

// childFile is the environment variable that makes the test's program import a file into
// a database, in small tables, and end.
const childFile, childDB = "MICROTS_TEST_IMPORT", "MICROTS_TEST_DB"

func TestMain(m *testing.M) {
	if file := os.Getenv(childFile); file != "" {
		os.Exit(child(file, os.Getenv(childDB)))
	}
	os.Exit(m.Run())
}

func child(file, path string) int {
	env := store.NewEnv()
	db, err := env.Open(path, &store.Options{Durability: store.None})
	if err == nil {
		_, err = Import(context.Background(), db, Options{Files: []string{file}, tableRows: 5000})
	}
	if err == nil {
		err = env.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestKilled: an import of many tables, some of them of the same times, that is killed at
// any moment and run again leaves the database as one that was not killed.
func TestKilled(t *testing.T) {
	var b strings.Builder
	b.WriteString(header)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 40_000 {
		fmt.Fprintf(&b, "rb%d.SHFE,%d,%d.%02d,%d\n", 2401+random.IntN(5), 1_700_000_000_000+random.IntN(3000), i%1000, i%100, i)
	}
	file := write(t, "ticks.csv", b.String())
	start := func(db string) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childFile+"="+file, childDB+"="+db)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	contents := func(path string) string {
		env := store.NewEnv()
		defer env.Close()
		db, err := env.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return dump(t, db)
	}
	dir := t.TempDir()
	begun := time.Now()
	if err := start(filepath.Join(dir, "whole")).Wait(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	want := contents(filepath.Join(dir, "whole"))
	if n := strings.Count(want, "\n"); n != 40_000 {
		t.Fatalf("%d ticks", n)
	}
	for i := range 3 {
		db := filepath.Join(dir, fmt.Sprint("killed", i))
		for range 3 {
			cmd := start(db)
			time.Sleep(time.Duration(random.Int64N(int64(took))))
			_ = cmd.Process.Signal(syscall.SIGKILL)
			_ = cmd.Wait()
		}
		if err := start(db).Wait(); err != nil {
			t.Fatal(err)
		}
		if contents(db) != want {
			t.Fatalf("round %d: the database is another one", i)
		}
		if left, _ := filepath.Glob(filepath.Join(db, "microts", "load-*")); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
}
