package batch

import (
	"math/rand/v2"
	"slices"

	"microts/internal/host"
)

// schedule says which of the jobs of a run can start, and which still wait for
// others.
type schedule struct {
	ready      queue
	waiting    map[int]int    // by ID: for how many jobs a job waits
	dependents map[int][]*Job // by ID: the jobs that wait for a job
}

// newSchedule makes the schedule of a run: it has the jobs that must be rerun, which
// become Pending, as far as they are chosen. It brings Job.Hash up to date. counts are
// those at the beginning of the run.
func newSchedule(f *Folder, chunks *host.Chunks, chosen selection) (s schedule, counts Counts) {
	for _, j := range f.Plan.Jobs {
		j.Hash = jobHash(chunks.Sum(j.Script), j.Params, f.Plan.Options.Args)
	}
	s = schedule{waiting: map[int]int{}, dependents: map[int][]*Job{}}
	counts = Counts{Jobs: len(f.Plan.Jobs)}
	rerun := rerunCheck{folder: f, known: map[int]bool{}, sums: map[string]string{}}
	for _, j := range startOrder(f.Plan) {
		if !chosen.has(j) {
			counts.add(f.jobs[j.ID].status, 1)
			continue
		}
		if !rerun.needed(j.ID) {
			counts.Done++
			continue
		}
		f.jobs[j.ID].status = Pending
		counts.Pending++
		var needs []int // that are not done
		for _, id := range j.Needs {
			if rerun.needed(id) {
				needs = append(needs, id)
			}
		}
		s.add(j, needs)
	}
	return s, counts
}

// startOrder returns the jobs in the order in which they should start.
func startOrder(p *Plan) []*Job {
	if !p.Options.Shuffle {
		return p.Jobs
	}
	order := slices.Clone(p.Jobs)
	rng := rand.New(rand.NewPCG(uint64(p.Options.Seed), 0))
	rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	return order
}

// add adds a job that waits for others.
func (s *schedule) add(j *Job, needs []int) {
	if len(needs) == 0 {
		s.ready.push(j)
		return
	}
	s.waiting[j.ID] = len(needs)
	for _, id := range needs {
		s.dependents[id] = append(s.dependents[id], j)
	}
}

// release takes that j is done: a job that waited for it alone becomes ready.
func (s *schedule) release(j *Job) {
	for _, dependent := range s.dependents[j.ID] {
		if s.waiting[dependent.ID] == 0 {
			continue // dropped
		}
		if s.waiting[dependent.ID]--; s.waiting[dependent.ID] == 0 {
			delete(s.waiting, dependent.ID)
			s.ready.push(dependent)
		}
	}
}

// drop drops a job that waits; it says false if the job was dropped before.
func (s *schedule) drop(j *Job) bool {
	_, waiting := s.waiting[j.ID]
	delete(s.waiting, j.ID)
	return waiting
}

// queue holds the jobs that can start. The scripts take turns, so that a script with
// many jobs does not keep the others waiting.
type queue struct {
	scripts []string // that have jobs in the queue, in the order of their turns
	jobs    map[string][]*Job
}

func (q *queue) push(j *Job) {
	if q.jobs == nil {
		q.jobs = map[string][]*Job{}
	}
	if len(q.jobs[j.Script]) == 0 {
		q.scripts = append(q.scripts, j.Script)
	}
	q.jobs[j.Script] = append(q.jobs[j.Script], j)
}

// pop removes the next job from the queue and returns it; it returns nil if the
// queue is empty.
func (q *queue) pop() *Job {
	if len(q.scripts) == 0 {
		return nil
	}
	script := q.scripts[0]
	q.scripts = q.scripts[1:]
	j := q.jobs[script][0]
	if q.jobs[script] = q.jobs[script][1:]; len(q.jobs[script]) > 0 {
		q.scripts = append(q.scripts, script)
	}
	return j
}
