package code

import "microts/internal/luavm/syntax"

// block compiles a block, at whose end the captured variables get their own values.
func (c *compiler) block(b *syntax.Block) {
	first, slot := len(c.proto.Locals), c.locals
	c.statements(b)
	if b.Captured && !c.endsInReturn(b) {
		c.emit(Make(Close, uint8(slot), 0, 0, 0))
	}
	c.endScope(first, slot)
}

// endsInReturn reports whether the end of a block is never reached.
func (c *compiler) endsInReturn(b *syntax.Block) bool {
	if len(b.Stmts) == 0 {
		return false
	}
	switch b.Stmts[len(b.Stmts)-1].(type) {
	case *syntax.ReturnStmt, *syntax.BreakStmt:
		return true
	}
	return false
}

func (c *compiler) statements(b *syntax.Block) {
	for _, s := range b.Stmts {
		c.statement(s)
		c.free = c.locals
	}
}

func (c *compiler) statement(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.LocalStmt:
		c.local(s)
	case *syntax.LocalFunctionStmt:
		c.line = s.Line
		c.declareName(s.Local.Name)
		c.closure(s.Func, uint8(s.Local.Slot))
	case *syntax.FunctionStmt:
		c.assignOne(s.Target, &syntax.FunctionExpr{Line: s.Line, Func: s.Func}, s.Line)
	case *syntax.AssignStmt:
		if len(s.Targets) == 1 && len(s.Exprs) == 1 {
			c.assignOne(s.Targets[0], s.Exprs[0], s.Line)
			return
		}
		c.assign(s)
	case *syntax.CallStmt:
		c.call(s.Call, 0)
	case *syntax.DoStmt:
		c.block(s.Body)
	case *syntax.WhileStmt:
		c.while(s)
	case *syntax.RepeatStmt:
		c.repeat(s)
	case *syntax.IfStmt:
		c.ifStatement(s)
	case *syntax.NumericForStmt:
		c.numericFor(s)
	case *syntax.GenericForStmt:
		c.genericFor(s)
	case *syntax.ReturnStmt:
		c.returnStatement(s)
	case *syntax.BreakStmt:
		c.line = s.Line
		c.leave(s.Jump)
		if c.breaks == nil {
			c.breaks = map[syntax.Stmt][]int{}
		}
		c.breaks[s.Loop] = append(c.breaks[s.Loop], c.emit(Make(Jump, 0, 0, 0, 0)))
	case *syntax.GotoStmt:
		c.gotoStatement(s)
	case *syntax.LabelStmt:
		c.label(s)
	}
}

// local compiles local a, b = x, y.
func (c *compiler) local(s *syntax.LocalStmt) {
	c.line = s.Line
	c.values(s.Exprs, len(s.Locals))
	c.declare(s.Locals)
}

// values puts want values of a list of expressions into the next registers, and takes
// these.
func (c *compiler) values(exprs []syntax.Expr, want int) {
	first := c.free
	for i, e := range exprs {
		left := want - i
		switch last := i == len(exprs)-1; {
		case last && isMulti(e) && left != 1:
			c.open(e, max(left, 0))
			c.take(max(left, 0))
			return
		case left <= 0:
			c.push(e)
			c.free--
		default:
			c.push(e)
		}
	}
	if missing := want - (c.free - first); missing > 0 {
		r := c.take(missing)
		c.emit(Make(LoadNil, r, r+uint8(missing-1), 0, 0))
	}
}

// assignOne compiles an assignment to one variable.
func (c *compiler) assignOne(target, e syntax.Expr, line syntax.Line) {
	switch t := target.(type) {
	case *syntax.LocalExpr:
		c.to(e, uint8(t.Local.Slot))
	case *syntax.IndexExpr:
		obj := c.register(t.Object)
		k := c.keyOf(t.Key, c.register)
		v := c.register(e)
		c.line = line
		c.store(k, obj, v)
	default:
		v := c.register(e)
		c.line = line
		c.storeVariable(target, v)
	}
}

