package batch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"microts/internal/human"
)

// FailureGroup are the jobs that failed alike: their messages differ in numbers and in
// the values of their parameters only.
type FailureGroup struct {
	Message string      // of the first job
	Jobs    []JobReport // in the order of their IDs
}

// Title shows the group in one line.
func (g *FailureGroup) Title() string {
	message, _, _ := strings.Cut(g.Message, "\n")
	if len(g.Jobs) == 1 {
		return g.Jobs[0].Name + ": " + message
	}
	return fmt.Sprintf("%s, such as %s: %s", human.Count(len(g.Jobs), "job"), g.Jobs[0].Name, message)
}

// FailureGroups returns the jobs whose status is Failed, the largest group first.
func (r *Report) FailureGroups() []FailureGroup {
	var groups []FailureGroup
	place := map[string]int{} // in groups, by failureKey
	for _, j := range r.Jobs {
		if j.Status != Failed {
			continue
		}
		key := failureKey(j.Reason, j.Message, j.Params)
		i, known := place[key]
		if !known {
			i = len(groups)
			place[key] = i
			groups = append(groups, FailureGroup{Message: j.Message})
		}
		groups[i].Jobs = append(groups[i].Jobs, j)
	}
	slices.SortStableFunc(groups, func(a, b FailureGroup) int { return len(b.Jobs) - len(a.Jobs) })
	return groups
}

// messageNumbers are the numbers of a message, apart from those that end the name of a place in
// a script, as in "a.lua:12:".
var messageNumbers = regexp.MustCompile(`\.lua:\d+:|\d+(\.\d+)?`)

// failureKey is the same for jobs that failed alike.
func failureKey(reason Reason, message string, params Params) string {
	message, _, _ = strings.Cut(message, "\n")
	message, _, _ = strings.Cut(message, rowsAreIn)
	for _, p := range params {
		const least = 3 // characters of a value that is not in a message by chance
		if value := showValue(p.Value); len(value) >= least {
			message = strings.ReplaceAll(message, value, "<"+p.Name+">")
		}
	}
	message = messageNumbers.ReplaceAllStringFunc(message, func(s string) string {
		if s[0] == '.' {
			return s
		}
		return "0"
	})
	return string(reason) + " " + message
}

// failureFilter says which failures a display shows while a run goes on: the first ones
// that are alike.
type failureFilter map[string]int // by failureKey: how many there were

// show returns what to add to the line of a failure, and whether to show it.
func (f failureFilter) show(n *Notice) (more string, ok bool) {
	const shown = 3
	key := failureKey(n.Outcome.Reason, n.Outcome.Message, n.Job.Params)
	f[key]++
	if f[key] == shown {
		more = " (further failures like this one are counted only)"
	}
	return more, f[key] <= shown
}
