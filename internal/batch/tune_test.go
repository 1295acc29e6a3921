package batch

import (
	"slices"
	"testing"
)

// TestLimitFiles finds the files of both versions of control groups.
func TestLimitFiles(t *testing.T) {
	for _, c := range []struct {
		groups string // of /proc/self/cgroup
		want   []string
	}{
		{"", nil},
		{"0::/\n", []string{"/sys/fs/cgroup/memory.max"}},
		{"0::/user.slice/job.scope\n", []string{
			"/sys/fs/cgroup/user.slice/job.scope/memory.max", "/sys/fs/cgroup/user.slice/memory.max", "/sys/fs/cgroup/memory.max",
		}},
		{"8:pids:/a\n7:cpu,memory:/slurm/job_7\n", []string{
			"/sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "/sys/fs/cgroup/memory/slurm/memory.limit_in_bytes",
			"/sys/fs/cgroup/memory/memory.limit_in_bytes",
		}},
	} {
		if got := limitFiles(c.groups); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v", c.groups, got)
		}
	}
}
