package doctor

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/syntax"
)

// names are what the variables of a file stand for. A variable is a *syntax.Local, or
// the name of a global.
type names struct {
	modules    map[any]string                // what require returned, by its module: local ffi = require "ffi"
	cLibraries map[any]bool                  // what ffi.load returned
	values     map[*syntax.Local]syntax.Expr // of the locals that keep the value they are declared with
	fields     map[localField][]syntax.Expr  // all that is assigned to a field: compat.lua51 = _VERSION == "Lua 5.1"
}

func newNames() names {
	return names{
		modules: map[any]string{}, cLibraries: map[any]bool{}, values: map[*syntax.Local]syntax.Expr{}, fields: map[localField][]syntax.Expr{},
	}
}

// localField is a field of a table that a local variable holds.
type localField struct {
	table *syntax.Local
	name  string
}

// learn learns what a statement gives values to.
func (f *file) learn(n syntax.Node) bool {
	switch s := n.(type) {
	case *syntax.LocalStmt:
		for i, l := range s.Locals {
			f.assign(l, s.Exprs, i)
			if i < len(s.Exprs) && !l.Assigned {
				f.values[l] = s.Exprs[i]
			}
		}
	case *syntax.LocalFunctionStmt:
		if !s.Local.Assigned {
			f.values[s.Local] = &syntax.FunctionExpr{Line: s.Line, Func: s.Func}
		}
	case *syntax.AssignStmt:
		for i, target := range s.Targets {
			f.assign(variable(target), s.Exprs, i)
			f.define(target)
			f.assignField(target, s.Exprs, i)
		}
	case *syntax.FunctionStmt:
		f.define(s.Target)
	}
	return true
}

// define learns that the script gives a global or a field of a library its own value.
func (f *file) define(target syntax.Expr) {
	if g, ok := target.(*syntax.GlobalExpr); ok {
		f.defined[g.Name] = true
	}
	if field := f.field(target); field != "" {
		f.defined[field] = true
	}
}

// assign learns that a variable gets value i of a list.
func (f *file) assign(v any, exprs []syntax.Expr, i int) {
	if v == nil {
		return
	}
	if i >= len(exprs) {
		f.assignResult(v, exprs, i)
		return
	}
	c, ok := exprs[i].(*syntax.CallExpr)
	if !ok {
		return
	}
	if module, ok := f.required(c); ok {
		f.modules[v] = module
	}
	if f.callee(c) == "ffi.load" || f.moduleCall(c, "ffi") == "load" {
		f.cLibraries[v] = true
	}
}

// assignField learns that a field of a local table gets value i of a list.
func (f *file) assignField(target syntax.Expr, exprs []syntax.Expr, i int) {
	field, ok := fieldOfLocal(target)
	if !ok {
		return
	}
	var value syntax.Expr // nil: unknown, as is a state that the script keeps: t.running = false
	if i < len(exprs) && !isConstant(exprs[i]) {
		value = exprs[i]
	}
	f.fields[field] = append(f.fields[field], value)
}

func isConstant(e syntax.Expr) bool {
	switch e.(type) {
	case *syntax.NilExpr, *syntax.TrueExpr, *syntax.FalseExpr, *syntax.NumberExpr, *syntax.StringExpr:
		return true
	}
	return false
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

// assignResult learns that a variable gets the module of local ok, m = pcall(require, "m").
func (f *file) assignResult(v any, exprs []syntax.Expr, i int) {
	if len(exprs) == 0 || i != len(exprs) {
		return
	}
	if c, ok := exprs[i-1].(*syntax.CallExpr); ok {
		if module, ok := f.protectedRequired(c); ok {
			f.modules[v] = module
		}
	}
}

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

// libraryTable returns the table of a library.
func (d *doctor) libraryTable(library string) *lua.LTable {
	t, _ := d.state.Lua.GetGlobal(library).(*lua.LTable)
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
