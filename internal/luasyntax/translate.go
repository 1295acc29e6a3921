package luasyntax

import (
	"fmt"
	"strconv"

	"github.com/yuin/gopher-lua/ast"

	"microts/internal/luavm/syntax"
)

// maxDepth bounds how deep gopher-lua's syntax tree may be, since its compiler calls
// itself for each level and some of its work grows with the square of the depth. Each
// operand of a + b + c is a level there, each link of a.b.c and each elseif.
const maxDepth = 10_000

// translate makes gopher-lua's syntax tree of a Lua chunk. The error is a *syntax.Error.
func translate(chunk *syntax.Function, name string) (block []ast.Stmt, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *syntax.Error:
			err = e
		default:
			panic(e)
		}
	}()
	t := &translator{name: name}
	return t.block(chunk.Body), nil
}

// translator translates one chunk. What gopher-lua cannot express is a panic with a
// *syntax.Error.
type translator struct {
	name  string // of the chunk
	depth int    // of what is being translated
}

func (t *translator) fail(line syntax.Line, format string, args ...any) {
	panic(&syntax.Error{Chunk: t.name, Line: line, Message: fmt.Sprintf(format, args...)})
}

// enter begins a level; it ends with leave.
func (t *translator) enter(line syntax.Line) {
	if t.depth++; t.depth > maxDepth {
		t.fail(line, "chunk has too many syntax levels: microts compiles %d operators, calls or elseifs in one chain", maxDepth)
	}
}

func (t *translator) leave() { t.depth-- }

// put gives a node of gopher-lua its line.
func put[N ast.PositionHolder](n N, line syntax.Line) N {
	n.SetLine(int(line))
	return n
}

// block translates a block; nil is an empty one.
func (t *translator) block(b *syntax.Block) []ast.Stmt {
	if b == nil {
		return nil
	}
	stmts := make([]ast.Stmt, len(b.Stmts))
	for i, s := range b.Stmts {
		t.enter(s.At())
		stmts[i] = put(t.stmt(s), line(s))
		t.leave()
	}
	return stmts
}

// line returns the line at which gopher-lua is to report a statement.
func line(s syntax.Stmt) syntax.Line {
	switch s := s.(type) {
	case *syntax.NumericForStmt:
		return s.DoLine
	case *syntax.GenericForStmt:
		return s.CallLine
	}
	return s.At()
}

// stmt translates a statement; its line is still to be set.
func (t *translator) stmt(s syntax.Stmt) ast.Stmt {
	switch s := s.(type) {
	case *syntax.LocalStmt:
		return &ast.LocalAssignStmt{Names: names(s.Locals), Exprs: t.exprs(s.Exprs)}
	case *syntax.LocalFunctionStmt:
		return &ast.LocalAssignStmt{Names: []string{s.Local.Name}, Exprs: []ast.Expr{t.function(s.Func)}}
	case *syntax.FunctionStmt:
		return t.functionStmt(s)
	case *syntax.AssignStmt:
		targets := t.exprs(s.Targets)
		for _, target := range targets { // gopher-lua reports an assignment at its target
			put(target, s.Line)
		}
		return &ast.AssignStmt{Lhs: targets, Rhs: t.exprs(s.Exprs)}
	case *syntax.CallStmt:
		return &ast.FuncCallStmt{Expr: t.expr(s.Call)}
	case *syntax.DoStmt:
		return &ast.DoBlockStmt{Stmts: t.block(s.Body)}
	case *syntax.WhileStmt:
		return &ast.WhileStmt{Condition: t.expr(s.Cond), Stmts: t.block(s.Body)}
	case *syntax.RepeatStmt:
		return &ast.RepeatStmt{Condition: t.expr(s.Cond), Stmts: t.block(s.Body)}
	case *syntax.IfStmt:
		return t.clauses(s.Clauses, s.Else)
	case *syntax.NumericForStmt:
		return t.numericFor(s)
	case *syntax.GenericForStmt:
		return &ast.GenericForStmt{Names: names(s.Vars), Exprs: t.exprs(s.Exprs), Stmts: t.block(s.Body)}
	case *syntax.ReturnStmt:
		return t.returnStmt(s)
	case *syntax.BreakStmt:
		return &ast.BreakStmt{}
	case *syntax.GotoStmt:
		return &ast.GotoStmt{Label: s.Label.Name}
	case *syntax.LabelStmt:
		return &ast.LabelStmt{Name: s.Name}
	}
	panic(fmt.Sprintf("luasyntax: statement %T", s))
}

