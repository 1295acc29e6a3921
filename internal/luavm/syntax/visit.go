package syntax

// Node is a statement or an expression.
type Node interface{ At() Line }

// Visit calls enter with each statement and expression of a function: in the order of
// the source, outer ones first, and those of inner functions too. If enter returns
// false, the parts of the node are left out.
func Visit(f *Function, enter func(Node) bool) { visitor(enter).block(f.Body) }

// VisitExpr does for an expression what Visit does for a function.
func VisitExpr(e Expr, enter func(Node) bool) { visitor(enter).exprs(e) }

type visitor func(Node) bool

func (enter visitor) block(b *Block) {
	if b == nil {
		return
	}
	for _, s := range b.Stmts {
		if enter(s) {
			enter.stmt(s)
		}
	}
}

func (enter visitor) exprs(exprs ...Expr) {
	for _, e := range exprs {
		if e != nil && enter(e) {
			enter.expr(e)
		}
	}
}

// stmt visits the parts of a statement.
func (enter visitor) stmt(s Stmt) {
	switch s := s.(type) {
	case *LocalStmt:
		enter.exprs(s.Exprs...)
	case *LocalFunctionStmt:
		enter.block(s.Func.Body)
	case *FunctionStmt:
		enter.exprs(s.Target)
		enter.block(s.Func.Body)
	case *AssignStmt:
		enter.exprs(s.Targets...)
		enter.exprs(s.Exprs...)
	case *CallStmt:
		enter.exprs(s.Call)
	case *DoStmt:
		enter.block(s.Body)
	case *WhileStmt:
		enter.exprs(s.Cond)
		enter.block(s.Body)
	case *RepeatStmt:
		enter.block(s.Body)
		enter.exprs(s.Cond)
	case *IfStmt:
		for _, c := range s.Clauses {
			enter.exprs(c.Cond)
			enter.block(c.Body)
		}
		enter.block(s.Else)
	case *NumericForStmt:
		enter.exprs(s.Start, s.Limit, s.Step)
		enter.block(s.Body)
	case *GenericForStmt:
		enter.exprs(s.Exprs...)
		enter.block(s.Body)
	case *ReturnStmt:
		enter.exprs(s.Exprs...)
	}
}

// expr visits the parts of an expression.
func (enter visitor) expr(e Expr) {
	switch e := e.(type) {
	case *FunctionExpr:
		enter.block(e.Func.Body)
	case *IndexExpr:
		enter.exprs(e.Object, e.Key)
	case *CallExpr:
		enter.exprs(e.Func)
		enter.exprs(e.Args...)
	case *MethodCallExpr:
		enter.exprs(e.Receiver)
		enter.exprs(e.Args...)
	case *TableExpr:
		for _, item := range e.Items {
			enter.exprs(item.Key, item.Value)
		}
	case *UnaryExpr:
		enter.exprs(e.Operand)
	case *BinaryExpr:
		enter.exprs(e.Left, e.Right)
	case *ParenExpr:
		enter.exprs(e.Inner)
	}
}
