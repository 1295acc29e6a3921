package luasyntax

import (
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// repair mends in a chunk's syntax tree what gopher-lua 1.1.2 compiles wrongly,
// and how it shows numbers:
//
//   - a, b = b, a: where a is a local variable, gopher-lua assigns to it before
//     it evaluates the rest. The values go through other local variables.
//   - for k in f() .. g(): in the list of a generic for, gopher-lua loses the
//     values of calls within others. They go through local variables too.
//   - if nil then: where this begins a loop, gopher-lua takes the wrong branch.
//   - {1, k = f()}: gopher-lua puts stray values into the array.
//   - x .. "": gopher-lua shows a number that is no integer with up to 17 digits,
//     Lua with 14. What may be such a number goes through ConcatName.
func repair(chunk []ast.Stmt) {
	r := &repairer{assigned: assignedIn(chunk)}
	r.block(chunk)
}

// ConcatName is the name in the library string of the function that returns a
// number as Lua shows it, and anything else as it is. No script can name it.
const ConcatName = "(number)"

type repairer struct {
	// The local variables of the functions around, by scope: whether they are
	// strings for sure.
	scopes []map[string]bool

	assigned map[string]bool // names that the chunk assigns to after their declaration
}

func (r *repairer) enter()           { r.scopes = append(r.scopes, map[string]bool{}) }
func (r *repairer) leave()           { r.scopes = r.scopes[:len(r.scopes)-1] }
func (r *repairer) declare(n string) { r.scopes[len(r.scopes)-1][n] = false }
func (r *repairer) isString(n string) bool {
	for i := len(r.scopes) - 1; i >= 0; i-- {
		if is, ok := r.scopes[i][n]; ok {
			return is
		}
	}
	return false
}

// block mends the statements of a block in their place, in a scope of its own.
func (r *repairer) block(stmts []ast.Stmt, names ...string) {
	r.enter()
	for _, n := range names {
		r.declare(n)
	}
	for i, s := range stmts {
		stmts[i] = r.stmt(s)
	}
	r.leave()
}

// stmt mends a statement and returns what takes its place.
func (r *repairer) stmt(s ast.Stmt) ast.Stmt {
	switch s := s.(type) {
	case *ast.AssignStmt:
		r.exprs(s.Lhs)
		r.exprs(s.Rhs)
		return separate(s)
	case *ast.LocalAssignStmt:
		_, isFunction := first(s.Exprs).(*ast.FunctionExpr)
		if isFunction && len(s.Names) == 1 {
			r.declare(s.Names[0]) // its body sees it
		}
		r.exprs(s.Exprs)
		for i, n := range s.Names {
			r.declare(n)
			if i < len(s.Exprs) && r.string(s.Exprs[i]) && !r.assigned[n] {
				r.scopes[len(r.scopes)-1][n] = true
			}
		}
	case *ast.FuncCallStmt:
		r.expr(&s.Expr)
	case *ast.DoBlockStmt:
		r.block(s.Stmts)
	case *ast.WhileStmt:
		r.expr(&s.Condition)
		r.block(s.Stmts)
		if s.Condition = withoutConstants(s.Condition); isConstant(s.Condition) && !truth(s.Condition) {
			return doBlock(nil, s)
		}
	case *ast.RepeatStmt:
		r.block(s.Stmts)
		r.expr(&s.Condition)
		s.Condition = withoutConstants(s.Condition)
	case *ast.IfStmt:
		r.expr(&s.Condition)
		r.block(s.Then)
		r.block(s.Else)
		if s.Condition = withoutConstants(s.Condition); isConstant(s.Condition) {
			if truth(s.Condition) {
				return doBlock(s.Then, s)
			}
			return doBlock(s.Else, s)
		}
	case *ast.NumberForStmt:
		r.expr(&s.Init)
		r.expr(&s.Limit)
		r.expr(&s.Step)
		r.block(s.Stmts, s.Name)
	case *ast.GenericForStmt:
		r.exprs(s.Exprs)
		r.block(s.Stmts, s.Names...)
		return evaluateFirst(s)
	case *ast.FuncDefStmt:
		r.function(s.Func)
	case *ast.ReturnStmt:
		r.exprs(s.Exprs)
	}
	return s
}

// doBlock makes a block of statements in the place of another statement.
func doBlock(stmts []ast.Stmt, as ast.Stmt) ast.Stmt {
	block := &ast.DoBlockStmt{Stmts: stmts}
	block.SetLine(as.Line())
	block.SetLastLine(as.LastLine())
	return block
}

// withoutConstants returns a condition without the constants in it.
func withoutConstants(e ast.Expr) ast.Expr {
	switch c := e.(type) {
	case *ast.UnaryNotOpExpr:
		if c.Expr = withoutConstants(c.Expr); isConstant(c.Expr) {
			if truth(c.Expr) {
				return at(&ast.FalseExpr{}, e)
			}
			return at(&ast.TrueExpr{}, e)
		}
	case *ast.LogicalOpExpr:
		c.Lhs, c.Rhs = withoutConstants(c.Lhs), withoutConstants(c.Rhs)
		if isConstant(c.Lhs) {
			if truth(c.Lhs) == (c.Operator == "and") {
				return c.Rhs
			}
			return c.Lhs
		}
	}
	return e
}

func isConstant(e ast.Expr) bool {
	switch e.(type) {
	case *ast.TrueExpr, *ast.FalseExpr, *ast.NilExpr, *ast.NumberExpr, *ast.StringExpr:
		return true
	}
	return false
}

// truth says whether a constant counts as true.
func truth(e ast.Expr) bool {
	switch e.(type) {
	case *ast.FalseExpr, *ast.NilExpr:
		return false
	}
	return true
}

func first(exprs []ast.Expr) ast.Expr {
	if len(exprs) == 0 {
		return nil
	}
	return exprs[0]
}

func (r *repairer) function(f *ast.FunctionExpr) {
	names := append([]string{"self"}, f.ParList.Names...)
	r.block(f.Stmts, names...)
}

func (r *repairer) exprs(all []ast.Expr) {
	for i := range all {
		r.expr(&all[i])
	}
}

// expr mends an expression in its place.
func (r *repairer) expr(p *ast.Expr) {
	switch e := (*p).(type) {
	case *ast.AttrGetExpr:
		r.expr(&e.Object)
		r.expr(&e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			if f.Key != nil {
				r.expr(&f.Key)
				single(f.Value)
			}
			r.expr(&f.Value)
		}
	case *ast.FuncCallExpr:
		if e.Func != nil {
			r.expr(&e.Func)
		}
		if e.Receiver != nil {
			r.expr(&e.Receiver)
		}
		r.exprs(e.Args)
	case *ast.LogicalOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
	case *ast.RelationalOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
	case *ast.ArithmeticOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
	case *ast.UnaryMinusOpExpr:
		r.expr(&e.Expr)
	case *ast.UnaryNotOpExpr:
		r.expr(&e.Expr)
	case *ast.UnaryLenOpExpr:
		r.expr(&e.Expr)
	case *ast.StringConcatOpExpr:
		r.expr(&e.Lhs)
		r.expr(&e.Rhs)
		r.operand(&e.Lhs)
		r.operand(&e.Rhs)
	case *ast.FunctionExpr:
		r.function(e)
	}
}

// single cuts what may be several values to one, as parentheses do.
func single(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
}

// operand lets an operand of a concatenation that may be a number be shown as
// Lua shows it.
func (r *repairer) operand(p *ast.Expr) {
	e := *p
	if n, ok := e.(*ast.NumberExpr); ok {
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil {
			*p = at(&ast.StringExpr{Value: string(AppendNumber(nil, f))}, e)
		}
		return
	}
	if r.string(e) {
		return
	}
	// A field of a string is one of the library string, whatever the
	// environment of the function.
	library := at(&ast.StringExpr{}, e)
	name := at(&ast.StringExpr{Value: ConcatName}, e)
	*p = at(&ast.FuncCallExpr{Func: at(&ast.AttrGetExpr{Object: library, Key: name}, e), Args: []ast.Expr{e}, AdjustRet: true}, e)
}

// string says whether an expression is a string for sure, as far as the
// standard library is what it was.
func (r *repairer) string(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StringExpr, *ast.StringConcatOpExpr:
		return true
	case *ast.IdentExpr:
		return r.isString(e.Value)
	case *ast.FuncCallExpr:
		if e.Receiver != nil {
			return stringMethods[e.Method]
		}
		switch f := e.Func.(type) {
		case *ast.IdentExpr:
			return f.Value == "tostring" || f.Value == "type"
		case *ast.AttrGetExpr:
			library, _ := f.Object.(*ast.IdentExpr)
			name, _ := f.Key.(*ast.StringExpr)
			if library == nil || name == nil {
				return false
			}
			return library.Value == "string" && stringMethods[name.Value] || library.Value == "table" && name.Value == "concat" ||
				library.Value == "os" && name.Value == "date"
		}
	}
	return false
}

