package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// SpecFile is the name of the file that describes a batch.
const SpecFile = "microts.toml"

// fileSpec is a microts.toml. Its paths are relative to its folder.
type fileSpec struct {
	Batch fileBatch `toml:"batch"`
}

// fileBatch is what holds for all jobs.
type fileBatch struct {
	fileGrid
	fileLimits
	Scripts    []string  `toml:"scripts"`
	Jobs       []fileJob `toml:"job"`
	DB         string    `toml:"db"`
	ReadOnly   bool      `toml:"read_only"`
	Durability string    `toml:"durability"`
	Workers    int       `toml:"workers"`
	Isolate    string    `toml:"isolate"`
	Sandbox    bool      `toml:"sandbox"`
	FailFast   bool      `toml:"fail_fast"`
	Shuffle    bool      `toml:"shuffle"`
	Seed       int64     `toml:"seed"`
	Args       []string  `toml:"args"`
}

// fileJob is a script with what holds for it alone.
type fileJob struct {
	fileGrid
	fileLimits
	Script string   `toml:"script"`
	Name   string   `toml:"name"`
	Needs  []string `toml:"needs"`
}

type fileGrid struct {
	Params    map[string]any `toml:"params"`
	ParamFile any            `toml:"param_file"` // a string or a list of them
	EachCode  any            `toml:"each_code"`  // likewise
	Dates     string         `toml:"dates"`
	Calendar  string         `toml:"calendar"`
}

type fileLimits struct {
	Timeout any `toml:"timeout"`
	Memory  any `toml:"memory"`
	Retries any `toml:"retries"`
	Backoff any `toml:"backoff"`
}

// ReadSpec reads a microts.toml.
func ReadSpec(path string) (*Spec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f fileSpec
	meta, err := toml.Decode(string(text), &f)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return nil, fmt.Errorf("%s:%d: %s", path, parse.Position.Line, parse.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		key := unknown[0]
		return nil, fmt.Errorf("%s: %s: %w", path, strings.Join(key, "."), unknownName("name", key[len(key)-1], fileNames(key)))
	}
	s, err := f.spec(filepath.Dir(path), meta.Keys())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// fileNames are the names that may stand where an unknown one does.
func fileNames(key toml.Key) []string {
	grid := []string{"params", "param_file", "each_code", "dates", "calendar"}
	switch {
	case len(key) < 2:
		return []string{"batch"}
	case key[1] == "job" && len(key) > 2:
		return append(append([]string{"script"}, headerFields...), grid...)
	}
	return append([]string{
		"scripts", "job", "db", "read_only", "durability", "workers", "timeout", "memory", "retries", "backoff",
		"isolate", "sandbox", "fail_fast", "shuffle", "seed", "args",
	}, grid...)
}

func (f *fileSpec) spec(dir string, keys []toml.Key) (*Spec, error) {
	b := &f.Batch
	at := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	s := &Spec{Options: Options{
		Workers: b.Workers, DB: at(b.DB), ReadOnly: b.ReadOnly, Durability: b.Durability,
		Isolate: b.Isolate, Sandbox: b.Sandbox, FailFast: b.FailFast, Shuffle: b.Shuffle, Seed: b.Seed, Args: b.Args,
	}}
	shared, err := b.grid(at, keys)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	limits, err := b.limits()
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	for _, script := range b.Scripts {
		s.Entries = append(s.Entries, Entry{Script: at(script), Grid: shared, Limits: limits})
	}
	for i, j := range b.Jobs {
		if j.Script == "" {
			return nil, fmt.Errorf("batch.job %d: script expected", i+1)
		}
		own, err := j.grid(at, keys)
		if err != nil {
			return nil, fmt.Errorf("batch.job %d: %w", i+1, err)
		}
		l, err := j.limits()
		if err != nil {
			return nil, fmt.Errorf("batch.job %d: %w", i+1, err)
		}
		s.Entries = append(s.Entries, Entry{Script: at(j.Script), Name: j.Name, Needs: j.Needs, Grid: shared.over(own), Limits: l.or(limits)})
	}
	return s, nil
}

// grid returns what the file says of parameters, in the order of its lines.
func (g *fileGrid) grid(at func(string) string, keys []toml.Key) (grid Grid, err error) {
	grid = Grid{Dates: g.Dates, Calendar: at(g.Calendar)}
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
	for _, key := range keys {
		name := key[len(key)-1]
		value, ok := g.Params[name]
		if len(key) < 2 || key[len(key)-2] != "params" || !ok || slices.ContainsFunc(grid.Values, func(v Values) bool { return v.Name == name }) {
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

func (f *fileLimits) limits() (l Limits, err error) {
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
