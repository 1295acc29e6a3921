package doctor

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"microts/internal/compat"
	"microts/internal/host"
	"microts/internal/suggest"
)

// Finding is something in a script that will not run here.
type Finding struct {
	File    string
	Line    int // from 1; 0: the whole file
	Message string

	// Note says that it may run: the doctor cannot tell.
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

// doctor examines one script with what it requires.
type doctor struct {
	state   *host.State     // to look up what is there
	paths   []string        // patterns of package.path
	files   []*file         // in the order in which they are required
	defined map[string]bool // functions that the files add to libraries: string.trim
}

// Examine reads a script and all it requires and returns what will not run, in
// the order of files as they are required and of lines. The error is that of a
// script that cannot be read.
func Examine(script string) ([]Finding, error) {
	if _, err := os.Stat(script); err != nil {
		var p *os.PathError
		errors.As(err, &p)
		return nil, fmt.Errorf("cannot open %s: %w", script, p.Err)
	}
	state := host.New(host.Options{Out: host.NewOutput(io.Discard, nil), Exit: func(int) {}})
	defer state.Close()
	state.SearchFolder(filepath.Dir(script))
	path := lua.LVAsString(state.Lua.GetField(state.Lua.GetGlobal("package"), "path"))
	d := &doctor{state: state, paths: strings.Split(path, ";"), defined: map[string]bool{}}
	d.read(script)
	var all []Finding
	for _, f := range d.files {
		compat.Walk(f.chunk, f.tests, f.expressionTests)
		compat.Walk(f.chunk, func(ast.Stmt) {}, f.expression)
		slices.SortStableFunc(f.findings, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
		all = append(all, f.findings...)
	}
	return all, nil
}

// file is one file that is examined.
type file struct {
	*doctor
	path     string
	chunk    []ast.Stmt
	findings []Finding

	aliases   map[string]string // names of modules: ffi of require "ffi"
	locals    map[string]bool   // names of anything else
	libraries map[string]bool   // names of what ffi.load returned
	tested    map[string]bool   // fields of which the file asks whether they are there
	types     compat.Declarations
}

// read reads a file, once, and those that it requires.
func (d *doctor) read(path string) {
	if slices.ContainsFunc(d.files, func(f *file) bool { return f.path == path }) {
		return
	}
	f := &file{
		doctor: d, path: path,
		aliases: map[string]string{}, locals: map[string]bool{}, libraries: map[string]bool{}, tested: map[string]bool{},
	}
	d.files = append(d.files, f)
	source, err := os.ReadFile(path)
	if err != nil {
		f.find(0, "%v", err)
		return
	}
	source = f.literals(source)
	if f.chunk, err = compat.Parse(source, path); err != nil {
		message, line := strings.TrimPrefix(err.Error(), path+":"), 0
		if _, err := fmt.Sscanf(message, "%d:", &line); err == nil {
			_, message, _ = strings.Cut(message, ":")
		}
		f.find(line, "%s", strings.TrimSpace(message))
		return
	}
	compat.Walk(f.chunk, f.declaration, nil)
	compat.Walk(f.chunk, f.pathAddition, f.requirement)
}

func (f *file) find(line int, format string, args ...any) {
	f.findings = append(f.findings, Finding{File: f.path, Line: line, Message: fmt.Sprintf(format, args...)})
}

func (f *file) note(line int, format string, args ...any) {
	f.findings = append(f.findings, Finding{File: f.path, Line: line, Message: fmt.Sprintf(format, args...), Note: true})
}

// literals finds what only LuaJIT's lexer knows, and returns the source without.
func (f *file) literals(source []byte) []byte {
	var b []byte
	for _, p := range compat.Parts(source) {
		if p.Kind != compat.Code {
			b = append(b, p.Text...)
			continue
		}
		for i, code := range bytes.SplitAfter(p.Text, []byte("\n")) {
			rest := string(code)
			for literal := compat.FindLiteral(rest); literal != ""; literal = compat.FindLiteral(rest) {
				f.find(p.Line+i, "%s", compat.LiteralHint(literal))
				before, after, _ := strings.Cut(rest, literal)
				b = append(b, before+strings.TrimRight(literal, "uUlLi")...)
				rest = after
			}
			b = append(b, rest...)
		}
	}
	return b
}

// declaration notes what local names stand for.
func (f *file) declaration(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.LocalAssignStmt:
		for i, name := range s.Names {
			if i < len(s.Exprs) {
				f.declare(name, s.Exprs[i])
			} else {
				f.locals[name] = true
			}
		}
	case *ast.AssignStmt: // a global, or a local that was declared before
		for i, l := range s.Lhs {
			if id, ok := l.(*ast.IdentExpr); ok && i < len(s.Rhs) {
				f.declare(id.Value, s.Rhs[i])
			}
			f.defined[fieldName(l)] = true
		}
	case *ast.FuncDefStmt:
		f.defined[fieldName(s.Name.Func)] = true
	case *ast.NumberForStmt:
		f.locals[s.Name] = true
	case *ast.GenericForStmt:
		for _, name := range s.Names {
			f.locals[name] = true
		}
	}
}

func (f *file) declare(name string, value ast.Expr) {
	switch v := value.(type) {
	case *ast.IdentExpr:
		if v.Value == name { // local string = string
			return
		}
	case *ast.FuncCallExpr:
		if module, ok := constantArg(v, "require"); ok {
			f.aliases[name] = module
			return
		}
		if callee(v) == "ffi.load" || f.moduleCall(v, "ffi") == "load" {
			f.libraries[name] = true
			return
		}
	}
	f.locals[name] = true
}

// callee returns "f" or "t.f" of a call, or "".
func callee(c *ast.FuncCallExpr) string {
	if id, ok := c.Func.(*ast.IdentExpr); ok {
		return id.Value
	}
	return fieldName(c.Func)
}

// fieldName returns "t.f" of a field of a variable, or "".
func fieldName(e ast.Expr) string {
	get, ok := e.(*ast.AttrGetExpr)
	if !ok {
		return ""
	}
	t, _ := get.Object.(*ast.IdentExpr)
	k, _ := get.Key.(*ast.StringExpr)
	if t == nil || k == nil {
		return ""
	}
	return t.Value + "." + k.Value
}

// constantArg returns the first argument of a call of a function, if it is a
// constant string.
func constantArg(c *ast.FuncCallExpr, name string) (string, bool) {
	if callee(c) != name || len(c.Args) == 0 {
		return "", false
	}
	s, ok := c.Args[0].(*ast.StringExpr)
	if !ok {
		return "", false
	}
	return s.Value, true
}

// moduleCall returns the name of the function of a module that is called, or "".
func (f *file) moduleCall(c *ast.FuncCallExpr, module string) string {
	t, name, ok := strings.Cut(callee(c), ".")
	if ok && f.aliases[t] == module {
		return name
	}
	return ""
}

// pathAddition notes what is added to package.path.
func (f *file) pathAddition(s ast.Stmt) {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || fieldName(a.Lhs[0]) != "package.path" {
		return
	}
	compat.Walk([]ast.Stmt{&ast.ReturnStmt{Exprs: a.Rhs}}, func(ast.Stmt) {}, func(e ast.Expr) {
		if s, ok := e.(*ast.StringExpr); ok {
			f.paths = append(f.paths, strings.Split(s.Value, ";")...)
		}
	})
}

// tests and expressionTests note of which fields the file asks whether they are
// there: if table.new then, table.new or function ... end.
func (f *file) tests(s ast.Stmt) {
	if s, ok := s.(*ast.IfStmt); ok {
		f.tested[fieldName(s.Condition)] = true
	}
}

func (f *file) expressionTests(e ast.Expr) {
	switch e := e.(type) {
	case *ast.LogicalOpExpr:
		f.tested[fieldName(e.Lhs)], f.tested[fieldName(e.Rhs)] = true, true
	case *ast.RelationalOpExpr:
		f.tested[fieldName(e.Lhs)], f.tested[fieldName(e.Rhs)] = true, true
	case *ast.UnaryNotOpExpr:
		f.tested[fieldName(e.Expr)] = true
	}
}

// requirement reads what is required.
func (f *file) requirement(e ast.Expr) {
	c, ok := e.(*ast.FuncCallExpr)
	if !ok {
		return
	}
	switch name := callee(c); name {
	case "require":
		if module, ok := constantArg(c, name); ok {
			f.require(c.Line(), module)
		} else {
			f.note(c.Line(), "what is required here is known only when the script runs")
		}
	case "dofile", "loadfile":
		if path, ok := constantArg(c, name); ok {
			if _, err := os.Stat(path); err == nil {
				f.read(path)
			}
		}
	}
}

func (f *file) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		f.call(e)
	case *ast.AttrGetExpr:
		if !f.tested[fieldName(e)] {
			f.field(e)
		}
	}
}

