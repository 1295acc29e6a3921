package doctor

import "microts/internal/luavm/syntax"

// names are what the variables of a file stand for. A variable is a *syntax.Local, or
// the name of a global.
type names struct {
	modules    map[any]string                  // what require returned, by its module: local ffi = require "ffi"
	cLibraries map[any]bool                    // what ffi.load returned
	values     map[*syntax.Local]syntax.Expr   // of the locals that keep the value they are declared with
	assigned   map[*syntax.Local][]syntax.Expr // all that is assigned to a local, nil for what is unknown; also what it is declared with
	copied     map[*syntax.Local][]syntax.Expr // the tables whose fields all go into that of a local: for k, v in pairs(x) do t[k] = v end
	fields     map[localField][]syntax.Expr    // all that is assigned to a field, nil for what is unknown: compat.lua51 = _VERSION == "Lua 5.1"
}

func newNames() names {
	return names{
		modules: map[any]string{}, cLibraries: map[any]bool{}, values: map[*syntax.Local]syntax.Expr{},
		assigned: map[*syntax.Local][]syntax.Expr{}, copied: map[*syntax.Local][]syntax.Expr{}, fields: map[localField][]syntax.Expr{},
	}
}

// localField is a field of a table that a local variable holds.
type localField struct {
	table *syntax.Local
	name  string
}

// learn learns what a statement, or rawset, gives values to.
func (f *file) learn(n syntax.Node) bool {
	switch s := n.(type) {
	case *syntax.LocalStmt:
		for i, l := range s.Locals {
			f.assign(l, s.Exprs, i)
			if len(s.Exprs) > 0 {
				f.keep(l, s.Exprs, i)
			}
			if i < len(s.Exprs) && !l.Assigned {
				f.values[l] = s.Exprs[i]
				f.assignItems(l, s.Exprs[i])
			}
		}
	case *syntax.LocalFunctionStmt:
		if !s.Local.Assigned {
			f.values[s.Local] = &syntax.FunctionExpr{Line: s.Line, Func: s.Func}
		}
	case *syntax.AssignStmt:
		for i, target := range s.Targets {
			f.assign(variable(target), s.Exprs, i)
			f.keep(variable(target), s.Exprs, i)
			f.define(target)
			f.assignField(target, s.Exprs, i)
		}
	case *syntax.CallExpr:
		if f.callee(s) == "rawset" && len(s.Args) == 3 {
			f.define(&syntax.IndexExpr{Object: s.Args[0], Key: s.Args[1]})
		}
	case *syntax.StringExpr:
		f.finalizes = f.finalizes || s.Value == "__gc"
	case *syntax.GenericForStmt:
		f.learnCopy(s)
	case *syntax.FunctionStmt:
		f.define(s.Target)
		f.keep(variable(s.Target), nil, 0)
		f.assignField(s.Target, nil, 0)
	}
	return true
}

// define learns that the script gives a global or a field of a library its own value.
func (f *file) define(target syntax.Expr) {
	if name := f.globalName(target); name != "" {
		f.defined[name] = true
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

// learnCopy learns what for k, v in pairs(x) do t[k] = v end does.
func (f *file) learnCopy(s *syntax.GenericForStmt) {
	if len(s.Vars) != 2 || len(s.Body.Stmts) != 1 {
		return
	}
	pairs, ok := s.Exprs[0].(*syntax.CallExpr)
	set, isSet := s.Body.Stmts[0].(*syntax.AssignStmt)
	if !ok || !isSet || f.callee(pairs) != "pairs" || len(pairs.Args) != 1 || len(set.Targets) != 1 || len(set.Exprs) != 1 {
		return
	}
	field, ok := set.Targets[0].(*syntax.IndexExpr)
	if !ok || variable(field.Key) != s.Vars[0] || variable(set.Exprs[0]) != s.Vars[1] {
		return
	}
	if t, ok := variable(field.Object).(*syntax.Local); ok {
		f.copied[t] = append(f.copied[t], pairs.Args[0])
	}
}

// keep learns that a variable gets value i of a list, if it is a local.
func (f *file) keep(v any, exprs []syntax.Expr, i int) {
	l, ok := v.(*syntax.Local)
	if !ok {
		return
	}
	var value syntax.Expr
	if i < len(exprs) {
		value = exprs[i]
	}
	f.assigned[l] = append(f.assigned[l], value)
}

// assignField learns that a field of a local table gets value i of a list.
func (f *file) assignField(target syntax.Expr, exprs []syntax.Expr, i int) {
	field, ok := fieldOfLocal(target)
	if !ok {
		return
	}
	var value syntax.Expr
	if i < len(exprs) {
		value = exprs[i]
	}
	f.assignTo(field, value)
}

// assignItems learns the fields of local t = {k = x}.
func (f *file) assignItems(l *syntax.Local, value syntax.Expr) {
	table, ok := value.(*syntax.TableExpr)
	if !ok {
		return
	}
	for _, item := range table.Items {
		if key, ok := item.Key.(*syntax.StringExpr); ok {
			f.assignTo(localField{l, key.Value}, item.Value)
		}
	}
}

// assignTo learns that a field gets a value; nil is any. A constant counts as any: it is
// the first of several that the script keeps there, such as t.running = false.
func (f *file) assignTo(field localField, value syntax.Expr) {
	if isConstant(value) {
		value = nil
	}
	f.fields[field] = append(f.fields[field], value)
}

func isNil(e syntax.Expr) bool {
	_, ok := e.(*syntax.NilExpr)
	return ok
}

func isConstant(e syntax.Expr) bool {
	switch e.(type) {
	case *syntax.NilExpr, *syntax.TrueExpr, *syntax.FalseExpr, *syntax.NumberExpr, *syntax.StringExpr:
		return true
	}
	return false
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
