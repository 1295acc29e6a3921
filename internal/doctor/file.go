package doctor

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"microts/internal/luavm/syntax"
)

// file is one file that is examined.
type file struct {
	*doctor
	path      string
	chunk     *syntax.Function // its syntax tree; nil if it cannot be read
	findings  []Finding
	finalizes bool // the name "__gc" stands in it

	names
	guards
	unused map[*syntax.IndexExpr]bool // fields that locals keep which nothing has used so far
}

func newFile(d *doctor, path string) *file {
	return &file{doctor: d, path: path, names: newNames(), guards: newGuards(), unused: map[*syntax.IndexExpr]bool{}}
}

// find adds a finding of what will not run, unless a pcall around it catches the error.
func (f *file) find(line syntax.Line, format string, args ...any) {
	if f.protected > 0 {
		return
	}
	f.findings = append(f.findings, Finding{File: f.path, Line: int(line), Message: fmt.Sprintf(format, args...)})
}

// note adds a finding of what may run.
func (f *file) note(line syntax.Line, format string, args ...any) {
	if f.protected > 0 {
		return
	}
	f.findings = append(f.findings, Finding{File: f.path, Line: int(line), Message: fmt.Sprintf(format, args...), Note: true})
}

// read parses the file, learns what its names stand for, and reads the files that
// it requires. examine needs all files read: each may define functions for others.
func (f *file) read() {
	source, err := os.ReadFile(f.path)
	if err != nil {
		f.find(0, "%v", err)
		return
	}
	chunk, err := syntax.Parse(source, f.path)
	if err != nil {
		f.findSyntaxError(err)
		return
	}
	f.chunk = chunk
	syntax.Visit(f.chunk, f.learn)
	f.visit(f.readRequired)
}

// findSyntaxError adds the finding of an error of the parser.
func (f *file) findSyntaxError(err error) {
	line, message := syntax.Line(0), err.Error()
	if e := (*syntax.Error)(nil); errors.As(err, &e) {
		line = e.Line
	}
	for _, place := range []string{fmt.Sprintf("%s:%d: ", f.path, line), f.path + ": "} {
		message = strings.TrimPrefix(message, place)
	}
	f.find(line, "%s", message)
}

// examine finds what will not run, after all files are read.
func (f *file) examine() {
	if f.chunk != nil {
		clear(f.truths) // other files have defined more since read
		syntax.Visit(f.chunk, f.noteTest)
		f.visit(f.check)
	}
}