func (f *file) call(c *ast.FuncCallExpr) {
	line := c.Line()
	switch name := callee(c); name {
	case "string.dump":
		f.find(line, "string.dump is not available in microts: pass the function's source on")
	case "load", "loadstring":
		if code, ok := constantArg(c, name); ok && strings.HasPrefix(code, "\x1b") {
			f.find(line, "compiled bytecode is loaded here, which only the Lua that made it can run: load the source")
		}
	}
	switch f.moduleCall(c, "ffi") {
	case "cdef":
		if text, ok := c.Args[0].(*ast.StringExpr); ok {
			f.types.Declare(text.Value)
		}
	case "load":
		if path, ok := c.Args[0].(*ast.StringExpr); ok && !compat.HasLibrary(path.Value) {
			f.find(line, "ffi.load: library %q is not available in microts: it has micro_ts and rocksdb", path.Value)
		}
	case "new", "cast", "typeof", "sizeof", "istype":
		if len(c.Args) == 0 {
			return
		}
		if text, ok := c.Args[0].(*ast.StringExpr); ok {
			if err := f.types.Check(text.Value); err != nil {
				f.find(line, "%v", err)
			}
		}
	}
}

// field finds fields of modules that are not there.
func (f *file) field(get *ast.AttrGetExpr) {
	key, ok := get.Key.(*ast.StringExpr)
	if !ok {
		return
	}
	switch t := get.Object.(type) {
	case *ast.IdentExpr:
		switch module := f.aliases[t.Value]; {
		case f.libraries[t.Value]:
			f.cFunction(get.Line(), key.Value)
		case module == "ffi":
			if use := compat.FFIInstead[key.Value]; use != "" {
				f.find(get.Line(), "ffi.%s is not available in microts: use %s", key.Value, use)
			}
		case module != "":
			f.libraryField(get.Line(), module, key.Value)
		case !f.locals[t.Value]:
			f.libraryField(get.Line(), t.Value, key.Value)
		}
	case *ast.AttrGetExpr: // ffi.C.name
		ffi, _ := t.Object.(*ast.IdentExpr)
		c, _ := t.Key.(*ast.StringExpr)
		if ffi != nil && c != nil && c.Value == "C" && f.aliases[ffi.Value] == "ffi" {
			f.cFunction(get.Line(), key.Value)
		}
	}
}

