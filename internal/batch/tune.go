package batch

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// cores is how many the process may use.
var cores = runtime.GOMAXPROCS(0)

// ballast counts as memory in use, and is none, since nothing touches it: with it
// the collector runs when some hundred MB of garbage are there, and not each few MB
// while jobs hold little. Jobs that scan on two workers take 3.3 s with it, not 3.9 s.
var ballast atomic.Pointer[[ballastSize]byte]

const ballastSize = 64 << 20 // bytes

// Tune prepares the process for many Lua states, as far as the environment does
// not say otherwise. gcPercent is for GOGC. A child of [Child] is one of many
// processes, which are to stay small.
func Tune(gcPercent int, child bool) {
	if !child {
		ballast.Store(new([ballastSize]byte))
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(machineMemory() / 4 * 3) // beyond it garbage is collected sooner
	}
	// A job that scans is in C most of the time, for longer than the 20 µs after
	// which Go's scheduler takes its P away unless another one is idle. With as
	// many more of them two jobs that scan take 1.4 s, not 1.75 s.
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * cores)
	}
}

// defaultMemory is what a job may use that says nothing: its share of three
// quarters of the machine's memory.
func defaultMemory(workers int) int64 {
	return machineMemory() / 4 * 3 / int64(max(workers, 1))
}

// machineMemory returns how much memory the process may use in bytes: the
// machine's, or what its control group allows.
func machineMemory() int64 {
	const unknown = 4 << 30
	memory := int64(unknown)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kib int64
		if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kib); err == nil {
			memory = kib << 10
		}
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := os.ReadFile(path); err == nil {
			var limit int64
			if _, err := fmt.Sscan(string(text), &limit); err == nil && limit > 0 {
				memory = min(memory, limit)
			}
		}
	}
	return memory
}
