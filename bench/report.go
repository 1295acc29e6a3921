package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// row is one row of the table: one work, measured on both sides.
type row struct {
	Name     string  `json:"name"`
	Unit     string  `json:"unit"` // of the values
	Less     bool    `json:"less"` // the lower value is the better one
	Original []value `json:"original,omitempty"`
	Microts  []value `json:"microts"`
	Target   string  `json:"target"`
}

// value is one measurement, in the unit of its row.
type value float64

func median(values []value) value {
	s := slices.Clone(values)
	slices.Sort(s)
	if len(s) == 0 {
		return 0
	}
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// ratio returns how many times better microts is than the original, or 0 if the
// original cannot do the work.
func (r *row) ratio() float64 {
	if len(r.Original) == 0 {
		return 0
	}
	if r.Less {
		return float64(median(r.Original) / median(r.Microts))
	}
	return float64(median(r.Microts) / median(r.Original))
}

// report is the JSON that a benchmark writes.
type report struct {
	Time    time.Time     `json:"time"`
	Machine string        `json:"machine"`
	Ticks   int           `json:"ticks"`
	Runs    int           `json:"runs"`
	Rows    []*row        `json:"rows"`
	Engines []*storageRow `json:"engines"`

	Programs []*program `json:"programs"`
}

// machine describes the machine and the compilers that the figures come from.
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

// printRows prints the table as Markdown.
func printRows(w io.Writer, r *report) {
	fmt.Fprintf(w, "%s; %d ticks, medians of %d runs\n\n", r.Machine, r.Ticks, r.Runs)
	fmt.Fprintln(w, "| work | LuaJIT original | microts | ratio | target |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, row := range r.Rows {
		original, ratio := "-", "-"
		if x := row.ratio(); x > 0 {
			original, ratio = format(median(row.Original), row.Unit), fmt.Sprintf("%.1f x", x)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", row.Name, original, format(median(row.Microts), row.Unit), ratio, row.Target)
	}
}

// format shows a value with three digits or all before the point.
func format(v value, unit string) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f %s", v, unit)
	case v >= 10:
		return fmt.Sprintf("%.1f %s", v, unit)
	}
	return fmt.Sprintf("%.2f %s", v, unit)
}