func (f *file) cFunction(line int, name string) {
	if !compat.HasCFunction(name) {
		f.find(line, "C function '%s' is not available in microts: %s", name, compat.InsteadOf(name))
	}
}

// libraries are the global tables whose functions are known.
var libraries = []string{"string", "table", "math", "os", "io", "debug", "coroutine", "bit", "jit", "package"}

// insteadOfField says what to use for functions that are not there.
var insteadOfField = map[string]string{
	"debug.sethook":         "leave it out, there are no hooks",
	"debug.gethook":         "leave it out, there are no hooks",
	"debug.getregistry":     "use a table of your own",
	"coroutine.isyieldable": "use coroutine.running() ~= nil",
	"package.loadlib":       "write it in Lua, native libraries are not loaded",
	"os.setlocale":          "leave it out, the locale is C",
	"jit.util":              "leave it out, there is no JIT compiler",
}

func (f *file) libraryField(line int, library, name string) {
	if !slices.Contains(libraries, library) {
		return
	}
	t, ok := f.state.Lua.GetGlobal(library).(*lua.LTable)
	if !ok || t.RawGetString(name) != lua.LNil || f.defined[library+"."+name] {
		return
	}
	use := insteadOfField[library+"."+name]
	if use == "" {
		var names []string
		t.ForEach(func(k, _ lua.LValue) { names = append(names, k.String()) })
		slices.Sort(names)
		if near := suggest.Nearest(name, names); near != "" {
			f.find(line, "%s.%s is not available in microts; did you mean %s.%s?", library, name, library, near)
			return
		}
		use = "write it in Lua"
	}
	f.find(line, "%s.%s is not available in microts: %s", library, name, use)
}

func (f *file) require(line int, module string) {
	L := f.state.Lua
	loaded := L.GetField(L.GetField(L.GetGlobal("package"), "loaded"), module)
	preload := L.GetField(L.GetField(L.GetGlobal("package"), "preload"), module)
	if (loaded != lua.LNil || preload != lua.LNil) && compat.InsteadOfModule(module) == "" {
		return
	}
	name := strings.ReplaceAll(module, ".", "/")
	for _, pattern := range f.paths {
		path := strings.ReplaceAll(pattern, "?", name)
		if info, err := os.Stat(path); pattern != "" && err == nil && !info.IsDir() {
			f.read(path)
			return
		}
	}
	if use := compat.InsteadOfModule(module); use != "" {
		f.find(line, "module '%s' is not available in microts: %s", module, use)
		return
	}
	var names []string
	for _, m := range compat.Modules {
		names = append(names, m.Name)
	}
	if near := suggest.Nearest(module, names); near != "" {
		f.find(line, "module '%s' is not found; did you mean '%s'?", module, near)
		return
	}
	f.find(line, "module '%s' is not found along package.path: put %s.lua beside the script; modules in C cannot be loaded", module, name)
}
