package doctor

import (
	"slices"

	"microts/internal/luavm"
	"microts/internal/luavm/syntax"
)

// variable returns what an expression names: a *syntax.Local, the name of a global, or
// nil if it is no variable.
func variable(e syntax.Expr) any {
	switch e := e.(type) {
	case *syntax.LocalExpr:
		return e.Local
	case *syntax.UpvalueExpr:
		return e.Local
	case *syntax.GlobalExpr:
		return e.Name
	}
	return nil
}

// fieldOfLocal returns the field of a local table that an expression names.
func fieldOfLocal(e syntax.Expr) (field localField, ok bool) {
	get, ok := e.(*syntax.IndexExpr)
	if !ok {
		return field, false
	}
	table, ok := variable(get.Object).(*syntax.Local)
	name := constantKey(get)
	return localField{table, name}, ok && name != ""
}

// moduleOf returns the module that an expression is, or "".
func (f *file) moduleOf(e syntax.Expr) string {
	e = f.resolve(e)
	if c, ok := e.(*syntax.CallExpr); ok {
		module, _ := f.required(c)
		return module
	}
	return f.modules[variable(e)]
}

// libraries are the global tables whose fields are checked. So are those of modules.
var libraries = []string{"string", "table", "math", "os", "io", "debug", "coroutine", "bit", "jit", "package"}

// library returns the name of the library or built-in module that an expression is, or "":
// the global table, a local variable that holds it, or what require returns for its name. A
// library that the script replaces is none.
func (f *file) library(e syntax.Expr) string {
	name := f.moduleOf(e)
	if name != "" && f.isBuiltin(name) {
		return name
	}
	if name == "" {
		name = f.globalName(e)
	}
	if !slices.Contains(libraries, name) || f.defined[name] {
		return ""
	}
	return name
}

// globalName returns the name of the global that an expression is, or "": x, _G.x, or a local
// that keeps it.
func (f *file) globalName(e syntax.Expr) string {
	switch e := f.resolve(e).(type) {
	case *syntax.GlobalExpr:
		return e.Name
	case *syntax.IndexExpr:
		if g, ok := f.resolve(e.Object).(*syntax.GlobalExpr); ok && g.Name == "_G" {
			return constantKey(e)
		}
	}
	return ""
}

// mostAliases bounds how far doctor follows local a = b.
const mostAliases = 20

// resolve returns the expression that a local variable was declared with, if it is
// never assigned, or that a field of one is assigned, if that happens once. Of any other
// expression, it returns the expression itself.
func (f *file) resolve(e syntax.Expr) syntax.Expr {
	for range mostAliases {
		value := f.valueOf(e)
		if value == nil {
			break
		}
		e = value
	}
	return e
}

// valueOf returns the expression that a variable or field stands for, or nil.
func (f *file) valueOf(e syntax.Expr) syntax.Expr {
	if l, ok := variable(e).(*syntax.Local); ok {
		return f.valueOfLocal(l)
	}
	if field, ok := fieldOfLocal(e); ok && len(f.fields[field]) == 1 && !field.table.Assigned {
		return f.fields[field][0]
	}
	return nil
}

// valueOfLocal returns the expression that a local stands for, or nil. One that is declared
// without a value stands for the success of pcall(require, "m"), if it gets nothing else.
func (f *file) valueOfLocal(l *syntax.Local) syntax.Expr {
	if value := f.values[l]; value != nil {
		return value
	}
	if all := f.assigned[l]; len(all) == 1 {
		if c, ok := all[0].(*syntax.CallExpr); ok {
			if _, ok := f.protectedRequired(c); ok {
				return c
			}
		}
	}
	return nil
}

// exported returns the expression that t.k stands for, and the file in which it stands, if t
// is what another file returns: local M = {}; M.k = x; return M. Or it returns nil.
func (f *file) exported(e *syntax.IndexExpr) (in *file, value syntax.Expr) {
	in, table := f, e.Object
	for range mostAliases {
		module := in.moduleOf(table)
		if module == "" || in.isBuiltin(module) {
			return nil, nil
		}
		if in = f.fileAt(f.pathOf(module)); in == nil {
			return nil, nil
		}
		returned := in.returned()
		if value := in.valueOf(&syntax.IndexExpr{Object: returned, Key: e.Key}); value != nil {
			return in, value
		}
		l, ok := variable(returned).(*syntax.Local)
		if !ok || len(in.copied[l]) != 1 {
			return nil, nil
		}
		table = in.copied[l][0]
	}
	return nil, nil
}

// returned returns the expression that the file returns, or nil.
func (f *file) returned() syntax.Expr {
	if f.chunk == nil || len(f.chunk.Body.Stmts) == 0 {
		return nil
	}
	stmts := f.chunk.Body.Stmts
	last, ok := stmts[len(stmts)-1].(*syntax.ReturnStmt)
	if !ok || len(last.Exprs) != 1 {
		return nil
	}
	return last.Exprs[0]
}

// field returns "string.rep" for the field of a library, or "".
func (f *file) field(e syntax.Expr) string {
	get, ok := e.(*syntax.IndexExpr)
	if !ok {
		return ""
	}
	library, key := f.library(get.Object), constantKey(get)
	if library == "" || key == "" {
		return ""
	}
	return library + "." + key
}

// libraryTable returns the table of a library or of a built-in module, or nil.
func (d *doctor) libraryTable(library string) *luavm.Table {
	if slices.Contains(libraries, library) {
		t, _ := d.state.Lua.Globals.GetString(library).AsTable()
		return t
	}
	return d.builtin(library)
}

// constantKey returns the key of an index if it is a constant string, or "".
func constantKey(get *syntax.IndexExpr) string {
	if s, ok := get.Key.(*syntax.StringExpr); ok {
		return s.Value
	}
	return ""
}

// moduleCall returns the name of the function if a call is one of a module's function,
// or "".
func (f *file) moduleCall(c *syntax.CallExpr, module string) string {
	if get, ok := c.Func.(*syntax.IndexExpr); ok && f.moduleOf(get.Object) == module {
		return constantKey(get)
	}
	return ""
}

// callee returns the "f" or "t.f" of globals that a call names, or "".
func (f *file) callee(c *syntax.CallExpr) string {
	switch e := f.resolve(c.Func).(type) {
	case *syntax.GlobalExpr:
		return e.Name
	case *syntax.IndexExpr:
		if g, ok := f.resolve(e.Object).(*syntax.GlobalExpr); ok {
			return g.Name + "." + constantKey(e)
		}
	}
	return ""
}

// required returns the module of require "m".
func (f *file) required(c *syntax.CallExpr) (module string, ok bool) {
	if f.callee(c) != "require" {
		return "", false
	}
	return f.firstString(c.Args)
}

// protectedRequired returns the module of pcall(require, "m").
func (f *file) protectedRequired(c *syntax.CallExpr) (module string, ok bool) {
	if f.callee(c) != "pcall" || len(c.Args) < 2 {
		return "", false
	}
	g, ok := f.resolve(c.Args[0]).(*syntax.GlobalExpr)
	if !ok || g.Name != "require" {
		return "", false
	}
	return f.firstString(c.Args[1:])
}

// firstString returns the first of a call's arguments if it is a constant string.
func (f *file) firstString(args []syntax.Expr) (value string, ok bool) {
	if len(args) == 0 {
		return "", false
	}
	v, ok := f.value(args[0])
	if !ok || !v.IsString() {
		return "", false
	}
	return v.Text(), true
}
