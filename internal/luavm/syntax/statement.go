package syntax

// endsBlock says whether a token ends a block.
func (k kind) endsBlock() bool {
	switch k {
	case kindElse, kindElseif, kindEnd, kindUntil, kindEOF:
		return true
	}
	return false
}

// statements parses the statements of the innermost scope's block.
func (p *parser) statements() {
	p.enter()
	mark := p.stmts.begin()
	for last := false; !last && !p.kind.endsBlock(); {
		last = p.statement()
		p.accept(';')
	}
	p.innermost().block.Stmts = p.stmts.end(mark)
	p.leave()
}

// body parses a block with a scope of its own.
func (p *parser) body() *Block {
	b := p.blocks.next()
	p.bodyOf(b)
	return b
}

func (p *parser) bodyOf(b *Block) {
	p.openScope(b, nil)
	p.statements()
	p.closeScope()
}

// statement parses one statement; of labels, all that follow each other. last says that
// it must be the last one of its block.
func (p *parser) statement() (last bool) {
	line := p.line
	switch p.kind {
	case kindIf:
		p.stmts.add(p.ifStmt(line))
	case kindWhile:
		p.stmts.add(p.whileStmt(line))
	case kindDo:
		p.next()
		p.stmts.add(&DoStmt{line, p.body()})
		p.expectEnd(kindEnd, kindDo, line)
	case kindFor:
		p.stmts.add(p.forStmt(line))
	case kindRepeat:
		p.stmts.add(p.repeatStmt(line))
	case kindFunction:
		p.stmts.add(p.functionStmt(line))
	case kindLocal:
		p.next()
		p.stmts.add(p.localStmt(line))
	case kindReturn:
		p.next()
		p.stmts.add(p.returnStmt())
		return true
	case kindBreak:
		p.next()
		p.stmts.add(p.breakStmt())
		return true
	case kindLabel:
		p.labelStmts(line)
	case kindGoto:
		if p.lookAhead() == kindName {
			p.next()
			p.stmts.add(p.gotoStmt())
			break
		}
		fallthrough
	default:
		p.stmts.add(p.callOrAssign(line))
	}
	return false
}

func (p *parser) ifStmt(line Line) Stmt {
	s := p.ifs.next()
	s.Line = line
	mark := p.clauses.begin()
	for ok := true; ok; ok = p.kind == kindElseif {
		p.next()
		cond := p.expr()
		p.expect(kindThen)
		p.clauses.add(IfClause{cond, p.body()})
	}
	s.Clauses = p.clauses.end(mark)
	if p.accept(kindElse) {
		s.Else = p.body()
	}
	p.expectEnd(kindEnd, kindIf, line)
	return s
}

func (p *parser) whileStmt(line Line) Stmt {
	s := &WhileStmt{Line: line}
	p.next()
	s.Cond = p.expr()
	p.openScope(nil, s)
	p.expect(kindDo)
	s.Body = p.body()
	p.expectEnd(kindEnd, kindWhile, line)
	p.closeScope()
	return s
}

func (p *parser) repeatStmt(line Line) Stmt {
	s := &RepeatStmt{Line: line, Body: p.blocks.next()}
	p.openScope(nil, s)
	p.openScope(s.Body, nil)
	p.next()
	p.statements()
	p.expectEnd(kindUntil, kindRepeat, line)
	s.Cond = p.expr()
	p.closeScope()
	p.closeScope()
	return s
}

// hiddenLocals are how many values a for keeps beside its variables.
const hiddenLocals = 3

func (p *parser) forStmt(line Line) (s Stmt) {
	p.next()
	name := p.expectName()
	switch p.kind {
	case '=':
		s = p.numericFor(line, name)
	case ',', kindIn:
		s = p.genericFor(line, name)
	default:
		p.failToken("'=' or 'in' expected")
	}
	p.expectEnd(kindEnd, kindFor, line)
	p.closeScope()
	return s
}

// numericFor parses a for up to its end. The caller closes its scope.
func (p *parser) numericFor(line Line, name *symbol) Stmt {
	s := &NumericForStmt{Line: line, Var: p.declare(name, hiddenLocals), Body: p.blocks.next()}
	p.openScope(nil, s)
	p.expect('=')
	s.Start = p.expr()
	p.expect(',')
	s.Limit = p.expr()
	if p.accept(',') {
		s.Step = p.expr()
	}
	p.expect(kindDo)
	s.DoLine = p.lastLine
	p.function.slots += hiddenLocals
	p.openScope(s.Body, nil)
	p.activate(s.Var, name)
	p.bodyOf(s.Body)
	p.closeScope()
	return s
}