// stringMethods are the functions of string whose first result is a string.
var stringMethods = map[string]bool{
	"format": true, "sub": true, "rep": true, "gsub": true, "upper": true, "lower": true, "reverse": true, "char": true, ConcatName: true,
}

// assignedIn returns the names that statements, and those within, assign to,
// apart from declarations.
func assignedIn(stmts []ast.Stmt) map[string]bool {
	names := map[string]bool{}
	walk(stmts, func(s ast.Stmt) {
		if a, ok := s.(*ast.AssignStmt); ok {
			for _, l := range a.Lhs {
				if id, ok := l.(*ast.IdentExpr); ok {
					names[id.Value] = true
				}
			}
		}
		if f, ok := s.(*ast.FuncDefStmt); ok && f.Name.Func != nil {
			if id, ok := f.Name.Func.(*ast.IdentExpr); ok {
				names[id.Value] = true
			}
		}
	}, nil)
	return names
}

// separate lets the values of an assignment to several variables go through
// local variables of their own, where one may depend on another.
func separate(s *ast.AssignStmt) ast.Stmt {
	if len(s.Lhs) < 2 && len(s.Rhs) < 2 || !entangled(s) {
		return s
	}
	block := &ast.DoBlockStmt{}
	block.SetLine(s.Line())
	block.SetLastLine(s.LastLine())
	temporary := func(exprs []ast.Expr, names ...string) {
		local := &ast.LocalAssignStmt{Names: names, Exprs: exprs}
		local.SetLine(s.Line())
		local.SetLastLine(s.LastLine())
		block.Stmts = append(block.Stmts, local)
	}
	values := make([]string, len(s.Lhs))
	for i := range values {
		values[i] = "(value " + strconv.Itoa(i) + ")"
	}
	// The tables and keys that are assigned to are evaluated first.
	targets := make([]ast.Expr, len(s.Lhs))
	for i, l := range s.Lhs {
		targets[i] = l
		if field, ok := l.(*ast.AttrGetExpr); ok {
			table, key := "(table "+strconv.Itoa(i)+")", "(key "+strconv.Itoa(i)+")"
			temporary([]ast.Expr{field.Object, field.Key}, table, key)
			targets[i] = at(&ast.AttrGetExpr{Object: at(&ast.IdentExpr{Value: table}, l), Key: at(&ast.IdentExpr{Value: key}, l)}, l)
		}
	}
	temporary(s.Rhs, values...)
	for i := len(targets) - 1; i >= 0; i-- { // as Lua does
		assign := &ast.AssignStmt{Lhs: []ast.Expr{targets[i]}, Rhs: []ast.Expr{at(&ast.IdentExpr{Value: values[i]}, s.Lhs[i])}}
		assign.SetLine(s.Line())
		assign.SetLastLine(s.LastLine())
		block.Stmts = append(block.Stmts, assign)
	}
	return block
}

