package batch

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Shard is a part of the jobs of a batch: number Index, from 1 to Count.
type Shard struct {
	Index int `json:"index"`
	Count int `json:"count"`
}

// Whole is the shard that has all jobs.
var Whole = Shard{1, 1}

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Count) }

// ParseShard reads the shard from text, "3/16" (index and count), "/16" (the index
// comes from the environment) or "" (both do). The environment is that of an array
// of Slurm (SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_COUNT) or of an Indexed Job of
// Kubernetes (JOB_COMPLETION_INDEX, which comes without a count). If text is "" and
// the environment says nothing, the shard is Whole.
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

// shardFromEnvironment returns the index, from 1 on, and the count that the
// environment gives, or 0 for what it does not give.
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

// keepShard removes the jobs of other shards from the plan. Jobs that need one
// another, directly or through others, form a group, and a group stays in one
// shard, where its jobs can wait for one another. The groups are dealt to the
// shards in turn, the largest first; if the weights of the jobs are known, each
// goes to the shard that has least, the heaviest first.
func (p *Plan) keepShard(s Shard, w weights) {
	if s == (Shard{}) || s == Whole {
		p.Shard = Whole
		return
	}
	p.Shard = s
	groups := p.groups()
	if w != nil {
		slices.SortStableFunc(groups, func(a, b []*Job) int { return cmp.Compare(w.of(b), w.of(a)) })
	}
	deal := newDealer(s.Count)
	var kept []*Job
	for i, group := range groups {
		to := i % s.Count
		if w != nil {
			to = deal.least(w.of(group))
		}
		if to == s.Index-1 {
			kept = append(kept, group...)
		}
	}
	slices.SortFunc(kept, func(a, b *Job) int { return a.ID - b.ID })
	p.Jobs = kept
}

// dealer gives weights to shards. It is a heap of them, the one that has least first.
type dealer []dealt

type dealt struct {
	weight int64
	shard  int // from 0 on
}

func newDealer(shards int) *dealer {
	d := make(dealer, shards)
	for i := range d {
		d[i].shard = i
	}
	return &d
}

// least gives a weight to the shard that has least, the first of several, and returns it.
func (d *dealer) least(weight int64) (shard int) {
	first := &(*d)[0]
	shard = first.shard
	first.weight += weight
	heap.Fix(d, 0)
	return shard
}

func (d dealer) Len() int { return len(d) }
func (d dealer) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(d[i].weight, d[j].weight), d[i].shard-d[j].shard) < 0
}
func (d dealer) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *dealer) Push(any)     {}
func (d *dealer) Pop() any     { return nil }

// groups returns the groups of jobs that need one another, the largest first.
func (p *Plan) groups() [][]*Job {
	last := 0
	for _, j := range p.Jobs {
		last = max(last, j.ID)
	}
	parent := make([]int, last+1) // a union-find over Job.ID
	for id := range parent {
		parent[id] = id
	}
	find := func(id int) int {
		for parent[id] != id {
			parent[id] = parent[parent[id]]
			id = parent[id]
		}
		return id
	}
	for _, j := range p.Jobs {
		for _, needed := range j.Needs {
			a, b := find(j.ID), find(needed)
			parent[max(a, b)] = min(a, b)
		}
	}
	var groups [][]*Job
	place := map[int]int{} // in groups, by the root of the group
	for _, j := range p.Jobs {
		root := find(j.ID)
		i, known := place[root]
		if !known {
			i = len(groups)
			place[root] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], j)
	}
	slices.SortStableFunc(groups, func(a, b []*Job) int { return len(b) - len(a) })
	return groups
}
