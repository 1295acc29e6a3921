package doctor

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"microts/internal/compat/ffi"
	"microts/internal/luasyntax"
)

// file is one file that is examined.
type file struct {
	*doctor
	path     string
	block    []ast.Stmt // its syntax tree; nil if it cannot be read
	findings []Finding

	names
	tested map[string]bool  // fields that the file may find missing: if table.new then
	types  ffi.Declarations // of ffi.cdef
}

func newFile(d *doctor, path string) *file {
	return &file{doctor: d, path: path, names: newNames(), tested: map[string]bool{}}
}

// find adds a finding of what will not run.
func (f *file) find(line int, format string, args ...any) {
	f.findings = append(f.findings, Finding{File: f.path, Line: line, Message: fmt.Sprintf(format, args...)})
}

// note adds a finding of what may run.
func (f *file) note(line int, format string, args ...any) {
	f.findings = append(f.findings, Finding{File: f.path, Line: line, Message: fmt.Sprintf(format, args...), Note: true})
}

// read parses the file, learns what its names stand for, and reads the files that
// it requires. examine needs all files read: each may define functions for others.
func (f *file) read() {
	source, err := os.ReadFile(f.path)
	if err != nil {
		f.find(0, "%v", err)
		return
	}
	if f.block, err = luasyntax.Parse(f.withoutLiterals(source), f.path); err != nil {
		f.findSyntaxError(err)
		return
	}
	luasyntax.Walk(f.block, f.learnStatement, f.learnExpression)
	luasyntax.Walk(f.block, f.addPath, f.readRequired)
}

// findSyntaxError adds the finding of an error that begins with "file:line:", or
// with "file:" if it has no line.
func (f *file) findSyntaxError(err error) {
	message, line := strings.TrimPrefix(err.Error(), f.path+":"), 0
	if _, err := fmt.Sscanf(message, "%d:", &line); err == nil {
		_, message, _ = strings.Cut(message, ":")
	}
	f.find(line, "%s", strings.TrimSpace(message))
}

// withoutLiterals finds the literals that only LuaJIT knows, such as 42LL, and
// returns the source with plain numbers in their place, for the parser.
func (f *file) withoutLiterals(source []byte) []byte {
	var b []byte
	for _, p := range luasyntax.Parts(source) {
		if p.Kind != luasyntax.Code {
			b = append(b, p.Text...)
			continue
		}
		for i, code := range bytes.SplitAfter(p.Text, []byte("\n")) {
			rest := string(code)
			for literal := luasyntax.FindLiteral(rest); literal != ""; literal = luasyntax.FindLiteral(rest) {
				f.find(p.Line+i, "%s", luasyntax.LiteralHint(literal))
				before, after, _ := strings.Cut(rest, literal)
				b = append(b, before+strings.TrimRight(literal, "uUlLi")...)
				rest = after
			}
			b = append(b, rest...)
		}
	}
	return b
}

// examine finds what will not run, after all files are read.
func (f *file) examine() {
	luasyntax.Walk(f.block, f.noteTestStatement, f.noteTestExpression)
	luasyntax.Walk(f.block, nil, f.check)
}

// noteTestStatement notes which field a condition asks for: if table.new then.
func (f *file) noteTestStatement(s ast.Stmt) {
	if s, ok := s.(*ast.IfStmt); ok {
		f.noteTest(s.Condition)
	}
}

// noteTestExpression notes which fields an expression asks for: table.new or
// function() end, not table.new, table.new == nil.
func (f *file) noteTestExpression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.LogicalOpExpr:
		f.noteTest(e.Lhs, e.Rhs)
	case *ast.RelationalOpExpr:
		f.noteTest(e.Lhs, e.Rhs)
	case *ast.UnaryNotOpExpr:
		f.noteTest(e.Expr)
	}
}

func (f *file) noteTest(exprs ...ast.Expr) {
	for _, e := range exprs {
		f.tested[fieldName(e)] = true
	}
}
