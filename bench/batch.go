package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed lua/part.lua
var partScript string

// measureBatches measures the rows of batches once, on the database that microts
// wrote.
func (b *bench) measureBatches() error {
	db := filepath.Join(b.dir, "microts")
	if _, err := os.Stat(db); err != nil { // measure did not write it
		cmd := exec.Command(b.microts, b.writer, db)
		cmd.Dir = b.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("write ticks: %w\n%s", err, out)
		}
	}
	for name, text := range map[string]string{"empty.lua": "", "part.lua": partScript} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := b.measureEmptyJobs(); err != nil {
		return err
	}
	return b.measureWorkers(db)
}

// measureEmptyJobs measures what a job costs that does nothing.
func (b *bench) measureEmptyJobs() error {
	const jobs = 10_000
	if err := os.WriteFile(filepath.Join(b.dir, "jobs.csv"), []byte("i\n"+numbers(jobs, "\n")+"\n"), 0o644); err != nil {
		return err
	}
	wall, err := b.batch("empty.lua", "--param-file", "jobs.csv")
	if err != nil {
		return err
	}
	b.add("batch: 10,000 empty jobs, whole process", "s", true, "5 s", wall.Seconds())
	b.add("batch: the same, a job", "µs", true, "", wall.Seconds()/jobs*1e6)
	return nil
}

// measureWorkers measures a scan that is cut into jobs, with one worker and with two.
func (b *bench) measureWorkers(db string) error {
	const parts = 24
	var walls [2]time.Duration
	for i := range walls {
		var err error
		walls[i], err = b.batch("part.lua", "--db", db, "--read-only", "-j", strconv.Itoa(i+1), "--param", fmt.Sprintf("ticks=%d", b.ticks),
			"--param", fmt.Sprintf("parts=%d", parts), "--param", "part="+numbers(parts, ","))
		if err != nil {
			return err
		}
	}
	one, two := walls[0].Seconds(), walls[1].Seconds()
	b.add("batch: scan all ticks three times, 24 jobs, 2 workers", "M/s", false, "", 3*float64(b.ticks)/two/1e6)
	b.add("batch: the same, against 1 worker", "x", false, "1.7 x", one/two)
	return nil
}

// add adds a value of microts to a row.
func (b *bench) add(name, unit string, less bool, target string, v float64) {
	r := b.row(name, unit, less, target)
	r.Microts = append(r.Microts, value(v))
}

// numbers returns 1 to n with a separator between them.
func numbers(n int, separator string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = strconv.Itoa(i + 1)
	}
	return strings.Join(all, separator)
}

// batch runs a batch and returns its wall clock time.
func (b *bench) batch(args ...string) (wall time.Duration, err error) {
	run := filepath.Join(b.dir, "run")
	if err := os.RemoveAll(run); err != nil {
		return 0, err
	}
	cmd := exec.Command(b.microts, append([]string{"batch", "-q", "--run", run}, args...)...)
	cmd.Dir = b.dir
	start := time.Now()
	out, err := cmd.CombinedOutput()
	wall = time.Since(start)
	if err != nil {
		return 0, fmt.Errorf("batch %s: %w\n%s", args[0], err, out)
	}
	return wall, nil
}