func names(locals []*syntax.Local) []string {
	all := make([]string, len(locals))
	for i, l := range locals {
		all[i] = l.Name
	}
	return all
}

// functionStmt translates function f() end, function t.f() end or function t:f() end.
func (t *translator) functionStmt(s *syntax.FunctionStmt) ast.Stmt {
	target, f := put(t.expr(s.Target), s.Line), t.function(s.Func)
	name := &ast.FuncName{Func: target}
	if field, ok := target.(*ast.AttrGetExpr); ok && s.Method {
		method := field.Key.(*ast.StringExpr) // by the grammar
		name = &ast.FuncName{Receiver: field.Object, Method: method.Value}
		f.ParList.Names = f.ParList.Names[1:] // gopher-lua adds self
	}
	return &ast.FuncDefStmt{Name: name, Func: f}
}

// returnStmt translates a return. A tail call is reported at the line of the return.
func (t *translator) returnStmt(s *syntax.ReturnStmt) ast.Stmt {
	exprs := t.exprs(s.Exprs)
	if call, ok := first(exprs).(*ast.FuncCallExpr); ok && len(exprs) == 1 && !call.AdjustRet {
		put(call, s.Line)
	}
	return &ast.ReturnStmt{Exprs: exprs}
}

// clauses translates an if. An elseif is an if in the else of the one before.
func (t *translator) clauses(clauses []syntax.IfClause, otherwise *syntax.Block) ast.Stmt {
	c := clauses[0]
	s := &ast.IfStmt{Condition: t.expr(c.Cond), Then: t.block(c.Body)}
	if len(clauses) == 1 {
		s.Else = t.block(otherwise)
		return s
	}
	line := clauses[1].Cond.At()
	t.enter(line)
	s.Else = []ast.Stmt{put(t.clauses(clauses[1:], otherwise), line)}
	t.leave()
	return s
}

func (t *translator) numericFor(s *syntax.NumericForStmt) ast.Stmt {
	loop := &ast.NumberForStmt{Name: s.Var.Name, Init: t.expr(s.Start), Limit: t.expr(s.Limit)}
	if s.Step != nil {
		loop.Step = t.expr(s.Step)
	}
	loop.Stmts = t.block(s.Body)
	return loop
}

func (t *translator) function(f *syntax.Function) *ast.FunctionExpr {
	fn := put(&ast.FunctionExpr{ParList: &ast.ParList{HasVargs: f.IsVararg, Names: names(f.Params)}, Stmts: t.block(f.Body)}, f.Line)
	fn.SetLastLine(int(f.EndLine))
	return fn
}

func (t *translator) exprs(exprs []syntax.Expr) []ast.Expr {
	all := make([]ast.Expr, len(exprs))
	for i, e := range exprs {
		all[i] = t.expr(e)
	}
	return all
}

