package doctor

import (
	"slices"

	"microts/internal/luavm"
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
		if in, value := f.exported(e); value != nil {
			return in.truthWithin(value, levels)
		}
	case *syntax.CallExpr:
		if result := f.onlyResult(e); result != nil {
			return f.truthWithin(result, levels)
		}
		if module, ok := f.required(e); ok && f.isFound(module) {
			return isTrue // a module that is there is not false
		}
	case *syntax.FunctionExpr, *syntax.TableExpr:
		return isTrue
	}
	if v, ok := f.value(e); ok {
		return truthOf(v.Truth())
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
		left, known := f.value(e.Left)
		right, ok := f.value(e.Right)
		if known && ok {
			return truthOf(left.Equal(right) == (e.Op == syntax.OpEQ))
		}
	}
	return isUnknown
}

// truthOfLocal is the truth of the value that a local keeps.
func (f *file) truthOfLocal(l *syntax.Local, levels int) truth {
	known, ok := f.truths[l]
	if value := f.valueOfLocal(l); !ok && value != nil {
		known = f.truthWithin(value, levels)
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

// value returns the value of an expression; ok is false if it differs from run to run.
func (f *file) value(e syntax.Expr) (v luavm.Value, ok bool) {
	if f.depth > mostNested {
		return luavm.Nil, false
	}
	f.depth++
	defer func() { f.depth-- }()
	switch e := f.resolve(e).(type) {
	case *syntax.ParenExpr:
		return f.value(e.Inner)
	case *syntax.NilExpr:
		return luavm.Nil, true
	case *syntax.TrueExpr:
		return luavm.True, true
	case *syntax.FalseExpr:
		return luavm.False, true
	case *syntax.StringExpr:
		return luavm.Part(e.Value), true
	case *syntax.NumberExpr:
		return luavm.Number(e.Value), true
	case *syntax.GlobalExpr:
		return f.global(e.Name)
	case *syntax.IndexExpr:
		return f.fieldValue(e.Object, constantKey(e))
	case *syntax.CallExpr:
		return f.callValue(e)
	case *syntax.MethodCallExpr:
		return f.methodValue(e)
	case *syntax.BinaryExpr:
		left, known := f.value(e.Left)
		right, ok := f.value(e.Right)
		if e.Op == syntax.OpConcat && known && ok && left.IsString() && right.IsString() {
			return luavm.Part(left.Text() + right.Text()), true
		}
	}
	return luavm.Nil, false
}

// methodValue returns the value of s:sub(1, 1), as value does: scripts ask
// package.config:sub(1, 1) for the system.
func (f *file) methodValue(c *syntax.MethodCallExpr) (v luavm.Value, ok bool) {
	s, ok := f.value(c.Receiver)
	if !ok || !s.IsString() || c.Name != "sub" || len(c.Args) != 2 || s.Text() == "" {
		return luavm.Nil, false
	}
	for _, arg := range c.Args {
		if n, ok := arg.(*syntax.NumberExpr); !ok || n.Value != 1 {
			return luavm.Nil, false
		}
	}
	return luavm.Part(s.Text()[:1]), true
}

// callValue returns the value of type(x), of rawget(t, "k") and of
// pcall(require, "m"), as value does.
func (f *file) callValue(c *syntax.CallExpr) (v luavm.Value, ok bool) {
	switch name := f.callee(c); {
	case name == "type" && len(c.Args) == 1:
		if v, ok := f.value(c.Args[0]); ok {
			return luavm.Part(v.TypeName()), true
		}
	case name == "rawget" && len(c.Args) == 2:
		if key, ok := f.firstString(c.Args[1:]); ok {
			return f.fieldValue(c.Args[0], key)
		}
	case name == "pcall":
		if module, ok := f.protectedRequired(c); ok {
			return luavm.Bool(f.isFound(module)), true
		}
	}
	return luavm.Nil, false
}

// varyingGlobals are the globals whose values only the running script knows, and the
// fields of libraries.
var varyingGlobals = []string{"arg", "package.path", "package.cpath", "package.loaded", "package.preload"}

// global returns the value of a global; ok is false if only the running script knows it.
func (f *file) global(name string) (v luavm.Value, ok bool) {
	return f.known(name, f.state.Lua.Globals.GetString(name))
}

// known returns the value that a state has for a global or a field of a library; ok is false
// if only the running script knows it. A script that assigns to what is there already does so
// where it is missing: if not setfenv then setfenv = ... end.
func (f *file) known(name string, v luavm.Value) (_ luavm.Value, ok bool) {
	return v, !(v.IsNil() && f.defined[name] || slices.Contains(varyingGlobals, name))
}

// fieldValue returns the value of a field of _G or of a library; ok is false if only the
// running script knows it.
func (f *file) fieldValue(object syntax.Expr, key string) (v luavm.Value, ok bool) {
	if key == "" {
		return luavm.Nil, false
	}
	if g, ok := f.resolve(object).(*syntax.GlobalExpr); ok && g.Name == "_G" {
		return f.global(key)
	}
	library := f.library(object)
	if t := f.libraryTable(library); library != "" && t != nil {
		return f.known(library+"."+key, t.GetString(key))
	}
	return luavm.Nil, false
}
