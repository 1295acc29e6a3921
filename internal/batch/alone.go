package batch

import (
	"context"
	"fmt"
	"os"

	"microts/internal/source"
)

// Alone is one job that runs without a batch, to try its script: in this process, with
// the standard files of the process, and without a run folder, a limit of time, and the
// jobs that its header needs.
type Alone struct {
	Script   string
	Values   []Values // of the parameters; each has one
	DB       string   // path or URL of job.db; "" is none
	Archive  string   // see Options
	Cache    string   // see Options
	ReadOnly bool     // open DB read-only
	Args     []string // of the script
	Env      *source.Env
}

// standardFiles are what a job that runs alone has in the place of a log. nil: it has a
// log, and reads nothing.
type standardFiles struct{ in, out, err *os.File }

// plan returns the job. Its errors are mistakes in the script or in Alone.
func (a *Alone) plan() (*Plan, error) {
	s := &Spec{
		Scripts: []Script{{Path: a.Script, Needs: []string{}}},
		Grid:    Grid{Values: a.Values},
		Options: Options{Workers: 1, DB: a.DB, Archive: a.Archive, Cache: a.Cache, ReadOnly: a.ReadOnly, Args: a.Args},
	}
	if err := s.Options.Check(); err != nil {
		return nil, err
	}
	p, err := s.Plan(nil)
	if err == nil && len(p.Jobs) > 1 {
		err = fmt.Errorf("%d jobs, such as %s and %s: give each parameter one value, or use microts batch", len(p.Jobs), p.Jobs[0].Name, p.Jobs[1].Name)
	}
	return p, err
}

// Run runs the job and returns what it returned, and its exit code: 0, 1, or that of
// os.exit. A failure of the script is told on the standard error. The error is one of
// the command: the script does not compile, or there is more than one job.
func (a *Alone) Run(ctx context.Context) (t *Table, code int, err error) {
	p, err := a.plan()
	if err != nil {
		return nil, 0, err
	}
	env, err := newEnvironment(&p.Options, a.Env, "")
	if err != nil {
		return nil, 0, err
	}
	defer env.close()
	env.alone, env.standard = true, &standardFiles{os.Stdin, os.Stdout, os.Stderr}
	j := p.Jobs[0]
	active := env.start(ctx, &attempt{Job: j, number: 1, log: &jobLog{file: os.Stdout, path: os.Stdout.Name()}, progress: &Progress{}})
	o := <-active.ended
	if o.Status != Done {
		return nil, max(active.code, 1), nil
	}
	return active.table, 0, nil
}
