package batch

import (
	"fmt"
	"slices"
	"testing"
)

// drain takes all jobs from a queue and returns their IDs.
func drain(q *queue) (ids []int) {
	for j := q.pop(); j != nil; j = q.pop() {
		ids = append(ids, j.ID)
	}
	return ids
}

func TestQueueLetsScriptsTakeTurns(t *testing.T) {
	var q queue
	for id, script := range []string{"a", "a", "a", "b", "a", "b"} {
		q.push(&Job{ID: id, Script: script})
	}
	if got := fmt.Sprint(drain(&q)); got != "[0 3 1 5 2 4]" {
		t.Errorf("%s", got)
	}
	q.push(&Job{ID: 7, Script: "a"})
	if got := fmt.Sprint(drain(&q)); got != "[7]" {
		t.Errorf("after it was empty: %s", got)
	}
}

func TestSchedule(t *testing.T) {
	jobs := []*Job{{ID: 0}, {ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}}
	newSchedule := func() *schedule {
		s := &schedule{waiting: map[int]int{}, dependents: map[int][]*Job{}}
		s.add(jobs[0], nil)
		s.add(jobs[1], nil)
		s.add(jobs[2], []int{0})
		s.add(jobs[3], []int{0, 1})
		s.add(jobs[4], []int{3})
		return s
	}
	s := newSchedule()
	if got := drain(&s.ready); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("at first %v are ready", got)
	}
	s.release(jobs[0])
	if got := drain(&s.ready); !slices.Equal(got, []int{2}) {
		t.Errorf("after job 0 %v are ready", got)
	}
	s.release(jobs[1])
	if got := drain(&s.ready); !slices.Equal(got, []int{3}) {
		t.Errorf("after job 1 %v are ready", got)
	}
	s = newSchedule()
	drain(&s.ready)
	if !s.drop(jobs[3]) || s.drop(jobs[3]) {
		t.Error("a job is not dropped once")
	}
	s.release(jobs[0])
	s.release(jobs[1])
	if got := drain(&s.ready); !slices.Equal(got, []int{2}) {
		t.Errorf("without job 3 %v are ready", got)
	}
}
