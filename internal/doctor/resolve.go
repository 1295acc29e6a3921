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

// libraries are the global tables whose fields are checked.
var libraries = []string{"string", "table", "math", "os", "io", "debug", "coroutine", "bit", "jit", "package"}

// library returns the name of the library that an expression is, or "": the global
// table, a local variable that holds it, or what require returns for its name. A
// library that the script replaces is none.
func (f *file) library(e syntax.Expr) string {
	name := f.moduleOf(e)
	if g, ok := f.resolve(e).(*syntax.GlobalExpr); ok && name == "" {
		name = g.Name
	}
	if !slices.Contains(libraries, name) || f.defined[name] {
		return ""
	}
	return name
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
		return f.values[l]
	}
	if field, ok := fieldOfLocal(e); ok && len(f.fields[field]) == 1 && !field.table.Assigned {
		return f.fields[field][0]
	}
	return nil
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

// libraryTable returns the table of a library, or nil.
func (d *doctor) libraryTable(library string) *luavm.Table {
	t, _ := d.state.Lua.Globals.GetString(library).AsTable()
	return t
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
	return firstString(c.Args)
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
	return firstString(c.Args[1:])
}

// firstString returns the first of a call's arguments if it is a constant string.
func firstString(args []syntax.Expr) (value string, ok bool) {
	if len(args) == 0 {
		return "", false
	}
	s, ok := args[0].(*syntax.StringExpr)
	if !ok {
		return "", false
	}
	return s.Value, true
}
