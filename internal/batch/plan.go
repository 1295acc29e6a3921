package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"microts/internal/host"
	"microts/store"
)

// Job is one run of a script.
type Job struct {
	ID     int    `json:"id"`     // from 1 on, its place in the whole list
	Name   string `json:"name"`   // script and parameters, as in momentum[code=600000]; unique
	Script string `json:"script"` // its path
	Params Params `json:"params"`
	Needs  []int  `json:"needs,omitempty"` // the jobs that come before

	// Hash is a SHA-256 of the script, the parameters and the arguments.
	Hash string `json:"hash"`

	TimeoutSeconds float64 `json:"timeout_seconds,omitempty"` // of one attempt; 0 is no limit
	MemoryBytes    int64   `json:"memory_bytes,omitempty"`    // 0 is what Options gives each
	Retries        int     `json:"retries,omitempty"`
	BackoffSeconds float64 `json:"backoff_seconds,omitempty"`
}

// Plan is the list of jobs of a batch, or of one shard of it.
type Plan struct {
	Format  int       `json:"format"` // planFormat
	Version string    `json:"version"`
	Created time.Time `json:"created"`
	Dir     string    `json:"dir"` // in which it was made: that of relative paths
	Shard   Shard     `json:"shard"`
	Total   int       `json:"total"` // jobs of all shards
	Whole   string    `json:"whole"` // a SHA-256 of all jobs of all shards: equal in shards of one batch
	Options Options   `json:"options"`
	Jobs    []*Job    `json:"jobs"`
}

const planFormat = 1

// Entry is a script with its grid.
type Entry struct {
	Script string // path
	Name   string // "" takes the header's, or the file's without ".lua"
	Needs  []string
	Limits Limits
	Grid   Grid
}

// Spec says what a batch runs.
type Spec struct {
	Entries []Entry
	Grid    Grid // wins over that of each entry
	Options Options
	Limits  Limits // win over those of headers and entries
	Shard   Shard  // the zero Shard is the whole
	Version string // of microts
}

// Plan makes the list of jobs. It reads the headers of the scripts and asks db,
// which may be nil, for the instruments. Its errors are those of the user.
func (s *Spec) Plan(db *store.DB) (*Plan, error) {
	if len(s.Entries) == 0 {
		return nil, errors.New("no scripts to run")
	}
	p := &Plan{Format: planFormat, Version: s.Version, Created: time.Now().UTC(), Shard: s.Shard, Options: s.Options}
	if s.Options.Shuffle && p.Options.Seed == 0 {
		p.Options.Seed = rand.Int64N(1<<31) + 1
	}
	var err error
	if p.Dir, err = os.Getwd(); err != nil {
		return nil, err
	}
	entries := make([]*entry, len(s.Entries))
	chunks := host.NewChunks()
	for i, e := range s.Entries {
		h, err := readHeader(e.Script)
		if err != nil {
			return nil, err
		}
		if e.Name == "" {
			e.Name = h.Name
		}
		if e.Needs == nil {
			e.Needs = h.Needs
		}
		e.Limits = s.Limits.or(e.Limits).or(h.Limits)
		e.Grid = Grid{Values: h.Grid}.over(e.Grid).over(s.Grid)
		all, err := e.Grid.combinations(db)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Script, err)
		}
		entries[i] = &entry{Entry: e, name: e.Name, params: all, sum: chunks.Sum(e.Script)}
	}
	if err := nameEntries(entries); err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := p.add(e); err != nil {
			return nil, err
		}
	}
	if err := p.link(entries); err != nil {
		return nil, err
	}
	p.Total, p.Whole = len(p.Jobs), p.sum()
	p.take(s.Shard)
	return p, nil
}

// entry is an Entry while its jobs are made.
type entry struct {
	Entry
	name   string
	params []Params
	sum    string // of the script
	jobs   []*Job
	needs  []*entry
}

// nameEntries gives each entry a name of its own.
func nameEntries(entries []*entry) error {
	uses := map[string]int{}
	for _, e := range entries {
		if e.name == "" {
			uses[baseName(e.Script)]++
		}
	}
	seen := map[string]*entry{}
	for _, e := range entries {
		if e.name == "" {
			if e.name = baseName(e.Script); uses[e.name] > 1 {
				e.name = strings.TrimSuffix(filepath.Clean(e.Script), ".lua")
			}
		}
		if other := seen[e.name]; other != nil {
			if other.Script == e.Script {
				return fmt.Errorf("%s is there twice", e.Script)
			}
			return fmt.Errorf("%s and %s have the same name %q", other.Script, e.Script, e.name)
		}
		seen[e.name] = e
	}
	return nil
}

