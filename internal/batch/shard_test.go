package batch

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestShards deals any batch to any number of shards: each job is in one, with all
// that it needs.
func TestShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "jobs")
		var jobs []*Job
		for id := 1; id <= n; id++ {
			j := &Job{ID: id}
			if id > 1 {
				j.Needs = rapid.SliceOfN(rapid.IntRange(1, id-1), 0, 2).Draw(t, "needs")
			}
			jobs = append(jobs, j)
		}
		count := rapid.IntRange(1, 8).Draw(t, "count")
		in := map[int]int{}
		for index := 1; index <= count; index++ {
			p := &Plan{Jobs: slices.Clone(jobs)}
			p.keepShard(Shard{index, count}, nil)
			last := 0
			for _, j := range p.Jobs {
				if in[j.ID] != 0 || j.ID <= last {
					t.Fatalf("job %d is in shards %d and %d, after %d", j.ID, in[j.ID], index, last)
				}
				in[j.ID], last = index, j.ID
			}
		}
		for _, j := range jobs {
			if in[j.ID] == 0 {
				t.Fatalf("job %d is in no shard", j.ID)
			}
			for _, need := range j.Needs {
				if in[need] != in[j.ID] {
					t.Fatalf("job %d is in shard %d, and needs %d in shard %d", j.ID, in[j.ID], need, in[need])
				}
			}
		}
	})
}

func TestParseShard(t *testing.T) {
	slurm := "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_STEP=2"
	for _, c := range []struct{ text, env, want string }{
		{"", "", "1/1"},
		{"3/16", "", "3/16"},
		{"", slurm, "3/3"},
		{"1/1", slurm, "1/1"},
		{"/5", slurm, "3/5"},
		{"", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=4", "1/4"},
		{"/4", "JOB_COMPLETION_INDEX=3", "4/4"},
		{"2/4", "JOB_COMPLETION_INDEX=3", "2/4"},
		{"", "JOB_COMPLETION_INDEX=3", "JOB_COMPLETION_INDEX is set, but not how many shards"},
		{"", "SLURM_ARRAY_TASK_ID=0", "SLURM_ARRAY_TASK_COUNT is not"},
		{"", "SLURM_ARRAY_TASK_ID=x SLURM_ARRAY_TASK_COUNT=4", `SLURM_ARRAY_TASK_ID: an integer expected, got "x"`},
		{"/4", "JOB_COMPLETION_INDEX=4", "shard 5/4: a number from 1 to the count"},
		{"/4", "", "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX"},
		{"0/4", "", "shard 0/4: a number from 1 to the count"},
		{"5/4", "", "shard 5/4: a number from 1 to the count"},
		{"3", "", "a shard such as 3/16"},
		{"a/b", "", "a shard such as"},
		{"3/", "", "a shard such as"},
	} {
		getenv := func(name string) string {
			for _, v := range strings.Fields(c.env) {
				if value, ok := strings.CutPrefix(v, name+"="); ok {
					return value
				}
			}
			return ""
		}
		s, err := ParseShard(c.text, getenv)
		got := s.String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%q in %q: %s", c.text, c.env, got)
		}
	}
}
