package batch

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// link fills in Job.Needs: a job waits for the jobs of the scripts that its script
// needs.
func link(scripts []*plannedScript) error {
	for _, s := range scripts {
		for _, need := range s.Needs {
			needed, err := findScript(scripts, s, need)
			if err != nil {
				return err
			}
			s.needs = append(s.needs, needed)
		}
	}
	if cycle := findCycle(scripts); cycle != nil {
		return fmt.Errorf("a cycle of needs: %s", strings.Join(cycle, " needs "))
	}
	for _, s := range scripts {
		for _, needed := range s.needs {
			if err := linkJobs(s, needed); err != nil {
				return err
			}
		}
	}
	return nil
}

// findScript returns the script that from needs. need is its name, its path, its
// path relative to the folder of from, or the name of its file.
func findScript(scripts []*plannedScript, from *plannedScript, need string) (*plannedScript, error) {
	beside := filepath.Join(filepath.Dir(from.Path), need)
	var names []string
	for _, s := range scripts {
		if path := filepath.Clean(s.Path); s.Name == need || path == filepath.Clean(need) || path == beside {
			return s, nil
		}
		names = append(names, s.Name, filepath.Base(s.Path))
	}
	for _, s := range scripts {
		if filepath.Base(s.Path) == need {
			return s, nil
		}
	}
	return nil, fmt.Errorf("%s: needs: %w", from.Path, unknownName("job", need, names))
}

// findCycle returns the names of the scripts along a cycle of needs, with the first
// one again at the end, or nil if there is no cycle.
func findCycle(scripts []*plannedScript) []string {
	const entered, left = 1, 2
	state := map[*plannedScript]int{}
	var path []*plannedScript
	var visit func(s *plannedScript) []string
	visit = func(s *plannedScript) []string {
		switch state[s] {
		case left:
			return nil
		case entered:
			var names []string
			for _, on := range path[slices.Index(path, s):] {
				names = append(names, on.Name)
			}
			return append(names, s.Name)
		}
		state[s] = entered
		path = append(path, s)
		for _, needed := range s.needs {
			if cycle := visit(needed); cycle != nil {
				return cycle
			}
		}
		path = path[:len(path)-1]
		state[s] = left
		return nil
	}
	for _, s := range scripts {
		if cycle := visit(s); cycle != nil {
			return cycle
		}
	}
	return nil
}

// linkJobs makes each job of s wait for the jobs of needed that agree with it on
// every shared parameter.
func linkJobs(s, needed *plannedScript) error {
	var shared []string
	for _, p := range s.params[0] { // all jobs of a script have the same names
		if needed.params[0].Get(p.Name) != nil {
			shared = append(shared, p.Name)
		}
	}
	key := func(p Params) string {
		var b strings.Builder
		for _, name := range shared {
			b.WriteString(showValue(p.Get(name)) + "\x00") // 600519 agrees with "600519"
		}
		return b.String()
	}
	ids := map[string][]int{} // of the jobs of needed, by the values of the shared parameters
	for _, j := range needed.jobs {
		k := key(j.Params)
		ids[k] = append(ids[k], j.ID)
	}
	for _, j := range s.jobs {
		agreeing := ids[key(j.Params)]
		if agreeing == nil {
			return fmt.Errorf("%s: needs: no job of %s has its %s", j.Name, needed.Name, strings.Join(shared, " and "))
		}
		j.Needs = append(j.Needs, agreeing...)
	}
	return nil
}
