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
	"unicode/utf8"

	"microts/internal/host"
	"microts/internal/source"
)

// Job is a script with the parameters for which it is run.
type Job struct {
	ID     int    `json:"id"`     // from 1 on: the place among the jobs of all shards
	Name   string `json:"name"`   // unique: script and parameters, as in momentum[code=600000]
	Script string `json:"script"` // path
	Params Params `json:"params"`
	Needs  []int  `json:"needs,omitempty"` // IDs of the jobs that must be done before it starts

	// Hash is a SHA-256 of the script, the parameters and the arguments.
	Hash string `json:"hash"`

	TimeoutSeconds float64 `json:"timeout_seconds,omitempty"` // of one attempt; 0 is no limit
	MemoryBytes    int64   `json:"memory_bytes,omitempty"`    // limit; 0 is the share of one worker
	Retries        int     `json:"retries,omitempty"`         // attempts after the first one, in each run
	BackoffSeconds float64 `json:"backoff_seconds,omitempty"` // before the first retry; 0 is 1 s
}

// Plan is the list of jobs of a batch, or of one shard of it.
type Plan struct {
	Format  int       `json:"format"`  // planFormat
	Version string    `json:"version"` // of microts
	Created time.Time `json:"created"`
	Dir     string    `json:"dir"` // the folder that relative paths are relative to
	Shard   Shard     `json:"shard"`
	Total   int       `json:"total"` // number of jobs of all shards
	Whole   string    `json:"whole"` // a SHA-256 of the jobs of all shards, the same in all shards of a batch
	Options Options   `json:"options"`
	Jobs    []*Job    `json:"jobs"` // in the order of their IDs
}

const planFormat = 2

// Script is a Lua script with what it is run for.
type Script struct {
	Path   string
	Name   string   // "" is that of the header, or else that of the file, without ".lua"
	Needs  []string // nil is that of the header
	Limits Limits   // win over those of the header
	Grid   Grid     // wins over that of the header
}

// Spec says what a batch runs, and how.
type Spec struct {
	Scripts []Script
	Grid    Grid // wins over that of each script
	Options Options
	Limits  Limits // win over those of each script
	Shard   Shard  // the zero Shard is Whole
	Version string // of microts

	// Only, if there are any, keeps the jobs whose names contain one of these patterns,
	// and the jobs that they need. In a pattern * stands for any characters, ? for one.
	Only []string
}

// NeedsDB says whether Plan needs the database: to list its instruments, or to find
// out early that a database which jobs only read is not there.
func (s *Spec) NeedsDB() bool {
	lists := func(script Script) bool { return len(script.Grid.EachCode) > 0 }
	return s.Options.DB != "" && (s.Options.readsOnly() || len(s.Grid.EachCode) > 0 || slices.ContainsFunc(s.Scripts, lists))
}

// Plan makes the list of jobs. It reads the headers of the scripts, and lists the
// instruments of db, which may be nil if no Grid has EachCode. Its errors are
// mistakes in the Spec or in the scripts.
func (s *Spec) Plan(db *source.Source) (*Plan, error) {
	if len(s.Scripts) == 0 {
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
	scripts, err := s.plannedScripts(db)
	if err != nil {
		return nil, err
	}
	if err := nameScripts(scripts); err != nil {
		return nil, err
	}
	for _, script := range scripts {
		if err := p.add(script); err != nil {
			return nil, err
		}
	}
	if err := link(scripts); err != nil {
		return nil, err
	}
	chosen, err := selectJobs(p.Jobs, s.Only)
	if err != nil {
		return nil, err
	}
	p.Jobs = slices.DeleteFunc(p.Jobs, func(j *Job) bool { return !chosen.has(j) })
	p.Total, p.Whole = len(p.Jobs), p.sum()
	p.keepShard(s.Shard)
	return p, nil
}

// plannedScript is a Script while the plan is made. Its Script holds what Spec and
// header say together.
type plannedScript struct {
	Script
	params []Params // of each job
	sum    string   // SHA-256 of the file
	jobs   []*Job
	needs  []*plannedScript
}

// plannedScripts reads the headers, compiles the scripts, and lists the parameters of
// the jobs.
func (s *Spec) plannedScripts(db *source.Source) ([]*plannedScript, error) {
	var all []*plannedScript
	var wrong []error // of scripts that cannot be compiled
	chunks := host.NewChunks()
	for _, script := range s.Scripts {
		h, err := readHeader(script.Path)
		if err != nil {
			return nil, err
		}
		if err := chunks.Check(script.Path); err != nil {
			wrong = append(wrong, err)
			continue
		}
		if script.Name == "" {
			script.Name = h.Name
		}
		if script.Needs == nil {
			script.Needs = h.Needs
		}
		script.Limits = s.Limits.or(script.Limits).or(h.Limits)
		script.Grid = Grid{Values: h.Grid}.over(script.Grid).over(s.Grid)
		params, err := script.Grid.combinations(db)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", script.Path, err)
		}
		all = append(all, &plannedScript{Script: script, params: params, sum: chunks.Sum(script.Path)})
	}
	return all, errors.Join(wrong...)
}

