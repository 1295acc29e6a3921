package cli

import (
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"microts/internal/human"
	"microts/internal/machine"
)

// exitMemory is the exit code of a process that ended because memory was used up.
const exitMemory = 3

// scriptMemory returns how many bytes a script may use that runs alone: three quarters of
// what the process may use. The rest is for the collector, for RocksDB, and for the end.
func scriptMemory() int64 { return machine.Memory() / 4 * 3 }

// watchMemory notices when the process has used up its memory. The first time it calls
// relieve, which stops what uses it. If that does not help, it ends the process, with
// exitMemory. stop ends the watch.
func (p *process) watchMemory(relieve func(used, limit int64)) (stop func()) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(scriptMemory()) // above it the collector runs more often
	}
	const (
		patience = 3 * time.Second
		wait     = 200 * time.Millisecond
	)
	var last time.Time // that relieve was called
	return machine.Watch(func(used, limit int64) {
		if now := time.Now(); last.IsZero() || now.Sub(last) > patience {
			last = now
			relieve(used, limit)
			time.Sleep(wait)
			debug.FreeOSMemory() // what the scripts held that were stopped
			return
		}
		fmt.Fprintf(os.Stderr, "microts: out of memory: %s of %s are in use\n", human.MiB(used), human.MiB(limit))
		p.exit(exitMemory)
	})
}
