package machine

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Memory returns how many bytes of memory the process may use: those of the machine, or
// fewer if its control group or a limit of the shell (ulimit -v, ulimit -d) allows fewer.
func Memory() int64 { return min(physicalMemory(), addressLimit()) }

// physicalMemory returns how many bytes the machine or the control group has.
func physicalMemory() int64 {
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

// atStart is how many bytes of addresses the process had when it started. It does not use
// most of them: they are what Go and the C library reserve.
var atStart, _ = usage()

// addressLimit returns how many bytes the limits of the shell leave to the process.
func addressLimit() int64 {
	limit := addresses()
	if limit == math.MaxInt64 {
		return limit
	}
	return max(limit-atStart, 0)
}

// addresses returns how many bytes of addresses the process may have.
func addresses() int64 {
	least := uint64(math.MaxInt64)
	for _, resource := range []int{unix.RLIMIT_AS, unix.RLIMIT_DATA} {
		var limit unix.Rlimit
		if unix.Getrlimit(resource, &limit) == nil {
			least = min(least, limit.Cur)
		}
	}
	return int64(least)
}

// usage returns how many bytes of addresses the process has, and how many bytes of memory
// it uses; 0 if the system does not tell.
func usage() (addresses, resident int64) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, 0
	}
	if _, err := fmt.Sscan(string(text), &addresses, &resident); err != nil {
		return 0, 0
	}
	page := int64(os.Getpagesize())
	return addresses * page, resident * page
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
