package batch

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"microts/internal/machine"
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
		debug.SetMemoryLimit(machine.Memory() / 4 * 3) // above it the collector runs more often
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
	return machine.Memory() / 4 * 3 / int64(max(workers, 1))
}