func baseName(path string) string { return strings.TrimSuffix(filepath.Base(path), ".lua") }

// add makes the jobs of an entry.
func (p *Plan) add(e *entry) error {
	names := map[string]bool{}
	for _, params := range e.params {
		j := &Job{ID: len(p.Jobs) + 1, Name: e.name, Script: e.Script, Params: params}
		if len(params) > 0 {
			j.Name += "[" + params.String() + "]"
		}
		if names[j.Name] {
			return fmt.Errorf("job %s is there twice", j.Name)
		}
		names[j.Name] = true
		j.Hash = jobHash(e.sum, params, p.Options.Args)
		j.TimeoutSeconds, j.MemoryBytes = e.Limits.Timeout.Seconds(), e.Limits.Memory
		if e.Limits.Retries != nil {
			j.Retries = *e.Limits.Retries
		}
		j.BackoffSeconds = e.Limits.Backoff.Seconds()
		p.Jobs = append(p.Jobs, j)
		e.jobs = append(e.jobs, j)
	}
	return nil
}

func jobHash(sum string, params Params, args []string) string {
	text, err := json.Marshal([]any{sum, params, args})
	if err != nil {
		panic(err) // strings, numbers and booleans can be marshalled
	}
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// link finds what the jobs need.
func (p *Plan) link(entries []*entry) error {
	for _, e := range entries {
		for _, need := range e.Needs {
			n, err := findEntry(entries, e, need)
			if err != nil {
				return err
			}
			e.needs = append(e.needs, n)
		}
	}
	if cycle := findCycle(entries); cycle != nil {
		return fmt.Errorf("a cycle of needs: %s", strings.Join(cycle, " needs "))
	}
	for _, e := range entries {
		for _, n := range e.needs {
			if err := linkJobs(e, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// findEntry finds what an entry needs: by name, by the script's path, from here or
// from the needing script's folder, or by the file's name.
func findEntry(entries []*entry, from *entry, need string) (*entry, error) {
	beside := filepath.Join(filepath.Dir(from.Script), need)
	var names []string
	for _, e := range entries {
		if e.name == need || filepath.Clean(e.Script) == filepath.Clean(need) || filepath.Clean(e.Script) == beside {
			return e, nil
		}
		names = append(names, e.name, filepath.Base(e.Script))
	}
	for _, e := range entries {
		if filepath.Base(e.Script) == need {
			return e, nil
		}
	}
	return nil, fmt.Errorf("%s: needs: %w", from.Script, unknownName("job", need, names))
}

// findCycle returns the names along a cycle, the first one again at the end.
func findCycle(entries []*entry) []string {
	const entered, left = 1, 2
	state := map[*entry]int{}
	var path []*entry
	var visit func(e *entry) []string
	visit = func(e *entry) []string {
		switch state[e] {
		case left:
			return nil
		case entered:
			var names []string
			for _, on := range path[slices.Index(path, e):] {
				names = append(names, on.name)
			}
			return append(names, e.name)
		}
		state[e] = entered
		path = append(path, e)
		for _, n := range e.needs {
			if cycle := visit(n); cycle != nil {
				return cycle
			}
		}
		path = path[:len(path)-1]
		state[e] = left
		return nil
	}
	for _, e := range entries {
		if cycle := visit(e); cycle != nil {
			return cycle
		}
	}
	return nil
}

// linkJobs lets each job of e need those jobs of n that agree with it in the
// parameters that both have.
func linkJobs(e, n *entry) error {
	var common []string
	for _, q := range e.params[0] { // all have the same names
		if n.params[0].Get(q.Name) != nil {
			common = append(common, q.Name)
		}
	}
	key := func(p Params) string {
		var b strings.Builder
		for _, name := range common {
			fmt.Fprintf(&b, "%T\x00%v\x00", p.Get(name), p.Get(name))
		}
		return b.String()
	}
	byKey := map[string][]int{}
	for _, j := range n.jobs {
		k := key(j.Params)
		byKey[k] = append(byKey[k], j.ID)
	}
	for _, j := range e.jobs {
		ids := byKey[key(j.Params)]
		if ids == nil {
			return fmt.Errorf("%s: needs: no job of %s has its %s", j.Name, n.name, strings.Join(common, " and "))
		}
		j.Needs = append(j.Needs, ids...)
	}
	return nil
}

// sum returns a hash of all jobs.
func (p *Plan) sum() string {
	h := sha256.New()
	for _, j := range p.Jobs {
		fmt.Fprintf(h, "%s %s\n", j.Name, j.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))
}
