package doctor

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"microts/internal/luavm/syntax"
)

// truth is whether an expression counts as true, if that is the same in every run.
type truth int

const (
	isUnknown truth = iota
	isFalse
	isTrue
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

func (t truth) not() truth {
	switch t {
	case isFalse:
		return isTrue
	case isTrue:
		return isFalse
	}
	return isUnknown
}

// mostNested bounds how deep truth looks into a condition.
const mostNested = 20

func (f *file) truth(e syntax.Expr) truth { return f.truthWithin(e, mostNested) }

func (f *file) truthWithin(e syntax.Expr, levels int) truth {
	if levels--; levels < 0 {
		return isUnknown
	}
	switch e := e.(type) {
	case *syntax.ParenExpr:
		return f.truthWithin(e.Inner, levels)
	case *syntax.UnaryExpr:
		if e.Op == syntax.OpNot {
			return f.truthWithin(e.Operand, levels).not()
		}
	case *syntax.BinaryExpr:
		return f.truthOfOperator(e, levels)
	case *syntax.LocalExpr, *syntax.UpvalueExpr:
		return f.truthOfLocal(variable(e).(*syntax.Local), levels)
	case *syntax.IndexExpr:
		if value := f.valueOf(e); value != nil {
			return f.truthWithin(value, levels)
		}
	case *syntax.CallExpr:
		if result := f.onlyResult(e); result != nil {
			return f.truthWithin(result, levels)
		}
	case *syntax.FunctionExpr, *syntax.TableExpr:
		return isTrue
	}
	if v := f.value(e); v != nil {
		return truthOf(lua.LVAsBool(v))
	}
	return isUnknown
}

func (f *file) truthOfOperator(e *syntax.BinaryExpr, levels int) truth {
	switch e.Op {
	case syntax.OpAnd:
		left, right := f.truthWithin(e.Left, levels), f.truthWithin(e.Right, levels)
		switch {
		case left == isFalse || right == isFalse:
			return isFalse
		case left == isTrue:
			return right
		}
	case syntax.OpOr:
		left, right := f.truthWithin(e.Left, levels), f.truthWithin(e.Right, levels)
		switch {
		case left == isTrue || right == isTrue:
			return isTrue
		case left == isFalse:
			return right
		}
	case syntax.OpEQ, syntax.OpNE:
		if left, right := f.value(e.Left), f.value(e.Right); left != nil && right != nil {
			return truthOf((left == right) == (e.Op == syntax.OpEQ))
		}
	}
	return isUnknown
}

// truthOfLocal is the truth of the value that a local keeps.
func (f *file) truthOfLocal(l *syntax.Local, levels int) truth {
	known, ok := f.truths[l]
	if !ok && f.values[l] != nil {
		known = f.truthWithin(f.values[l], levels)
		f.truths[l] = known
	}
	return known
}

// onlyResult returns x if a call is that of a function() return x end, or nil.
func (f *file) onlyResult(c *syntax.CallExpr) syntax.Expr {
	fn, ok := f.resolve(c.Func).(*syntax.FunctionExpr)
	if !ok || len(fn.Func.Body.Stmts) != 1 {
		return nil
	}
	if s, ok := fn.Func.Body.Stmts[0].(*syntax.ReturnStmt); ok && len(s.Exprs) == 1 {
		return s.Exprs[0]
	}
	return nil
}

// value returns the value of an expression if it is the same in every run, or nil.
func (f *file) value(e syntax.Expr) lua.LValue {
	switch e := f.resolve(e).(type) {
	case *syntax.ParenExpr:
		return f.value(e.Inner)
	case *syntax.NilExpr:
		return lua.LNil
	case *syntax.TrueExpr:
		return lua.LTrue
	case *syntax.FalseExpr:
		return lua.LFalse
	case *syntax.StringExpr:
		return lua.LString(e.Value)
	case *syntax.NumberExpr:
		return lua.LNumber(e.Value)
	case *syntax.GlobalExpr:
		return f.global(e.Name)
	case *syntax.IndexExpr:
		return f.fieldValue(e.Object, constantKey(e))
	case *syntax.CallExpr:
		return f.callValue(e)
	}
	return nil
}

// callValue returns the value of type(x) and of rawget(t, "k").
func (f *file) callValue(c *syntax.CallExpr) lua.LValue {
	switch name := f.callee(c); {
	case name == "type" && len(c.Args) == 1:
		if v := f.value(c.Args[0]); v != nil {
			return lua.LString(v.Type().String())
		}
	case name == "rawget" && len(c.Args) == 2:
		if key, ok := firstString(c.Args[1:]); ok {
			return f.fieldValue(c.Args[0], key)
		}
	}
	return nil
}

// varyingGlobals are the globals whose values only the running script knows, and the
// fields of libraries.
var varyingGlobals = []string{"arg", "package.path", "package.cpath", "package.loaded", "package.preload"}

// global returns the value of a global, or nil if only the running script knows it.
func (f *file) global(name string) lua.LValue { return f.known(name, f.state.Lua.GetGlobal(name)) }

// known returns the value that a state has for a global or a field of a library, or nil if
// only the running script knows it. A script that assigns to what is there already does so
// where it is missing: if not setfenv then setfenv = ... end.
func (f *file) known(name string, v lua.LValue) lua.LValue {
	if v == lua.LNil && f.defined[name] || slices.Contains(varyingGlobals, name) {
		return nil
	}
	return v
}

// fieldValue returns the value of a field of _G or of a library, or nil if only the running
// script knows it.
func (f *file) fieldValue(object syntax.Expr, key string) lua.LValue {
	if key == "" {
		return nil
	}
	if g, ok := f.resolve(object).(*syntax.GlobalExpr); ok && g.Name == "_G" {
		return f.global(key)
	}
	library := f.library(object)
	if t := f.libraryTable(library); library != "" && t != nil {
		return f.known(library+"."+key, t.RawGetString(key))
	}
	return nil
}
