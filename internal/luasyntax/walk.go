package luasyntax

import "github.com/yuin/gopher-lua/ast"

// walk calls stmt with each statement of a block and expr with each expression,
// in the order of the source and outer ones first. It goes into the blocks of
// statements and the bodies of functions. Either function may be nil.
//
// The name in `function t.name() ... end` is no expression to walk.
func walk(block []ast.Stmt, stmt func(ast.Stmt), expr func(ast.Expr)) {
	w := walker{stmt, expr}
	w.block(block)
}

// walkExprs does for a list of expressions what walk does for a block.
func walkExprs(exprs []ast.Expr, stmt func(ast.Stmt), expr func(ast.Expr)) {
	w := walker{stmt, expr}
	w.exprs(exprs...)
}

type walker struct {
	visitStmt func(ast.Stmt) // or nil
	visitExpr func(ast.Expr) // or nil
}

func (w *walker) block(stmts []ast.Stmt) {
	for _, s := range stmts {
		if w.visitStmt != nil {
			w.visitStmt(s)
		}
		w.inStmt(s)
	}
}

func (w *walker) exprs(exprs ...ast.Expr) {
	for _, e := range exprs {
		if e == nil { // such as the step of a for, the key of a list's field
			continue
		}
		if w.visitExpr != nil {
			w.visitExpr(e)
		}
		w.inExpr(e)
	}
}

// inStmt walks what a statement consists of.
func (w *walker) inStmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		w.exprs(s.Lhs...)
		w.exprs(s.Rhs...)
	case *ast.LocalAssignStmt:
		w.exprs(s.Exprs...)
	case *ast.FuncCallStmt:
		w.exprs(s.Expr)
	case *ast.DoBlockStmt:
		w.block(s.Stmts)
	case *ast.WhileStmt:
		w.exprs(s.Condition)
		w.block(s.Stmts)
	case *ast.RepeatStmt:
		w.block(s.Stmts)
		w.exprs(s.Condition)
	case *ast.IfStmt:
		w.exprs(s.Condition)
		w.block(s.Then)
		w.block(s.Else)
	case *ast.NumberForStmt:
		w.exprs(s.Init, s.Limit, s.Step)
		w.block(s.Stmts)
	case *ast.GenericForStmt:
		w.exprs(s.Exprs...)
		w.block(s.Stmts)
	case *ast.FuncDefStmt:
		w.exprs(s.Func)
	case *ast.ReturnStmt:
		w.exprs(s.Exprs...)
	}
}

// inExpr walks what an expression consists of.
func (w *walker) inExpr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		w.exprs(e.Object, e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			w.exprs(f.Key, f.Value)
		}
	case *ast.FuncCallExpr:
		w.exprs(e.Func, e.Receiver)
		w.exprs(e.Args...)
	case *ast.LogicalOpExpr:
		w.exprs(e.Lhs, e.Rhs)
	case *ast.RelationalOpExpr:
		w.exprs(e.Lhs, e.Rhs)
	case *ast.ArithmeticOpExpr:
		w.exprs(e.Lhs, e.Rhs)
	case *ast.StringConcatOpExpr:
		w.exprs(e.Lhs, e.Rhs)
	case *ast.UnaryMinusOpExpr:
		w.exprs(e.Expr)
	case *ast.UnaryNotOpExpr:
		w.exprs(e.Expr)
	case *ast.UnaryLenOpExpr:
		w.exprs(e.Expr)
	case *ast.FunctionExpr:
		w.block(e.Stmts)
	}
}
