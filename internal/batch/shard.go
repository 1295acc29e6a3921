package batch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Shard is a part of a batch: number Index, from 1 on, of Count.
type Shard struct {
	Index int `json:"index"`
	Count int `json:"count"`
}

// Whole is the shard that is all of a batch.
var Whole = Shard{1, 1}

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// ParseShard reads "3/16", or "/16", whose index, and "", whose count too, the
// environment says: SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT in an array of
// Slurm, JOB_COMPLETION_INDEX in an Indexed Job of Kubernetes, which does not tell
// the count. "" is the whole where neither is there.
func ParseShard(text string, getenv func(string) string) (Shard, error) {
	bad := fmt.Errorf("a shard such as 3/16, or /16 in an array of jobs, expected, got %q", text)
	index, count, err := shardFromEnvironment(getenv)
	if err != nil {
		return Shard{}, err
	}
	if text == "" {
		switch {
		case index == 0:
			return Whole, nil
		case count == 0:
			return Shard{}, fmt.Errorf("JOB_COMPLETION_INDEX is set, but not how many shards there are: give --shard /COUNT, or --shard 1/1 for the whole")
		}
		return Shard{index, count}, checkShard(Shard{index, count})
	}
	first, second, ok := strings.Cut(text, "/")
	if !ok {
		return Shard{}, bad
	}
	if count, err = strconv.Atoi(second); err != nil {
		return Shard{}, bad
	}
	if first != "" {
		if index, err = strconv.Atoi(first); err != nil {
			return Shard{}, bad
		}
	} else if index == 0 {
		return Shard{}, fmt.Errorf("shard %s: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX says which one this is", text)
	}
	return Shard{index, count}, checkShard(Shard{index, count})
}

func checkShard(s Shard) error {
	if s.Count < 1 || s.Index < 1 || s.Index > s.Count {
		return fmt.Errorf("shard %v: a number from 1 to the count expected", s)
	}
	return nil
}

// shardFromEnvironment returns what the environment says: an index from 1 on, or
// 0, and a count, or 0.
func shardFromEnvironment(getenv func(string) string) (index, count int, err error) {
	number := func(name string, preset int) int {
		text := getenv(name)
		if text == "" {
			return preset
		}
		n, e := strconv.Atoi(text)
		if e != nil && err == nil {
			err = fmt.Errorf("environment: %s: an integer expected, got %q", name, text)
		}
		return n
	}
	if getenv("SLURM_ARRAY_TASK_ID") != "" {
		id, from, step := number("SLURM_ARRAY_TASK_ID", 0), number("SLURM_ARRAY_TASK_MIN", 0), number("SLURM_ARRAY_TASK_STEP", 1)
		count = number("SLURM_ARRAY_TASK_COUNT", 0)
		if err == nil && (step < 1 || count < 1) {
			err = fmt.Errorf("environment: SLURM_ARRAY_TASK_ID is set, but SLURM_ARRAY_TASK_COUNT is not")
		}
		return (id-from)/max(step, 1) + 1, count, err
	}
	if getenv("JOB_COMPLETION_INDEX") != "" {
		return number("JOB_COMPLETION_INDEX", 0) + 1, 0, err
	}
	return 0, 0, nil
}

// take keeps the jobs of a shard. Jobs that need one another, directly or through
// others, are in one shard, in which they can wait for one another; such groups
// are dealt to the shards in turn, the largest first.
func (p *Plan) take(s Shard) {
	if s == (Shard{}) || s == Whole {
		p.Shard = Whole
		return
	}
	p.Shard = s
	group := make([]int, len(p.Jobs)+1) // by ID: the ID of another job of the group; union-find
	for i := range group {
		group[i] = i
	}
	find := func(id int) int {
		for group[id] != id {
			group[id] = group[group[id]]
			id = group[id]
		}
		return id
	}
	for _, j := range p.Jobs {
		for _, n := range j.Needs {
			a, b := find(j.ID), find(n)
			group[max(a, b)] = min(a, b)
		}
	}
	groups := map[int][]*Job{}
	var roots []int
	for _, j := range p.Jobs {
		root := find(j.ID)
		if groups[root] == nil {
			roots = append(roots, root)
		}
		groups[root] = append(groups[root], j)
	}
	slices.SortStableFunc(roots, func(a, b int) int { return len(groups[b]) - len(groups[a]) })
	var mine []*Job
	for i, root := range roots {
		if i%s.Count == s.Index-1 {
			mine = append(mine, groups[root]...)
		}
	}
	slices.SortFunc(mine, func(a, b *Job) int { return a.ID - b.ID })
	p.Jobs = mine
}
