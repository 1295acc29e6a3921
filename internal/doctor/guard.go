package doctor

import "microts/internal/luavm/syntax"

// guards are what keeps a file from running what will not run.
type guards struct {
	tested    map[string]bool // fields of libraries that the file may find missing: if table.new then
	protected int             // how many functions around are called by pcall

	truths map[*syntax.Local]truth // what is known of the locals in values
}

func newGuards() guards {
	return guards{tested: map[string]bool{}, truths: map[*syntax.Local]truth{}}
}

// noteTest notes which fields of libraries a condition, an operator or a call asks for,
// or a local that holds one: if table.new then, table.new or f, table.new == nil,
// type(table.new).
func (f *file) noteTest(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.IfStmt:
		for _, c := range n.Clauses {
			f.test(c.Cond)
		}
	case *syntax.BinaryExpr:
		if n.Op >= syntax.OpEQ && n.Op <= syntax.OpOr {
			f.test(n.Left, n.Right)
		}
	case *syntax.UnaryExpr:
		if n.Op == syntax.OpNot {
			f.test(n.Operand)
		}
	case *syntax.CallExpr:
		if name := f.callee(n); name == "type" || isProtected(name) {
			f.test(n.Args...)
		}
	}
	return true
}

func (f *file) test(exprs ...syntax.Expr) {
	for _, e := range exprs {
		if field := f.field(f.resolve(e)); field != "" {
			f.tested[field] = true
		}
	}
}

// isProtected says whether a global function calls its first argument so that errors
// end with it.
func isProtected(name string) bool { return name == "pcall" || name == "xpcall" }

// protect runs find without findings.
func (f *file) protect(find func()) {
	f.protected++
	find()
	f.protected--
}

// visit calls enter with the statements and expressions that may run, as syntax.Visit
// does. Those that no run in microts comes to are left out: the body of
// if not setfenv then.
func (f *file) visit(fn *syntax.Function, enter func(syntax.Node) bool) {
	syntax.Visit(fn, f.live(enter))
}

// live returns enter for what may run.
func (f *file) live(enter func(syntax.Node) bool) func(syntax.Node) bool {
	return func(n syntax.Node) bool {
		if !enter(n) {
			return false
		}
		switch n := n.(type) {
		case *syntax.IfStmt:
			f.visitIf(n, enter)
			return false
		case *syntax.BinaryExpr:
			left := f.truth(n.Left)
			if n.Op == syntax.OpAnd && left == isFalse || n.Op == syntax.OpOr && left == isTrue {
				syntax.VisitExpr(n.Left, f.live(enter))
				return false
			}
		case *syntax.CallExpr:
			if isProtected(f.callee(n)) && len(n.Args) > 0 {
				f.protect(func() { syntax.VisitExpr(n.Args[0], f.live(enter)) })
				for _, e := range n.Args[1:] {
					syntax.VisitExpr(e, f.live(enter))
				}
				return false
			}
		}
		return true
	}
}

// visitIf visits the clauses of an if that may run.
func (f *file) visitIf(s *syntax.IfStmt, enter func(syntax.Node) bool) {
	for _, c := range s.Clauses {
		syntax.VisitExpr(c.Cond, f.live(enter))
		cond := f.truth(c.Cond)
		if cond != isFalse {
			f.visit(&syntax.Function{Body: c.Body}, enter)
		}
		if cond == isTrue {
			return
		}
	}
	f.visit(&syntax.Function{Body: s.Else}, enter)
}
