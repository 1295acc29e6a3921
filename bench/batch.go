package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// partScript scans one of the parts into which the ticks are cut, three times.
	partScript = `
local p = job.params
local from, to = 1700000000000000, 1700000000000000 + p.ticks * 100
local step = (to - from) / p.parts
local n, bytes = 0, 0
for round = 1, 3 do
    for us, value in job.db:scan("S", 600000, math.ceil(from + (p.part - 1) * step) + 1, math.floor(from + p.part * step)) do
        n, bytes = n + 1, bytes + #value
    end
end
return {n = n, bytes = bytes}
`
	waitScript = `require("socket").sleep(0.3)`
)

// measureBatches runs the rows of batches once, on the database that microts wrote.
func (b *bench) measureBatches() error {
	db := filepath.Join(b.dir, "microts")
	if _, err := os.Stat(db); err != nil { // measure did not
		cmd := exec.Command(b.microts, b.writer, db)
		cmd.Dir = b.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("write ticks: %w\n%s", err, out)
		}
	}
	for name, text := range map[string]string{"empty.lua": "", "part.lua": partScript, "wait.lua": waitScript} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	const jobs = 10_000
	var list strings.Builder
	list.WriteString("i\n")
	for i := range jobs {
		fmt.Fprintln(&list, i)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "jobs.csv"), []byte(list.String()), 0o644); err != nil {
		return err
	}
	wall, _, err := b.batch("empty.lua", "--param-file", "jobs.csv")
	if err != nil {
		return err
	}
	add := func(name, unit string, less bool, target string, v float64) {
		r := b.row(name, unit, less, target)
		r.Microts = append(r.Microts, Value(v))
	}
	add("batch: 10,000 empty jobs, whole process", "s", true, "5 s", wall.Seconds())
	add("batch: the same, a job", "µs", true, "", wall.Seconds()/jobs*1e6)

	const parts = 24
	scan := func(workers int) (time.Duration, error) {
		var all []string
		for i := 1; i <= parts; i++ {
			all = append(all, strconv.Itoa(i))
		}
		wall, _, err := b.batch("part.lua", "--db", db, "--read-only", "-j", strconv.Itoa(workers), "--param", fmt.Sprintf("ticks=%d", b.ticks),
			"--param", fmt.Sprintf("parts=%d", parts), "--param", "part="+strings.Join(all, ","))
		return wall, err
	}
	one, err := scan(1)
	if err != nil {
		return err
	}
	two, err := scan(2)
	if err != nil {
		return err
	}
	add("batch: scan all ticks three times, 24 jobs, 2 workers", "M/s", false, "", 3*float64(b.ticks)/two.Seconds()/1e6)
	add("batch: the same, against 1 worker", "x", false, "1.7 x", one.Seconds()/two.Seconds())

	const most = 64
	_, few, err := b.batch("wait.lua", "-j", "1", "--param", "i=1")
	if err != nil {
		return err
	}
	var all []string
	for i := range most {
		all = append(all, strconv.Itoa(i))
	}
	_, many, err := b.batch("wait.lua", "-j", strconv.Itoa(most), "--param", "i="+strings.Join(all, ","))
	if err != nil {
		return err
	}
	add("batch: memory of a job that runs", "KiB", true, "", float64(many-few)/(most-1)/1024)
	return nil
}

// batch runs a batch and returns its time and the most memory that it used in
// bytes.
func (b *bench) batch(args ...string) (wall time.Duration, memory int64, err error) {
	run := filepath.Join(b.dir, "run")
	if err := os.RemoveAll(run); err != nil {
		return 0, 0, err
	}
	cmd := exec.Command(b.microts, append([]string{"batch", "-q", "--run", run}, args...)...)
	cmd.Dir = b.dir
	start := time.Now()
	out, err := cmd.CombinedOutput()
	wall = time.Since(start)
	if err != nil {
		return 0, 0, fmt.Errorf("batch %s: %w\n%s", args[0], err, out)
	}
	return wall, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024, nil
}
