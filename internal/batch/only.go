package batch

import (
	"fmt"
	"regexp"
	"strings"
)

// selection are the jobs that patterns choose, and the jobs that these need.
type selection map[int]bool // by Job.ID

// selectJobs returns the jobs whose names contain one of the patterns, in which * and ?
// stand for any characters and for one, and the jobs that they need. nil chooses all.
// It returns an error if a pattern chooses none.
func selectJobs(jobs []*Job, patterns []string) (selection, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	byID := make(map[int]*Job, len(jobs))
	for _, j := range jobs {
		byID[j.ID] = j
	}
	chosen := selection{}
	var choose func(j *Job)
	choose = func(j *Job) {
		if j == nil || chosen[j.ID] {
			return
		}
		chosen[j.ID] = true
		for _, id := range j.Needs {
			choose(byID[id])
		}
	}
	for _, pattern := range patterns {
		matches := matcher(pattern)
		found := false
		for _, j := range jobs {
			if matches(j.Name) {
				found = true
				choose(j)
			}
		}
		if !found {
			return nil, fmt.Errorf("only %q: no job has such a name; --dry-run lists them", pattern)
		}
	}
	return chosen, nil
}

// has says whether a job is chosen.
func (s selection) has(j *Job) bool { return s == nil || s[j.ID] }

// matcher returns whether a text contains a pattern.
func matcher(pattern string) func(text string) bool {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted)
	return regexp.MustCompile(quoted).MatchString
}
