package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	runs := flag.Int("runs", 5, "how often each row is run on each side")
	ticks := flag.Int("ticks", 5_000_000, "ticks to write: writer.lua's number, or fewer for a quick look")
	jsonPath := flag.String("json", "", "where to write the results as JSON (default bench/results/TIME.json)")
	batches := flag.Bool("batch", false, "measure batches alone")
	flag.Parse()
	if err := run(*runs, *ticks, *jsonPath, *batches); err != nil {
		log.Fatal(err)
	}
}

// Result is one row of the table.
type Result struct {
	Name     string  `json:"name"`
	Unit     string  `json:"unit"` // of the medians
	Less     bool    `json:"less"` // less is better
	Original []Value `json:"original,omitempty"`
	Microts  []Value `json:"microts"`
	Target   string  `json:"target"`
}

// Value is one measurement.
type Value float64

func median(values []Value) Value {
	s := slices.Clone(values)
	slices.Sort(s)
	if len(s) == 0 {
		return 0
	}
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// Ratio says how many times better microts is than the original; 0 where the
// original cannot do it.
func (r *Result) Ratio() float64 {
	if len(r.Original) == 0 {
		return 0
	}
	if r.Less {
		return float64(median(r.Original) / median(r.Microts))
	}
	return float64(median(r.Microts) / median(r.Original))
}

// Report is what is written as JSON.
type Report struct {
	Time    time.Time       `json:"time"`
	Machine string          `json:"machine"`
	Ticks   int             `json:"ticks"`
	Runs    int             `json:"runs"`
	Rows    []*Result       `json:"rows"`
	Engines []*EngineResult `json:"engines"`
}

func run(runs, ticks int, jsonPath string, batches bool) error {
	dir, err := os.MkdirTemp("", "microts-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, ticks: ticks}
	if err := b.prepare(); err != nil {
		return err
	}
	for i := range runs {
		fmt.Fprintf(os.Stderr, "run %d of %d\n", i+1, runs)
		measure := []func() error{b.measure, b.measureEngines, b.measureBatches}
		if batches {
			measure = measure[2:]
		}
		for _, m := range measure {
			if err := m(); err != nil {
				return err
			}
		}
	}
	report := Report{Time: time.Now().UTC(), Machine: machine(), Ticks: ticks, Runs: runs, Rows: b.rows, Engines: b.engines}
	print(os.Stdout, &report)
	if len(report.Engines) > 0 {
		printEngines(os.Stdout, report.Engines)
	}
	if jsonPath == "" {
		jsonPath = filepath.Join("bench", "results", report.Time.Format("20060102-150405")+".json")
	}
	if err := os.MkdirAll(filepath.Dir(jsonPath), 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(jsonPath, append(text, '\n'), 0o644)
}

// machine describes where the figures come from.
func machine() string {
	cpu := "unknown processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				cpu = strings.TrimSpace(value)
				break
			}
		}
	}
	luajit := "luajit?"
	if out, err := exec.Command("luajit", "-v").Output(); err == nil {
		luajit, _, _ = strings.Cut(string(out), " --")
	}
	return fmt.Sprintf("%d cores, %s, %s, %s", runtime.NumCPU(), cpu, luajit, runtime.Version())
}

// print prints the table as Markdown.
func print(w *os.File, r *Report) {
	fmt.Fprintf(w, "%s; %d ticks, medians of %d runs\n\n", r.Machine, r.Ticks, r.Runs)
	fmt.Fprintln(w, "| work | LuaJIT original | microts | ratio | target |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, row := range r.Rows {
		original, ratio := "-", "-"
		if x := row.Ratio(); x > 0 {
			original, ratio = format(median(row.Original), row.Unit), fmt.Sprintf("%.1f x", x)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", row.Name, original, format(median(row.Microts), row.Unit), ratio, row.Target)
	}
}

func format(v Value, unit string) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f %s", v, unit)
	case v >= 10:
		return fmt.Sprintf("%.1f %s", v, unit)
	}
	return fmt.Sprintf("%.2f %s", v, unit)
}
