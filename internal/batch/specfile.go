package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"microts/internal/source"
)

// SpecFile is the usual name of a file that describes a batch.
const SpecFile = "microts.toml"

// specFile is what a microts.toml holds. Its paths are relative to its folder.
type specFile struct {
	Batch specBatch `toml:"batch"`
}

// specBatch is the table [batch]: it holds for all jobs.
type specBatch struct {
	specGrid
	specLimits
	Scripts    []string  `toml:"scripts"`
	Jobs       []specJob `toml:"job"`
	DB         string    `toml:"db"`
	Archive    string    `toml:"archive"`
	Cache      string    `toml:"cache"`
	AsOf       string    `toml:"as_of"`
	ReadOnly   bool      `toml:"read_only"`
	Durability string    `toml:"durability"`
	Workers    int       `toml:"workers"`
	Isolate    string    `toml:"isolate"`
	Sandbox    bool      `toml:"sandbox"`
	FailFast   bool      `toml:"fail_fast"`
	Failures   int       `toml:"max_failures"`
	Shuffle    bool      `toml:"shuffle"`
	Seed       int64     `toml:"seed"`
	Args       []string  `toml:"args"`
}

// specJob is a table [[batch.job]]: a script, and what holds for its jobs only.
type specJob struct {
	specGrid
	specLimits
	Script string   `toml:"script"`
	Name   string   `toml:"name"`
	Needs  []string `toml:"needs"`
}

// specGrid are the names of a Grid.
type specGrid struct {
	Params    map[string]any `toml:"params"`
	ParamFile any            `toml:"param_file"` // a string or a list of strings
	EachCode  any            `toml:"each_code"`  // a string or a list of strings
	Dates     string         `toml:"dates"`
	Calendar  string         `toml:"calendar"`
}

// specLimits are the names of Limits: strings or numbers.
type specLimits struct {
	Timeout any `toml:"timeout"`
	Memory  any `toml:"memory"`
	Retries any `toml:"retries"`
	Backoff any `toml:"backoff"`
}

// ReadSpec reads a microts.toml. Errors in it name the file.
func ReadSpec(path string) (*Spec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f specFile
	meta, err := toml.Decode(string(text), &f)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return nil, fmt.Errorf("%s:%d: %s", path, parse.Position.Line, parse.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		key := unknown[0]
		return nil, fmt.Errorf("%s: %s: %w", path, strings.Join(key, "."), unknownName("name", key[len(key)-1], specNames(key)))
	}
	s, err := f.spec(filepath.Dir(path), meta.Keys())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// specNames returns the names that are known in the table of an unknown key.
func specNames(key toml.Key) []string {
	grid := []string{"params", "param_file", "each_code", "dates", "calendar"}
	switch {
	case len(key) < 2:
		return []string{"batch"}
	case key[1] == "job" && len(key) > 2:
		return append(append([]string{"script"}, headerFields...), grid...)
	}
	return append([]string{
		"scripts", "job", "db", "archive", "cache", "as_of", "read_only", "durability", "workers", "timeout", "memory", "retries", "backoff",
		"isolate", "sandbox", "fail_fast", "max_failures", "shuffle", "seed", "args",
	}, grid...)
}

// spec makes the Spec of a file in the folder dir.
func (f *specFile) spec(dir string, keys []toml.Key) (*Spec, error) {
	b := &f.Batch
	at := func(path string) string {
		if path == "" || filepath.IsAbs(path) || source.IsURL(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	s := &Spec{Options: Options{
		Workers: b.Workers, DB: at(b.DB), Archive: b.Archive, Cache: at(b.Cache), ReadOnly: b.ReadOnly, Durability: b.Durability,
		Isolate: b.Isolate, Sandbox: b.Sandbox, Failures: b.Failures, Shuffle: b.Shuffle, Seed: b.Seed, Args: b.Args,
	}}
	var err error
	if s.AsOf, err = ParseAsOf(b.AsOf); err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	if b.FailFast {
		s.Options.Failures = 1
	}
	shared, err := b.grid(at, keys)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	limits, err := b.limits()
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	for _, path := range b.Scripts {
		s.Scripts = append(s.Scripts, Script{Path: at(path), Grid: shared, Limits: limits})
	}
	for i, j := range b.Jobs {
		script, err := j.script(at, keys)
		if err != nil {
			return nil, fmt.Errorf("batch.job %d: %w", i+1, err)
		}
		script.Grid, script.Limits = shared.over(script.Grid), script.Limits.or(limits)
		s.Scripts = append(s.Scripts, script)
	}
	return s, nil
}

// script returns the script of a [[batch.job]], without what holds for all jobs.
func (j *specJob) script(at func(string) string, keys []toml.Key) (s Script, err error) {
	if j.Script == "" {
		return s, errors.New("script expected")
	}
	s = Script{Path: at(j.Script), Name: j.Name, Needs: j.Needs}
	if s.Grid, err = j.grid(at, keys); err != nil {
		return s, err
	}
	s.Limits, err = j.limits()
	return s, err
}

// grid makes the Grid of a table. Its parameters are in the order of the file, which
// keys, the keys of the whole file, tell.
func (g *specGrid) grid(at func(string) string, keys []toml.Key) (grid Grid, err error) {
	grid = Grid{Dates: g.Dates, Calendar: calendarAt(g.Calendar, at)}
	if g.ParamFile != nil {
		if grid.Files, err = stringList("param_file", g.ParamFile); err != nil {
			return grid, err
		}
		for i, path := range grid.Files {
			grid.Files[i] = at(path)
		}
	}
	if g.EachCode != nil {
		if grid.EachCode, err = stringList("each_code", g.EachCode); err != nil {
			return grid, err
		}
	}
	for _, name := range paramNames(keys) {
		value, ok := g.Params[name]
		if !ok {
			continue
		}
		values, err := valueList(name, value)
		if err != nil {
			return grid, fmt.Errorf("params: %w", err)
		}
		grid.Values = append(grid.Values, Values{name, values})
	}
	return grid, nil
}

// paramNames returns the names of all parameters in a file, each once, in their order.
func paramNames(keys []toml.Key) (names []string) {
	for _, key := range keys {
		if n := len(key); n >= 2 && key[n-2] == "params" && !slices.Contains(names, key[n-1]) {
			names = append(names, key[n-1])
		}
	}
	return names
}

// limits makes the Limits of a table.
func (f *specLimits) limits() (l Limits, err error) {
	for _, field := range []struct {
		name  string
		value any
	}{{"timeout", f.Timeout}, {"memory", f.Memory}, {"retries", f.Retries}, {"backoff", f.Backoff}} {
		if n, ok := field.value.(int64); ok {
			field.value = float64(n)
		}
		if field.value != nil {
			if err := l.set(field.name, field.value, nil); err != nil {
				return l, err
			}
		}
	}
	return l, nil
}