// evaluateFirst lets the values of a generic for go through local variables,
// where they are more than one call.
func evaluateFirst(s *ast.GenericForStmt) ast.Stmt {
	calls := 0
	walkExprs(s.Exprs, nil, func(e ast.Expr) {
		if _, ok := e.(*ast.FuncCallExpr); ok {
			calls++
		}
	})
	if _, isCall := first(s.Exprs).(*ast.FuncCallExpr); calls == 0 || calls == 1 && isCall {
		return s
	}
	names := []string{"(generator)", "(state)", "(control)"}
	local := &ast.LocalAssignStmt{Names: names, Exprs: s.Exprs}
	local.SetLine(s.Line())
	local.SetLastLine(s.Line())
	block := doBlock([]ast.Stmt{local, s}, s)
	place := s.Exprs[0]
	s.Exprs = nil
	for _, n := range names {
		s.Exprs = append(s.Exprs, at(&ast.IdentExpr{Value: n}, place))
	}
	return block
}

// entangled says whether gopher-lua does an assignment wrongly: one that has more
// values than targets, that assigns to variables and to fields, to a variable
// twice, or to a variable that a value may read.
func entangled(s *ast.AssignStmt) bool {
	names := map[string]bool{}
	var read []ast.Expr
	for _, l := range s.Lhs {
		if id, ok := l.(*ast.IdentExpr); ok {
			if names[id.Value] { // the first value stays, as in Lua
				return true
			}
			names[id.Value] = true
		} else {
			read = append(read, l)
		}
	}
	switch {
	case len(s.Rhs) > len(s.Lhs):
		return true // gopher-lua loses count of its registers
	case len(names) == 0:
		return false
	case len(read) > 0:
		return true // gopher-lua mixes a variable's value up with a table's key
	}
	found := false
	walkExprs(s.Rhs, nil, func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.IdentExpr:
			found = found || names[e.Value]
		case *ast.FuncCallExpr: // it may read any
			found = true
		}
	})
	return found
}

// at gives an expression the place of another.
func at[E ast.Expr](e E, as ast.Expr) E {
	e.SetLine(as.Line())
	e.SetLastLine(as.LastLine())
	return e
}
