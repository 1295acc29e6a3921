package doctor

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// names are what the names of variables in a file stand for. Variables of one name
// in several scopes count as one.
type names struct {
	modules    map[string]string // what require returned, by its module: local ffi = require "ffi"
	cLibraries map[string]bool   // what ffi.load returned
	others     map[string]bool   // anything else that the file declares or assigns
}

func newNames() names {
	return names{modules: map[string]string{}, cLibraries: map[string]bool{}, others: map[string]bool{}}
}

// learnStatement learns what names a statement gives values to.
func (f *file) learnStatement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.LocalAssignStmt:
		for i, name := range s.Names {
			if i < len(s.Exprs) {
				f.assign(name, s.Exprs[i])
			} else {
				f.others[name] = true
			}
		}
	case *ast.AssignStmt:
		for i, l := range s.Lhs {
			if id, ok := l.(*ast.IdentExpr); ok && i < len(s.Rhs) {
				f.assign(id.Value, s.Rhs[i])
			}
			f.defined[fieldName(l)] = true
		}
	case *ast.FuncDefStmt:
		f.defined[fieldName(s.Name.Func)] = true
	case *ast.NumberForStmt:
		f.others[s.Name] = true
	case *ast.GenericForStmt:
		for _, name := range s.Names {
			f.others[name] = true
		}
	}
}

// learnExpression learns the names of a function's parameters.
func (f *file) learnExpression(e ast.Expr) {
	if fn, ok := e.(*ast.FunctionExpr); ok {
		for _, name := range fn.ParList.Names {
			f.others[name] = true
		}
	}
}

// assign learns that a variable gets a value.
func (f *file) assign(name string, value ast.Expr) {
	switch v := value.(type) {
	case *ast.IdentExpr:
		if v.Value == name { // local string = string
			return
		}
	case *ast.FuncCallExpr:
		if module, ok := constantArg(v, "require"); ok {
			f.modules[name] = module
			return
		}
		if callee(v) == "ffi.load" || f.moduleCall(v, "ffi") == "load" {
			f.cLibraries[name] = true
			return
		}
	}
	f.others[name] = true
}

// moduleCall returns the name of the function if the call is one of a module's
// function, or "".
func (f *file) moduleCall(c *ast.FuncCallExpr, module string) string {
	t, name, ok := strings.Cut(callee(c), ".")
	if ok && f.modules[t] == module {
		return name
	}
	return ""
}

// callee returns the "f" or "t.f" that a call names, or "".
func callee(c *ast.FuncCallExpr) string {
	if id, ok := c.Func.(*ast.IdentExpr); ok {
		return id.Value
	}
	return fieldName(c.Func)
}

// fieldName returns "t.f" for a field of a variable, or "".
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

// constantArg returns the first argument of a call of the function name if it is a
// constant string.
func constantArg(c *ast.FuncCallExpr, name string) (value string, ok bool) {
	if callee(c) != name {
		return "", false
	}
	return firstString(c)
}

// firstString returns the first argument of a call if it is a constant string.
func firstString(c *ast.FuncCallExpr) (value string, ok bool) {
	if len(c.Args) == 0 {
		return "", false
	}
	s, ok := c.Args[0].(*ast.StringExpr)
	if !ok {
		return "", false
	}
	return s.Value, true
}