// nameScripts gives a name to each script that has none, and checks that all names
// differ.
func nameScripts(scripts []*plannedScript) error {
	uses := map[string]int{}
	for _, s := range scripts {
		if s.Name == "" {
			uses[baseName(s.Path)]++
		}
	}
	seen := map[string]*plannedScript{}
	for _, s := range scripts {
		if s.Name == "" {
			if s.Name = baseName(s.Path); uses[s.Name] > 1 {
				s.Name = strings.TrimSuffix(filepath.Clean(s.Path), ".lua")
			}
		}
		if other := seen[s.Name]; other != nil {
			if other.Path == s.Path {
				return fmt.Errorf("%s is there twice", s.Path)
			}
			return fmt.Errorf("%s and %s have the same name %q", other.Path, s.Path, s.Name)
		}
		seen[s.Name] = s
	}
	return nil
}

func baseName(path string) string { return strings.TrimSuffix(filepath.Base(path), ".lua") }

// add makes the jobs of a script.
func (p *Plan) add(s *plannedScript) error {
	if err := checkTexts(s, p.Options.Args); err != nil {
		return err
	}
	names := map[string]bool{}
	for _, params := range s.params {
		j := &Job{
			ID: len(p.Jobs) + 1, Name: s.Name, Script: s.Path, Params: params, Hash: jobHash(s.sum, params, p.Options.Args),
			TimeoutSeconds: s.Limits.Timeout.Seconds(), MemoryBytes: s.Limits.Memory, BackoffSeconds: s.Limits.Backoff.Seconds(),
		}
		if len(params) > 0 {
			j.Name += "[" + params.String() + "]"
		}
		if names[j.Name] {
			return fmt.Errorf("job %s is there twice", j.Name)
		}
		names[j.Name] = true
		if s.Limits.Retries != nil {
			j.Retries = *s.Limits.Retries
		}
		p.Jobs = append(p.Jobs, j)
		s.jobs = append(s.jobs, j)
	}
	return nil
}

// checkTexts returns an error if a text of the plan is not UTF-8: the plan could not
// keep it.
func checkTexts(s *plannedScript, args []string) error {
	for _, text := range append([]string{s.Path, s.Name}, args...) {
		if !utf8.ValidString(text) {
			return fmt.Errorf("%q is not UTF-8", text)
		}
	}
	for _, params := range s.params {
		for _, p := range params {
			if text, _ := p.Value.(string); !utf8.ValidString(text) || !utf8.ValidString(p.Name) {
				return fmt.Errorf("%s: parameter %s: %q is not UTF-8", s.Path, strings.ToValidUTF8(p.Name, "\ufffd"), text)
			}
		}
	}
	return nil
}

// jobHash returns Job.Hash of a script with this SHA-256.
func jobHash(sum string, params Params, args []string) string {
	text, err := json.Marshal([]any{sum, params, args})
	if err != nil {
		panic(err) // strings, numbers and booleans can be marshalled
	}
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// sum returns Plan.Whole.
func (p *Plan) sum() string {
	h := sha256.New()
	for _, j := range p.Jobs {
		fmt.Fprintf(h, "%s %s\n", j.Name, j.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// readPlan reads the plan in a run folder.
func readPlan(folder string) (*Plan, error) {
	path := filepath.Join(folder, planFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no run: it has no %s", folder, planFile)
	}
	if err != nil {
		return nil, err
	}
	p := &Plan{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if p.Format != planFormat {
		return nil, fmt.Errorf("%s: format %d, and this microts knows %d", path, p.Format, planFormat)
	}
	return p, nil
}

// writePlan writes the plan into a run folder.
func writePlan(folder string, p *Plan) error {
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(folder, planFile), append(text, '\n'))
}
