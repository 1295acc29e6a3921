package machine

import (
	"math"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
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

// TestWatch: the watch tells that memory is used up, of either limit, now and then.
func TestWatch(t *testing.T) {
	const gib = 1 << 30
	w := &watch{addresses: math.MaxInt64, memory: 16 * gib}
	if _, _, over := w.over(100*gib, 15*gib); over {
		t.Error("15 of 16 GiB are not all")
	}
	if used, limit, over := w.over(100*gib, 15*gib+gib*3/4); !over || limit != 16*gib || used <= 15*gib {
		t.Errorf("%d of %d, %v", used, limit, over)
	}
	w.addresses = 3 * gib
	if used, limit, over := w.over(3*gib-100<<20, gib); !over || limit != 3*gib || used != 3*gib-100<<20 {
		t.Errorf("%d of %d, %v", used, limit, over)
	}
	told, quit := make(chan int64, 10), make(chan struct{})
	w = &watch{addresses: 1, memory: 1, exhausted: func(used, _ int64) {
		if told <- used; len(told) == 2 {
			close(quit)
		}
	}}
	begun := time.Now()
	w.run(quit)
	if used := <-told; used <= 0 || len(told) != 1 || time.Since(begun) < 400*time.Millisecond {
		t.Errorf("%d bytes, told %d times more after %v", used, len(told), time.Since(begun))
	}
	stop := Watch(func(used, limit int64) { t.Errorf("%d of %d", used, limit) })
	time.Sleep(30 * time.Millisecond)
	stop()
	if Memory() < 1<<20 {
		t.Errorf("%d bytes", Memory())
	}
}
