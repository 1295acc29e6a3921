package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
)

// cores is the number of cores that the process may use. Tune changes GOMAXPROCS.
var cores = runtime.GOMAXPROCS(0)

// ballast is memory that is allocated and never touched: the garbage collector counts
// it as in use, and the system gives no pages for it. The collector therefore waits
// for some hundred MB of garbage; without ballast it would run every few MB while jobs
// hold little. Jobs that scan on two workers take 3.3 s with it, 3.9 s without.
var ballast atomic.Pointer[[ballastSize]byte]

const ballastSize = 64 << 20 // bytes

// Tune prepares the process for many Lua states. It leaves alone what the environment
// sets: GOGC, which is gcPercent otherwise, GOMEMLIMIT and GOMAXPROCS. Child processes
// have no ballast, as there are many of them.
func Tune(gcPercent int, child bool) {
	if !child {
		ballast.Store(new([ballastSize]byte))
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(machineMemory() / 4 * 3) // above it the collector runs more often
	}
	// A job that scans spends most of its time in C. After 20 µs in C Go's scheduler
	// takes the job's P away, unless another P is idle. With twice as many Ps two
	// jobs that scan take 1.4 s instead of 1.75 s.
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * cores)
	}
}

// defaultMemory returns the memory limit in bytes of a job that sets none: its
// worker's share of three quarters of the machine's memory.
func defaultMemory(workers int) int64 {
	return machineMemory() / 4 * 3 / int64(max(workers, 1))
}

// machineMemory returns how many bytes of memory the process may use: those of the
// machine, or fewer if its control group allows fewer.
func machineMemory() int64 {
	const unknown = 4 << 30 // assumed if the system does not tell
	memory := int64(unknown)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kib int64
		if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kib); err == nil {
			memory = kib << 10
		}
	}
	groups, _ := os.ReadFile("/proc/self/cgroup") // none: no limits
	for _, path := range limitFiles(string(groups)) {
		if text, err := os.ReadFile(path); err == nil {
			var limit int64
			if _, err := fmt.Sscan(string(text), &limit); err == nil && limit > 0 {
				memory = min(memory, limit)
			}
		}
	}
	return memory
}

// limitFiles returns the files that may hold a memory limit of the process: those of its
// control group and of the groups around it. groups is the text of /proc/self/cgroup: a
// line is "number:controllers:path", with the number 0 and no controllers in version 2 of
// control groups.
func limitFiles(groups string) (files []string) {
	for line := range strings.Lines(groups) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		root, name := "/sys/fs/cgroup", "memory.max"
		if slices.Contains(strings.Split(controllers, ","), "memory") {
			root, name = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if controllers != "" {
			continue
		}
		for ; ; group = filepath.Dir(group) {
			files = append(files, filepath.Join(root, group, name))
			if group == "/" || group == "." || group == "" {
				break
			}
		}
	}
	return files
}