// storeVariable assigns to a variable.
func (c *compiler) storeVariable(target syntax.Expr, v uint8) {
	switch t := target.(type) {
	case *syntax.LocalExpr:
		if r := uint8(t.Local.Slot); r != v {
			c.emit(Make(Move, r, v, 0, 0))
		}
	case *syntax.UpvalueExpr:
		c.emit(Make(SetUpval, v, 0, 0, t.Index))
	case *syntax.GlobalExpr:
		c.emit(Make(SetGlobal, v, 0, 0, int32(c.stringConst(t.Name))))
	}
}

// place is a target of a multiple assignment whose object and key are computed.
type place struct {
	object uint8
	key    key
}

// assign compiles a multiple assignment: the objects and keys of the targets from left
// to right, then the values, then the assignments from right to left.
func (c *compiler) assign(s *syntax.AssignStmt) {
	places := make([]place, len(s.Targets))
	assigned := map[*syntax.Local]bool{}
	for _, t := range s.Targets {
		if l, ok := t.(*syntax.LocalExpr); ok {
			assigned[l.Local] = true
		}
	}
	// A local that is a target too is copied first.
	register := func(e syntax.Expr) uint8 {
		if l, ok := unparen(e).(*syntax.LocalExpr); ok && assigned[l.Local] {
			return c.push(e)
		}
		return c.register(e)
	}
	for i, t := range s.Targets {
		if x, ok := t.(*syntax.IndexExpr); ok {
			places[i].object = register(x.Object)
			places[i].key = c.keyOf(x.Key, register)
		}
	}
	first := c.free
	c.values(s.Exprs, len(s.Targets))
	c.line = s.Line
	for i := len(s.Targets) - 1; i >= 0; i-- {
		v := uint8(first + i)
		if _, ok := s.Targets[i].(*syntax.IndexExpr); ok {
			c.store(places[i].key, places[i].object, v)
		} else {
			c.storeVariable(s.Targets[i], v)
		}
	}
}

func (c *compiler) while(s *syntax.WhileStmt) {
	c.line = s.Line
	start := c.here()
	exits := c.condition(s.Cond, false)
	c.block(s.Body)
	c.back(start)
	c.land(exits)
	c.land(c.breaks[s])
}

func (c *compiler) repeat(s *syntax.RepeatStmt) {
	c.line = s.Line
	start := c.here()
	first, slot := len(c.proto.Locals), c.locals
	c.statements(s.Body)
	exits := c.condition(s.Cond, true)
	if s.Body.Captured {
		c.emit(Make(Close, uint8(slot), 0, 0, 0))
	}
	c.back(start)
	c.land(exits)
	if s.Body.Captured {
		c.emit(Make(Close, uint8(slot), 0, 0, 0))
	}
	c.endScope(first, slot)
	c.land(c.breaks[s])
}

func (c *compiler) ifStatement(s *syntax.IfStmt) {
	var ends []int
	for i, clause := range s.Clauses {
		next := c.condition(clause.Cond, false)
		c.block(clause.Body)
		if last := i == len(s.Clauses)-1 && s.Else == nil; !last && !c.endsInReturn(clause.Body) {
			ends = append(ends, c.emit(Make(Jump, 0, 0, 0, 0)))
		}
		c.land(next)
	}
	if s.Else != nil {
		c.block(s.Else)
	}
	c.land(ends)
}

func (c *compiler) numericFor(s *syntax.NumericForStmt) {
	base := uint8(c.free)
	first, slot := len(c.proto.Locals), c.locals
	c.push(s.Start)
	c.push(s.Limit)
	step, constant := 1.0, true
	if s.Step != nil {
		step, constant = c.numberOf(s.Step)
		c.push(s.Step)
	} else {
		c.line = s.DoLine
		c.loadConst(Const{Kind: Number, Number: 1}, c.take(1))
	}
	for _, name := range []string{"(for index)", "(for limit)", "(for step)"} {
		c.declareName(name)
	}
	c.line = s.DoLine
	prep := c.emit(Make(ForPrep, base, 0, 0, 0))
	c.loopBody(s.Body, []*syntax.Local{s.Var})
	c.line = s.Line
	op := ForLoop
	if constant && step == 1 {
		op = ForLoop1
	}
	loop := c.emit(Make(op, base, 0, 0, 0))
	c.jumpTo(loop, prep+1)
	c.jumpTo(prep, c.here())
	c.endScope(first, slot)
	c.land(c.breaks[s])
}

