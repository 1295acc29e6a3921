package batch

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadSpec(t *testing.T) {
	dir := write(t, map[string]string{
		"jobs/a.lua": "", "jobs/b.lua": "",
		"jobs/microts.toml": `
			[batch]
			scripts = ["a.lua"]
			db = "../db"
			read_only = true
			workers = 3
			timeout = "5m"
			retries = 1
			params = {z = [1, 2], a = "x"}

			[[batch.job]]
			script = "b.lua"
			name = "bee"
			needs = ["a.lua"]
			timeout = 30
			params.z = 2
			dates = "2023-11-03"`,
		"unknown.toml": "[batch]\nworkrs = 3\n",
		"job.toml":     "[[batch.job]]\nscript = \"a\"\nneds = []\n",
		"top.toml":     "[bach]\nx = 1\n",
		"type.toml":    "[batch]\nworkers = \"three\"\n",
		"syntax.toml":  "[batch]\nworkers =\n",
		"limit.toml":   "[batch]\nmemory = \"lots\"\n",
		"nested.toml":  "[batch.params]\nx = [[1]]\n",
		"script.toml":  "[[batch.job]]\nname = \"x\"\n",
	})
	s, err := ReadSpec(filepath.Join(dir, "jobs", "microts.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Options.DB != filepath.Join(dir, "db") || !s.Options.ReadOnly || s.Options.Workers != 3 {
		t.Errorf("%+v", s.Options)
	}
	p, err := s.Plan(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names(p), " "); got != "a[z=1,a=x] a[z=2,a=x] bee[z=2,a=x,date=2023-11-03]" {
		t.Errorf("%s", got)
	}
	if bee := p.Jobs[2]; fmt.Sprint(bee.Needs) != "[2]" || bee.TimeoutSeconds != 30 || bee.Retries != 1 || p.Jobs[0].TimeoutSeconds != 300 {
		t.Errorf("%+v", bee)
	}
	for _, c := range []struct{ name, want string }{
		{"unknown.toml", `unknown.toml: batch.workrs: unknown name "workrs"; did you mean "workers"?`},
		{"job.toml", `job.toml: batch.job.neds: unknown name "neds"; did you mean "needs"?`},
		{"top.toml", `top.toml: bach: unknown name "bach"; did you mean "batch"?`},
		{"type.toml", "type.toml: toml: line 2"},
		{"syntax.toml", "syntax.toml:2: "},
		{"limit.toml", `limit.toml: batch: memory: a size such as "512MB", or bytes, expected, got lots`},
		{"nested.toml", "nested.toml: batch: params: x: strings, numbers and booleans expected"},
		{"script.toml", "script.toml: batch.job 1: script expected"},
		{"missing.toml", "missing.toml: no such file"},
	} {
		if _, err := ReadSpec(filepath.Join(dir, c.name)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}
