package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"microts/internal/compat/ffi"
	"microts/internal/host"
	"microts/internal/luavm"
)

// Finding is something in a script that will not run.
type Finding struct {
	File    string
	Line    int // from 1; 0 is the whole file
	Message string

	// Note says that it may run: only the running script knows.
	Note bool
}

// String returns "file:line: message".
func (f Finding) String() string {
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	if f.Note {
		return where + ": note: " + f.Message
	}
	return where + ": " + f.Message
}

// Examine reads a script and the files that it requires, and returns what will not
// run: by files in the order in which they are required, then by lines. A required
// file that cannot be read is a finding. The error says why the script itself
// cannot be read.
func Examine(script string) ([]Finding, error) {
	if _, err := os.Stat(script); err != nil {
		var p *os.PathError
		errors.As(err, &p)
		return nil, fmt.Errorf("cannot open %s: %w", script, p.Err)
	}
	state := host.New(host.Options{Out: host.NewOutput(io.Discard, nil), Exit: func(int) {}})
	defer state.Close()
	state.SearchFolder(filepath.Dir(script))
	d := &doctor{state: state, made: map[string]*luavm.Table{}, defined: map[string]bool{}}
	d.paths = strings.Split(d.libraryTable("package").GetString("path").Text(), ";")
	d.read(script)
	var all []Finding
	for _, f := range d.files {
		f.examine()
		slices.SortStableFunc(f.findings, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
		all = append(all, f.findings...)
	}
	return all, nil
}

// doctor examines one script with the files that it requires.
type doctor struct {
	state   *host.State             // knows the libraries and modules that are there
	made    map[string]*luavm.Table // modules that are tables, by their names; nil for others
	types   ffi.Declarations        // of ffi.cdef, of all files
	paths   []string                // patterns of package.path
	files   []*file                 // in the order in which they are required
	defined map[string]bool         // globals and fields of libraries that the files assign to: "string.trim"
}

// read reads a file and the files that it requires, unless that was done.
func (d *doctor) read(path string) {
	if d.fileAt(path) != nil {
		return
	}
	f := newFile(d, path)
	d.files = append(d.files, f)
	f.read()
}

// fileAt returns the file of a path that was read, or nil.
func (d *doctor) fileAt(path string) *file {
	i := slices.IndexFunc(d.files, func(f *file) bool { return f.path == path })
	if i < 0 {
		return nil
	}
	return d.files[i]
}
