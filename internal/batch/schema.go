package batch

import (
	"fmt"
	"strings"
)

const jobColumn = "job_id"

// schema are the columns of the results of one script: job_id, the parameters, and the
// fields that its jobs returned, in the order in which they first occur.
type schema struct {
	script  string // its name
	columns []*resultColumn
	index   map[string]int // in columns, by name
	jobs    []*jobHistory  // that are done and returned rows, in the order of their IDs
	rows    int            // that these returned
}

// resultColumn is a column of results.
type resultColumn struct {
	name  string
	kind  Kind
	param bool   // the values are parameters, or job_id
	job   string // name of the first job that has a value
	row   int    // the first row of this job that has a value
}

// scriptName returns the name of the job's script.
func (j *Job) scriptName() string {
	if len(j.Params) == 0 {
		return j.Name
	}
	return strings.TrimSuffix(j.Name, "["+j.Params.String()+"]")
}

// schemas returns the schemas of all scripts, in the order of their first jobs, with
// the jobs that are done.
func (f *Folder) schemas() []*schema {
	var all []*schema
	known := map[string]*schema{}
	for _, j := range f.Plan.Jobs {
		name := j.scriptName()
		s := known[name]
		if s == nil {
			s = newSchema(name)
			known[name] = s
			all = append(all, s)
		}
		s.addParams(j.Params)
	}
	for _, j := range f.Plan.Jobs { // after all parameters, so that these come first
		if h := f.jobs[j.ID]; h.status == Done && h.rows != nil {
			s := known[j.scriptName()]
			s.add(h, h.rows)
			s.jobs = append(s.jobs, h)
			s.rows += h.rows.Count
		}
	}
	return all
}

func newSchema(script string) *schema {
	s := &schema{script: script, index: map[string]int{}}
	s.column(jobColumn).kind = Int
	s.columns[0].param = true
	return s
}

// column returns a column, which it adds if it is new.
func (s *schema) column(name string) *resultColumn {
	i, ok := s.index[name]
	if !ok {
		i = len(s.columns)
		s.index[name] = i
		s.columns = append(s.columns, &resultColumn{name: name})
	}
	return s.columns[i]
}

// addParams adds the parameters of a job.
func (s *schema) addParams(params Params) {
	for _, p := range params {
		c := s.column(p.Name)
		c.param = true
		kind, ok := c.kind.join(kindOf(p.Value))
		if !ok {
			kind = Text
		}
		c.kind = kind
	}
}

// add adds what a job returned. It adds nothing, and returns an error that names both
// rows, if a column would have two types.
func (s *schema) add(j *jobHistory, r *Rows) error {
	for _, c := range r.Columns {
		i, known := s.index[c.Name]
		if !known {
			continue
		}
		had := s.columns[i]
		if _, ok := had.kind.join(c.Kind); !ok {
			return fmt.Errorf("result: row %d: %s: a %s expected, as in row %d of %s, got a %s: a column has one type",
				c.Row, cut(c.Name), had.kind.family(), had.row, had.job, c.Kind.family())
		}
	}
	for _, c := range r.Columns {
		had := s.column(c.Name)
		if had.kind == NoKind {
			had.job, had.row = j.Name, c.Row
		}
		had.kind, _ = had.kind.join(c.Kind)
	}
	return nil
}

// together returns the schema of the results of all scripts, or nil if their columns
// differ.
func together(all []*schema) *schema {
	var with []*schema // rows
	for _, s := range all {
		if s.rows > 0 {
			with = append(with, s)
		}
	}
	if len(with) == 0 {
		with = all[:1]
	}
	joined := newSchema("")
	for _, s := range with {
		if joined.rows > 0 && len(s.columns) != len(joined.columns) {
			return nil
		}
		for _, c := range s.columns {
			if _, known := joined.index[c.name]; !known && joined.rows > 0 {
				return nil
			}
			to := joined.column(c.name)
			kind, ok := to.kind.join(c.kind)
			if !ok {
				return nil
			}
			to.kind = kind
		}
		joined.jobs = append(joined.jobs, s.jobs...)
		joined.rows += s.rows
	}
	return joined
}

func (s *schema) names() []string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.name
	}
	return names
}

// origin is where a column of results takes its values for one job: from a column of
// what the job returned, or from a value that is the same in all its rows.
type origin struct {
	column *column // nil: value
	value  any     // nil: none
}

// origins returns the origins of all columns, for a job that returned t.
func (s *schema) origins(j *Job, t *Table) []origin {
	all := make([]origin, len(s.columns))
	set := func(name string, from origin) {
		if i, ok := s.index[name]; ok {
			all[i] = from
		}
	}
	set(jobColumn, origin{value: float64(j.ID)})
	for _, p := range j.Params {
		set(p.Name, origin{value: p.Value})
	}
	for _, c := range t.Columns {
		set(c.Name, origin{column: c})
	}
	return all
}

// at returns the value of row i, from 0 on.
func (s origin) at(i int) any {
	if s.column == nil {
		return s.value
	}
	return s.column.value(i)
}