func (t *translator) expr(e syntax.Expr) ast.Expr {
	t.enter(e.At())
	defer t.leave()
	switch e := e.(type) {
	case *syntax.ParenExpr:
		inner := t.expr(e.Inner)
		single(inner)
		return inner
	case *syntax.FunctionExpr:
		return t.function(e.Func)
	case *syntax.UnaryExpr:
		return put(unary(e.Op, t.expr(e.Operand)), e.Line)
	case *syntax.BinaryExpr:
		return put(binary(e.Op, t.expr(e.Left), t.expr(e.Right)), e.Line)
	case *syntax.IndexExpr:
		return put(&ast.AttrGetExpr{Object: t.expr(e.Object), Key: t.expr(e.Key)}, e.Line)
	case *syntax.CallExpr:
		return put(&ast.FuncCallExpr{Func: t.expr(e.Func), Args: t.exprs(e.Args)}, e.Line)
	case *syntax.MethodCallExpr:
		return put(&ast.FuncCallExpr{Receiver: t.expr(e.Receiver), Method: e.Name, Args: t.exprs(e.Args)}, e.Line)
	case *syntax.TableExpr:
		return put(t.table(e), e.Line)
	}
	return put(t.leaf(e), e.At())
}

// leaf translates an expression that has no parts.
func (t *translator) leaf(e syntax.Expr) ast.Expr {
	switch e := e.(type) {
	case *syntax.NilExpr:
		return &ast.NilExpr{}
	case *syntax.TrueExpr:
		return &ast.TrueExpr{}
	case *syntax.FalseExpr:
		return &ast.FalseExpr{}
	case *syntax.NumberExpr:
		return &ast.NumberExpr{Value: strconv.FormatFloat(e.Value, 'g', -1, 64)}
	case *syntax.StringExpr:
		return &ast.StringExpr{Value: e.Value}
	case *syntax.VarargExpr:
		return &ast.Comma3Expr{}
	case *syntax.LocalExpr:
		return &ast.IdentExpr{Value: e.Local.Name}
	case *syntax.UpvalueExpr:
		return &ast.IdentExpr{Value: e.Local.Name}
	case *syntax.GlobalExpr:
		return &ast.IdentExpr{Value: e.Name}
	case *syntax.CdataExpr:
		t.fail(e.Line, "%s", LiteralHint(e))
	}
	panic(fmt.Sprintf("luasyntax: expression %T", e))
}

func (t *translator) table(e *syntax.TableExpr) *ast.TableExpr {
	fields := make([]*ast.Field, len(e.Items))
	for i, item := range e.Items {
		fields[i] = &ast.Field{}
		if item.Key != nil {
			fields[i].Key = t.expr(item.Key)
		}
		fields[i].Value = t.expr(item.Value)
	}
	return &ast.TableExpr{Fields: fields}
}

func unary(op syntax.Op, operand ast.Expr) ast.Expr {
	switch op {
	case syntax.OpNot:
		return &ast.UnaryNotOpExpr{Expr: operand}
	case syntax.OpNeg:
		return &ast.UnaryMinusOpExpr{Expr: operand}
	}
	return &ast.UnaryLenOpExpr{Expr: operand}
}

// signs are how gopher-lua's syntax tree writes the operators with two operands.
var signs = [...]string{
	syntax.OpAdd: "+", syntax.OpSub: "-", syntax.OpMul: "*", syntax.OpDiv: "/", syntax.OpMod: "%", syntax.OpPow: "^",
	syntax.OpConcat: "..",
	syntax.OpEQ:     "==", syntax.OpNE: "~=", syntax.OpLT: "<", syntax.OpGE: ">=", syntax.OpLE: "<=", syntax.OpGT: ">",
	syntax.OpAnd: "and", syntax.OpOr: "or",
}

func binary(op syntax.Op, left, right ast.Expr) ast.Expr {
	sign := signs[op]
	switch op {
	case syntax.OpConcat:
		return &ast.StringConcatOpExpr{Lhs: left, Rhs: right}
	case syntax.OpAnd, syntax.OpOr:
		return &ast.LogicalOpExpr{Operator: sign, Lhs: left, Rhs: right}
	case syntax.OpEQ, syntax.OpNE, syntax.OpLT, syntax.OpGE, syntax.OpLE, syntax.OpGT:
		return &ast.RelationalOpExpr{Operator: sign, Lhs: left, Rhs: right}
	}
	return &ast.ArithmeticOpExpr{Operator: sign, Lhs: left, Rhs: right}
}
