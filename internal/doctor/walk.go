package doctor

import (
	"slices"

	"microts/internal/luavm/syntax"
)

// walk visits the statements and expressions of a file that may run.
type walk struct {
	*file
	enter func(syntax.Node) bool

	bodies  map[*syntax.Local]*body       // of local functions
	waiting map[*syntax.FunctionExpr]bool // functions of bodies, which are no code that runs here
	dead    map[syntax.Stmt]bool          // what stands behind a return
}

// body is the body of a local function. It may run once the function is used.
type body struct {
	block     *syntax.Block
	protected bool // it is visited, as what a pcall calls
	visited   bool // it is visited, as what anything calls
}

// visit calls enter with the statements and expressions that may run, as syntax.Visit
// does. Left out is what no run in microts comes to: the body of if not setfenv then, what
// stands behind a return, local functions that nothing uses.
func (f *file) visit(enter func(syntax.Node) bool) {
	w := &walk{
		file: f, enter: enter,
		bodies: map[*syntax.Local]*body{}, waiting: map[*syntax.FunctionExpr]bool{}, dead: map[syntax.Stmt]bool{},
	}
	w.block(f.chunk.Body)
}

func (w *walk) block(b *syntax.Block) {
	if b == nil {
		return
	}
	w.markDead(b)
	syntax.Visit(&syntax.Function{Body: b}, w.live)
}

func (w *walk) exprs(exprs ...syntax.Expr) {
	for _, e := range exprs {
		syntax.VisitExpr(e, w.live)
	}
}

// live is enter for what may run.
func (w *walk) live(n syntax.Node) bool {
	if s, ok := n.(syntax.Stmt); ok && w.dead[s] || !w.enter(n) {
		return false
	}
	switch n := n.(type) {
	case syntax.Stmt:
		return w.liveStmt(n)
	case *syntax.BinaryExpr:
		left := w.truth(n.Left)
		if n.Op == syntax.OpAnd && left == isFalse || n.Op == syntax.OpOr && left == isTrue {
			w.exprs(n.Left)
			return false
		}
	case *syntax.CallExpr:
		if isProtected(w.callee(n)) && len(n.Args) > 0 {
			w.protect(func() { w.exprs(n.Args[0]) })
			w.exprs(n.Args[1:]...)
			return false
		}
	case *syntax.FunctionExpr:
		if w.waiting[n] {
			return false
		}
		w.markDead(n.Func.Body)
	case *syntax.LocalExpr:
		w.use(n.Local)
	case *syntax.UpvalueExpr:
		w.use(n.Local)
	}
	return true
}

func (w *walk) liveStmt(s syntax.Stmt) bool {
	switch s := s.(type) {
	case *syntax.IfStmt:
		w.visitIf(s)
		return false
	case *syntax.LocalFunctionStmt:
		if !s.Local.Assigned {
			w.bodies[s.Local] = &body{block: s.Func.Body}
			return false
		}
		w.markDead(s.Func.Body)
	case *syntax.LocalStmt:
		for i, l := range s.Locals {
			if fn, ok := w.values[l].(*syntax.FunctionExpr); ok && i < len(s.Exprs) {
				w.bodies[l] = &body{block: fn.Func.Body}
				w.waiting[fn] = true
			}
		}
	case *syntax.FunctionStmt:
		w.markDead(s.Func.Body)
	case *syntax.DoStmt:
		w.markDead(s.Body)
	case *syntax.WhileStmt:
		if w.truth(s.Cond) == isFalse {
			w.exprs(s.Cond)
			return false
		}
		w.markDead(s.Body)
	case *syntax.RepeatStmt:
		w.markDead(s.Body)
	case *syntax.NumericForStmt:
		w.markDead(s.Body)
	case *syntax.GenericForStmt:
		w.markDead(s.Body)
	}
	return true
}

// visitIf visits the clauses of an if that may run.
func (w *walk) visitIf(s *syntax.IfStmt) {
	for _, c := range s.Clauses {
		w.exprs(c.Cond)
		cond := w.truth(c.Cond)
		if cond != isFalse {
			w.block(c.Body)
		}
		if cond == isTrue {
			return
		}
	}
	w.block(s.Else)
}

// use visits the body of a local function.
func (w *walk) use(l *syntax.Local) {
	b := w.bodies[l]
	if b == nil || b.visited || b.protected && w.protected > 0 {
		return
	}
	b.protected, b.visited = true, w.protected == 0
	w.block(b.block)
}

// markDead marks the statements of a block that stand behind one that leaves it. A label
// that a goto may go to begins anew.
func (w *walk) markDead(b *syntax.Block) {
	left := false
	for _, s := range b.Stmts {
		if label, ok := s.(*syntax.LabelStmt); ok && label.Used {
			left = false
		}
		w.dead[s] = left
		left = left || w.leaves(s)
	}
}

// leaves says whether no run comes to what stands behind a statement.
func (f *file) leaves(s syntax.Stmt) bool {
	switch s := s.(type) {
	case *syntax.ReturnStmt, *syntax.BreakStmt, *syntax.GotoStmt:
		return true
	case *syntax.CallStmt:
		c, ok := s.Call.(*syntax.CallExpr)
		return ok && slices.Contains([]string{"error", "os.exit"}, f.callee(c)) && !f.defined[f.callee(c)]
	case *syntax.DoStmt:
		return f.leavesBlock(s.Body)
	case *syntax.IfStmt:
		for _, c := range s.Clauses {
			cond := f.truth(c.Cond)
			if cond != isFalse && !f.leavesBlock(c.Body) {
				return false
			}
			if cond == isTrue {
				return true
			}
		}
		return s.Else != nil && f.leavesBlock(s.Else)
	}
	return false
}

func (f *file) leavesBlock(b *syntax.Block) bool {
	for _, s := range b.Stmts {
		if label, ok := s.(*syntax.LabelStmt); ok && label.Used {
			return false
		}
	}
	return slices.ContainsFunc(b.Stmts, f.leaves)
}