// loopBody compiles the body of a for with its variables.
func (c *compiler) loopBody(b *syntax.Block, vars []*syntax.Local) {
	first, slot := len(c.proto.Locals), c.locals
	c.declare(vars)
	c.statements(b)
	if b.Captured && !c.endsInReturn(b) {
		c.emit(Make(Close, uint8(slot), 0, 0, 0))
	}
	c.endScope(first, slot)
}

func (c *compiler) genericFor(s *syntax.GenericForStmt) {
	base := uint8(c.free)
	first, slot := len(c.proto.Locals), c.locals
	c.values(s.Exprs, 3)
	for _, name := range []string{"(for generator)", "(for state)", "(for control)"} {
		c.declareName(name)
	}
	c.line = s.CallLine
	prep := c.emit(Make(TForPrep, base, 0, 0, 0))
	body := c.here()
	c.loopBody(s.Body, s.Vars)
	// A call of the iterator needs three registers behind the hidden ones.
	c.take(max(3, len(s.Vars)))
	c.free = c.locals
	c.jumpTo(prep, c.here())
	c.line = s.CallLine
	loop := c.emit(Make(TForLoop, base, 0, uint8(len(s.Vars)), 0))
	test := c.emit(Make(TForTest, base, 0, 0, 0))
	c.jumpTo(loop, body)
	c.jumpTo(test, body)
	c.endScope(first, slot)
	c.land(c.breaks[s])
}

func (c *compiler) returnStatement(s *syntax.ReturnStmt) {
	c.line = s.Line
	switch {
	case len(s.Exprs) == 0:
		c.emitReturn(Make(Return0, 0, 0, 0, 0))
	case len(s.Exprs) == 1 && isCall(s.Exprs[0]):
		_, i := c.prepareCall(s.Exprs[0], TailCall)
		c.line = s.Exprs[0].At()
		c.emitReturn(i)
	case len(s.Exprs) == 1 && !isMulti(s.Exprs[0]):
		r := c.register(s.Exprs[0])
		c.line = s.Line
		c.emitReturn(Make(Return1, r, 0, 0, 0))
	default:
		base := uint8(c.free)
		n, open := c.list(s.Exprs)
		c.line = s.Line
		op := Return
		if open {
			op = ReturnM
		}
		c.emitReturn(Make(op, base, uint8(n), 0, 0))
	}
}

func isCall(e syntax.Expr) bool {
	switch e.(type) {
	case *syntax.CallExpr, *syntax.MethodCallExpr:
		return true
	}
	return false
}

// leave closes the captured variables that end with a jump.
func (c *compiler) leave(j syntax.Jump) {
	if j.Closes {
		c.emit(Make(Close, uint8(j.Keep), 0, 0, 0))
	}
}

func (c *compiler) gotoStatement(s *syntax.GotoStmt) {
	c.line = s.Line
	c.leave(s.Jump)
	if to, ok := c.labels[s.Label]; ok {
		c.back(to)
		return
	}
	if c.gotos == nil {
		c.gotos = map[*syntax.LabelStmt][]int{}
	}
	c.gotos[s.Label] = append(c.gotos[s.Label], c.emit(Make(Jump, 0, 0, 0, 0)))
}

func (c *compiler) label(s *syntax.LabelStmt) {
	if c.labels == nil {
		c.labels = map[*syntax.LabelStmt]int{}
	}
	c.labels[s] = c.here()
	c.land(c.gotos[s])
}
