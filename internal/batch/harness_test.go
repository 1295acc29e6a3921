package batch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microts/internal/luavm"
	"microts/internal/source"
	"microts/internal/tick"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write writes files into a new folder and returns it.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// names returns the names of a plan's jobs.
func names(p *Plan) (all []string) {
	for _, j := range p.Jobs {
		all = append(all, j.Name)
	}
	return all
}

// database makes a database with one tick of each symbol, such as "S600000".
func database(t testing.TB, symbols ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	db, err := env.Databases.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range symbols {
		in, err := tick.ParseInstrument(s[0], s[1:])
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Put(&in, 1, 0, "v"); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// recorder is an Observer that keeps what it is told.
type recorder struct {
	mu      sync.Mutex
	lines   []string // notices and Stopping, as text
	printed []string // by jobs
	starts  []int    // IDs of jobs, in the order of their starts

	onNotice   func(n *Notice) // or nil
	onStopping func()          // or nil
}

func (r *recorder) Notice(n *Notice) {
	r.mu.Lock()
	r.lines = append(r.lines, describe(n))
	if n.Kind == AttemptStarted {
		r.starts = append(r.starts, n.Job.ID)
	}
	r.mu.Unlock()
	if r.onNotice != nil {
		r.onNotice(n)
	}
}

func (r *recorder) Line(j *Job, line string) {
	r.mu.Lock()
	r.printed = append(r.printed, j.Name+" | "+line)
	r.mu.Unlock()
}

func (r *recorder) Stopping(why string) {
	r.mu.Lock()
	r.lines = append(r.lines, "stopping: "+why)
	r.mu.Unlock()
	if r.onStopping != nil {
		r.onStopping()
	}
}

// plan makes the plan of a Spec with scripts in a folder.
func plan(t testing.TB, s *Spec, dir string, scripts ...string) *Plan {
	t.Helper()
	for _, name := range scripts {
		s.Scripts = append(s.Scripts, Script{Path: filepath.Join(dir, name)})
	}
	p, err := s.Plan(nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// create makes the run folder of a plan.
func create(t testing.TB, p *Plan) *Folder {
	t.Helper()
	f, err := Create(filepath.Join(t.TempDir(), "run"), p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// resume opens a run folder for another run.
func resume(t testing.TB, path string) *Folder {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// runFolder runs the jobs of a run folder, writes its reports, closes it, and returns
// the report. change changes the Runner before the run.
func runFolder(t testing.TB, f *Folder, o *recorder, change ...func(*Runner)) *Report {
	t.Helper()
	r := NewRunner(Config{Folder: f, Env: env, Observer: o})
	for _, c := range change {
		c(r)
	}
	if err := r.Run(); err != nil {
		t.Fatal(err)
	}
	report, err := f.WriteReports(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return report
}

// statuses returns the name, status and reason of each job.
func statuses(r *Report) string {
	var all []string
	for _, j := range r.Jobs {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", j.Name, j.Status, j.Reason)))
	}
	return strings.Join(all, "; ")
}

// values is a Grid of one parameter.
func values(name string, v ...any) Grid { return Grid{Values: []Values{{name, v}}} }

// numbers is a Grid of one parameter with the values 1 to n.
func numbers(name string, n int) Grid {
	var all []any
	for i := 1; i <= n; i++ {
		all = append(all, float64(i))
	}
	return values(name, all...)
}

// luaFunction returns a hook that gives all scripts a global function, which calls call.
func luaFunction(name string, call func()) func(*luavm.State) {
	return func(s *luavm.State) {
		s.Globals.SetString(name, luavm.NewFunction(name, func(c *luavm.Call) {
			call()
			c.Return()
		}).Value())
	}
}

// eventually waits until a condition holds; it says false if that takes too long.
func eventually(holds func() bool) bool {
	const patience = 30 * time.Second
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// env has the databases of all tests.
var env = source.NewEnv()
