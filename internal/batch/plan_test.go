package batch

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlan(t *testing.T) {
	dir := write(t, map[string]string{
		"load.lua":    "",
		"factor.lua":  `local header = {needs = {"load.lua"}, timeout = "10s"}`,
		"summary.lua": `local header = {needs = "factor", name = "sum", params = {day = {1}}}`,
		"other/x.lua": "", "x.lua": "",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	codes := Grid{Values: []Values{{"code", []any{1.0, 2.0}}}}
	s := &Spec{
		Scripts: []Script{
			{Path: at("summary.lua")},
			{Path: at("factor.lua"), Grid: codes.over(Grid{Values: []Values{{"n", []any{5.0, 6.0}}}})},
			{Path: at("load.lua"), Grid: codes, Limits: Limits{Memory: 1 << 20}},
		},
		Limits: Limits{Memory: 2 << 20},
	}
	p, err := s.Plan(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "sum[day=1] factor[code=1,n=5] factor[code=1,n=6] factor[code=2,n=5] factor[code=2,n=6] load[code=1] load[code=2]"
	if got := strings.Join(names(p), " "); got != want {
		t.Errorf("%s", got)
	}
	// sum and factor share no parameter, so sum waits for every factor. Each factor
	// waits for the load of its code.
	needs := fmt.Sprint(p.Jobs[0].Needs, p.Jobs[1].Needs, p.Jobs[2].Needs, p.Jobs[3].Needs, p.Jobs[5].Needs)
	if needs != "[2 3 4 5] [6] [6] [7] []" {
		t.Errorf("needs %s", needs)
	}
	if j := p.Jobs[1]; j.TimeoutSeconds != 10 || j.MemoryBytes != 2<<20 || len(j.Hash) != 64 || p.Jobs[5].MemoryBytes != 2<<20 {
		t.Errorf("%+v", j)
	}
	again, err := s.Plan(nil)
	if err != nil || again.Whole != p.Whole {
		t.Error("the same batch has another sum")
	}
	// The names of two files with the same name are their paths.
	p, err = (&Spec{Scripts: []Script{{Path: at("x.lua")}, {Path: at("other/x.lua")}}}).Plan(nil)
	if err != nil || p.Jobs[0].Name != at("x") || p.Jobs[1].Name != at("other/x") {
		t.Errorf("%v, %v", names(p), err)
	}
}

func TestBadPlans(t *testing.T) {
	dir := write(t, map[string]string{
		"a.lua": `local header = {needs = {"b.lua"}}`, "b.lua": `local header = {needs = {"c.lua"}}`,
		"c.lua": `local header = {needs = {"a.lua"}}`, "self.lua": `local header = {needs = {"self"}}`,
		"lost.lua": `local header = {needs = {"lod.lua"}}`, "load.lua": "", "code.lua": `local header = {needs = {"load"}}`,
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	entries := func(scripts ...string) (all []Script) {
		for _, s := range scripts {
			all = append(all, Script{Path: at(s)})
		}
		return all
	}
	code := func(values ...any) Grid { return Grid{Values: []Values{{"code", values}}} }
	for _, c := range []struct {
		spec Spec
		want string
	}{
		{Spec{}, "no scripts to run"},
		{Spec{Scripts: entries("missing.lua")}, "missing.lua: no such file"},
		{Spec{Scripts: entries("a.lua", "b.lua", "c.lua")}, "a cycle of needs: a needs b needs c needs a"},
		{Spec{Scripts: entries("self.lua")}, "a cycle of needs: self needs self"},
		{Spec{Scripts: entries("lost.lua", "load.lua")}, `lost.lua: needs: unknown job "lod.lua"; did you mean "load.lua"?`},
		{Spec{Scripts: entries("load.lua", "load.lua")}, "load.lua is there twice"},
		{Spec{Scripts: []Script{{Path: at("load.lua"), Name: "x"}, {Path: at("c.lua"), Name: "x"}}}, `have the same name "x"`},
		{Spec{Scripts: entries("load.lua"), Grid: code(1.0, 1.0)}, "job load[code=1] is there twice"},
		{Spec{Scripts: entries("load.lua"), Grid: Grid{EachCode: []string{"S"}}}, "load.lua: each-code asks a database, and none is given"},
		{
			Spec{Scripts: []Script{{Path: at("code.lua"), Grid: code(1.0, 3.0)}, {Path: at("load.lua"), Grid: code(1.0, 2.0)}}},
			"code[code=3]: needs: no job of load has its code",
		},
	} {
		if _, err := c.spec.Plan(nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v\n got %v\nwant %s", c.spec, err, c.want)
		}
	}
}

// TestScriptsAreCompiledFirst: the errors of all scripts are errors of the plan.
func TestScriptsAreCompiledFirst(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": "x = = 1", "b.lua": "", "c.lua": "local header = {}\nif"})
	_, err := (&Spec{Scripts: []Script{{Path: filepath.Join(dir, "a.lua")}, {Path: filepath.Join(dir, "b.lua")}, {Path: filepath.Join(dir, "c.lua")}}}).Plan(nil)
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "a.lua:1: ") || !strings.Contains(lines[1], "c.lua:2: ") {
		t.Errorf("%v", err)
	}
}

// TestTextsOfAPlanAreUTF8: a plan could not keep other bytes.
func TestTextsOfAPlanAreUTF8(t *testing.T) {
	dir := write(t, map[string]string{"a.lua": ""})
	for _, s := range []*Spec{
		{Grid: values("name", "\xc6\xbd\xb0\xb2")}, {Grid: values("\xc6\xbd\xb0\xb2", 1.0)}, {Options: Options{Args: []string{"\xc6\xbd\xb0\xb2"}}},
	} {
		s.Scripts = []Script{{Path: filepath.Join(dir, "a.lua")}}
		if _, err := s.Plan(nil); err == nil || !strings.Contains(err.Error(), "is not UTF-8") {
			t.Errorf("%v", err)
		}
	}
}

// TestOnly keeps the jobs that patterns choose, with their numbers, and those that they
// need.
func TestOnly(t *testing.T) {
	dir := write(t, map[string]string{"load.lua": "", "factor.lua": `local header = {needs = {"load.lua"}}`})
	for _, c := range []struct{ only, want string }{
		{"factor[k=2]", "2:load[k=2] 5:factor[k=2]"},
		{"load", "1:load[k=1] 2:load[k=2] 3:load[k=3]"},
		{"l*=3", "3:load[k=3]"},
		{"k=?]", "1:load[k=1] 2:load[k=2] 3:load[k=3] 4:factor[k=1] 5:factor[k=2] 6:factor[k=3]"},
	} {
		p := plan(t, &Spec{Grid: numbers("k", 3), Only: []string{c.only}}, dir, "load.lua", "factor.lua")
		var got []string
		for _, j := range p.Jobs {
			got = append(got, fmt.Sprintf("%d:%s", j.ID, j.Name))
		}
		if strings.Join(got, " ") != c.want || p.Total != len(got) {
			t.Errorf("%s: %s of %d", c.only, got, p.Total)
		}
	}
	s := &Spec{Scripts: []Script{{Path: filepath.Join(dir, "load.lua")}}, Only: []string{"lod"}}
	if _, err := s.Plan(nil); err == nil || err.Error() != `only "lod": no job has such a name; --dry-run lists them` {
		t.Errorf("%v", err)
	}
	// With --resume it limits one run.
	f := create(t, plan(t, &Spec{Grid: numbers("k", 3)}, dir, "load.lua", "factor.lua"))
	rec := &recorder{}
	report := runFolder(t, f, rec, func(r *Runner) { r.config.Only = []string{"factor[k=2]"} })
	if report.Counts != (Counts{Jobs: 6, Done: 2, Pending: 4}) || fmt.Sprint(rec.starts) != "[2 5]" {
		t.Errorf("%+v, %v", report.Counts, rec.starts)
	}
	if report := runFolder(t, resume(t, f.Path), rec); report.Counts.Done != 6 || len(rec.starts) != 6 {
		t.Errorf("%+v, %v", report.Counts, rec.starts)
	}
}
