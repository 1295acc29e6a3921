package batch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"microts/internal/luavm"
)

// neededRows are the rows of a job that another job needs, for job.results.
type neededRows struct {
	Job  *Job  `json:"job"`
	Rows *Rows `json:"rows"` // nil: it returned none
}

// neededRows returns the rows of the jobs that j needs, in the order of their IDs.
func (f *Folder) neededRows(j *Job) []neededRows {
	all := make([]neededRows, len(j.Needs))
	for i, id := range slices.Sorted(slices.Values(j.Needs)) {
		all[i] = neededRows{f.jobs[id].Job, f.jobs[id].rows}
	}
	return all
}

// isScript says whether the job's script is called so: by its name, its path, or its
// file.
func (j *Job) isScript(name string) bool {
	return j.scriptName() == name || filepath.Clean(j.Script) == filepath.Clean(name) || filepath.Base(j.Script) == name
}

// jobResults is job.results([script]). It returns an iterator.
func (a *activeAttempt) jobResults(c *luavm.Call) {
	needs := a.needs
	if name := c.OptString(1, ""); name != "" {
		needs = nil
		for _, n := range a.needs {
			if n.Job.isScript(name) {
				needs = append(needs, n)
			}
		}
		if len(needs) == 0 {
			c.ArgError(1, fmt.Sprintf("a script that the job needs expected, %s, got %q", a.neededScripts(), name))
		}
	}
	it := &rowIterator{path: filepath.Join(a.folder, rowsFile), needs: needs}
	c.Return(luavm.NewFunctionWith("results", it, it.next).Value())
}

// neededScripts names the scripts that the job needs.
func (a *activeAttempt) neededScripts() string {
	var names []string
	for _, n := range a.needs {
		if name := fmt.Sprintf("%q", n.Job.scriptName()); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if names == nil {
		return "of which there is none: the header's needs name them"
	}
	return strings.Join(names, " or ")
}

// rowIterator iterates over the rows of jobs. A row is a table with job_id, the
// parameters of its job, and what the job returned.
type rowIterator struct {
	path  string // of the file of rows
	needs []neededRows

	rows   *Table       // of the job whose rows come now; nil: none
	row    int          // the next one, from 0 on
	shape  *luavm.Shape // of a row
	values []rowValue   // in the order of shape
	size   int64        // bytes that rows takes
}

// rowValue makes one value of a row.
type rowValue struct {
	fixed  luavm.Value // of all rows, unless there is a column
	column *column
	words  []luavm.Value // of a column of texts
}

// MemorySize implements luavm.MemorySizer.
func (it *rowIterator) MemorySize() int64 { return it.size }

// next returns the next row, or nil.
func (it *rowIterator) next(c *luavm.Call) {
	for it.rows == nil || it.row == it.rows.Rows {
		if len(it.needs) == 0 {
			it.rows, it.values, it.size = nil, nil, 0
			c.Return(luavm.Nil)
			return
		}
		need := it.needs[0]
		it.needs = it.needs[1:]
		if need.Rows != nil {
			it.load(c, need)
		}
	}
	t := it.shape.NewTable()
	for i := range it.values {
		t.SetField(i, it.values[i].at(it.row))
	}
	it.row++
	c.Return(t.Value())
}

// load makes the rows of a job those that come next.
func (it *rowIterator) load(c *luavm.Call, need neededRows) {
	const sizeValue = 16 // bytes, or so
	it.rows, it.values = nil, nil
	it.size = int64(need.Rows.Count)*int64(len(need.Rows.Columns))*sizeValue + need.Rows.To - need.Rows.From
	c.Room(int(it.size))
	t, err := readTable(it.path, need.Rows)
	if err != nil {
		c.Errorf("%v", err)
	}
	var keys []*luavm.String
	add := func(name string, v rowValue) {
		keys = append(keys, luavm.Intern(name))
		it.values = append(it.values, v)
	}
	add(jobColumn, rowValue{fixed: luavm.Int(need.Job.ID)})
	for _, p := range need.Job.Params {
		add(p.Name, rowValue{fixed: luaValue(p.Value)})
	}
	for _, column := range t.Columns {
		v := rowValue{column: column}
		for _, word := range column.words {
			v.words = append(v.words, luavm.NewString(word).Value())
		}
		add(column.Name, v)
	}
	it.rows, it.row, it.shape = t, 0, luavm.NewShape(0, 0, keys...)
}

// at returns the value of row i, from 0 on.
func (v *rowValue) at(i int) luavm.Value {
	c := v.column
	switch {
	case c == nil:
		return v.fixed
	case !c.has(i):
		return luavm.Nil
	case c.numbers != nil:
		return luavm.Number(c.numbers[i])
	case c.truths != nil:
		return luavm.Bool(c.truths[i])
	}
	return v.words[c.texts[i]]
}

// readTable reads the rows of a job from the file of rows at path.
func readTable(path string, r *Rows) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	block, err := readBlock(f, r)
	if err != nil {
		return nil, err
	}
	return decodeTable(block)
}