// genericFor parses a for up to its end. The caller closes its scope.
func (p *parser) genericFor(line Line, name *symbol) Stmt {
	s := &GenericForStmt{Line: line, Body: p.blocks.next()}
	p.openScope(nil, s)
	mark := len(p.names)
	p.names = append(p.names, name)
	variables := p.variables.begin()
	p.variables.add(p.declare(name, hiddenLocals))
	for p.accept(',') {
		name = p.expectName()
		p.variables.add(p.declare(name, hiddenLocals+len(p.names)-mark))
		p.names = append(p.names, name)
	}
	s.Vars = p.variables.end(variables)
	p.expect(kindIn)
	s.CallLine = p.line
	s.Exprs = p.exprList()
	p.expect(kindDo)
	p.function.slots += hiddenLocals
	p.openScope(s.Body, nil)
	p.activateAll(s.Vars, mark)
	p.bodyOf(s.Body)
	p.closeScope()
	return s
}

// activateAll brings locals into scope, whose names are those of parser.names from mark
// on.
func (p *parser) activateAll(locals []*Local, mark int) {
	for i, l := range locals {
		p.activate(l, p.names[mark+i])
	}
	p.names = p.names[:mark]
}

// functionStmt parses function a.b.c:m() end.
func (p *parser) functionStmt(line Line) Stmt {
	s := &FunctionStmt{Line: line}
	p.next()
	s.Target = p.resolve(p.expectName())
	for p.kind == '.' {
		s.Target = p.field(s.Target)
	}
	if p.kind == ':' {
		s.Method = true
		s.Target = p.field(s.Target)
	}
	s.Func = p.functionBody(line, s.Method)
	markAssigned(s.Target)
	return s
}

// localStmt parses what follows "local".
func (p *parser) localStmt(line Line) Stmt {
	if p.accept(kindFunction) {
		name := p.expectName()
		s := &LocalFunctionStmt{Line: line, Local: p.declare(name, 0)}
		p.activate(s.Local, name)
		s.Func = p.functionBody(p.line, false)
		return s
	}
	s := p.localStmts.next()
	s.Line = line
	mark := len(p.names)
	variables := p.variables.begin()
	for ok := true; ok; ok = p.accept(',') {
		name := p.expectName()
		p.variables.add(p.declare(name, len(p.names)-mark))
		p.names = append(p.names, name)
	}
	s.Locals = p.variables.end(variables)
	if p.accept('=') {
		s.Exprs = p.exprList()
	}
	p.activateAll(s.Locals, mark)
	return s
}

func (p *parser) returnStmt() Stmt {
	s := p.returns.next()
	if !p.kind.endsBlock() && p.kind != ';' {
		s.Exprs = p.exprList()
	}
	s.Line = p.lastLine
	return s
}

func (p *parser) breakStmt() Stmt {
	s := &BreakStmt{Line: p.lastLine}
	p.addJump(&s.Jump, s, nil)
	return s
}

func (p *parser) gotoStmt() Stmt {
	name := p.expectName()
	s := &GotoStmt{Line: p.lastLine}
	p.addJump(&s.Jump, s, name)
	return s
}

func (p *parser) addJump(j *Jump, stmt Stmt, name *symbol) {
	p.jumps = append(p.jumps, jump{j, stmt, name, p.function.slots})
}

// labelStmts parses a label and those right behind it. A label that only labels follow
// in its block is outside of the scope of the block's locals: a goto to it may stand
// before them. The condition of a repeat still sees them.
func (p *parser) labelStmts(line Line) {
	p.next()
	name := p.expectName()
	if p.findLabel(p.innermost(), name) != nil {
		p.fail("duplicate label '%s'", name.text)
	}
	l := label{&LabelStmt{Line: line, Name: name.text}, name, p.function.slots}
	p.labels = append(p.labels, l)
	p.stmts.add(l.stmt)
	p.expect(kindLabel)
	if p.kind == kindLabel {
		p.enter()
		p.labelStmts(p.line)
		p.leave()
	}
	slots := l.slots
	if p.kind.endsBlock() && p.kind != kindUntil {
		slots = p.innermost().slots
	}
	p.arriveAt(l, slots)
}

// callOrAssign parses a call or an assignment.
func (p *parser) callOrAssign(line Line) Stmt {
	first := p.suffixed()
	switch first.(type) {
	case *CallExpr, *MethodCallExpr:
		return p.callStmts.put(CallStmt{line, first})
	}
	s := p.assigns.next()
	mark := p.exprs.begin()
	p.addTarget(first)
	for n := 1; p.accept(','); n++ {
		target := p.suffixed()
		if p.level+n >= maxLevels {
			p.failLimit(p.function, maxLevels, "variable names")
		}
		p.addTarget(target)
	}
	s.Targets = p.exprs.end(mark)
	p.expect('=')
	s.Exprs = p.exprList()
	s.Line = p.lastLine
	for _, t := range s.Targets {
		markAssigned(t)
	}
	return s
}

// addTarget adds what is assigned to, if it can be.
func (p *parser) addTarget(e Expr) {
	switch e.(type) {
	case *LocalExpr, *UpvalueExpr, *GlobalExpr, *IndexExpr:
		p.exprs.add(e)
	default:
		p.failToken("syntax error")
	}
}

// markAssigned notes that an expression is assigned to.
func markAssigned(target Expr) {
	switch e := target.(type) {
	case *LocalExpr:
		e.Local.Assigned = true
	case *UpvalueExpr:
		e.Local.Assigned = true
	}
}
