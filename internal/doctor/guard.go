package doctor

import "microts/internal/luavm/syntax"

// guards are what keeps a file from running what will not run.
type guards struct {
	tested    map[string]bool // globals and fields of libraries that the file may find missing: if table.new then
	protected int             // how many functions around are called by pcall

	depth  int                     // of calls of value within each other
	truths map[*syntax.Local]truth // what is known of locals
}

func newGuards() guards {
	return guards{tested: map[string]bool{}, truths: map[*syntax.Local]truth{}}
}

// noteTest notes which globals and fields of libraries a condition, an operator or a call
// asks for, or a local that holds one: if table.new then, table.new or f, table.new == nil,
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
		e = f.resolve(e)
		if field := f.field(e); field != "" {
			f.tested[field] = true
		}
		if name := f.globalName(e); name != "" {
			f.tested[name] = true
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
